import RealModule

/// How far above zero the mean of values lies that are never negative: a lower bound that holds at all looks at once, from the first
/// value on, without any assumption on how the values are distributed.
///
/// Somebody who doubts that the mean is at most m bets on each value x before it is seen, a part t of what they have: their wealth
/// becomes (1 − t + t·x/m) times as much. If the mean is at most m, whoever bets earns nothing on average, so that the chance of
/// ever having 1/α times what one began with is at most α (Ville, 1939). The wealth is split over parts t = 2^(−j/2), j = 1…28, which
/// stay what they are: some part is near the best one for every mean above m. The bound is the largest m against which the wealth
/// has reached 1/α.
///
/// Because the parts stay, the wealth depends on how often each value came and not on their order, and what is bounded is the mean of
/// the means of the values so far: they may change while one looks. It rises with each value above m and falls with each below.
/// A value that is learnt late, and is larger than was thought, never made an earlier bound too high.
///
/// Source: I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86(1), 2024, sections 4 and
/// 5 (a bet of each strength at once: "diversified Kelly"); for a bound from below the values need no bound from above.
public struct BettingLowerBound: Sendable, Equatable {
  /// A value, and how often it came.
  public struct Tally: Sendable, Equatable {
    /// At least 0.
    public let value: Double
    /// At least 0.
    public let count: Int

    public init(_ value: Double, _ count: Int) {
      self.value = value
      self.count = count
    }
  }

  private static let parts: [Double] = (1...28).map { .exp2(-Double($0) / 2) }
  private static let logCount = Double.log(28)

  public let tallies: [Tally]
  /// How many values there are.
  public let count: Int
  /// Their mean; 0 where there are none.
  public let mean: Double

  /// - Precondition: no value and no count is negative.
  public init(_ tallies: [Tally]) {
    precondition(tallies.allSatisfy { $0.value >= 0 && $0.count >= 0 }, "values and counts are not negative")
    self.tallies = tallies.filter { $0.count > 0 }
    count = tallies.reduce(0) { $0 + $1.count }
    let sum = tallies.reduce(0) { $0 + $1.value * Double($1.count) }
    mean = count > 0 ? sum / Double(count) : 0
  }

  /// ln of the wealth against "the mean is at most `bound`": the evidence that it is above. 0 before the first value.
  /// Complexity: 28 logarithms for each different value.
  /// - Precondition: the bound is above 0.
  public func logEvidence(against bound: Double) -> Double {
    precondition(bound > 0, "no bet is against a mean of 0")
    var most = -Double.infinity
    let logs = BettingLowerBound.parts.map { part in
      let log = tallies.reduce(0) { $0 + Double($1.count) * .log(onePlus: part * ($1.value / bound - 1)) }
      most = max(most, log)
      return log
    }
    return most + .log(logs.reduce(0) { $0 + .exp($1 - most) }) - BettingLowerBound.logCount
  }

  /// Whether the mean is shown to be above `bound`.
  /// - Parameter alpha: the chance that it ever is though it is not so, at whatever look; in (0, 1).
  public func shows(meanAbove bound: Double, alpha: Double) -> Bool {
    logEvidence(against: bound) >= -.log(alpha)
  }

  /// The largest mean that the values are shown to be above of, at least 0 and never above their mean. To 12 digits.
  /// Complexity: some 60 times that of ``logEvidence(against:)``.
  public func lowerBound(alpha: Double) -> Double {
    precondition(alpha > 0 && alpha < 1, "alpha is between 0 and 1")
    guard mean > 0 else { return 0 }
    var (low, high) = (mean / 2, mean)
    while low > 0, !shows(meanAbove: low, alpha: alpha) { (low, high) = (low / 2, low) }
    // With so many zeros that no bet survives them, nothing is shown.
    guard low > 0 else { return 0 }
    for _ in 0..<48 {
      let middle = (low + high) / 2
      if shows(meanAbove: middle, alpha: alpha) { low = middle } else { high = middle }
    }
    return low
  }
}
