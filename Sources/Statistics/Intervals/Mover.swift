/// An estimate with its interval.
public struct BoundedEstimate: Sendable, Equatable {
  public let estimate: Double
  public let interval: Interval

  public init(estimate: Double, interval: Interval) {
    self.estimate = estimate
    self.interval = interval
  }
}

/// The method of variance estimates recovery: the interval of a sum or product of independent estimates from the limits
/// that each of them has on its own.
///
/// The distance of the result to each of its limits is the root of the sum of the squared distances of the terms. Limits of
/// rates are Wilson's, of paired differences Tango's; all at one level, which is then that of the result.
/// Source: G. Y. Zou, A. Donner, "Construction of confidence limits about effect measures: a general approach", Statistics
/// in Medicine 27 (2008).
public enum Mover {
  /// Σ weight·estimate over terms with their own limits; nil without terms.
  ///
  /// A negative weight swaps the distances of its term. Linear in the terms.
  /// - Parameter terms: known weights (not estimated), estimates within their limits.
  public static func weightedSum(_ terms: [(weight: Double, term: BoundedEstimate)]) -> BoundedEstimate? {
    guard !terms.isEmpty else { return nil }
    return around(terms.reduce(0) { $0 + $1.weight * $1.term.estimate }, terms)
  }

  /// first·second, each term's distances weighted with the partial derivative, which is the other factor.
  ///
  /// To first order: for factors that are not both close to 0.
  public static func product(_ first: BoundedEstimate, _ second: BoundedEstimate) -> BoundedEstimate {
    around(first.estimate * second.estimate, [(second.estimate, first), (first.estimate, second)])
  }

  /// An estimate with the distances of its terms.
  private static func around(_ estimate: Double, _ terms: [(weight: Double, term: BoundedEstimate)]) -> BoundedEstimate
  {
    var (below, above) = (0.0, 0.0)
    for (weight, term) in terms {
      let down = weight * (term.estimate - term.interval.low)
      let up = weight * (term.interval.high - term.estimate)
      below += weight < 0 ? up * up : down * down
      above += weight < 0 ? down * down : up * up
    }
    return BoundedEstimate(
      estimate: estimate, interval: Interval(low: estimate - below.squareRoot(), high: estimate + above.squareRoot()))
  }
}
