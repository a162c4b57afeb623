public import Records

/// A trace as a tree: what called what, how long it took, which model answered, what it cost, and what was said of it.
public struct TraceText {
  private let trace: String
  private let spans: [SpanRecord]
  private let costs: [String: CostRecord]
  private let tables: [String: String]
  private let annotations: [AnnotationRecord]
  private let said: [String: [(name: String, text: Said)]]
  private let origins: [String: AnswerOrigin]
  private let options: ReportOptions

  /// What was said in a span, or why it is not shown.
  public enum Said: Sendable {
    case json(String)
    case gone(String)
  }

  /// - Parameters:
  ///   - spans: of one trace, by their start.
  ///   - costs: what they cost by the prices, of those that somebody priced.
  ///   - tables: what the tables of prices are called, by their versions.
  ///   - said: by the id of the span; none when it is not to be shown.
  ///   - origins: where its answers came from.
  public init(
    trace: String, spans: [SpanRecord], costs: [CostRecord], tables: [String: String], annotations: [AnnotationRecord],
    said: [String: [(name: String, text: Said)]] = [:], origins: [AnswerOrigin] = [], options: ReportOptions
  ) {
    self.trace = trace
    self.spans = spans
    self.costs = Dictionary(costs.map { ($0.spanID, $0) }) { $1 }
    self.tables = tables
    self.annotations = annotations
    self.said = said
    self.origins = Dictionary(origins.filter(\.isRecorded).map { ($0.spanID, $0) }) { $1 }
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    page.paragraph("trace \(page.name(trace)): \(summary)", tint: .bold)
    page.blank()
    var table = TextTable(columns: [
      .init(title: "span", isFlexible: true), .init(title: "starts", alignsRight: true),
      .init(title: "takes", alignsRight: true), .init(title: "status"), .init(title: "model", isFlexible: true),
      .init(title: "cost", alignsRight: true, isDroppable: true),
      .init(title: "in", alignsRight: true, isDroppable: true),
      .init(title: "out", alignsRight: true, isDroppable: true),
    ])
    for line in TraceTree(spans).lines { table.rows.append(row(line, page)) }
    page.table(table)
    for span in spans {
      let facts = facts(of: span, page)
      guard !facts.isEmpty else { continue }
      page.blank()
      page.paragraph(
        "\(page.name(SpanText.name(span))), \(span.spanKind) (span \(page.name(span.spanID)))", tint: .bold)
      for (label, text) in facts { page.field(label, text) }
    }
    return page.text
  }

  private var summary: String {
    var parts = ["\(spans.count) \(spans.count == 1 ? "span" : "spans")"]
    if let first = spans.first {
      let ends = spans.compactMap(\.endedAt)
      if let last = ends.max() { parts.append(SpanText.duration(first.startedAt.duration(to: last))) }
      parts.append("from \(first.startedAt)")
    }
    let failed = spans.filter { $0.status != .ok }.count
    if failed > 0 { parts.append("\(failed) failed") }
    let open = spans.filter { $0.endedAt == nil }.count
    if open > 0 { parts.append("\(open) not ended") }
    if let total { parts.append(total) }
    return parts.joined(separator: ", ")
  }

  /// What the priced calls cost together; nil when none was priced.
  private var total: String? {
    guard !costs.isEmpty else { return nil }
    let known = Dictionary(grouping: costs.values.compactMap(\.amount), by: \.currency)
    var parts = known.sorted { $0.key < $1.key }.map { currency, amounts in
      Money(units: amounts.reduce(0) { $0 + $1.units }, currency: currency).map(SpanText.amount) ?? ""
    }
    let unknown = costs.values.filter { $0.amount == nil }.count
    if unknown > 0 { parts.append("\(unknown) \(unknown == 1 ? "call" : "calls") of unknown cost") }
    return "costs " + parts.joined(separator: " and ")
  }

  private func row(_ line: TraceTree.Line, _ page: TextPage) -> [String] {
    let span = line.span
    let start = spans[0].startedAt.duration(to: span.startedAt)
    return [
      page.spelled(line.branch) + page.name(SpanText.name(span)), "+" + SpanText.duration(start),
      span.endedAt.map { SpanText.duration(span.startedAt.duration(to: $0)) } ?? "open",
      span.status.rawValue, page.name(SpanText.model(span)), page.name(SpanText.cost(span, costs[span.spanID])),
      SpanText.count(span.inputTokens), SpanText.count(span.outputTokens),
    ]
  }

  /// What a span costs and by which prices, why that is unknown, and what its exporter stated.
  private func cost(of span: SpanRecord) -> String? {
    let stated = span.cost.map { "\(SpanText.amount($0)) as the exporter stated it" }
    guard let cost = costs[span.spanID] else { return stated }
    var text = "unknown: \(cost.reason ?? "no reason is recorded")"
    if let amount = cost.amount {
      text = SpanText.amount(amount)
      if let version = cost.priceVersion {
        text += " by \(tables[version] ?? "prices") (sha256 \(version.prefix(12)))"
      }
    }
    return SpanText.joined([text, stated])
  }

  /// What is recorded of where an answer came from.
  private func facts(of span: SpanRecord, _ page: TextPage) -> [(String, String)] {
    var facts: [(String, String)] = []
    func add(_ label: String, _ text: String?) { if let text { facts.append((label, page.name(text))) } }
    add("Error", span.errorType)
    if let requested = span.modelRequested, let served = span.modelServed, requested != served {
      add("Model", "\(served) answered, \(requested) was asked for")
    }
    if let origin = origins[span.spanID] {
      for (label, text) in OriginText.fields(origin) { add(label, text) }
    } else {
      add("Prompt", SpanText.joined([span.promptID, span.promptSHA256.map { "sha256 \($0.prefix(12))" }]))
      add("Config", span.configSHA256.map { "sha256 \($0.prefix(12))" })
      add("Retrieved", SpanText.retrieved(span.retrieved))
    }
    add("Finish", span.finishReason)
    add("Cost", cost(of: span))
    for annotation in annotations where annotation.subject == span.spanID || annotation.subject == span.traceID {
      guard annotation.subject == span.spanID || span.parentID == nil else { continue }
      // Said already, of each source.
      if annotation.name == "attribution", origins[span.spanID] != nil { continue }
      let value =
        switch annotation.value {
        case .label(let label): label
        case .number(let number): NumberFormat.plain(number)
        }
      add("Judged", "\(annotation.name) = \(value), by \(annotation.annotatorKind.rawValue) \(annotation.annotator)")
    }
    for part in said[span.spanID] ?? [] {
      let label = part.name.prefix(1).uppercased() + part.name.dropFirst()
      switch part.text {
      case .json(let json): for line in ContentText.lines(json) { add(label, line) }
      case .gone(let why): add(label, "(\(why))")
      }
    }
    return facts
  }
}

/// The spans of a trace in the order of a tree, with the lines that lead to them.
struct TraceTree {
  struct Line {
    let span: SpanRecord
    /// What stands before the name: "│  └─ ".
    let branch: String
  }

  private(set) var lines: [Line] = []

  /// Deeper spans than this stand as if they were so deep, with "…" before them: a line has an end.
  private static let deepest = 24

  init(_ spans: [SpanRecord]) {
    let ordered = TraceOrder(spans).spans
    // From the end on: whether a sibling follows at each level.
    var follows = [Bool](repeating: false, count: TraceTree.deepest + 2)
    var branches: [String] = []
    for (_, depth) in ordered.reversed() {
      let level = min(depth, TraceTree.deepest)
      branches.append(TraceTree.branch(level, follows, isCut: depth > level))
      for deeper in (level + 1)..<follows.count { follows[deeper] = false }
      follows[level] = true
    }
    lines = zip(ordered, branches.reversed()).map { Line(span: $0.span, branch: $1) }
  }

  private static func branch(_ level: Int, _ follows: [Bool], isCut: Bool) -> String {
    guard level > 0 else { return "" }
    let above = (1..<level).map { follows[$0] ? "│  " : "   " }.joined()
    return above + (follows[level] ? "├─ " : "└─ ") + (isCut ? "… " : "")
  }
}
