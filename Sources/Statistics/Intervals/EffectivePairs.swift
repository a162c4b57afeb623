/// Paired binary outcomes of items that are repeated or clustered, as so many independent pairs as would leave their
/// difference equally uncertain.
///
/// A t interval from a handful of items or clusters that differ at all is far too narrow (its standard error is estimated
/// from them alone), while a score interval is built for that. The effective size n' = (π − d̄²)/SE² carries the
/// clusters' dependence into it: with independent pairs and one repeat it is the number of pairs.
///
/// Source: T. Tango, Statistics in Medicine 17 (1998), on the effective sample of E. L. Korn, B. I. Graubard, Survey
/// Methodology 24 (1998); measured in Documentation/Calibration.md.
public struct EffectivePairs: Sendable, Equatable {
  /// n' > 0, real.
  public let pairs: Double
  /// b', the effective pairs that only the base passes, in 0...n'.
  public let baseOnly: Double
  /// c', the effective pairs that only the candidate passes, in 0...n'.
  public let candidateOnly: Double

  /// - Parameters:
  ///   - losses: Σmax(−d, 0) over the items' differences d in −1...1, averaged over repeats.
  ///   - wins: Σmax(d, 0).
  ///   - items: N > 0, how many differences there are, those that are 0 included.
  ///   - standardError: of the mean difference, robust to the clusters.
  ///   - units: the independent ones, clusters or items: the effective size where nothing varies.
  public init(losses: Double, wins: Double, items: Double, standardError: Double, units: Int) {
    let share = (losses + wins) / items
    let difference = (wins - losses) / items
    let variance = standardError * standardError
    let spread = share - difference * difference
    pairs = variance > EffectiveTrials.negligibleVariance && spread > 0 ? spread / variance : Double(units)
    baseOnly = pairs * (share - difference) / 2
    candidateOnly = pairs * (share + difference) / 2
  }

  /// Tango's interval that reaches as far as Student's t with the degrees of freedom of the standard error.
  public func tango(level: Double = 0.95, degreesOfFreedom: Double) -> Interval {
    tango(z: CriticalValue.student(level: level, degreesOfFreedom: degreesOfFreedom))
  }

  /// Tango's interval of all differences whose score statistic is at most `z` in absolute value.
  public func tango(z: Double) -> Interval {
    DifferenceInterval.tango(baseOnly: baseOnly, candidateOnly: candidateOnly, pairs: pairs, z: z)
  }
}
