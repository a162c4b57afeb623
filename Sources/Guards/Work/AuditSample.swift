/// How many outputs must be looked at to see at least one defect, if so many of them are defective.
public enum AuditSample {
  /// How often a batch that is as bad as that may go unnoticed.
  public static let risk = 0.05

  /// Of a stream without end: ⌈ln risk / ln(1 − rate)⌉; nil for a rate of zero, which no sample shows.
  public static func size(rate: Double) -> Int? {
    guard rate > 0, rate.isFinite else { return nil }
    guard rate < 1 else { return 1 }
    // Counted rather than taken from logarithms, whose last bit would decide at whole numbers.
    var missed = 1.0
    var count = 0
    while missed > risk {
      missed *= 1 - rate
      count += 1
      if count == 1_000_000_000 { return nil }
    }
    return count
  }

  /// Of a batch with ⌈rate · batch⌉ defects: the smallest n with C(batch − defects, n) / C(batch, n) ≤ risk. O(batch).
  public static func size(rate: Double, of batch: Int) -> Int? {
    guard rate > 0, rate.isFinite, batch > 0 else { return nil }
    let defects = defects(rate: min(rate, 1), of: batch)
    var missed = 1.0
    var count = 0
    while missed > risk, count < batch {
      missed *= Double(batch - defects - count) / Double(batch - count)
      count += 1
    }
    return count
  }

  /// ⌈rate · batch⌉, at least 1; a product that is a whole number but for its rounding is that number.
  private static func defects(rate: Double, of batch: Int) -> Int {
    let product = rate * Double(batch)
    let nearest = product.rounded()
    let whole = (product - nearest).magnitude < 1e-9 * max(1, nearest) ? nearest : product.rounded(.up)
    return max(1, min(batch, Int(whole)))
  }
}
