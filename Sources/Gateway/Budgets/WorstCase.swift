internal import Guards
internal import Intake
internal import Pricing
internal import Records
internal import Store

/// The most that a call can use of budgets.
struct WorstCase {
  private let bound: CallBound
  private let output: Int64?
  private let model: String
  private let call: CallSpan
  private let pricing: SpanPricing?

  /// - Parameters:
  ///   - most: tokens that one choice can have where the request does not say so.
  ///   - model: the name that the upstream knows.
  init(_ bound: CallBound, most: Int64?, _ call: CallSpan, model: String, _ pricing: SpanPricing?) {
    self.bound = bound
    output = bound.output(most)
    self.call = call
    self.model = model
    self.pricing = pricing
  }

  /// - Throws: `CallRefusal` where there is no bound, or no price, and the budget names no ceiling for such calls.
  func amount(of entry: CallBudgets.Entry) throws(CallRefusal) -> Int128 {
    switch entry.rule.unit {
    case .calls: return 1
    case .tokens:
      guard let input = bound.input, let output else { throw unbounded(entry.rule) }
      return Int128(input) + Int128(output)
    case .money(let currency):
      guard let input = bound.input, let output else {
        if let ceiling = entry.ceiling { return ceiling.units }
        throw unbounded(entry.rule)
      }
      guard let cost = cost(input, output), cost.currency == currency else {
        if let ceiling = entry.ceiling { return ceiling.units }
        throw CallRefusal(
          status: 402, code: "UNPRICED_MODEL",
          message: """
            The budget '\(entry.rule.name)' counts \(currency), and nobody says what '\(model)' costs in it. Give it a price under \
            models or prices in tally.yaml, or the budget a ceiling.
            """, of: entry.rule)
      }
      return cost.units
    }
  }

  /// The dearest way in which so many tokens can be billed; nil where even the plainest has no price.
  private func cost(_ input: Int64, _ output: Int64) -> Money? {
    guard let book = pricing?.book else { return nil }
    func cost(_ change: (inout TokenBuckets) -> Void) -> Money? {
      var usage = TokenBuckets()
      (usage.input, usage.output) = (input, output)
      change(&usage)
      if let tier = bound.tier { usage.modes.set("service_tier", tier) }
      return book.answer(
        Call(
          provider: call.provider, modelServed: nil, modelRequested: model, at: call.startedAt,
          usage: usage, isEmbedding: call.request.endpoint == .embeddings)
      ).cost.total
    }
    guard let plain = cost({ _ in }) else { return nil }
    // A cache that is written to costs more than plain input, where it costs at all.
    let dearer = [
      cost { $0.cacheWrite = input }, cost { $0.cacheWrite1Hour = input }, cost { $0.reasoning = output },
      cost {
        $0.cacheWrite1Hour = input
        $0.reasoning = output
      },
    ].compactMap(\.self)
    return dearer.filter { $0.currency == plain.currency }.reduce(plain) { $0.units >= $1.units ? $0 : $1 }
  }

  private func unbounded(_ rule: BudgetRule) -> CallRefusal {
    let why =
      bound.input == nil
      ? bound.isStated
        ? "neither a request nor max_input_tokens says how much goes in"
        : "it refers to what is not in it, such as pictures, files or an earlier response, or to tools that the provider runs"
      : """
      it says no max_tokens, tally.yaml no max_output_tokens under the model's capabilities, and the budget has no output_cap
      """
    return CallRefusal(
      status: 402, code: "UNBOUNDED_CALL",
      message: "The budget '\(rule.name)' must know the most that a call can use, and this one has no bound: \(why).",
      of: rule)
  }
}

extension CallRefusal {
  /// A call that a budget cannot judge.
  fileprivate init(status: Int, code: String, message: String, of rule: BudgetRule) {
    self.init(status: status, code: code, message: message)
    budget = CallRefusal.object(rule)
  }

  private static func object(_ rule: BudgetRule) -> JSONObject {
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    object["each"] = .string(rule.level.rawValue)
    object["unit"] = .string(rule.unit.word)
    object["limit"] = .string(rule.unit.text(rule.limit))
    object["per"] = .string(rule.period.rawValue)
    return object
  }

  /// A budget that has too little left: which, whose, how much that is, and when it begins anew. Who asks for more than there
  /// ever is need not ask again: 402; who may is told when: 429.
  /// - Parameter tellsLeft: whether whoever asks may know how the budget stands.
  init(_ refusal: BudgetRefusal, now: Instant, tellsLeft: Bool) {
    let (claim, rule) = (refusal.claim, refusal.claim.rule)
    let whose = rule.level == .all ? "" : " of the \(rule.level.rawValue) '\(claim.subject)'"
    let seconds = max(1, now.duration(to: refusal.resetsAt).components.seconds + 1)
    let never = claim.amount > rule.limit
    guard tellsLeft else {
      self.init(
        status: never ? 402 : 429, code: "budget_exceeded",
        message: "The budget '\(rule.name)' has too little left for this call. It begins anew at \(refusal.resetsAt).",
        retryAfter: never ? nil : Int(seconds))
      var object = JSONObject()
      object["budget"] = .string(rule.name)
      object["per"] = .string(rule.period.rawValue)
      object["resets_at"] = .string(refusal.resetsAt.description)
      budget = object
      return
    }
    self.init(
      status: never ? 402 : 429, code: "budget_exceeded",
      message: """
        The budget '\(rule.name)'\(whose) is \(rule.words(rule.limit)) a \(rule.period.rawValue); \(rule.words(refusal.left)) \
        \(refusal.left == 1 ? "is" : "are") left, and this call may use \(rule.words(claim.amount)). It begins anew at \
        \(refusal.resetsAt)\(never ? ", and this call is more than all of it" : "").
        """, retryAfter: never ? nil : Int(seconds))
    var object = CallRefusal.object(rule)
    object["subject"] = .string(claim.subject)
    object["left"] = .string(rule.unit.text(refusal.left))
    object["needed"] = .string(rule.unit.text(claim.amount))
    object["resets_at"] = .string(refusal.resetsAt.description)
    budget = object
  }
}
