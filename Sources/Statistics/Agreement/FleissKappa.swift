/// How far several raters agree beyond chance, when each item was sorted by the same number of them.
///
/// The raters of one item need not be those of another. Items arrive one by one, in constant memory.
/// Source: J. L. Fleiss, "Measuring nominal scale agreement among many raters", Psychological Bulletin 76 (1971).
public struct FleissKappa: Sendable, Equatable {
  /// The ratings of each item.
  public let raters: Int
  public private(set) var items = 0
  /// How often each category was chosen, over all items.
  public private(set) var chosen: [Int]
  /// Σ over items of the ordered pairs of raters that agree.
  private var agreeingPairs = 0

  /// - Precondition: raters ≥ 2, categories ≥ 1.
  public init(categories: Int, raters: Int) {
    precondition(categories >= 1 && raters >= 2, "agreement needs a category and two raters")
    self.raters = raters
    chosen = [Int](repeating: 0, count: categories)
  }

  /// All items at once; nil when an item has another number of ratings or of categories than the first, when that number
  /// of ratings is below 2, and without items.
  /// - Parameter table: for each item, how many raters chose each category.
  public init?(table: [[Int]]) {
    guard let first = table.first, !first.isEmpty else { return nil }
    let raters = first.reduce(0, +)
    guard raters >= 2, table.allSatisfy({ $0.count == first.count && $0.reduce(0, +) == raters }) else { return nil }
    self.init(categories: first.count, raters: raters)
    for counts in table { add(counts) }
  }

  /// Takes one item.
  /// - Parameter counts: how many raters chose each category, ≥ 0.
  /// - Precondition: a count for each category, `raters` in all.
  public mutating func add(_ counts: [Int]) {
    precondition(counts.count == chosen.count && counts.reduce(0, +) == raters, "each item has the same ratings")
    for (category, count) in counts.enumerated() {
      chosen[category] += count
      agreeingPairs += count * (count - 1)
    }
    items += 1
  }

  /// P̄, the mean share of pairs of raters that agree on an item, in 0...1; nil without items.
  public var agreement: Double? {
    items > 0 ? Double(agreeingPairs) / (Double(items) * Double(raters) * Double(raters - 1)) : nil
  }

  /// P̄_e = Σ p_j², in 0...1; nil without items.
  public var expectedAgreement: Double? {
    guard items > 0 else { return nil }
    let ratings = Double(items) * Double(raters)
    return chosen.reduce(0) { $0 + (Double($1) / ratings) * (Double($1) / ratings) }
  }

  /// κ = (P̄ − P̄_e)/(1 − P̄_e), at most 1; nil without items and where only one category was ever chosen.
  public var kappa: Double? {
    guard let agreement, let expected = expectedAgreement, chosen.count(where: { $0 > 0 }) > 1 else { return nil }
    return (agreement - expected) / (1 - expected)
  }
}
