import Checks
import Project
import Records
import Store
import Testing

/// Trials of the suite `triage`, by what they count.
enum Trials {
  /// Items that both variants pass, only the one, only the other, neither.
  static func paired(
    both: Int, lost: Int, won: Int, neither: Int, base: String = "prod", candidate: String = "new",
    _ change: (inout TrialRecord) -> Void = { _ in }
  ) -> [TrialRecord] {
    var trials: [TrialRecord] = []
    for (name, count, first, second) in [
      ("both", both, true, true), ("lost", lost, true, false), ("won", won, false, true), ("no", neither, false, false),
    ] {
      for item in 0..<count {
        for (variant, passed) in [(base, first), (candidate, second)] {
          var trial = TrialRecord.trial("triage", "\(name)-\(item)", variant, passed: passed)
          change(&trial)
          trials.append(trial)
        }
      }
    }
    return trials
  }

  /// So many of so many items pass, the items named after the variant.
  static func arm(_ variant: String, passes: Int, of items: Int) -> [TrialRecord] {
    (0..<items).map { .trial("triage", "\(variant)-\($0)", variant, passed: $0 < passes) }
  }

  /// Scores of the baseline are `from`, those of the candidate differ by these.
  static func differences(
    _ differences: [Double], from: Double = 0.25, base: String = "prod", candidate: String = "new",
    _ change: (_ item: Int, inout TrialRecord) -> Void = { _, _ in }
  ) -> [TrialRecord] {
    differences.enumerated().flatMap { item, difference in
      [(base, from), (candidate, from + difference)].map { variant, score in
        var trial = TrialRecord.trial("triage", "item-\(item)", variant, score: score)
        change(item, &trial)
        return trial
      }
    }
  }

  /// Pairs of runs of one configuration, `aa-0`, `aa-1`, …, that lose and win so many of 20 items.
  static func reruns(_ pairs: [(lost: Int, won: Int)], config: String = "same") -> [TrialRecord] {
    pairs.enumerated().flatMap { pair, counts in
      paired(
        both: 20 - counts.lost - counts.won, lost: counts.lost, won: counts.won, neither: 0, base: "aa-\(2 * pair)",
        candidate: "aa-\(2 * pair + 1)"
      ) { $0.configSHA256 = config }
    }
  }
}

extension CheckBench {
  /// A suite `triage` with its settings and metrics, in flow style.
  static func triage(
    _ settings: String = "baseline: prod, candidate: new", metrics: String = "{name: correct}", policy: String = ""
  ) -> String {
    let policies = policy.isEmpty ? "" : "policies: {eval-power: {\(policy)}}\n"
    return "suites:\n  triage: {\(settings), metrics: [\(metrics)]}\n\(policies)"
  }

  func append(_ trials: [TrialRecord]) async throws {
    try await append { appender in for trial in trials { try appender.append(trial) } }
  }

  /// Runs `eval-power` and keeps what it says.
  @discardableResult
  func look() async throws -> Finding {
    let finding = try await finding("eval-power")
    try await append { try $0.append(.finding(finding)) }
    return finding
  }

  static func evalPower(
    _ trials: [TrialRecord], _ settings: String = "baseline: prod, candidate: new",
    metrics: String = "{name: correct}", policy: String = ""
  ) async throws -> Finding {
    let bench = try await CheckBench(triage(settings, metrics: metrics, policy: policy))
    try await bench.append(trials)
    return try await bench.finding("eval-power")
  }
}

extension Finding {
  var allCodes: Set<String> { Set(reasons.map(\.code)) }
}
