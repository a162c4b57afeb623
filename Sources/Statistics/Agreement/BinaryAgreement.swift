/// The 2 × 2 table of a judge against a reference (people, code) on the same items: what the judge's yes and no are worth.
///
/// All four fields are counts of items, ≥ 0. "Positive" is what both are asked for, such as *passed*.
public struct BinaryAgreement: Sendable, Equatable {
  public var bothPositive: Int
  /// The judge says positive, the reference negative.
  public var onlyJudgePositive: Int
  /// The reference says positive, the judge negative.
  public var onlyReferencePositive: Int
  public var bothNegative: Int

  public init(bothPositive: Int = 0, onlyJudgePositive: Int = 0, onlyReferencePositive: Int = 0, bothNegative: Int = 0)
  {
    self.bothPositive = bothPositive
    self.onlyJudgePositive = onlyJudgePositive
    self.onlyReferencePositive = onlyReferencePositive
    self.bothNegative = bothNegative
  }

  /// Takes one item that both have judged.
  public mutating func add(judge: Bool, reference: Bool) {
    switch (judge, reference) {
    case (true, true): bothPositive += 1
    case (true, false): onlyJudgePositive += 1
    case (false, true): onlyReferencePositive += 1
    case (false, false): bothNegative += 1
    }
  }

  public var items: Int { positives + negatives }
  /// The items that the reference calls positive: the trials of the true positive rate.
  public var positives: Int { bothPositive + onlyReferencePositive }
  /// The items that the reference calls negative: the trials of the true negative rate.
  public var negatives: Int { onlyJudgePositive + bothNegative }

  /// TPR (sensitivity), of `positives`, in 0...1; nil without any.
  public var truePositiveRate: Double? { positives > 0 ? Double(bothPositive) / Double(positives) : nil }
  /// TNR (specificity), of `negatives`, in 0...1; nil without any.
  public var trueNegativeRate: Double? { negatives > 0 ? Double(bothNegative) / Double(negatives) : nil }

  /// Wilson's interval of the true positive rate; [0, 1] without positives.
  public func truePositiveInterval(level: Double = 0.95) -> Interval {
    ProportionInterval.wilson(successes: Double(bothPositive), trials: Double(positives), level: level)
  }

  /// Wilson's interval of the true negative rate; [0, 1] without negatives.
  public func trueNegativeInterval(level: Double = 0.95) -> Interval {
    ProportionInterval.wilson(successes: Double(bothNegative), trials: Double(negatives), level: level)
  }

  /// Raw agreement and Cohen's κ of the same table.
  public var kappa: CohenKappa {
    CohenKappa(table: [[bothPositive, onlyJudgePositive], [onlyReferencePositive, bothNegative]])
  }
}
