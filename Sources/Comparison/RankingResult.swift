/// More than two variants against each other: every pair tested, every rank an interval.
public struct RankingResult: Sendable {
  public var policy: ComparisonPolicy
  public var metric: String?
  public var isBinary: Bool
  /// Best mean first; ties by name.
  public var variants: [Variant]
  /// Every pair once, `first` standing above `second` in `variants`.
  public var pairs: [Pair]
  /// One table a task when the input holds several (directories of logs); empty otherwise.
  public var tasks: [Task]
  public var reasons: [Reason]
  /// Confidence that all rank intervals hold together, 1 − alpha.
  public var confidence: Double
  /// "on the 558 items common to all 5 variants, of 970".
  public var population: String
  public var seed: UInt64

  public struct Variant: Sendable {
    public var name: String
    public var mean: Double
    /// Simultaneous interval: Bonferroni over the variants.
    public var low: Double
    public var high: Double
    public var method: String
    public var items: Int
    /// Best and worst rank it may have, 1 is best.
    public var bestRank: Int
    public var worstRank: Int
    /// Nothing is significantly better.
    public var isWinner: Bool
  }

  public struct Pair: Sendable {
    public var first: String
    public var second: String
    public var items: Int
    /// first minus second, positive: first is better; the p-value is Holm-adjusted in
    /// `adjustedPValue` and decides; the interval is simultaneous (Bonferroni), so it may reach over zero where Holm decides.
    public var evidence: Evidence
    public var significant: Bool
  }

  /// One task of several: the same variants ranked on its items alone.
  public struct Task: Sendable {
    public var name: String
    public var items: Int
    public var variants: [Variant]
  }
}
