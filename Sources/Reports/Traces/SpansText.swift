public import Records

/// Spans as a table, a line each.
public struct SpansText {
  private let spans: [SpanRecord]
  private let options: ReportOptions

  public init(_ spans: [SpanRecord], options: ReportOptions) {
    self.spans = spans
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    var table = TextTable(columns: [
      .init(title: "started"), .init(title: "trace"), .init(title: "span", isFlexible: true),
      .init(title: "takes", alignsRight: true), .init(title: "status"),
      .init(title: "feature", isFlexible: true, isDroppable: true),
      .init(title: "model", isFlexible: true, isDroppable: true),
      .init(title: "in", alignsRight: true, isDroppable: true),
      .init(title: "out", alignsRight: true, isDroppable: true),
    ])
    for span in spans {
      table.rows.append([
        String(span.startedAt.description.prefix(19)), page.name(span.traceID), page.name(SpanText.name(span)),
        span.endedAt.map { SpanText.duration(span.startedAt.duration(to: $0)) } ?? "open", span.status.rawValue,
        page.name(span.feature), page.name(SpanText.model(span)),
        SpanText.count(span.inputTokens), SpanText.count(span.outputTokens),
      ])
    }
    table.indent = 0
    page.table(table)
    return page.text
  }
}
