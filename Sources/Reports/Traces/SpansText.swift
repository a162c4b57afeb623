public import Records

/// Spans as a table, a line each, with what they cost.
public struct SpansText {
  private let spans: [SpanRecord]
  private let costs: [CostRecord?]
  private let options: ReportOptions

  /// - Parameter costs: of each span, what it costs by the prices; nil where nobody priced it.
  public init(_ spans: [SpanRecord], costs: [CostRecord?], options: ReportOptions) {
    self.spans = spans
    self.costs = costs
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    var table = TextTable(columns: [
      .init(title: "started"), .init(title: "trace"), .init(title: "span", isFlexible: true),
      .init(title: "takes", alignsRight: true), .init(title: "status"),
      .init(title: "cost", alignsRight: true, isDroppable: true),
      .init(title: "model", isFlexible: true, isDroppable: true),
      .init(title: "feature", isFlexible: true, isDroppable: true),
      .init(title: "in", alignsRight: true, isDroppable: true),
      .init(title: "out", alignsRight: true, isDroppable: true), .init(title: "prices", isDroppable: true),
    ])
    for (span, cost) in zip(spans, costs) {
      table.rows.append([
        String(span.startedAt.description.prefix(19)), page.name(span.traceID), page.name(SpanText.name(span)),
        span.endedAt.map { SpanText.duration(span.startedAt.duration(to: $0)) } ?? "open", span.status.rawValue,
        page.name(SpanText.cost(span, cost)), page.name(SpanText.model(span)), page.name(span.feature),
        SpanText.count(span.inputTokens), SpanText.count(span.outputTokens), page.name(SpanText.prices(cost)),
      ])
    }
    table.indent = 0
    page.table(table)
    let showsCosts = table.fitted(to: options.width).columns.contains { $0.title == "cost" }
    if showsCosts, zip(spans, costs).contains(where: { $0.cost != nil && $1?.amount == nil }) {
      page.blank()
      page.paragraph("* as the exporter stated it; `tally reprice` prices calls by a table.")
    }
    return page.text
  }
}
