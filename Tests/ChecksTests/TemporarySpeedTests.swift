import Glibc
import Records
import Store
import Testing

@testable import Checks

@Suite(.disabled(if: getenv("TALLY_SPEED") == nil)) struct TemporarySpeedTests {
  @Test func million() async throws {
    let bench = try await CheckBench(
      """
      suites:
        big: {baseline: prod, candidate: next, feature: f, metrics: [{name: correct, claim: improvement, min_effect: 0.01}]}
      features:
        f: {suite: big, target: {accuracy: 0.97, selective_accuracy: 0.97}, rot: {suite: big}}
      """)
    let repeats = getenv("TALLY_SPEED").map { String(cString: $0) } == "repeats"
    try await bench.append { appender in
      for variant in ["prod", "next"] {
        for item in 0..<500_000 {
          var trial = TrialRecord.trial("big", "item-\(repeats ? item / 5 : item)", variant, passed: (item * 7919 + variant.count) % 10 != 0)
          if repeats { trial.repetition = Int64(item % 5) }
          trial.confidence = Double(item % 100) / 100
          trial.tags = Tags([("intent", "i\(item % 20)")])
          try appender.append(trial)
        }
      }
      for item in 0..<20_000 {
        var artifact = ArtifactRecord(sha256: SHA256Digest(of: "\(item)").description, artifactKind: "dataset_item", name: "item-\(item)", at: CheckBench.now)
        artifact.attributes = try (["suite": "big", "traffic_cluster": .string("c\(item % 20)"), "added_at": "2026-05-01T00:00:00Z", "source": "prod"] as JSONValue).canonical()
        try appender.append(artifact)
      }
    }
    for check in ["reliability-ceiling", "eval-validity", "eval-rot"] {
      var before = timespec()
      clock_gettime(CLOCK_MONOTONIC, &before)
      _ = try await bench.finding(check)
      var after = timespec()
      clock_gettime(CLOCK_MONOTONIC, &after)
      var usage = rusage()
      getrusage(RUSAGE_SELF, &usage)
      print("SPEED", check, Double(after.tv_sec - before.tv_sec) + Double(after.tv_nsec - before.tv_nsec) / 1e9, "s, peak", usage.ru_maxrss / 1024, "MB")
    }
  }
}
