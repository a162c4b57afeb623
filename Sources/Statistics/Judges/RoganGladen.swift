/// A rate that a fallible judge counted, corrected for the judge's own errors.
///
/// The judge's true positive and true negative rates come from items that a reference has judged as well, which are
/// independent of the trials that are corrected.
/// Source of the estimate: W. J. Rogan, B. Gladen, "Estimating prevalence from the results of a screening test", American
/// Journal of Epidemiology 107 (1978); of the interval: Z. Lang, J. Reiczigel, "Confidence limits for prevalence of disease
/// adjusted for estimated sensitivity and specificity", Preventive Veterinary Medicine 113 (2014).
public struct RoganGladen: Sendable, Equatable {
  /// (q + TNR − 1)/(TPR + TNR − 1), q being the rate that the judge counted; outside 0...1 where chance or a wrong judge
  /// took it there.
  public let raw: Double
  private let positives: Double
  private let trials: Double
  private let judge: BinaryAgreement

  /// nil without trials, without positives or negatives of the reference, and for a judge no better than chance
  /// (TPR + TNR ≤ 1).
  /// - Parameters:
  ///   - positives: the trials that the judge called positive, in 0...trials.
  ///   - trials: those that only the judge has seen.
  ///   - judge: the judge against the reference, on other items.
  public init?(positives: Int, trials: Int, judge: BinaryAgreement) {
    guard trials > 0, (0...trials).contains(positives), let sensitivity = judge.truePositiveRate,
      let specificity = judge.trueNegativeRate, sensitivity + specificity > 1 + 1e-12
    else { return nil }
    self.positives = Double(positives)
    self.trials = Double(trials)
    self.judge = judge
    raw = (Double(positives) / Double(trials) + specificity - 1) / (sensitivity + specificity - 1)
  }

  /// The corrected rate, in 0...1.
  public var estimate: Double { min(1, max(0, raw)) }

  /// Lang and Reiczigel's interval, within 0...1 and widened where needed to hold the estimate.
  ///
  /// Wald's after adding z²/2 positives and negatives to the trials and one right and one wrong answer to each side of the
  /// judge, shifted. Where with those the judge is no better than chance, nothing is known: [0, 1].
  public func interval(level: Double = 0.95) -> Interval {
    let z = CriticalValue.normal(level: level)
    let size = trials + z * z
    let rate = (positives + z * z / 2) / size
    let (positive, negative) = (Double(judge.positives) + 2, Double(judge.negatives) + 2)
    let sensitivity = Double(judge.bothPositive + 1) / positive
    let specificity = Double(judge.bothNegative + 1) / negative
    let youden = sensitivity + specificity - 1
    guard youden > 1e-12 else { return ProportionInterval.unknown }
    let corrected = (rate + specificity - 1) / youden
    let positiveVariance = sensitivity * (1 - sensitivity) / positive
    let negativeVariance = specificity * (1 - specificity) / negative
    let variance =
      rate * (1 - rate) / size + corrected * corrected * positiveVariance
      + (1 - corrected) * (1 - corrected) * negativeVariance
    let centre = corrected + 2 * z * z * (corrected * positiveVariance - (1 - corrected) * negativeVariance)
    let reach = z * variance.squareRoot() / youden
    return Interval(
      low: max(0, min(estimate, centre - reach)), high: min(1, max(estimate, centre + reach)))
  }
}
