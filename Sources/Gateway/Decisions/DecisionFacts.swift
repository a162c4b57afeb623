internal import Guards
internal import Intake
internal import Records
internal import Store

/// What was decided for a call, as the ledger keeps it until somebody says how the call ended: at this server or at another one.
/// Nothing of what the call says is in it.
struct DecisionFacts: Equatable {
  /// What it was promised of a budget.
  struct Promise: Equatable {
    let budget: String
    let subject: String
    let unit: BudgetRule.Unit
    let amount: Int128

    init(_ claim: BudgetClaim) {
      (budget, subject) = (claim.rule.name, claim.subject)
      (unit, amount) = (claim.rule.unit, claim.amount)
    }

    fileprivate init?(_ value: JSONValue) {
      guard let budget = value["budget"]?.text, let subject = value["subject"]?.text, let word = value["unit"]?.text,
        let text = value["promised"]?.text
      else { return nil }
      (self.budget, self.subject) = (budget, subject)
      switch word {
      case "calls": (unit, amount) = (.calls, Int128(text) ?? 0)
      case "tokens": (unit, amount) = (.tokens, Int128(text) ?? 0)
      default:
        unit = .money(currency: word)
        amount = Money("\(text) \(word)")?.units ?? 0
      }
    }

    var json: JSONObject {
      var object = JSONObject()
      object["budget"] = .string(budget)
      object["subject"] = .string(subject)
      object["unit"] = .string(unit.word)
      object["promised"] = .string(unit.text(amount))
      return object
    }
  }

  var endpoint: CallEndpoint
  var model: String
  var upstream: String
  var provider: String
  var startedAt: Instant
  var notes: CallNotes
  var promises: [Promise] = []
  var observed: [String] = []
  var observedTenantLimits: [String] = []
  var observedFailureBudgets: [String] = []
  var spentFailureBudgets: [String] = []
  var approver: String?
  var cap: (budget: String, tokens: Int64)?
  var breaker: String?
  var glass: BreakGlass?

  static func == (left: DecisionFacts, right: DecisionFacts) -> Bool { left.json == right.json }

  init(_ call: CallSpan, _ claims: [BudgetClaim]) {
    (endpoint, model) = (call.request.endpoint, call.request.model)
    (upstream, provider, startedAt) = (call.upstream.name, call.provider, call.startedAt)
    notes = call.notes
    notes.tenant = call.principal.tenant ?? notes.tenant
    promises = claims.map { Promise($0) }
    observed = call.observedBudgets
    observedTenantLimits = call.observedTenantLimits
    observedFailureBudgets = call.observedFailureBudgets
    (spentFailureBudgets, approver) = (call.spentFailureBudgets, call.approver)
    cap = call.cap.map { ($0.budget, $0.tokens) }
    breaker = call.passage?.word
    glass = call.glass
  }

  /// Where notes are kept, beside the attempt.
  private static let texts: [(name: String, path: any WritableKeyPath<CallNotes, String?> & Sendable)] = [
    ("feature", \.feature), ("agent", \.agent), ("tenant", \.tenant), ("session", \.session), ("user", \.user),
    ("stage", \.stage), ("prompt", \.prompt), ("idempotency_key", \.idempotencyKey), ("parent_id", \.parentID),
  ]

  var json: JSONObject {
    var object = JSONObject()
    object["endpoint"] = .string(endpoint.word)
    object["model"] = .string(model)
    object["upstream"] = .string(upstream)
    object["provider"] = .string(provider)
    object["started_at"] = .string(startedAt.description)
    for text in DecisionFacts.texts { object[text.name] = notes[keyPath: text.path].map(JSONValue.string) }
    object["attempt"] = notes.attempt.map(JSONValue.integer)
    object["promises"] = .array(promises.map { .object($0.json) })
    object["observed"] = .array(observed.map(JSONValue.string))
    if !observedTenantLimits.isEmpty {
      object["tenants_observed"] = .array(observedTenantLimits.map(JSONValue.string))
    }
    for (name, budgets) in [
      ("failure_budgets_observed", observedFailureBudgets), ("failure_budgets_spent", spentFailureBudgets),
    ] where !budgets.isEmpty {
      object[name] = .array(budgets.map(JSONValue.string))
    }
    object["approver"] = approver.map(JSONValue.string)
    if let cap {
      object["cap_budget"] = .string(cap.budget)
      object["cap_tokens"] = .integer(cap.tokens)
    }
    object["breaker"] = breaker.map(JSONValue.string)
    object["break_glass"] = glass.map { .object($0.json) }
    return object
  }

  /// Nil for what another version wrote that this one cannot read.
  init?(parsing text: String) {
    guard let value = try? JSONValue(parsing: text), let word = value["endpoint"]?.text,
      let endpoint = CallEndpoint.Word(rawValue: word)?.endpoint, let model = value["model"]?.text,
      let upstream = value["upstream"]?.text, let provider = value["provider"]?.text,
      let startedAt = value["started_at"]?.text.flatMap({ Instant($0) })
    else { return nil }
    (self.endpoint, self.model, self.upstream, self.provider) = (endpoint, model, upstream, provider)
    self.startedAt = startedAt
    notes = CallNotes { _ in nil }
    for text in DecisionFacts.texts { notes[keyPath: text.path] = value[text.name]?.text }
    notes.attempt = value["attempt"]?.whole
    promises = (value["promises"]?.elements ?? []).compactMap { Promise($0) }
    observed = (value["observed"]?.elements ?? []).compactMap(\.text)
    observedTenantLimits = (value["tenants_observed"]?.elements ?? []).compactMap(\.text)
    observedFailureBudgets = (value["failure_budgets_observed"]?.elements ?? []).compactMap(\.text)
    spentFailureBudgets = (value["failure_budgets_spent"]?.elements ?? []).compactMap(\.text)
    approver = value["approver"]?.text
    if let budget = value["cap_budget"]?.text, let tokens = value["cap_tokens"]?.whole { cap = (budget, tokens) }
    breaker = value["breaker"]?.text
    glass = value["break_glass"].flatMap { BreakGlass($0) }
  }
}
