import Project
import Records
import Store

/// The runs of one suite that a check may compare: one version, one metric, one arm a variant.
///
/// Versions are never pooled: the newest version that the wanted variants have in common is taken, unless `tally.yaml`
/// names one.
public struct SuiteRuns {
  /// Names by which people call what is in use.
  public static let usualBaselines: Set<String> = [
    "prod", "production", "baseline", "base", "main", "control", "current", "incumbent",
  ]

  struct Arm: Equatable {
    let variant: String
    /// All of one version and metric. Several when the configuration, the subject or the judge changed on the way.
    let series: [TrialSeriesSummary]

    var trials: Int64 { series.reduce(0) { $0 + $1.trials } }
    var lastAt: Instant { series.map(\.lastAt).max() ?? Instant(nanoseconds: 0) }
    var hasRepeats: Bool { series.contains(where: \.hasRepeats) }

    /// Distinct values of a field over the series, absent ones left out.
    func distinct(_ field: KeyPath<TrialSeriesSummary, String?>) -> [String] {
      Set(series.compactMap { $0[keyPath: field] }).sorted()
    }

    /// More than one harness or decoding in one arm: never pooled (`MIXED_VERSIONS`).
    var mixesConfigurations: Bool { Set(series.map(\.configSHA256)).count > 1 }

    /// What ran and who judged it, the same for a repeated run. Nil where the trials do not say, or say several.
    var configuration: String? {
      guard !mixesConfigurations, let config = series.first?.configSHA256 else { return nil }
      let runs = Set(series.map { [config, $0.subjectSHA256 ?? "", $0.judge ?? ""].joined(separator: "/") })
      return runs.count == 1 ? runs.first : nil
    }

    /// The series of the configuration that ran last: configurations are never pooled.
    var newestConfiguration: Arm {
      guard let last = series.max(by: { $0.lastAt < $1.lastAt }) else { return self }
      return Arm(variant: variant, series: series.filter { $0.configSHA256 == last.configSHA256 })
    }

    /// Why the scores of two arms cannot be compared: other judges gave them. Nil where the same did, or code.
    func judgedUnlike(_ other: Arm) -> String? {
      guard Set(series.map(\.judge)) != Set(other.series.map(\.judge)) else { return nil }
      return
        "\(variant) was scored by \(judges) and \(other.variant) by \(other.judges): their difference may be the judges'."
    }

    private var judges: String {
      let named = distinct(\.judge)
      let unnamed = series.contains { $0.judge == nil } ? ["no named judge"] : []
      return NumberWords.list(named + unnamed)
    }
  }

  let suite: String
  let metric: String
  /// Nil where the trials name none.
  let version: String?
  /// In the order in which the variants appeared.
  let arms: [Arm]

  /// - Parameters:
  ///   - version: the one to take; nil takes the version with the newest trials.
  ///   - variants: a version is preferred that all of these have.
  init(
    _ all: [TrialSeriesSummary], suite: String, metric: String, version wanted: String?, variants: [String] = []
  ) {
    self.suite = suite
    self.metric = metric
    let ours = all.filter { $0.suite == suite && $0.metric == metric }
    let version = wanted ?? SuiteRuns.newestVersion(ours, variants: variants)
    self.version = version
    let chosen = ours.filter { $0.suiteVersion == version }
    var order: [String] = []
    for series in chosen where !order.contains(series.variant) { order.append(series.variant) }
    arms = order.map { variant in Arm(variant: variant, series: chosen.filter { $0.variant == variant }) }
  }

  func arm(_ variant: String) -> Arm? { arms.first { $0.variant == variant } }

  /// Pairs of runs of one configuration, as they appeared: what an A/A comparison compares. No run is in two pairs, so that
  /// the pairs are independent of each other.
  /// - Parameter variant: left out.
  func rerunPairs(besides variant: String? = nil) -> [(first: Arm, second: Arm)] {
    var waiting: [String: Arm] = [:]
    var pairs: [(first: Arm, second: Arm)] = []
    for arm in arms where arm.variant != variant {
      guard let configuration = arm.configuration else { continue }
      if let first = waiting.removeValue(forKey: configuration) {
        pairs.append((first, arm))
      } else {
        waiting[configuration] = arm
      }
    }
    return pairs
  }

  /// The variant with the newest trials besides one; among equals the one that appeared last.
  func newest(besides variant: String?) -> Arm? {
    SuiteRuns.newest(of: arms.filter { $0.variant != variant })
  }

  /// The arm that is in use: the one that is named; else the suite's baseline, the one with a usual name, or the newest.
  static func served(among arms: [Arm], named: String?, baseline: String?) -> Arm? {
    if let named { return arms.first { $0.variant == named } }
    if let arm = arms.first(where: { $0.variant == baseline }) { return arm }
    let usual = arms.filter { usualBaselines.contains($0.variant.lowercased()) }
    return usual.count == 1 ? usual[0] : newest(of: arms)
  }

  /// The arm with the newest trials; among equals the one that appeared last.
  static func newest(of arms: [Arm]) -> Arm? {
    arms.reduce(nil) { best, arm in
      guard let best else { return arm }
      return arm.lastAt >= best.lastAt ? arm : best
    }
  }

  private static func newestVersion(_ series: [TrialSeriesSummary], variants: [String]) -> String? {
    var newest: [String?: Instant] = [:]
    var complete: Set<String?> = []
    for one in series { newest[one.suiteVersion] = max(newest[one.suiteVersion] ?? one.lastAt, one.lastAt) }
    for version in newest.keys {
      let present = Set(series.filter { $0.suiteVersion == version }.map(\.variant))
      if variants.allSatisfy(present.contains) { complete.insert(version) }
    }
    let candidates = complete.isEmpty ? newest : newest.filter { complete.contains($0.key) }
    return candidates.max { left, right in
      left.value == right.value ? (left.key ?? "") < (right.key ?? "") : left.value < right.value
    }?.key ?? nil
  }
}
