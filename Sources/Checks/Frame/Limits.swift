/// Limits are inclusive: values are compared unrounded, with a slack for what arithmetic adds.
///
/// A p-value is no limit's value: it is compared with its α as it stands.
extension Double {
  private static let slack = 1e-9

  func isAtLeast(_ limit: Double) -> Bool { self >= limit - Double.slack }
  func isAtMost(_ limit: Double) -> Bool { self <= limit + Double.slack }
  func isAbove(_ limit: Double) -> Bool { !isAtMost(limit) }
  func isBelow(_ limit: Double) -> Bool { !isAtLeast(limit) }
}
