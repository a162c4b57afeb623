import Statistics

/// Whether a quantile stays within its budget: of n values, x are above it, and a share of them may be.
///
/// Exact and one-sided. It passes where the upper bound of the share is at most the share that is allowed, and fails where
/// the lower bound is above it, which is where the binomial test rejects that share.
struct QuantileBudget: Equatable {
  enum State: Equatable {
    case within, exceeded, open
  }

  let above: Int
  let count: Int
  /// a: 0.05 for a 95th percentile.
  let allowed: Double

  init(above: Int, count: Int, quantile: Double) {
    self.above = above
    self.count = count
    allowed = 1 - quantile
  }

  /// P(at least so many above | the allowed share); 1 without values.
  var pValue: Double {
    above <= 0 ? 1 : Binomial(trials: count, probability: allowed).survival(above - 1)
  }

  func upperBound(confidence: Double) -> Double {
    ProportionInterval.clopperPearsonUpper(successes: Double(above), trials: Double(count), confidence: confidence)
  }

  func lowerBound(confidence: Double) -> Double {
    ProportionInterval.clopperPearsonLower(successes: Double(above), trials: Double(count), confidence: confidence)
  }

  /// - Parameters:
  ///   - alpha: error of either side.
  ///   - adjusted: the p-value where the budget is one of several that may fail; nil for its own.
  func state(alpha: Double, adjusted: Double? = nil) -> State {
    if (adjusted ?? pValue) <= alpha { return .exceeded }
    return upperBound(confidence: 1 - alpha).isAtMost(allowed) ? .within : .open
  }
}
