/// A distribution over the real line.
///
/// Both tails are computed directly, never as `1 - other`, so that a probability of 1e-300 carries as many digits as
/// one of 0.3. Points are real numbers (infinities allowed, NaN is a programming error); probabilities lie in 0…1.
public protocol ContinuousDistribution: Sendable {
  /// P(X ≤ x), in 0…1.
  func cumulative(_ x: Double) -> Double
  /// P(X > x), in 0…1.
  func survival(_ x: Double) -> Double
  /// The natural logarithm of P(X > x): finite where ``survival(_:)`` underflows; -∞ only beyond the support.
  func logSurvival(_ x: Double) -> Double
  /// The x with P(X ≤ x) = p. `p` of 0 and 1 give the ends of the support.
  ///
  /// - Precondition: `p` is in 0…1.
  func quantile(_ p: Double) -> Double
  /// The x with P(X > x) = q: `quantile(1 - q)` without the rounding of `1 - q`.
  ///
  /// - Precondition: `q` is in 0…1.
  func upperQuantile(_ q: Double) -> Double
}

/// A distribution over the integers. Points outside the support are allowed everywhere.
public protocol DiscreteDistribution: Sendable {
  /// P(X = k), in 0…1.
  func probability(_ k: Int) -> Double
  /// P(X ≤ k), in 0…1.
  func cumulative(_ k: Int) -> Double
  /// P(X > k), in 0…1: strictly above, the complement of ``cumulative(_:)``.
  func survival(_ k: Int) -> Double
  /// The natural logarithm of P(X > k): finite where ``survival(_:)`` underflows; -∞ from the last point on.
  func logSurvival(_ k: Int) -> Double
  /// The smallest k of the support with P(X ≤ k) ≥ p.
  ///
  /// - Precondition: `p` is in 0…1.
  func quantile(_ p: Double) -> Int
}

func requireProbability(_ p: Double) {
  precondition(p >= 0 && p <= 1, "a probability lies in 0...1")
}

func requireNumber(_ x: Double) {
  precondition(!x.isNaN, "a point of a distribution is not NaN")
}
