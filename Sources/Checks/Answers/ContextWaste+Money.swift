import Project
import Records

extension ContextWaste {
  /// What the tokens cost, by class, exactly.
  struct Costs {
    /// Of all prompts that were read; nil where a model has no price, or prices are in several currencies.
    private let byClass: [SegmentClass: Money]?
    let currency: String?
    /// Models that were paid for without a known price. Reading from a cache without a price of its own has none.
    let unpriced: [String]
    /// Currencies, when there are several.
    let currencies: [String]

    /// - Parameter instant: prices are those that hold then.
    init(_ fold: PromptFold, _ models: NamedEntries<ModelSettings>, at instant: Instant) {
      var unpriced: Set<String> = []
      var sums: [SegmentClass: Int128] = [:]
      var currencies: Set<String> = []
      for (kind, tokens) in fold.tokens {
        for (model, count) in tokens {
          let price = models[model]?.price(at: instant)
          guard let input = price?.input, let cached = count.cached > 0 ? price?.cacheRead : input else {
            unpriced.insert(model.isEmpty ? "a model that spans do not name" : model)
            continue
          }
          currencies.insert(input.currency)
          sums[kind, default: 0] += Int128(count.plain) * input.units + Int128(count.cached) * cached.units
        }
      }
      self.unpriced = unpriced.orderedByBytes()
      self.currencies = currencies.orderedByBytes()
      currency = currencies.count == 1 ? currencies.first : nil
      guard unpriced.isEmpty, let currency else {
        byClass = nil
        return
      }
      // Prices are those of a million.
      byClass = sums.compactMapValues { Money(units: $0 / 1_000_000, currency: currency) }
    }

    /// What a class cost; nil where prices are missing.
    func cost(_ kinds: [SegmentClass]) -> Money? {
      guard let byClass, let currency else { return nil }
      return Money(units: kinds.reduce(0) { $0 + (byClass[$1]?.units ?? 0) }, currency: currency)
    }

    /// The same for so many calls as there would be in 30 days, or for a million.
    func scaled(_ kinds: [SegmentClass], by part: Int128, of whole: Int128) -> Money? {
      guard whole > 0, let cost = cost(kinds), let currency else { return nil }
      let (product, overflow) = cost.units.multipliedReportingOverflow(by: part)
      return overflow ? nil : Money(units: product / whole, currency: currency)
    }
  }

  /// To the hundredth, as bills have it: `4608.00 USD`.
  static func bill(_ money: Money) -> String {
    let hundredth: Int128 = 10_000_000_000
    let units = (money.units + money.units.signum() * hundredth / 2) / hundredth * hundredth
    return (Money(units: units, currency: money.currency) ?? money).description
  }
}
