public import Guards
public import Records

/// What an agent did, a line each: the ledger of its actions.
public struct ActionsText {
  public struct Action: Sendable {
    public var span: SpanRecord
    public var cost: CostRecord?
    /// Nil where nobody says what it changes.
    public var effect: ActionEffect?
    /// The newest word on whether it was intended: yes, no or unknown.
    public var intended: String?
    public var approvedBy: String?
    /// The receipt of the effect under its idempotency key.
    public var receipt: String?

    public init(_ span: SpanRecord, cost: CostRecord?) {
      self.span = span
      self.cost = cost
    }
  }

  private let actions: [Action]
  private let options: ReportOptions

  public init(_ actions: [Action], options: ReportOptions) {
    self.actions = actions
    self.options = options
  }

  public var text: String {
    var page = TextPage(options)
    var table = TextTable(columns: [
      .init(title: "started"), .init(title: "did", isFlexible: true), .init(title: "effect"),
      .init(title: "ended", isFlexible: true), .init(title: "intended"), .init(title: "approved by", isFlexible: true),
      .init(title: "receipt", isFlexible: true, isDroppable: true),
      .init(title: "takes", alignsRight: true, isDroppable: true),
      .init(title: "cost", alignsRight: true, isDroppable: true), .init(title: "trace", isDroppable: true),
    ])
    for action in actions {
      let span = action.span
      table.rows.append([
        String(span.startedAt.description.prefix(19)), page.name(SpanText.name(span)), ActionsText.effect(action),
        page.name(ActionsText.end(span)), page.name(action.intended ?? "-"), page.name(action.approvedBy ?? "-"),
        page.name(action.receipt ?? (span.idempotencyKey == nil ? "-" : "none")),
        span.endedAt.map { SpanText.duration(span.startedAt.duration(to: $0)) } ?? "open",
        page.name(SpanText.cost(span, action.cost)), page.name(span.traceID),
      ])
    }
    table.indent = 0
    page.table(table)
    let held = actions.count { ActionsText.isHeldUp($0.span) }
    if held > 0 {
      page.blank()
      page.paragraph("\(held) held up by a guard before \(held == 1 ? "it was" : "they were") made.")
    }
    return page.text
  }

  /// Only what a tool did changes something.
  private static func effect(_ action: Action) -> String {
    action.effect?.rawValue ?? (action.span.tool == nil ? "-" : "unknown")
  }

  private static func isHeldUp(_ span: SpanRecord) -> Bool {
    span.errorType.map(AgentDecision.codes.contains) ?? false
  }

  private static func end(_ span: SpanRecord) -> String {
    if isHeldUp(span), let code = span.errorType { return "held up: \(code)" }
    guard span.status != .ok, let error = span.errorType else { return span.status.rawValue }
    return "\(span.status.rawValue): \(error)"
  }
}
