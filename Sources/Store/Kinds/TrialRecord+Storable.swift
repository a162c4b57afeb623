import Records

extension TrialRecord: StorableRecord {
  static let table = RecordTable(
    kind: .trial, name: "trial",
    columns: [
      ("series", .series), ("item", .text), ("repeat", .integer), ("prediction", .text), ("judge_repeat", .integer),
      ("score", .real), ("passed", .integer), ("cluster", .term), ("traffic_cluster", .term), ("tags", .term),
      ("confidence", .real), ("predicted", .term), ("expected", .term), ("cost_high", .integer),
      ("cost_low", .integer), ("cost_currency", .term), ("latency_ms", .real), ("input_tokens", .integer),
      ("output_tokens", .integer), ("at", .integer), ("attributes", .text),
    ])

  var time: Instant { at }

  var series: TrialSeries {
    TrialSeries(
      suite: suite, suiteVersion: suiteVersion, variant: variant, metric: metric, configSHA256: configSHA256,
      subjectSHA256: subjectSHA256, judge: judge)
  }

  func visitKey(_ visitor: inout KeyBytes) {
    visitor.append(suite)
    visitor.append(suiteVersion)
    visitor.append(variant)
    visitor.append(metric)
    visitor.placeByFields()
    visitor.append(item)
    visitor.append(repetition)
    visitor.append(prediction)
    visitor.append(judgeRepeat)
  }

  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws {
    try visitor.series(series)
    try visitor.text(item)
    try visitor.integer(repetition)
    try visitor.text(prediction)
    try visitor.integer(judgeRepeat)
    try visitor.real(score)
    try visitor.flag(passed)
    try visitor.term(cluster)
    try visitor.term(trafficCluster)
    try visitor.term(tags.canonical)
    try visitor.real(confidence)
    try visitor.term(predicted)
    try visitor.term(expected)
    try visitor.money(cost)
    try visitor.real(latencyMilliseconds)
    try visitor.integer(inputTokens)
    try visitor.integer(outputTokens)
    try visitor.integer(at.nanoseconds)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    let suite = try row.require(row.text())
    let version = row.text()
    let variant = try row.require(row.text())
    let metric = try row.require(row.text())
    let (config, subject, judge) = (row.text(), row.text(), row.text())
    self.init(suite: suite, item: try row.require(row.text()), variant: variant, at: Instant(nanoseconds: 0))
    self.suiteVersion = version
    self.metric = metric
    self.configSHA256 = config
    self.subjectSHA256 = subject
    self.judge = judge
    repetition = row.integer()
    prediction = row.text()
    judgeRepeat = row.integer()
    score = row.real()
    passed = row.flag()
    cluster = row.text()
    trafficCluster = row.text()
    tags = Tags(canonical: try row.require(row.text()))
    confidence = row.real()
    predicted = row.text()
    expected = row.text()
    cost = row.money()
    latencyMilliseconds = row.real()
    inputTokens = row.integer()
    outputTokens = row.integer()
    at = try row.instant()
    attributes = row.text()
  }
}
