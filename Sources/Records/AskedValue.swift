/// A value in the answer to a statement that a person wrote: nobody knows before what a column holds.
public enum AskedValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  /// A number in decimal digits, longer than the two before can hold exactly.
  case decimal(String)
  case text(String)
  case blob([UInt8])
}
