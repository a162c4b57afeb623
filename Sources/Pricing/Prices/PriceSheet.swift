/// The prices of one model: for each kind what it costs, in one currency. Kinds that are absent have no price there.
public struct PriceSheet: Sendable, Hashable {
  /// ISO 4217.
  public var currency: String
  public var prices: [BilledKind: TieredPrice]

  public init(currency: String = "USD", prices: [BilledKind: TieredPrice] = [:]) {
    self.currency = currency
    self.prices = prices
  }

  public subscript(kind: BilledKind) -> TieredPrice? {
    get { prices[kind] }
    set { prices[kind] = newValue }
  }

  public var isEmpty: Bool { prices.isEmpty }

  /// The prices with some of them replaced.
  func replacing(_ others: PriceSheet) -> PriceSheet {
    var sheet = self
    sheet.prices.merge(others.prices) { _, new in new }
    return sheet
  }
}
