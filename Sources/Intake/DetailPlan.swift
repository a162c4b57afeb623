import Records

/// Where the details of a row stand that only a ledger keeps.
struct DetailPlan {
  /// A class and the column of its probability.
  struct Probability {
    let slot: Int
    let label: PinnedText
  }

  /// Slots of columns.
  var suiteVersion: Int?
  var configuration: Int?
  var predicted: Int?
  var expected: Int?
  var confidence: Int?
  var trafficCluster: Int?
  var tags: Int?
  var metric: Int?
  var judge: Int?
  var subject: Int?
  var latency: Int?
  var inputTokens: Int?
  var outputTokens: Int?
  var time: Int?
  var passed: Int?
  var probabilities: [Probability] = []
  /// With a single column of probabilities: the class that it is the probability against.
  var otherClass: PinnedText?
  /// What the slices are called as tags.
  var sliceNames: [String] = []
  /// What is scored, where no column says so: by score.
  var metricNames: [PinnedText?] = []
  /// Whether 1 and 0 in the column of a score mean a pass and a failure.
  var arePasses: [Bool] = []
}

extension RowPlanner {
  /// Scores by comparing prediction and right answer, where no column was named as the score.
  ///
  /// - Returns: false when a column of scores is to be looked for instead.
  mutating func planAgreement(_ options: IntakeOptions) throws -> Bool {
    let wantsIt = !options.probabilities.isEmpty || options.predicted != nil || options.expected != nil
    let names = Set(guess.profile.columns.map(\.normalised))
    guard wantsIt || !ColumnNames.score.contains(where: names.contains) else { return false }
    guard
      let expected = try slot(
        options.expected, ColumnNames.expected, role: "expected", option: "--expected", where: \.canBeLabel)
    else { return false }
    if !options.probabilities.isEmpty {
      plan.scores = [RowPlan.Score(name: "correct", slot: expected, reference: expected, isMostProbable: true)]
      return true
    }
    guard
      let predicted = try slot(
        options.predicted, ColumnNames.predicted, role: "predicted", option: "--predicted", where: \.canBeLabel)
    else { return false }
    plan.scores = [RowPlan.Score(name: "correct", slot: predicted, reference: expected)]
    return true
  }

  /// Finds the columns of what only a ledger keeps.
  mutating func planDetails(_ options: IntakeOptions) throws {
    var details = DetailPlan()
    let agreement = plan.scores.count == 1 ? plan.scores[0] : nil
    details.expected =
      try agreement?.reference
      ?? slot(options.expected, ColumnNames.expected, role: "expected", option: "--expected", where: \.canBeLabel)
    if !options.probabilities.isEmpty {
      try planProbabilities(options.probabilities, &details)
    } else {
      details.predicted =
        try agreement.flatMap { $0.reference == nil ? nil : $0.slot }
        ?? slot(options.predicted, ColumnNames.predicted, role: "predicted", option: "--predicted", where: \.canBeLabel)
      details.confidence = try slot(
        options.confidence, ColumnNames.confidence, role: "confidence", option: "--confidence", where: \.isShare)
    }
    details.time = try slot(options.time, ColumnNames.time, role: "time", option: "--time-column", where: \.isTime)
    func known(_ names: [String], where confirms: (ColumnProfile) -> Bool) -> Int? {
      guard let column = guess.optional(names, where: confirms), !plan.columns.contains(column) else { return nil }
      return plan.slot(for: column, isRequired: false)
    }
    details.suiteVersion = known(ColumnNames.suiteVersion, where: \.canBeLabel)
    details.configuration = known(ColumnNames.configuration, where: \.canBeLabel)
    details.trafficCluster = known(ColumnNames.trafficCluster, where: \.canBeLabel)
    details.metric = known(ColumnNames.metric, where: \.canBeLabel)
    details.judge = known(ColumnNames.judge, where: \.canBeLabel)
    details.subject = known(ColumnNames.subject, where: \.canBeLabel)
    details.latency = known(ColumnNames.latency, where: \.isNumeric)
    details.inputTokens = known(ColumnNames.inputTokens, where: \.isWhole)
    details.outputTokens = known(ColumnNames.outputTokens, where: \.isWhole)
    details.passed = known(["passed", "pass"]) { $0.outcomes > 0 && $0.outcomes + $0.missing == $0.values }
    planTags(options, &details)
    planMetrics(options, &details)
    plan.details = details
  }

  /// Whether a column is a member of the JSON object `tags`, which a ledger keeps as a whole, so that members which only
  /// later rows have are kept too.
  func isOfTagsObject(_ column: String, _ options: IntakeOptions) -> Bool {
    options.keepsDetails && mayBeAbsent && column.hasPrefix("tags.")
      && guess.profile.columns.contains { $0.name.hasPrefix("tags.") }
  }

  private mutating func planTags(_ options: IntakeOptions, _ details: inout DetailPlan) {
    details.sliceNames = options.slices.filter { !isOfTagsObject($0, options) }.map { ColumnNames.tag($0) ?? $0 }
    for column in guess.profile.columns where !plan.columns.contains(column.name) {
      guard let tag = ColumnNames.tag(column.name), !isOfTagsObject(column.name, options), column.containers == 0
      else { continue }
      plan.slices.append(plan.slot(for: column.name, isRequired: false))
      details.sliceNames.append(tag)
    }
    if mayBeAbsent || guess.profile.column(named: "tags") != nil, !plan.columns.contains("tags") {
      details.tags = plan.slot(for: "tags", isRequired: false)
    }
  }

  private func planMetrics(_ options: IntakeOptions, _ details: inout DetailPlan) {
    for score in plan.scores {
      let name = ColumnNames.normalised(ColumnNames.leaf(score.name))
      let isKnown = ColumnNames.score.contains(name)
      details.arePasses.append(score.reference != nil || ColumnNames.passes.contains(name))
      // A well-known name of scores says nothing about what is scored; another column's name does.
      let isNamed = plan.scores.count == 1 && score.reference == nil && !isKnown
      details.metricNames.append(isNamed ? PinnedText(score.name) : nil)
    }
  }

  private mutating func planProbabilities(_ columns: [String], _ details: inout DetailPlan) throws {
    let names = try ProbabilityColumns.names(columns, file: guess.file)
    let labels = ProbabilityColumns.labels(names)
    for (name, label) in zip(names, labels) {
      let slot = try slot(named: name, option: "--probabilities")
      details.probabilities.append(DetailPlan.Probability(slot: slot, label: PinnedText(label)))
    }
    if names.count == 1 { details.otherClass = PinnedText("0") }
  }
}

/// What `--probabilities` means: columns, and the classes that they stand for.
enum ProbabilityColumns {
  /// More classes than this are not meant.
  private static let maximum = 10_000

  /// `p0..p19` as twenty names; other names as they are, separated by commas or given one by one.
  static func names(_ options: [String], file: String) throws -> [String] {
    var names: [String] = []
    for option in options.flatMap({ $0.split(separator: ",") }) {
      guard let dots = option.firstRange(of: "..") else {
        names.append(String(option))
        continue
      }
      let (first, last) = (split(option[..<dots.lowerBound]), split(option[dots.upperBound...]))
      guard let start = first.number, let end = last.number, first.prefix == last.prefix, start < end,
        end - start < maximum
      else {
        throw IntakeError(
          file: file, problem: "--probabilities \(option) is no range of columns", remedy: "Write it as p0..p19")
      }
      names += (start...end).map { "\(first.prefix)\($0)" }
    }
    if names.isEmpty || Set(names).count < names.count {
      throw IntakeError(
        file: file, problem: "--probabilities names \(names.isEmpty ? "no column" : "a column twice")",
        remedy: "Name the column of each class once")
    }
    return names
  }

  private static func split(_ name: Substring) -> (prefix: String, number: Int?) {
    let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
    return (String(name.dropLast(digits)), Int(name.suffix(digits)))
  }

  /// The classes: names without what all of them begin with. A single column is the probability of class 1.
  static func labels(_ names: [String]) -> [String] {
    guard names.count > 1, let first = names.first else { return ["1"] }
    var shared = first.count
    for name in names { shared = min(shared, zip(first, name).prefix { $0 == $1 }.count) }
    // `p10` and `p11` share a digit that belongs to the class.
    while shared > 0, first.prefix(shared).last?.isNumber == true || names.contains(where: { $0.count == shared }) {
      shared -= 1
    }
    return names.map { String($0.dropFirst(shared)) }
  }
}
