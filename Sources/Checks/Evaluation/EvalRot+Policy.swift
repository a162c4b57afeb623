public import Project

extension EvalRot {
  public struct Policy: CheckPolicy {
    public static let check = "eval-rot"

    /// Live cases with a trial from which on a topic counts as covered.
    public var minLive = 5
    /// Share of traffic in covered topics: below the first it warns, below the second it fails.
    public var coverageFresh = 0.90
    public var coverageRotten = 0.75
    /// Divergence of the mixes in bits: above the first it warns, above the second it fails if it is significant.
    public var jsFresh = 0.10
    public var jsRotten = 0.20
    /// Error of the test that the mixes differ.
    public var mixAlpha = 0.01
    /// Days of traffic that the mix is taken from.
    public var windowDays = 28
    public var minSpans = 500
    public var unclusteredMax = 0.10
    /// Share of live cases without topic or date.
    public var uncardedMax = 0.10
    /// Nine of ten live cases must be younger.
    public var ageP90Days = 180
    public var trendWeeks = 8
    /// Error of each of the two tests of a trend.
    public var trendAlpha = 0.05
    public var saturatedRuns = 20
    /// Tunings from which on a case is no longer blind, and the share of such cases that is tolerated.
    public var tunedMax = 3
    public var tunedShare = 0.20
    /// A case retires when its topic had less than this share of traffic for so many days…
    public var retireShare = 0.005
    public var retireDays = 90
    /// …or when it always passes and so many other live cases are in its topic.
    public var crowd = 20

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("min_live", \.minLive, .count(atLeast: 1), "Live cases with a trial from which on a topic is covered"),
      Key("coverage_fresh", \.coverageFresh, .share, "Share of traffic covered, below which it warns"),
      Key("coverage_rotten", \.coverageRotten, .share, "Share of traffic covered, below which it fails"),
      Key("js_fresh", \.jsFresh, .share, "Divergence of the mixes above which it warns (bits)"),
      Key("js_rotten", \.jsRotten, .share, "Divergence of the mixes above which it fails (bits)"),
      Key("mix_alpha", \.mixAlpha, .openShare, "Error of the test that the mixes differ"),
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of traffic that the mix is taken from"),
      Key("min_spans", \.minSpans, .count(atLeast: 1), "Spans with a topic that are needed"),
      Key("unclustered_max", \.unclusteredMax, .share, "Share of spans without a topic that is tolerated"),
      Key("uncarded_max", \.uncardedMax, .share, "Share of live cases without topic or date that is tolerated"),
      Key("age_p90_days", \.ageP90Days, .count, "Age that nine of ten live cases must not pass (days)"),
      Key("trend_weeks", \.trendWeeks, .count(atLeast: 3), "Weeks that show a trend"),
      Key("trend_alpha", \.trendAlpha, .openShare, "Error of the test of a trend"),
      Key("saturated_runs", \.saturatedRuns, .count(atLeast: 1), "Passes in a row after which a case is saturated"),
      Key("tuned_max", \.tunedMax, .count(atLeast: 1), "Tunings from which on a case is no longer blind"),
      Key("tuned_share", \.tunedShare, .share, "Share of live cases that may be tuned on"),
      Key("retire_share", \.retireShare, .share, "Share of traffic below which a topic's cases retire"),
      Key("retire_days", \.retireDays, .count(atLeast: 1), "Days over which that share is taken"),
      Key("crowd", \.crowd, .count(atLeast: 1), "Other live cases in a topic whose saturated cases retire"),
    ]

    public func faults() -> [Fault] {
      var faults: [Fault] = []
      if coverageFresh < coverageRotten {
        faults.append(
          Fault(
            key: "coverage_fresh", problem: "coverage_fresh is below coverage_rotten",
            remedy: "The warning comes first: write a larger coverage_fresh."))
      }
      if jsFresh > jsRotten {
        faults.append(
          Fault(
            key: "js_fresh", problem: "js_fresh is above js_rotten",
            remedy: "The warning comes first: write a smaller js_fresh."))
      }
      return faults
    }
  }
}
