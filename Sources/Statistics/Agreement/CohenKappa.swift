/// How far two raters who sorted the same items into the same categories agree beyond what their habits alone would give.
///
/// Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960).
/// Complexity: O(categories²).
public struct CohenKappa: Sendable, Equatable {
  /// n, the items that both raters sorted.
  public let items: Int
  /// The items on which both chose the same category.
  public let agreeing: Int
  /// p_e, the share of items on which raters with these habits would agree by chance, in 0...1; nil without items.
  public let expectedAgreement: Double?
  /// κ = (p_o − p_e)/(1 − p_e), at most 1; nil without items and where both raters put every item into one and the same
  /// category (p_e = 1).
  public let kappa: Double?
  /// The asymptotic standard error of κ that does not assume κ = 0, ≥ 0; nil where κ is.
  ///
  /// Source: J. L. Fleiss, J. Cohen, B. S. Everitt, "Large sample standard errors of kappa and weighted kappa",
  /// Psychological Bulletin 72 (1969), the variance of unweighted kappa for hypotheses other than κ = 0.
  public let standardError: Double?

  /// - Parameter table: counts ≥ 0; row i and column j hold the items that the first rater put into category i and the
  ///   second into category j.
  /// - Precondition: the table is square.
  public init(table: [[Int]]) {
    precondition(table.allSatisfy { $0.count == table.count }, "a table of agreement is square")
    let rows = table.map { $0.reduce(0, +) }
    let columns = table.indices.map { column in table.reduce(0) { $0 + $1[column] } }
    let total = rows.reduce(0, +)
    items = total
    agreeing = table.indices.reduce(0) { $0 + table[$1][$1] }
    guard total > 0 else {
      (expectedAgreement, kappa, standardError) = (nil, nil, nil)
      return
    }
    let n = Double(total)
    let first = rows.map { Double($0) / n }
    let second = columns.map { Double($0) / n }
    let expected = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    let isOneCategory = zip(rows, columns).contains { $0 == total && $1 == total }
    guard !isOneCategory else {
      (expectedAgreement, kappa, standardError) = (1, nil, nil)
      return
    }
    let value = (Double(agreeing) / n - expected) / (1 - expected)
    let variance = CohenKappa.variance(table, first, second, n: n, expected: expected, kappa: value)
    expectedAgreement = expected
    kappa = value
    standardError = agreeing == total ? 0 : variance.squareRoot()
  }

  /// p_o, the share of items on which both agree, in 0...1; nil without items.
  public var agreement: Double? { items > 0 ? Double(agreeing) / Double(items) : nil }

  /// κ ± z·SE, at most 1 and at least −1; nil where κ is.
  public func interval(level: Double = 0.95) -> Interval? {
    guard let kappa, let standardError else { return nil }
    let reach = CriticalValue.normal(level: level) * standardError
    return Interval(low: max(-1, kappa - reach), high: min(1, kappa + reach))
  }

  private static func variance(
    _ table: [[Int]], _ first: [Double], _ second: [Double], n: Double, expected: Double, kappa: Double
  ) -> Double {
    let complement = 1 - kappa
    var sum = 0.0
    for i in table.indices {
      for j in table.indices where table[i][j] > 0 {
        let share = Double(table[i][j]) / n
        let slope = i == j ? 1 - (first[i] + second[i]) * complement : complement * (second[i] + first[j])
        sum += share * slope * slope
      }
    }
    let centre = kappa - expected * complement
    return max(0, sum - centre * centre) / ((1 - expected) * (1 - expected) * n)
  }
}
