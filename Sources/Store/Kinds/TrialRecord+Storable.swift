import Records

extension TrialRecord: StorableRecord {
  static let table = RecordTable(
    kind: .trial, name: "trial", time: "at",
    columns: [
      ("series", .series), ("item", .text), ("repeat", .integer), ("prediction", .text), ("judge_repeat", .integer),
      ("score", .real), ("passed", .integer), ("cluster", .term), ("traffic_cluster", .term), ("tags", .term),
      ("confidence", .real), ("predicted", .term), ("expected", .term), ("cost_high", .integer),
      ("cost_low", .integer), ("cost_currency", .term), ("latency_ms", .real), ("input_tokens", .integer),
      ("output_tokens", .integer), ("at", .stamp), ("attributes", .text),
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
    try visitor.identifier(item)
    try visitor.integer(repetition)
    try visitor.identifier(prediction)
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
    try visitor.stamp(at)
    try visitor.text(attributes)
  }

  init(_ row: inout RowReader) throws {
    let series = try row.series()
    self.init(
      suite: series.suite, item: try row.require(row.text()), variant: series.variant, at: Instant(nanoseconds: 0))
    suiteVersion = series.suiteVersion
    metric = series.metric
    configSHA256 = series.configSHA256
    subjectSHA256 = series.subjectSHA256
    judge = series.judge
    repetition = row.integer()
    prediction = row.text()
    judgeRepeat = row.integer()
    score = row.real()
    passed = row.flag()
    cluster = try row.term()
    trafficCluster = try row.term()
    tags = Tags(canonical: try row.require(row.term()))
    confidence = row.real()
    predicted = try row.term()
    expected = try row.term()
    cost = try row.money()
    latencyMilliseconds = row.real()
    inputTokens = row.integer()
    outputTokens = row.integer()
    at = try row.instant()
    attributes = row.text()
  }
}
