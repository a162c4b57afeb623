import Records

/// Walks through the fields of a record in the order in which they are hashed and stored.
///
/// One walk serves the digest and the row, so that nothing can be stored and not be hashed.
protocol FieldVisitor {
  mutating func integer(_ value: Int64?) throws
  /// A finite number; NaN is no number and so absent.
  mutating func real(_ value: Double?) throws
  /// A text as it is.
  mutating func text(_ value: String?) throws
  /// A text that is compared with others: kept in Unicode's normal form C.
  mutating func identifier(_ value: String?) throws
  /// An identifier that many records share: stored once.
  mutating func term(_ value: String?) throws
  mutating func bytes(_ value: [UInt8]?) throws
  mutating func digest(_ value: SHA256Digest?) throws
  mutating func series(_ value: TrialSeries) throws
  /// When the record was stated. Kept and bound into the chain, but no part of what is stated: sources without times are
  /// stamped anew at each delivery.
  mutating func stamp(_ value: Instant) throws
}

extension FieldVisitor {
  mutating func flag(_ value: Bool?) throws { try integer(value.map { $0 ? 1 : 0 }) }

  /// An amount and its currency.
  mutating func money(_ value: Money?) throws {
    try amount(value?.units)
    try term(value?.currency)
  }

  /// Two integers, so that sums are exact in SQL: `high`·2³² + `low` units of 10⁻¹².
  mutating func amount(_ units: Int128?) throws {
    if let units, units.magnitude > MoneyColumns.largest.magnitude {
      throw Refusal(reason: "\(Money.decimal(units)) is beyond what one record can cost (10⁹)")
    }
    try integer(units.map { Int64(truncatingIfNeeded: $0 >> 32) })
    try integer(units.map { Int64(truncatingIfNeeded: $0 & 0xFFFF_FFFF) })
  }
}

/// Money in columns.
enum MoneyColumns {
  /// Of one record: 10⁹ of the currency. Sums of 2²⁴ such amounts fit into 64 bits in each column.
  static let largest = 1_000_000_000 * Money.unitsPerOne

  static func units(high: Int64, low: Int64) -> Int128 { Int128(high) << 32 + Int128(low) }
}

/// Why a record cannot be kept.
struct Refusal: Error {
  let reason: String
}
