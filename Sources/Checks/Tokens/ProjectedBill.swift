import Project
import Records
import Store

/// What calls would cost by one's own counts of tokens, beside what they did.
struct ProjectedBill {
  /// A call, as far as its price needs it.
  private struct Call {
    let local: Int64
    let billed: Int64
    let cached: Int64
    let output: Int64
    let cost: Money?
    let at: Instant
  }

  private var calls: [Call] = []

  mutating func add(local: Int64, _ span: WindowSpan) {
    func tokens(_ count: Int64?) -> Int64 { min(max(0, count ?? 0), PromptSegments.mostTokens) }
    calls.append(
      Call(
        local: local, billed: tokens(span.inputTokens), cached: tokens(span.cachedTokens),
        output: tokens(span.outputTokens), cost: span.cost, at: span.startedAt))
  }

  /// Projected and actual cost of the calls whose price is known, in 10⁻¹² parts of a currency for a million.
  ///
  /// Where the provider's cost of a call was recorded, the projection is of the whole call, else of its input.
  func sums(_ model: ModelSettings?) -> (projected: Int128, actual: Int128, calls: Int) {
    var sums: (projected: Int128, actual: Int128, calls: Int) = (0, 0, 0)
    for call in calls {
      guard let price = model?.price(at: call.at), let input = price.input,
        let cached = call.cached > 0 ? price.cacheRead : input
      else { continue }
      func inputCost(_ tokens: Int64) -> Int128 {
        let hit = min(call.cached, tokens)
        return Int128(tokens - hit) * input.units + Int128(hit) * cached.units
      }
      sums.calls += 1
      if let cost = call.cost, cost.currency == input.currency, let output = call.output > 0 ? price.output : input {
        sums.projected += inputCost(call.local) + Int128(call.output) * output.units
        sums.actual += cost.units * 1_000_000
      } else {
        sums.projected += inputCost(call.local)
        sums.actual += inputCost(call.billed)
      }
    }
    return sums
  }
}
