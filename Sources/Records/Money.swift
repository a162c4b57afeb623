/// An exact amount of money in one currency.
///
/// The amount is a whole number of 10⁻¹² parts of the currency: a token's price has up to nine decimals, and sums of
/// millions of them stay exact. Nothing here goes through a floating-point number. Written and read as `5.00 USD`.
public struct Money: Sendable, Hashable {
  /// How many units one of the currency has: 10¹².
  public static let unitsPerOne: Int128 = 1_000_000_000_000

  /// The amount in 10⁻¹² parts of the currency; may be negative.
  public let units: Int128
  /// Three capital letters, such as `USD` (ISO 4217; whether the code is assigned is not checked).
  public let currency: String

  /// Nil when the currency is not three capital letters.
  public init?(units: Int128, currency: some StringProtocol) {
    guard currency.utf8.count == 3, currency.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else { return nil }
    self.units = units
    self.currency = String(currency)
  }

  /// Reads `5.00 USD`, `-0.25 EUR`, `12 JPY`: digits, at most twelve decimals, one or more spaces, the currency.
  ///
  /// Nil for everything else, such as an exponent, a thousands separator, a missing currency or an amount beyond
  /// the range of 10⁻¹² parts in 128 bits (about 1.7·10²⁶).
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard parts.count == 2, let units = Money.units(parts[0]) else { return nil }
    self.init(units: units, currency: parts[1])
  }

  /// The amount of a decimal text in 10⁻¹² parts; nil when it is not `-?digits(.digits)?` or has more decimals.
  static func units(_ text: some StringProtocol) -> Int128? {
    var digits = text.utf8[...]
    let negative = digits.first == UInt8(ascii: "-")
    if negative { digits.removeFirst() }
    var total: Int128 = 0
    var whole = 0
    var decimals: Int?
    for byte in digits {
      if byte == UInt8(ascii: ".") {
        guard decimals == nil, whole > 0 else { return nil }
        decimals = 0
        continue
      }
      guard (0x30...0x39).contains(byte), (decimals ?? 0) < 12, let next = appending(byte, to: total) else {
        return nil
      }
      total = next
      if let count = decimals { decimals = count + 1 } else { whole += 1 }
    }
    guard whole > 0, decimals != 0 else { return nil }
    for _ in (decimals ?? 0)..<12 {
      guard let next = appending(UInt8(ascii: "0"), to: total) else { return nil }
      total = next
    }
    return negative ? -total : total
  }

  private static func appending(_ digit: UInt8, to total: Int128) -> Int128? {
    let (tenfold, tooLarge) = total.multipliedReportingOverflow(by: 10)
    let (sum, stillTooLarge) = tenfold.addingReportingOverflow(Int128(digit &- 0x30))
    return tooLarge || stillTooLarge ? nil : sum
  }

  /// The sum; nil when the currencies differ or the sum leaves the range.
  public func adding(_ other: Money) -> Money? {
    let (sum, overflow) = units.addingReportingOverflow(other.units)
    return overflow || currency != other.currency ? nil : Money(units: sum, currency: currency)
  }

  /// The difference; nil when the currencies differ or it leaves the range.
  public func subtracting(_ other: Money) -> Money? {
    let (difference, overflow) = units.subtractingReportingOverflow(other.units)
    return overflow || currency != other.currency ? nil : Money(units: difference, currency: currency)
  }

  /// So many times the amount; nil when it leaves the range.
  public func multiplied(by count: Int) -> Money? {
    let (product, overflow) = units.multipliedReportingOverflow(by: Int128(count))
    return overflow ? nil : Money(units: product, currency: currency)
  }

  /// Whether this is less than the other; nil when the currencies differ.
  public func isLess(than other: Money) -> Bool? {
    currency == other.currency ? units < other.units : nil
  }

  /// The amount as the nearest `Double`, for statistics (which are estimates); never for sums or records.
  public var approximate: Double { Double(units) / 1e12 }
}

extension Money: CustomStringConvertible {
  /// `5.00 USD`. Reading it gives the same amount.
  public var description: String { "\(Money.decimal(units)) \(currency)" }

  /// An amount without its currency: at least two decimals, as many as are needed up to twelve.
  public static func decimal(_ units: Int128) -> String {
    let magnitude = units.magnitude
    let parts = UInt128(unitsPerOne)
    var decimals = Array(String(magnitude % parts))
    decimals.insert(contentsOf: Array(repeating: "0", count: 12 - decimals.count), at: 0)
    while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
    return "\(units < 0 ? "-" : "")\(magnitude / parts).\(String(decimals))"
  }
}
