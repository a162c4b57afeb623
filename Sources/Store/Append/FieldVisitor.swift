import Records

/// Walks through the fields of a record in the order in which they are hashed and stored.
///
/// One walk serves the digest and the row, so that nothing can be stored and not be hashed.
protocol FieldVisitor {
  mutating func integer(_ value: Int64?) throws
  mutating func real(_ value: Double?) throws
  mutating func text(_ value: String?) throws
  /// A text that many records share: stored once.
  mutating func term(_ value: String?) throws
  mutating func bytes(_ value: [UInt8]?) throws
  mutating func series(_ value: TrialSeries) throws
}

extension FieldVisitor {
  mutating func flag(_ value: Bool?) throws { try integer(value.map { $0 ? 1 : 0 }) }

  /// Two integers, so that sums are exact in SQL: `high`·2³² + `low` units of 10⁻¹², and the currency.
  mutating func money(_ value: Money?) throws {
    try integer(value.map { Int64(truncatingIfNeeded: $0.units >> 32) })
    try integer(value.map { Int64(truncatingIfNeeded: $0.units & 0xFFFF_FFFF) })
    try term(value?.currency)
  }
}
