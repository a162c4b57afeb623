internal import Statistics

/// When a breaker opens, for how long, and what closes it again.
///
/// A count or a rate that is reached or shown opens it (a trigger). The rate is judged by the exact binomial test and not by a bare
/// share: 3 failures of 10 are a share of 0.30, and may well come from a provider that fails one call in ten.
///
/// Source of the pattern: M. Nygard, "Release It!" (2007), "Circuit Breaker". Of the test: C. J. Clopper, E. S. Pearson, "The use of
/// confidence or fiducial limits", Biometrika 26 (1934): their one-sided lower bound is above a rate exactly when the upper
/// tail of the binomial with that rate is below 1 − confidence. It is looked at after each failure, so that a provider that fails at
/// just `openRate` is caught more often than once in twenty windows; `BreakerRateTests` says how often.
public struct BreakerRule: Sendable, Hashable {
  /// What becomes of a call that would be refused.
  public enum Mode: String, Sendable, CaseIterable {
    case off, observe, enforce
  }

  /// How far back calls count.
  public var window = Duration.seconds(300)
  /// How many of the newest calls count.
  public var mostCalls = 1_000
  /// Fewest calls of which a rate is judged.
  public var minCalls = 10
  /// The share of failed calls that is put up with.
  public var openRate = 0.25
  /// How sure it must be that the rate is higher.
  public var confidence = 0.95
  /// How far back calls count that judges have judged, by when they began: words come late.
  public var judgedWindow = Duration.seconds(3_600)
  /// The share of judged calls that may be bad. Judges err, and look at what looks bad first.
  public var judgedRate = 0.5
  /// So many failures in a row open it, whatever the rate.
  public var consecutive = 5
  /// From opening to half-open, the first time; doubled each time that a probe fails.
  public var openTime = Duration.seconds(30)
  /// The longest that it is open by itself.
  public var mostOpenTime = Duration.seconds(600)
  /// Calls that are let through half-open, all of which must succeed.
  public var probes = 3

  public init() {}

  /// Whether so many failures show that more than `openRate` of the calls fail. O(√calls).
  public func isShown(failed: Int, of calls: Int) -> Bool {
    guard calls >= minCalls, failed > 0 else { return false }
    return Binomial(trials: calls, probability: openRate).survival(failed - 1) < 1 - confidence
  }

  /// Whether so many bad ones show that more than `judgedRate` of the judged calls are. O(√calls).
  public func isShown(bad: Int, ofJudged calls: Int) -> Bool {
    guard calls >= minCalls, bad > 0 else { return false }
    return Binomial(trials: calls, probability: judgedRate).survival(bad - 1) < 1 - confidence
  }

  /// How long it opens.
  /// - Parameters:
  ///   - reopened: how often a probe has failed since it was last closed.
  ///   - asked: what the provider asked for (`Retry-After`). Of a quota it is believed, whatever it says; else it only adds.
  func time(_ fault: BreakerFault, reopened: Int, asked: Duration?) -> Duration {
    var own = openTime
    for _ in 0..<min(reopened, 64) where own < mostOpenTime { own *= 2 }
    guard let asked else { return min(own, mostOpenTime) }
    return min(fault == .quota ? max(asked, .seconds(1)) : max(asked, own), mostOpenTime)
  }
}
