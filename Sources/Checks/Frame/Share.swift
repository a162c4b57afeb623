/// Parts of wholes.
enum Share {
  /// part/whole; nil where there is no whole that it could be a part of.
  static func of(_ part: Double, _ whole: Double) -> Double? { whole > 0 ? part / whole : nil }

  static func of(_ part: some BinaryInteger, _ whole: some BinaryInteger) -> Double? { of(Double(part), Double(whole)) }
}
