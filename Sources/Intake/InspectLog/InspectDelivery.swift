import Records

/// Hands the samples of one log to the sink, and says at the end what was assumed and what is missing.
struct InspectDelivery {
  /// Reads samples; its row is handed out with what the whole log shares.
  var samples: InspectSampleReader
  private(set) var rows = 0
  private let file: String
  private let options: IntakeOptions
  private let suite: PinnedText?
  private let model: PinnedText?
  private let version: PinnedText?
  /// Of the whole run, for samples that say no time of their own.
  private let created: Instant?
  /// What is scored, once the first sample has shown it.
  private var metric: PinnedText?
  private var judge: PinnedText?

  init(_ header: InspectHeader, _ options: IntakeOptions, file: String) {
    samples = InspectSampleReader(header, options)
    self.options = options
    self.file = file
    suite = PinnedText(header.task)
    model = PinnedText(header.model)
    version = PinnedText(header.taskVersion.map { options.keepsDetails ? $0 : "task version \($0)" })
    created = header.created
  }

  /// Hands out the sample that was read last.
  mutating func deliver<Sink: TrialSink>(to sink: inout Sink, summary: inout IntakeSummary) throws {
    var row = samples.row
    row.suite = suite?.text
    row.variant = model?.text
    row.suiteVersion = version?.text
    if options.keepsDetails { fillDetails(&row) }
    try withExtendedLifetime((suite, model, version, metric, judge)) { try summary.deliver(row, to: &sink) }
    rows += 1
  }

  private mutating func fillDetails(_ row: inout TrialRow) {
    if metric == nil, let name = samples.scores.metricName {
      metric = PinnedText(name)
      judge = PinnedText(samples.scores.choice)
    }
    row.details.metric = metric?.text
    row.details.judge = judge?.text
    if row.details.time == nil { row.details.time = created }
  }

  /// Whether a metadata key was asked for.
  var wantsMetadata: Bool { options.cluster != nil || !options.slices.isEmpty }

  /// Whether every metadata key that was asked for was met, so far.
  var areKeysMet: Bool {
    (options.cluster == nil || samples.isClusterMet) && samples.areSlicesMet.allSatisfy { $0 }
  }

  /// Checks what was asked for against what the log had, and notes guesses and the run's state.
  /// - Throws: `IntakeError` when a name that the user gave occurs in no sample.
  func finish(_ header: InspectHeader, summary: inout IntakeSummary) throws {
    let state = header.status ?? "started"
    guard rows > 0 else {
      throw IntakeError(
        file: file, problem: "the log of a run whose status is \"\(state)\" holds no samples",
        remedy: "Let the run finish, or repeat it")
    }
    try checkNames()
    if let choice = samples.scores.choice, !samples.scores.alternatives.isEmpty {
      summary.add(
        .init(role: "score", column: choice, option: "--scorer", alternatives: samples.scores.alternatives))
    }
    if state != "success" {
      let expected = header.expectedRows.map { " of \($0)" } ?? ""
      let what = header.status == nil ? "the run crashed or is not finished" : "the run's status is \"\(state)\""
      summary.warn("\(file): \(what); its log holds \(rows)\(expected) samples")
    }
  }

  private func checkNames() throws {
    let scores = samples.scores
    if let scorer = options.scorer, !scores.isChoiceMet {
      throw IntakeError(
        file: file, problem: "no sample has a score of \"\(scorer)\"", remedy: Self.offer("Scorers", scores.known))
    }
    if let metric = options.metric, !scores.isMetricMet {
      throw IntakeError(
        file: file, problem: "no score has the key \"\(metric)\"", remedy: Self.offer("Keys", scores.keys))
    }
    let slices = zip(options.slices, samples.areSlicesMet).filter { !$0.1 }.map(\.0)
    for (key, option) in (samples.isClusterMet ? [] : [options.cluster].compactMap { $0 }).map({ ($0, "cluster") })
      + slices.map({ ($0, "slice") })
    {
      throw IntakeError(
        file: file, problem: "no sample has the metadata \"\(key)\", named as the \(option)",
        remedy: Self.offer("Metadata", samples.metadataKeys))
    }
  }

  private static func offer(_ what: String, _ names: [String]) -> String {
    names.isEmpty ? "The log has none: leave the option out" : "\(what) of the log: \(names.joined(separator: ", "))"
  }
}
