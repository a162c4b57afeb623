/// What a comparison of two arms found. Plain values: `Reports` renders them, `Checks` judges them.
///
/// All differences are candidate minus base with positive meaning better (negated when lower is better); means and rates
/// of the arms are as they were scored.
public struct ComparisonResult: Sendable {
  public var verdict: Verdict
  public var outcome: Outcome
  /// In order of precedence: what puts the evidence in doubt, then what explains the verdict, then warnings.
  public var reasons: [Reason]
  public var policy: ComparisonPolicy
  /// The score or metric that was compared, when it has a name.
  public var metric: String?
  public var isBinary: Bool
  public var design: Design
  public var base: ArmSummary
  public var candidate: ArmSummary
  /// Nil when there is nothing to compare.
  public var evidence: Evidence?
  /// What the design would have chosen, when `policy.method` overrode it.
  public var defaultEvidence: Evidence?
  /// Paired binary, one repeat: items only the one arm passes.
  public var discordant: Discordant?
  public var power: PowerSummary?
  public var variance: VarianceSplit?
  public var slices: [SliceResult]
  public var missing: [MissingEvidence]
  /// Items whose score changed, largest change first, then by identifier; the table keeps at most `ItemTable.labelLimit`.
  public var flips: [Flip]
  public var seed: UInt64

  /// How the items were put together.
  public struct Design: Sendable {
    public var paired: Bool
    public var clustered: Bool
    /// Items in the comparison: common items when paired, else the smaller arm's.
    public var items: Int
    /// Items that were looked at: also those that have no score, or contradicting ones. A plan counts these.
    public var asked: Int
    /// Items known to either arm.
    public var union: Int
    public var clusters: Int?
    /// Design effect, effective number of items and intraclass correlation, when clustered.
    public var designEffect: Double?
    public var effectiveItems: Double?
    public var intraclassCorrelation: Double?
    /// Largest number of repeats an item has in each arm.
    public var baseRepeats: Int
    public var candidateRepeats: Int
    public var onlyBase: Int
    public var onlyCandidate: Int
    public var missingScore: Int
    public var conflicting: Int
    /// "on the 663 common items of 891", as every verdict names its population.
    public var population: String
  }

  /// One arm on the items that were compared.
  public struct ArmSummary: Sendable {
    public var name: String
    public var mean: Double?
    public var low: Double?
    public var high: Double?
    public var items: Int
    /// The interval's method: Wilson, t, cluster-robust t.
    public var method: String?
  }

  public struct Discordant: Sendable, Equatable {
    public var baseOnly: Int
    public var candidateOnly: Int
    public var both: Int
    public var neither: Int
  }

  /// What this suite can and cannot see.
  public struct PowerSummary: Sendable {
    /// Smallest true gain and smallest true loss (both as positive sizes) seen with the policy's power; nil: none is.
    public var minDetectableGain: Double?
    public var minDetectableLoss: Double?
    /// Power at `minEffect`, when it is set.
    public var atMinEffect: Double?
    /// Items (pairs, or items per arm) that show `minEffect` (or, for a margin claim, the margin); nil when neither is set.
    public var itemsNeeded: Int?
    /// How many more items decide, by the rule of the specification; nil when already decided or no size is set.
    public var moreItems: Int?
    /// The smallest margin for which this suite shows "not worse" with the policy's power when the arms are equal.
    public var suggestedMargin: Double?
    /// "paired items" or "items per arm".
    public var unit: String
  }

  /// Where noise comes from: variances of one item's difference (paired) or score, by source.
  public struct VarianceSplit: Sendable, Equatable {
    public var item: Double
    /// Nil when it cannot be told from the judge's (or the judge's from it): then the other one carries both.
    public var prediction: Double?
    public var judge: Double?
    public var predictionsPerItem: Int
    public var judgeRunsPerPrediction: Int
    public var varianceOfMean: Double
  }

  public struct SliceResult: Sendable {
    public var slice: String
    public var value: String
    public var verdict: Verdict
    public var outcome: Outcome
    public var items: Int
    public var baseMean: Double?
    public var candidateMean: Double?
    public var evidence: Evidence?
    /// Benjamini–Hochberg over all slices shown.
    public var adjustedPValue: Double?
    public var reasons: [Reason]
  }

  public struct Flip: Sendable, Equatable {
    public var item: String
    public var base: Double
    public var candidate: Double
    /// Positive: the candidate does better.
    public var difference: Double

    /// Whether the candidate got it worse.
    public var isLoss: Bool { difference < 0 }
  }
}

/// An estimate, its interval and its test, each with the name of its method.
public struct Evidence: Sendable {
  /// Which of the arms the point estimate favours.
  public enum Direction: Sendable {
    case gain, loss, none
  }

  public var estimate: Double
  public var low: Double
  public var high: Double
  /// Level of the interval, 0…1.
  public var confidence: Double
  public var intervalMethod: String
  public var testName: String
  public var statistic: Double?
  public var degreesOfFreedom: Double?
  /// Nil when no test could be made (zero variance).
  public var pValue: Double?
  public var adjustedPValue: Double?
  /// Standard error behind the interval, where the method has one.
  public var standardError: Double?
  /// Said when a better method stands in for the design's usual one: which, and why.
  public var replacement: String?
  /// Whether the p-value or the interval was drawn at random, from the seed.
  public var isResampled = false

  /// Where the point estimate lies, whatever its interval.
  public var direction: Direction { estimate > 0 ? .gain : estimate < 0 ? .loss : .none }
}
