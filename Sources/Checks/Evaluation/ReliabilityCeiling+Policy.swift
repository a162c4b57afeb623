public import Project

extension ReliabilityCeiling {
  public struct Policy: CheckPolicy {
    public static let check = "reliability-ceiling"

    /// Errors that people must have classified; all of them where there are fewer.
    public var minAdjudicated = 100
    /// People who classify each error; the agreement is taken over errors with exactly so many votes.
    public var raters = 3
    /// Classes of errors that no model change removes.
    public var irreducible = ["ambiguous_input", "missing_information", "subjective", "label_error"]
    /// The newest release is compared with the one so many releases before.
    public var plateauReleases = 4
    /// The smallest gain over those releases that is worth having.
    public var minUsefulGain = 0.01
    /// Thresholds of confidence that are tried for answering only some inputs.
    public var thresholdGrid = [0.95, 0.90, 0.85, 0.80, 0.75, 0.70, 0.65, 0.60, 0.55, 0.50]
    /// Error of the test of each threshold.
    public var alpha = 0.05
    /// Days of spans that the chain of stages is measured on.
    public var chainDays = 30
    public var maxMissingShare = 0.05
    public var maxConflictShare = 0.01

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key(
        "min_adjudicated", \.minAdjudicated, .count(atLeast: 1),
        "Errors that people must have classified; all where there are fewer"),
      Key("raters", \.raters, .count(atLeast: 2), "People who classify each error"),
      Key("irreducible", \.irreducible, .list(of: .text), "Classes of errors that no model change removes"),
      Key("plateau_releases", \.plateauReleases, .count(atLeast: 1), "Releases over which a gain is looked for"),
      Key("min_useful_gain", \.minUsefulGain, .share, "Smallest gain over those releases worth having (share)"),
      Key(
        "threshold_grid", \.thresholdGrid, .list(of: .share, atLeast: 1),
        "Thresholds of confidence for answering only some inputs"),
      Key("alpha", \.alpha, .openShare, "Error of the test of each threshold"),
      Key("chain_days", \.chainDays, .count(atLeast: 1), "Days of spans that the chain of stages is measured on"),
      Key(
        "max_missing_share", \.maxMissingShare, .share,
        "Share of trials without an outcome up to which they are left out"
      ),
      Key(
        "max_conflict_share", \.maxConflictShare, .share, "Share of items with contradicting rows that is left out"),
    ]
  }
}
