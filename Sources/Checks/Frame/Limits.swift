/// Comparing what was found with what is allowed: unrounded, with one slack for all checks, limits inclusive.
enum Limits {
  static let slack = 1e-9

  /// Beyond a limit from above; a value equal to the limit is within it.
  static func isAbove(_ value: Double, _ limit: Double) -> Bool { value > limit + slack }

  /// Beyond a limit from below; a value equal to the limit is within it.
  static func isBelow(_ value: Double, _ limit: Double) -> Bool { value < limit - slack }
}
