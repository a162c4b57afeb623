import Guards
import Records
import Store

/// What one agent did, action by action in the order of their times: everything that is judged and shown.
///
/// Holds counts by tool, the reviewed and remarkable actions, and what the guard itself remembers; not the actions.
struct AgentFold {
  struct Tool {
    var effect: ActionEffect?
    var actions = 0
    var failed = 0
    var unintended = 0
  }

  /// An action that somebody said was not intended.
  struct Unintended {
    let span: String
    let trace: String
    let at: Instant
  }

  private let guarding: AgentGuard
  private let breaker: AgentBreaker.Rule
  private let weights: FailureBudget.Weights
  private let currency: String?
  private let isDeclared: Bool
  private let chain: [String]
  private let intentions: [String: String]

  private(set) var memory = AgentMemory()
  private(set) var tools: [String: Tool] = [:]
  private(set) var actions = 0
  /// Actions that were held up by a guard before they were made.
  private(set) var refused = 0
  /// Actions whose tool or effect nobody knows.
  private(set) var excluded = 0
  private(set) var changing = 0
  /// Reviewed actions, and those of them that were not intended: all, and those that may change something.
  private(set) var reviewed = (all: 0, changing: 0)
  private(set) var unintended = (all: 0, changing: 0)
  private(set) var burnt: [ActionEffect: Int] = [:]
  private(set) var burn = 0.0
  private(set) var firstUnintended: Unintended?
  private(set) var escalated = Sightings()
  private(set) var unapproved = Sightings()
  /// What the guard would have said, were it asked.
  private(set) var decisions: [String: Int] = [:]
  private(set) var keys = BoundedList<String>(limit: 10_000)
  private(set) var sample = TraceSample()
  private(set) var examples = BoundedList<RecordID>(limit: 10)

  /// - Parameter intentions: the newest word on each reviewed span.
  init(
    agent: String, _ project: AgentRoster, currency: String?, intentions: [String: String], _ policy: AgentTrust.Policy
  ) {
    guarding = AgentGuard(roster: project, loopLimit: policy.loopLimit, duplicateWindow: policy.duplicateWindow)
    breaker = policy.breaker.rule
    weights = policy.weights.weights
    self.currency = currency
    self.intentions = intentions
    isDeclared = project.agents[agent] != nil
    chain = project.chain(of: agent)
  }

  /// Takes the next span of the agent.
  mutating func add(_ span: WindowSpan, agent: String) {
    guard let attributes = span.attributes.flatMap({ try? JSONValue(parsing: $0) }),
      attributes["agent"]?.text?.identifier == agent
    else { return }
    if let parent = span.parentID { sample.add(trace: span.traceID, span: span.spanID, parent: parent) }
    guard span.kind == "tool" else { return }
    if let error = span.errorType, AgentDecision.codes.contains(error) {
      refused += 1
      return
    }
    actions += 1
    guard let tool = span.tool, !tool.isEmpty else {
      excluded += 1
      return
    }
    var action = AgentAction(traceID: span.traceID, agent: agent, tool: tool, at: span.startedAt)
    action.argumentsSHA256 = attributes["args_sha256"]?.text
    action.idempotencyKey = span.idempotencyKey
    action.approvedBy = attributes["approved_by"]?.text
    action.effect = attributes["effect"]?.text.flatMap(ActionEffect.init)
    add(action, span)
  }

  private mutating func add(_ action: AgentAction, _ span: WindowSpan) {
    let effect = guarding.effect(of: action)
    let hasFailed = AgentFold.hasFailed(span)
    let intention = intentions[span.spanID]
    var tool = tools[action.tool] ?? Tool()
    tool.effect = ActionEffect.graver(tool.effect, effect)
    tool.actions += 1
    if hasFailed { tool.failed += 1 }
    if intention == "no" { tool.unintended += 1 }
    tools[action.tool] = tool
    if let effect { judge(action, effect, intention, span) } else { excluded += 1 }
    if isDeclared, !guarding.roster.isInScope(action.tool, along: chain) {
      escalated.add(action.tool, span.recordID)
    }
    let decision = guarding.decide(action, memory.facts(before: action, guarding, breaker))
    if let code = decision.code {
      decisions[code, default: 0] += 1
    } else if case .returnReceipt = decision {
      decisions["RECEIPT", default: 0] += 1
    }
    memory.note(
      action, hasFailed ? .failed : .succeeded, cost: span.cost.map { $0.currency == currency ? $0.units : 0 } ?? 0,
      receipt: span.spanID, guarding, breaker)
  }

  private mutating func judge(
    _ action: AgentAction, _ effect: ActionEffect, _ intention: String?, _ span: WindowSpan
  ) {
    let changes = effect != .read
    if changes {
      changing += 1
      if let key = action.idempotencyKey, !key.isEmpty { keys.append(key) }
    }
    if effect == .irreversible, !guarding.isApproved(action) { unapproved.add(action.tool, span.recordID) }
    guard let intention, intention == "yes" || intention == "no" else { return }
    reviewed.all += 1
    if changes { reviewed.changing += 1 }
    guard intention == "no" else { return }
    unintended.all += 1
    if changes { unintended.changing += 1 }
    burnt[effect, default: 0] += 1
    burn += weights[effect]
    if let id = span.recordID { examples.append(id) }
    if firstUnintended == nil {
      firstUnintended = Unintended(span: span.spanID, trace: span.traceID, at: span.startedAt)
    }
  }

  /// An error or a timeout; or it said that it ended well, and answered with nothing.
  static func hasFailed(_ span: WindowSpan) -> Bool {
    if let status = span.status, status != .ok { return true }
    guard span.finishReason != nil else { return false }
    return span.outputTokens == 0 || span.contents.output.map(emptyOutputs.contains) ?? false
  }

  /// What an answer of nothing is recorded as.
  private static let emptyOutputs = Set(["\"\"", "[]", "{}", "null"].map { SHA256Digest(of: $0) })

  mutating func level(of tool: String, at now: Instant) -> AgentBreaker.Level {
    memory.level(of: tool, breaker, at: now)
  }
}
