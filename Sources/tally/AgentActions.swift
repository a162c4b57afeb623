import Checks
import Guards
import Project
import Records
import Reports
import Store

/// What the ledger and the project file know of some spans of an agent.
struct AgentActions {
  private(set) var actions: [ActionsText.Action]

  /// - Parameters:
  ///   - costs: of each span.
  ///   - declared: what tools change, by their names.
  init(_ spans: [SpanRecord], _ costs: [CostRecord?], _ declared: [String: ActionEffect], _ snapshot: Snapshot) throws {
    let words = try AgentActions.intentions(of: spans, snapshot)
    let receipts = try AgentActions.receipts(of: spans, snapshot)
    actions = zip(spans, costs).map { span, cost in
      let attributes = span.attributes.flatMap { try? JSONValue(parsing: $0) }
      var action = ActionsText.Action(span, cost: cost)
      action.effect = ActionEffect.graver(
        span.tool.flatMap { declared[$0] }, attributes?["effect"]?.text.flatMap(ActionEffect.init))
      action.approvedBy = attributes?["approved_by"]?.text
      action.intended = words[span.spanID]
      action.receipt = span.idempotencyKey.flatMap { receipts[$0] }
      return action
    }
  }

  /// What the nearest project file says that tools change; nothing where there is none.
  /// - Throws: `ProjectErrors`.
  static func declaredEffects() throws -> [String: ActionEffect] {
    guard let file = ProjectOption.nearest else { return [:] }
    let tools = try Project.load(file: file, policies: Catalogue.policies).tools
    return Dictionary(
      tools.compactMap { tool in ActionEffect(rawValue: tool.value.effect.rawValue).map { (tool.id, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private static func intentions(of spans: [SpanRecord], _ snapshot: Snapshot) throws -> [String: String] {
    let words = try snapshot.annotations(on: spans.map(\.spanID)).filter { $0.name == "intended" }
    return Dictionary(grouping: words, by: \.subject).compactMapValues { words in
      words.max { $0.at < $1.at }?.value.text
    }
  }

  private static func receipts(of spans: [SpanRecord], _ snapshot: Snapshot) throws -> [String: String] {
    var receipts: [String: String] = [:]
    guard let first = spans.map(\.startedAt).min() else { return receipts }
    let keys = Set(spans.compactMap(\.idempotencyKey)).sorted()
    try snapshot.forEachReceipt(underKeys: keys, since: first) { key, receipt, _ in
      if receipts[key] == nil { receipts[key] = receipt }
    }
    return receipts
  }
}
