import Checks
import Records
import Statistics
import Testing

/// The worked examples of `eval-power`, from the ledger to the finding.
@Suite struct EvalPowerTests {
  static let improvement = "{name: correct, claim: improvement, min_effect: 0.03, margin: 0.02}"

  @Test func example1UnpairedRates() async throws {
    let small = try await CheckBench.evalPower(
      Trials.arm("prod", passes: 82, of: 100) + Trials.arm("new", passes: 85, of: 100),
      metrics: EvalPowerTests.improvement)
    #expect(small.verdict == .unknown)
    #expect(small.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(small.missing == [Finding.Missing("items per arm", 2_300)])
    #expect(close(small.value("p"), 0.568, 5e-4))
    #expect(close(small.measure("difference")?.low, -0.074, 5e-4))
    #expect(close(small.measure("difference")?.high, 0.134, 5e-4))
    #expect(close(small.value("power at min_effect"), 0.088, 5e-4))
    #expect(small.headline.contains("sees 12.5 points or more"))
    #expect(small.next == "Add to triage: 2,300 more items per arm.")
    #expect(small.codes(.pass).contains("UNPAIRED"))
    #expect(small.seed == nil)

    let large = try await CheckBench.evalPower(
      Trials.arm("prod", passes: 1_968, of: 2_400) + Trials.arm("new", passes: 2_040, of: 2_400),
      metrics: EvalPowerTests.improvement)
    #expect(large.verdict == .warn)
    #expect(large.codes(.warn) == ["NO_AA"])
    #expect(large.codes(.pass).contains("IMPROVED"))
    #expect(close(large.value("p"), 0.0051))
    #expect(close(large.measure("difference")?.low, 0.0090))
    #expect(close(large.measure("difference")?.high, 0.0510))
    #expect(large.measure("difference")?.limit == 0.03)
    #expect(
      large.headline
        == "new is better than prod on correct: +3.0 points (95 % interval +0.9 points to +5.1 points, p 0.0051) on 2,400 items per arm. At this size this suite sees 3.0 points or more."
    )
    #expect(large.method == "pooled z test; Newcombe score interval")
    #expect(large.missing.isEmpty)
  }

  @Test(arguments: [(50, 16.1, 24.8), (100, 12.5, 17.2), (500, 6.3, 7.3)])
  func example2Ruler(items: Int, up: Double, down: Double) async throws {
    let passes = items * 82 / 100
    let finding = try await CheckBench.evalPower(
      Trials.arm("prod", passes: passes, of: items) + Trials.arm("new", passes: passes, of: items))
    #expect(close(finding.value("smallest visible gain"), up / 100, 6e-4))
    #expect(close(finding.value("smallest visible loss"), down / 100, 6e-4))
  }

  @Test func example3PairedRates() async throws {
    let small = try await CheckBench.evalPower(
      Trials.paired(both: 60, lost: 5, won: 8, neither: 27), metrics: EvalPowerTests.improvement)
    #expect(close(small.value("p"), 0.581, 5e-4))
    #expect(close(small.measure("difference")?.low, -0.045, 5e-4))
    #expect(close(small.measure("difference")?.high, 0.109, 5e-4))
    #expect(close(small.value("power at min_effect"), 0.129, 5e-4))
    // Planned with the observed 13 % of discordant pairs: 1,132 − 100.
    #expect(small.missing == [Finding.Missing("paired items", 1_032)])
    // The five that the candidate lost, not the eight that it won.
    #expect(small.evidence.count == 5)
    let large = try await CheckBench.evalPower(
      Trials.paired(both: 400, lost: 40, won: 72, neither: 288), metrics: EvalPowerTests.improvement)
    #expect(close(large.value("p"), 0.0032))
    #expect(close(large.measure("difference")?.low, 0.014, 5e-4))
    #expect(close(large.measure("difference")?.high, 0.066, 5e-4))
    #expect(large.codes(.pass) == ["IMPROVED"])
    #expect(large.method == "exact McNemar; Tango score interval")
    // The trials that the candidate lost, as examples.
    #expect(large.evidence.count == 20)
  }

  @Test func example4TestAndIntervalDisagree() async throws {
    let finding = try await CheckBench.evalPower(
      Trials.differences([0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2]),
      metrics: "{name: correct, type: real, claim: improvement, min_effect: 0.03, margin: 0.02}")
    #expect(close(finding.value("difference"), 0.125))
    #expect(close(finding.measure("difference")?.low, 0.018, 5e-4))
    #expect(close(finding.measure("difference")?.high, 0.232, 5e-4))
    #expect(finding.value("p") == 0.0625)
    #expect(finding.codes(.unknown) == ["INCONCLUSIVE"])
    // (2.8016·0.12817/0.03)² + 1.92 = 145.2: 146 − 8.
    #expect(finding.missing == [Finding.Missing("paired items", 138)])
    #expect(finding.seed == nil)
  }

  @Test func example5Clusters() async throws {
    let differences: [Double] = [1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0]
    func trials(_ change: (Int, inout TrialRecord) -> Void) -> [TrialRecord] {
      differences.enumerated().flatMap { item, difference in
        [("prod", difference < 0 ? 1.0 : 0), ("new", difference > 0 ? 1.0 : 0)].map { variant, score in
          var trial = TrialRecord.trial("triage", "item-\(item)", variant, score: score)
          change(item, &trial)
          return trial
        }
      }
    }
    let finding = try await CheckBench.evalPower(trials { $1.cluster = "document-\($0 / 4)" })
    #expect(close(finding.value("difference"), 1.0 / 3))
    #expect(close(finding.measure("difference")?.low, -0.155, 5e-4))
    #expect(close(finding.measure("difference")?.high, 0.822, 5e-4))
    #expect(finding.value("p") == 0.25)
    #expect(close(finding.value("design effect"), 2.72, 5e-3))
    #expect(close(finding.value("effective items"), 8.8, 0.05))
    #expect(finding.value("clusters") == 6)
    #expect(finding.codes(.warn).contains("FEW_CLUSTERS"))
    #expect(!finding.codes(.unknown).contains("FEW_CLUSTERS"))

    // The same by a tag that tally.yaml names; and without any, what ignoring clusters would say.
    let tagged = try await CheckBench.evalPower(
      trials { $1.tags = Tags(["document": "\($0 / 4)"]) }, "baseline: prod, candidate: new, cluster: document")
    #expect(tagged.value("p") == 0.25)
    #expect(tagged.value("clusters") == 6)
    let named = try await CheckBench.evalPower(
      trials { $1.cluster = "document-\($0 / 4)" }, "baseline: prod, candidate: new, cluster: cluster_id")
    #expect(named.value("p") == 0.25)
    let naive = try await CheckBench.evalPower(trials { $1.tags = Tags(["document": "\($0 / 4)"]) })
    #expect(close(naive.value("p"), 0.0215))
  }

  @Test func example6WhereNoiseComesFrom() async throws {
    let scores = [
      [[1.0, 0.8], [0.6, 0.8]], [[0.2, 0.4], [0.4, 0.2]], [[0.9, 0.9], [0.5, 0.7]], [[0.1, 0.3], [0.5, 0.3]],
    ]
    var trials: [TrialRecord] = []
    for (item, predictions) in scores.enumerated() {
      for (prediction, judged) in predictions.enumerated() {
        for (run, score) in judged.enumerated() {
          for (variant, value) in [("prod", 0.0), ("new", score)] {
            var trial = TrialRecord.trial("triage", "\(item)", variant, score: value)
            trial.repetition = Int64(prediction)
            trial.judgeRepeat = Int64(run)
            trials.append(trial)
          }
        }
      }
    }
    let finding = try await CheckBench.evalPower(trials)
    #expect(close(finding.value("difference"), 0.5375))
    let parts = finding.figures.compactMap { figure in
      if case .parts(_, _, let parts) = figure { parts } else { nil }
    }
    try #require(parts.count == 1)
    #expect(parts[0].map(\.label) == ["items", "predictions", "judge"])
    #expect(close(parts[0][0].value, 0.065 / 4, 1e-9))
    #expect(close(parts[0][1].value, 0.0125 / 8, 1e-9))
    #expect(close(parts[0][2].value, 0.0175 / 16, 1e-9))
    #expect(close(parts[0].reduce(0) { $0 + $1.value }, 0.01891, 5e-6))
    let means = [0.012, -0.020, 0.008, 0.015, -0.010, 0.022]
    let noisy = try await CheckBench.evalPower(trials + EvalPowerTests.noisyRuns(means))
    let withRuns = noisy.figures.compactMap { figure in
      if case .parts(_, _, let parts) = figure { parts.map(\.label) } else { nil }
    }
    #expect(withRuns == [["items", "predictions", "judge", "runs"]])
  }

  /// Differences of this mean with a standard error of 0.010, alternating around it.
  static func noisy(_ mean: Double) -> [Double] {
    let step = 0.010 * 99.0.squareRoot()
    return (0..<100).map { mean + ($0 % 2 == 0 ? step : -step) }
  }

  static func noisyRuns(_ means: [Double]) -> [TrialRecord] {
    means.enumerated().flatMap { pair, mean in
      Trials.differences(noisy(mean), from: 2, base: "aa-\(2 * pair)", candidate: "aa-\(2 * pair + 1)") {
        $1.configSHA256 = "same"
      }
    }
  }

  @Test func example7NoiseBetweenRuns() async throws {
    let metric = "{name: correct, type: real, claim: improvement, min_effect: 0.01}"
    let means = [0.012, -0.020, 0.008, 0.015, -0.010, 0.022]
    let change = Trials.differences(EvalPowerTests.noisy(0.03), from: 2)
    let noisy = try await CheckBench.evalPower(change + EvalPowerTests.noisyRuns(means), metrics: metric)
    #expect(close(noisy.value("A/A noise floor"), 0.01537, 5e-6))
    #expect(close(noisy.value("noise between runs"), 0.000136.squareRoot(), 2e-5))
    #expect(noisy.value("A/A pairs") == 6)
    // z = 0.03 / 0.01537.
    #expect(close(noisy.value("p"), 0.0509, 2e-4))
    #expect(noisy.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(!noisy.allCodes.contains("NO_AA"))
    // More items do not help against 1.96·0.01166 = 0.0229 of noise between runs.
    #expect(noisy.missing.map(\.howMuch) == [nil])
    #expect(noisy.missing[0].what.hasPrefix("quieter runs"))

    // Four pairs are too few to tell: the comparison is as if there were none, and says so.
    let four = try await CheckBench.evalPower(
      change + EvalPowerTests.noisyRuns(Array(means.prefix(4))), metrics: metric)
    #expect(four.codes(.warn) == ["NO_AA"])
    #expect(four.codes(.pass).contains("IMPROVED"))
    #expect(four.seed != nil)
    let five = try await CheckBench.evalPower(
      change + EvalPowerTests.noisyRuns(Array(means.prefix(5))), metrics: metric)
    #expect(!five.allCodes.contains("NO_AA"))
    #expect(close(five.value("p"), 0.0281, 5e-3))
    // Noise that is exactly as large as what is looked for hides it.
    let noise = try #require(noisy.value("noise between runs"))
    let reach = Normal.standard.quantile(0.975) * noise
    for (effect, hides) in [(reach, true), (1.001 * reach, false)] {
      let finding = try await CheckBench.evalPower(
        change + EvalPowerTests.noisyRuns(means),
        metrics: "{name: correct, type: real, claim: improvement, min_effect: \(effect)}")
      #expect(finding.missing.map { $0.what.hasPrefix("quieter runs") } == [hides])
    }
  }

  @Test func example7HarnessTest() async throws {
    func finding(significant: Int, of pairs: Int) async throws -> Finding {
      let reruns = Trials.reruns((0..<pairs).map { $0 < significant ? (0, 6) : (0, 5) })
      return try await CheckBench.evalPower(Trials.paired(both: 60, lost: 5, won: 8, neither: 27) + reruns)
    }
    let broken = try await finding(significant: 4, of: 20)
    #expect(broken.verdict == .fail)
    #expect(broken.codes(.fail) == ["AA_BROKEN"])
    #expect(broken.reasons[0].text.contains("4 of 20"))
    #expect(broken.reasons[0].text.contains("p 0.0159"))
    #expect(broken.next.hasPrefix("Mend the harness"))
    #expect(!(try await finding(significant: 3, of: 20)).allCodes.contains("AA_BROKEN"))
    // One of one: probability 0.05, and the limit is inclusive.
    #expect((try await finding(significant: 1, of: 1)).codes(.fail) == ["AA_BROKEN"])
    #expect(!(try await finding(significant: 1, of: 2)).allCodes.contains("AA_BROKEN"))
    // 2/2⁶ is significant at just that alpha, and counted as such.
    let exact = try await CheckBench.evalPower(
      Trials.paired(both: 60, lost: 5, won: 8, neither: 27) + Trials.reruns([(0, 6), (0, 6)]),
      policy: "alpha: \(0.03125 + 1e-9)")
    #expect(exact.codes(.fail) == ["AA_BROKEN"] && exact.reasons[0].text.contains("2 of 2"))
  }

  @Test func example8Margins() async throws {
    let trials =
      Trials.paired(both: 600, lost: 12, won: 14, neither: 374) + Trials.reruns(Array(repeating: (0, 0), count: 5))
    let kept = try await CheckBench.evalPower(
      trials, metrics: "{name: correct, claim: no_regression, margin: 0.02}")
    #expect(close(kept.measure("difference")?.low, -0.0085))
    #expect(close(kept.measure("difference")?.high, 0.0128))
    #expect(kept.measure("difference")?.limit == -0.02)
    #expect(kept.verdict == .pass)
    #expect(kept.codes(.pass) == ["EQUIVALENT"])
    #expect(kept.next == "Ship it; nothing more to measure.")

    let won = try await CheckBench.evalPower(trials, metrics: EvalPowerTests.improvement)
    #expect(won.verdict == .fail)
    #expect(won.codes(.fail) == ["NO_WORTHWHILE_EFFECT"])

    let apart = try await CheckBench.evalPower(
      Trials.arm("prod", passes: 900, of: 1_000) + Trials.arm("new", passes: 895, of: 1_000),
      metrics: "{name: correct, claim: no_regression, margin: 0.03}")
    #expect(close(apart.measure("difference")?.low, -0.0317))
    #expect(close(apart.measure("difference")?.high, 0.0217))
    #expect(apart.codes(.unknown) == ["INCONCLUSIVE"])
  }

  @Test func examples9And10Families() async throws {
    // Losses and wins of 400 items: p 0.0041, 0.0768, 0.8318.
    var trials = Trials.paired(both: 200, lost: 0, won: 0, neither: 200)
    trials.removeAll { $0.variant == "new" }
    for (variant, lost, won) in [("one", 5, 20), ("two", 4, 12), ("three", 10, 12)] {
      trials += (0..<200).flatMap { item in
        [
          TrialRecord.trial("triage", "both-\(item)", variant, passed: item >= lost),
          TrialRecord.trial("triage", "no-\(item)", variant, passed: item < won),
        ]
      }
    }
    let finding = try await CheckBench.evalPower(trials, "baseline: prod")
    let raw = ["one", "two", "three"].map { finding.value("p (\($0), correct)") ?? -1 }
    #expect(close(finding.value("adjusted p (one, correct)"), 3 * raw[0], 1e-12))
    #expect(close(finding.value("adjusted p (two, correct)"), 2 * raw[1], 1e-12))
    #expect(close(finding.value("adjusted p (three, correct)"), raw[2], 1e-12))
    #expect(finding.reasons.filter { $0.code == "IMPROVED" }.map(\.about) == ["one, correct"])
    #expect(finding.reasons.filter { $0.code == "INCONCLUSIVE" }.map(\.about) == ["two, correct", "three, correct"])
    #expect(finding.verdict == .unknown)
    #expect(finding.headline.hasSuffix("One of 3 comparisons."))
    #expect(finding.method.hasSuffix("Holm over 3 comparisons, Bonferroni intervals"))
    // prod and three are beaten by one; whatever is not beaten may be the best.
    #expect(finding.value("winners") == 2)
    let ranking = finding.figures.compactMap { figure in
      if case .table("Ranking on correct", _, let rows) = figure { rows } else { nil }
    }
    #expect(ranking.first?.map { $0[0] } == ["one", "two", "three", "prod"])
    #expect(ranking.first?.last?[3] == "no")
    // Two variants are a comparison, not a ranking.
    let two = try await CheckBench.evalPower(trials.filter { ["prod", "one"].contains($0.variant) }, "baseline: prod")
    #expect(two.value("winners") == nil)
    #expect(two.value("adjusted p") == nil)
  }

  @Test func example11AnytimeLooks() async throws {
    func finding(_ lost: Int, _ won: Int, of items: Int) async throws -> Finding {
      let rest = items - lost - won
      return try await CheckBench.evalPower(
        Trials.paired(both: rest / 2, lost: lost, won: won, neither: rest - rest / 2),
        "baseline: prod, candidate: new, looks: anytime, planned_n: 1000", metrics: EvalPowerTests.improvement)
    }
    #expect(close(try await finding(0, 7, of: 200).value("e-value"), 16.0, 0.05))
    #expect(close(try await finding(0, 8, of: 200).value("e-value"), 28.4, 0.05))
    let late = try await finding(40, 72, of: 800)
    #expect(close(late.value("e-value"), 11.6, 0.05))
    #expect(close(late.value("p"), 0.086, 5e-4))
    #expect(late.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(!late.allCodes.contains("NOT_YET"))
    let early = try await finding(0, 20, of: 99)
    #expect(early.codes(.unknown) == ["TOO_EARLY"])
    #expect(early.missing == [Finding.Missing("paired items", 1)])
    #expect(!(try await finding(0, 20, of: 100)).allCodes.contains("TOO_EARLY"))
  }
}
