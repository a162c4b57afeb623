/// How well a score tells two classes apart: the probability that a positive scores higher than a negative, ties half.
///
/// Scores are added from the lowest to the highest, all of one value at once, so that memory does not grow with the sample:
/// a ledger can count and sort them, and neither class is ever held. Source: H. B. Mann, D. R. Whitney, Annals of
/// Mathematical Statistics 18 (1947), for the estimate; E. R. DeLong, D. M. DeLong, D. L. Clarke-Pearson, "Comparing the
/// areas under two or more correlated receiver operating characteristic curves", Biometrics 44 (1988), for its variance.
public struct AreaUnderCurve: Sendable, Equatable {
  public private(set) var positives = 0
  public private(set) var negatives = 0
  /// Negatives below each positive (ties half), and positives below each negative: their means and sums of squares.
  private var below = RankMoments()
  private var above = RankMoments()
  private var last = -Double.infinity

  public init() {}

  /// Adds all cases of one score. Constant time.
  /// - Parameters:
  ///   - score: higher than every one before; any order is one, so it may be a rank.
  ///   - positives: how many positives have it, ≥ 0.
  ///   - negatives: how many negatives have it, ≥ 0.
  public mutating func add(score: Double, positives: Int, negatives: Int) {
    precondition(positives >= 0 && negatives >= 0, "a count is not negative")
    precondition(score > last, "scores come from the lowest to the highest, each once")
    last = score
    below.add(Double(self.negatives) + Double(negatives) / 2, count: positives)
    above.add(Double(self.positives) + Double(positives) / 2, count: negatives)
    self.positives += positives
    self.negatives += negatives
  }

  /// 0 … 1; ½ for a score that says nothing. nil without cases of one of the classes.
  public var estimate: Double? {
    positives > 0 && negatives > 0 ? below.mean / Double(negatives) : nil
  }

  /// DeLong's: the variances of the shares of the other class that each case beats. nil for fewer than two of a class.
  public var variance: Double? {
    guard positives > 1, negatives > 1 else { return nil }
    let (p, n) = (Double(positives), Double(negatives))
    return below.variance / (n * n) / p + above.variance / (p * p) / n
  }

  /// The estimate with the normal interval of DeLong's variance, clipped to 0 … 1; nil for fewer than two of a class.
  public func bounded(level: Double = 0.95) -> BoundedEstimate? {
    guard let estimate, let variance else { return nil }
    let reach = CriticalValue.normal(level: level) * variance.squareRoot()
    return BoundedEstimate(
      estimate: estimate, interval: Interval(low: max(0, estimate - reach), high: min(1, estimate + reach)))
  }

  /// Mean and variance of values that come with counts.
  ///
  /// Source: D. H. D. West, "Updating mean and variance estimates", Communications of the ACM 22 (1979).
  private struct RankMoments: Equatable {
    private var count = 0.0
    private(set) var mean = 0.0
    private var squares = 0.0

    mutating func add(_ value: Double, count added: Int) {
      guard added > 0 else { return }
      let total = count + Double(added)
      let difference = value - mean
      mean += difference * Double(added) / total
      squares += difference * difference * Double(added) * (count / total)
      count = total
    }

    /// Of a sample: over n − 1.
    var variance: Double { squares / (count - 1) }
  }
}
