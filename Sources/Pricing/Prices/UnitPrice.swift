public import Records

/// The price of one token or one piece, exact: a whole number of 10⁻¹² parts of the currency for a million of them.
///
/// Published prices have up to eight decimals a token, beyond what money has; a million of them always come out whole.
public struct UnitPrice: Sendable, Hashable {
  /// In 10⁻¹² parts of the currency, for 10⁶ tokens or pieces; not negative.
  public let unitsPerMillion: Int128

  /// No price is above this: a million of the currency for one token. Above, a file is wrong.
  public static let largest: Int128 = 1_000_000 * 1_000_000 * Money.unitsPerOne

  /// Nil for a price that is negative or above `largest`.
  public init?(unitsPerMillion: Int128) {
    guard unitsPerMillion >= 0, unitsPerMillion <= UnitPrice.largest else { return nil }
    self.unitsPerMillion = unitsPerMillion
  }

  /// The price of a million; nil as above.
  public init?(perMillion money: Money) { self.init(unitsPerMillion: money.units) }

  /// The price of one piece; nil as above.
  public init?(perPiece money: Money) {
    let (million, overflow) = money.units.multipliedReportingOverflow(by: 1_000_000)
    guard !overflow else { return nil }
    self.init(unitsPerMillion: million)
  }

  /// So many of them, in 10⁻¹⁸ parts of the currency; nil beyond the range.
  func product(_ quantity: Int64) -> Int128? {
    let (product, overflow) = unitsPerMillion.multipliedReportingOverflow(by: Int128(quantity))
    return overflow ? nil : product
  }

  /// 10⁻¹⁸ parts as 10⁻¹² parts, rounded half to even.
  static func rounded(_ attounits: Int128) -> Int128 {
    let (quotient, rest) = attounits.quotientAndRemainder(dividingBy: 1_000_000)
    return rest > 500_000 || rest == 500_000 && quotient & 1 == 1 ? quotient + 1 : quotient
  }
}

/// A price that depends on how long the call's input is. The whole call costs what its tier says, not only the tokens
/// beyond a limit: so Anthropic, Google and OpenAI bill long contexts.
public struct TieredPrice: Sendable, Hashable {
  /// A price for calls with more input tokens than a limit.
  public struct Tier: Sendable, Hashable {
    /// A call with exactly so many input tokens is below the tier.
    public let above: Int64
    /// Nil where the table has a tier but does not say what this costs there.
    public let price: UnitPrice?

    public init(above: Int64, price: UnitPrice?) {
      self.above = above
      self.price = price
    }
  }

  /// Below all tiers; nil where the table does not say.
  public var base: UnitPrice?
  /// Ascending.
  public private(set) var tiers: [Tier]

  public init(_ base: UnitPrice?, tiers: [Tier] = []) {
    self.base = base
    self.tiers = tiers.sorted { $0.above < $1.above }
  }

  /// What one token or piece costs in a call with so many input tokens; nil where the table does not say.
  public func price(inputTokens: Int64) -> UnitPrice? {
    guard let tier = tiers.last(where: { inputTokens > $0.above }) else { return base }
    return tier.price
  }
}
