import Records

/// The event log of OpenAI's evals: JSON lines that start with `{"spec": …}`, hold an event each, and end with
/// `{"final_report": …}`.
///
/// A trial is an event of type `match` (score: `data.correct`), or, where there is none, of type `metrics` (score: the
/// metric asked for, `data.score`, or the only number in `data`). Pairs on `sample_id`; all other events are passed over.
enum OpenAIEvals {
  /// Events that are looked at to choose the type and the metric.
  private static let sampledEvents = 4096

  static func read<Sink: TrialSink>(
    _ source: ByteSource, options: IntakeOptions, into sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    let choice = try choose(source, options: options)
    var plan = RowPlan()
    plan.item = plan.slot(for: "sample_id", isRequired: false)
    let type = plan.slot(for: "type", isRequired: false)
    let score = plan.slot(for: choice.column, isRequired: false)
    let finalReport = plan.slot(for: "final_report", isRequired: false)
    plan.scores = [RowPlan.Score(name: choice.column, slot: score, reference: nil)]
    if options.keepsDetails { plan.details = details(&plan, choice) }
    if choice.isGuessed { summary.add(.init(role: "score", column: choice.column, option: "--metric")) }
    let matcher = JSONRowMatcher(columns: plan.columns)
    var mapper = RowMapper(plan: plan, input: InputText(name: source.name, bytes: source.bytes))
    let cells = mapper.cells
    let wanted = Array(choice.type.utf8)
    var isComplete = false
    var reader = JSONReader(source)
    while !reader.isAtEnd {
      reader.recycleTexts()
      cells.clear()
      let offset = reader.offset
      try matcher.read(&reader, into: cells)
      if cells[finalReport].kind != .absent { isComplete = true }
      guard cells[type].kind == .text, wanted.withUnsafeBytes({ cells[type].text.equals($0) }) else { continue }
      try mapper.deliver(rowAt: offset, to: &sink, summary: &summary)
    }
    if !isComplete { summary.warn("\(source.name): has no final report, so the run may have been cut off") }
  }

  /// What only a ledger keeps of an event.
  private static func details(_ plan: inout RowPlan, _ choice: Choice) -> DetailPlan {
    var details = DetailPlan()
    if choice.type == "match" {
      details.expected = plan.slot(for: "data.expected", isRequired: false)
      details.predicted = plan.slot(for: "data.picked", isRequired: false)
    }
    let name = String(choice.column.dropFirst("data.".count))
    details.metricNames = [ColumnNames.passes.contains(name) ? nil : PinnedText(name)]
    details.arePasses = [ColumnNames.passes.contains(name)]
    return details
  }

  private struct Choice {
    var type: String
    var column: String
    var isGuessed: Bool
  }

  /// The type of event and the field that hold the score.
  private static func choose(_ source: ByteSource, options: IntakeOptions) throws -> Choice {
    var matches = TableProfile()
    var metrics = TableProfile()
    try sample(source, matches: &matches, metrics: &metrics)
    if let metric = options.metric ?? options.scores.first {
      let name = metric.hasPrefix("data.") ? metric : "data." + metric
      if matches.column(named: name) != nil { return Choice(type: "match", column: name, isGuessed: false) }
      if metrics.column(named: name) != nil { return Choice(type: "metrics", column: name, isGuessed: false) }
      throw IntakeError(
        file: source.name, problem: "no event has the metric '\(metric)'", remedy: "Its metrics are: \(names(metrics))")
    }
    if matches.rows > 0 { return Choice(type: "match", column: "data.correct", isGuessed: false) }
    if metrics.rows > 0 {
      for name in ["data.score", "data.accuracy", "data.correct"] where metrics.column(named: name)?.canBeScore == true
      {
        return Choice(type: "metrics", column: name, isGuessed: true)
      }
      let numeric = metrics.columns.filter { $0.canBeScore && $0.values > $0.missing && $0.name.hasPrefix("data.") }
      if numeric.count == 1 { return Choice(type: "metrics", column: numeric[0].name, isGuessed: true) }
      throw IntakeError(
        file: source.name, problem: "it is not clear which metric is the score",
        remedy: "Choose with --metric: \(names(metrics))")
    }
    throw IntakeError(
      file: source.name, problem: "has no event of type match or metrics, so nothing was scored",
      remedy: "Check that the run wrote its results")
  }

  private static func names(_ profile: TableProfile) -> String {
    let names = profile.columns.filter { $0.name.hasPrefix("data.") }.prefix(40).map { $0.name.dropFirst(5) }
    return names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  private static func sample(
    _ source: ByteSource, matches: inout TableProfile, metrics: inout TableProfile
  ) throws {
    var reader = JSONReader(source)
    var events = 0
    let typeOnly = JSONRowMatcher(columns: ["type"])
    let cells = CellRow(count: 1)
    while events < sampledEvents, !reader.isAtEnd {
      reader.recycleTexts()
      cells.clear()
      var event = reader
      try typeOnly.read(&reader, into: cells)
      events += 1
      guard cells[0].kind == .text else { continue }
      if cells[0].text.equals("match") {
        try JSONTable.profile(&event, into: &matches)
      } else if cells[0].text.equals("metrics") {
        try JSONTable.profile(&event, into: &metrics)
      }
    }
  }
}
