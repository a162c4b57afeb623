import RealModule

/// The lowest confidence threshold above which predictions are shown to be right often enough.
///
/// Thresholds are tested in a fixed order, from the strictest down, each at the full level; testing stops at the first that
/// is not shown. The chance that the accepted threshold misses its target is at most α, without any correction.
/// Source: A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan, L. Lei, "Learn then test: calibrating predictive
/// algorithms to achieve risk control", arXiv:2110.01052 (2021), fixed sequence testing.
public struct FixedSequenceThreshold: Sendable, Equatable {
  /// What lies at or above one threshold.
  public struct Step: Sendable, Equatable {
    /// n_t, the items with at least this confidence.
    public let items: Int
    /// How many of them are wrong, in 0...items.
    public let errors: Int

    public init(items: Int, errors: Int) {
      self.items = items
      self.errors = errors
    }
  }

  /// The position of the lowest threshold that was accepted; nil when none was.
  public let accepted: Int?
  /// P(Bin(n_t, 1 − target) ≤ errors_t) there.
  public let acceptedPValue: Double?
  /// The position of the first threshold that was rejected, where testing stopped; nil when none was.
  public let rejected: Int?
  public let rejectedPValue: Double?

  /// Linear in the steps up to the first rejection.
  /// - Parameters:
  ///   - steps: from the highest threshold to the lowest, each with all items at or above it.
  ///   - target: the accuracy to be shown, in 0..<1.
  ///   - alpha: in (0, 1).
  public init(steps: [Step], target: Double, alpha: Double = 0.05) {
    var (accepted, acceptedP): (Int?, Double?) = (nil, nil)
    var (rejected, rejectedP): (Int?, Double?) = (nil, nil)
    let fewest = FixedSequenceThreshold.fewestItems(target: target, alpha: alpha)
    for (index, step) in steps.enumerated() where step.items >= fewest {
      let p = Binomial(trials: step.items, probability: 1 - target).cumulative(step.errors)
      guard p <= alpha else {
        (rejected, rejectedP) = (index, p)
        break
      }
      (accepted, acceptedP) = (index, p)
    }
    self.accepted = accepted
    acceptedPValue = acceptedP
    self.rejected = rejected
    rejectedPValue = rejectedP
  }

  /// ⌈ln α/ln target⌉, at least 1: with fewer items even an errorless threshold is not shown, and it is skipped.
  /// - Precondition: the target is in 0..<1, alpha in (0, 1).
  public static func fewestItems(target: Double, alpha: Double = 0.05) -> Int {
    precondition(target >= 0 && target < 1, "a target of 1 cannot be shown")
    precondition(alpha > 0 && alpha < 1, "alpha is between 0 and 1")
    guard target > 0 else { return 1 }
    let items = .log(alpha) / .log(target)
    return items < 0x1p53 ? max(1, Int((items - 1e-9).rounded(.up))) : Int.max
  }
}
