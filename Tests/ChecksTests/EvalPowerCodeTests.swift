import Checks
import Records
import Store
import Testing

/// Every code of `eval-power`, fired and not fired.
@Suite struct EvalPowerCodeTests {
  static let paired = Trials.paired(both: 60, lost: 5, won: 8, neither: 27)
  static let quiet = Trials.reruns(Array(repeating: (0, 0), count: 5))

  @Test func subjectsAreDeclared() async throws {
    let bare = try await CheckBench("suites:\n  triage: {floor: 0.8}\n").run(["eval-power"])
    #expect(bare.notApplicable == ["eval-power"])
    for settings in ["baseline: prod", "candidate: new", "metrics: [{name: correct, claim: improvement}]"] {
      let run = try await CheckBench("suites:\n  triage: {\(settings), owner: ada}\n").run(["eval-power"])
      #expect(run.findings.map(\.owner) == ["ada"])
    }
  }

  @Test func noBaseline() async throws {
    let unnamed = try await CheckBench.evalPower(EvalPowerCodeTests.paired, "candidate: new")
    #expect(unnamed.codes(.unknown) == ["NO_BASELINE"])
    #expect(unnamed.next == "Write which it is into tally.yaml, such as: suites: {triage: {baseline: prod}}")
    let empty = try await CheckBench.evalPower([], "candidate: new")
    #expect(empty.next == "Set suites.triage.baseline in tally.yaml.")
    #expect(unnamed.missing == [Finding.Missing("suites.triage.baseline in tally.yaml", nil)])
    let absent = try await CheckBench.evalPower(
      EvalPowerCodeTests.paired, "baseline: other, candidate: new, planned_n: 70")
    #expect(absent.codes(.unknown) == ["NO_BASELINE"])
    #expect(absent.missing.map(\.howMuch) == [70])
    #expect(absent.headline == "The ledger holds no trials of the baseline other.")
  }

  @Test func noTrials() async throws {
    let empty = try await CheckBench.evalPower([], metrics: EvalPowerTests.improvement)
    #expect(empty.verdict == .unknown)
    #expect(empty.codes(.unknown) == ["NO_TRIALS"])
    // Pairs that show 3 points where 20 % are planned to differ.
    #expect(empty.missing == [Finding.Missing("trials of triage", 1_742)])
    #expect(empty.looks == 1)
    let alone = try await CheckBench.evalPower(EvalPowerCodeTests.paired.filter { $0.variant == "prod" })
    #expect(alone.codes(.unknown) == ["NO_TRIALS"])
    #expect(alone.missing.map(\.howMuch) == [1])
    let itself = try await CheckBench.evalPower(EvalPowerCodeTests.paired, "baseline: prod, candidate: prod")
    #expect(itself.codes(.unknown) == ["NO_TRIALS"])
    let other = try await CheckBench.evalPower(EvalPowerCodeTests.paired, "baseline: prod, candidate: new, version: 9")
    #expect(other.codes(.unknown) == ["NO_TRIALS"])
    #expect(other.headline.contains("other versions"))
  }

  @Test func oneItem() async throws {
    let one = try await CheckBench.evalPower(
      Trials.differences([0.5]), metrics: "{name: correct, type: real, margin: 0.1}")
    #expect(one.codes(.unknown) == ["TOO_FEW_ITEMS"])
    #expect(one.missing == [Finding.Missing("paired items", 1)])
    let binary = try await CheckBench.evalPower(Trials.paired(both: 0, lost: 0, won: 1, neither: 0))
    #expect(binary.codes(.unknown) == ["INCONCLUSIVE", "NO_EFFECT_SIZE_SET"])
    let scoreless = try await CheckBench.evalPower(
      ["prod", "new"].map { .trial("triage", "a", $0) })
    #expect(scoreless.codes(.unknown).contains("NO_TRIALS"))
  }

  @Test func mixedVersions() async throws {
    var across = EvalPowerCodeTests.paired
    for index in across.indices { across[index].suiteVersion = across[index].variant == "prod" ? "6" : "7" }
    let apart = try await CheckBench.evalPower(across, metrics: EvalPowerTests.improvement)
    #expect(apart.codes(.unknown) == ["MIXED_VERSIONS"])
    #expect(apart.missing.map(\.howMuch) == [1_742])
    let fromBase = try await CheckBench.evalPower(across, "baseline: prod, candidate: new, version: 6")
    #expect(fromBase.codes(.unknown) == ["MIXED_VERSIONS"])
    // Both variants on both versions: the newest is taken, the other left alone.
    let both = EvalPowerCodeTests.paired.flatMap { trial -> [TrialRecord] in
      ["6", "7"].map { version in
        var trial = trial
        trial.suiteVersion = version
        return trial
      }
    }
    #expect(try await CheckBench.evalPower(both).value("items") == 100)

    var configured = EvalPowerCodeTests.paired
    for index in configured.indices where configured[index].variant == "new" {
      configured[index].configSHA256 = configured[index].item.hasPrefix("no") ? "b" : "a"
    }
    let mixed = try await CheckBench.evalPower(configured)
    #expect(mixed.codes(.unknown) == ["MIXED_VERSIONS"] && mixed.codes(.warn).isEmpty)
    #expect(mixed.missing == [Finding.Missing("trials of new with one configuration", 27)])
    #expect(mixed.reasons[0].about == "new, correct")
    for index in configured.indices { configured[index].configSHA256 = "\(configured[index].variant)" }
    #expect(!(try await CheckBench.evalPower(configured)).allCodes.contains("MIXED_VERSIONS"))
    for index in configured.indices where configured[index].variant == "prod" {
      configured[index].subjectSHA256 = configured[index].item.hasPrefix("no") ? "b" : "a"
    }
    let subjects = try await CheckBench.evalPower(configured)
    #expect(subjects.codes(.unknown) == ["MIXED_VERSIONS"])
    #expect(subjects.reasons[0].text.contains("subjects"))
  }

  @Test func oneMixedCandidateLeavesTheOthers() async throws {
    var trials = EvalPowerCodeTests.paired
    for trial in EvalPowerCodeTests.paired where trial.variant == "new" {
      var other = trial
      other.variant = "other"
      other.configSHA256 = trial.item.hasPrefix("no") ? "b" : "a"
      trials.append(other)
    }
    let finding = try await CheckBench.evalPower(trials, "baseline: prod", metrics: EvalPowerTests.improvement)
    #expect(finding.codes(.unknown).sorted() == ["INCONCLUSIVE", "MIXED_VERSIONS"])
    #expect(finding.value("items") == 100)
  }

  @Test func conflictingTrials() async throws {
    func finding(_ conflicting: Int) async throws -> Finding {
      let trials = Trials.paired(both: 400, lost: 40, won: 72, neither: 288)
      let contradicting = trials.filter { $0.variant == "new" && $0.item.hasPrefix("both") }.prefix(conflicting).map {
        var trial = $0
        trial.passed = false
        return trial
      }
      return try await CheckBench.evalPower(trials + contradicting, metrics: EvalPowerTests.improvement)
    }
    // 8 of 800 is 0.01, which is within the limit.
    let few = try await finding(8)
    #expect(few.codes(.pass).contains("CONFLICTS_LEFT_OUT"))
    #expect(few.codes(.pass).contains("IMPROVED"))
    let many = try await finding(9)
    #expect(many.codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(many.missing == [Finding.Missing("items with one score each", 9)])
  }

  @Test func lateRowsReplaceAndResentOnesDoNothing() async throws {
    let bench = try await CheckBench(CheckBench.triage(metrics: EvalPowerTests.improvement))
    let trials = Trials.paired(both: 400, lost: 40, won: 72, neither: 288)
    try await bench.append(trials)
    let first = try await bench.finding("eval-power")
    try await bench.append(trials)
    #expect(try await bench.finding("eval-power") == first)
    let corrected = trials.filter { $0.variant == "new" && $0.item.hasPrefix("won") }.map {
      var trial = $0
      trial.passed = false
      return trial
    }
    try await bench.append(corrected)
    let later = try await bench.finding("eval-power")
    #expect(later.codes(.fail) == ["REGRESSED"])
    #expect(close(later.value("difference"), -0.05, 1e-9))
    #expect(later.evidence.count == 20)
  }

  @Test func missingScores() async throws {
    func finding(_ missing: Int) async throws -> Finding {
      var trials = Trials.paired(both: 600, lost: 0, won: 13, neither: 387)
      for index in trials.indices where trials[index].variant == "new" && trials[index].item.hasPrefix("both") {
        guard let number = Int(trials[index].item.dropFirst(5)), number < missing else { continue }
        trials[index].passed = nil
      }
      return try await CheckBench.evalPower(trials, metrics: "{name: correct, claim: improvement}")
    }
    let few = try await finding(10)
    #expect(few.codes(.pass).contains("MISSING_LEFT_OUT"))
    #expect(few.codes(.pass).contains("IMPROVED"))
    let many = try await finding(11)
    #expect(many.codes(.unknown) == ["MISSING_SCORES"])
    #expect(many.missing == [Finding.Missing("missing scores", 11)])
  }

  @Test func droppedItems() async throws {
    func finding(_ dropped: Int) async throws -> Finding {
      let extra = (0..<dropped).map { TrialRecord.trial("triage", "dropped-\($0)", "prod", passed: true) }
      return try await CheckBench.evalPower(
        Trials.paired(both: 0, lost: 0, won: 12, neither: 28) + extra, metrics: "{name: correct, claim: improvement}")
    }
    let decide = try await finding(12)
    #expect(decide.codes(.unknown) == ["DROPPED_ITEMS_DECIDE"])
    #expect(decide.missing == [Finding.Missing("items that only the baseline was run on", 12)])
    let one = try await finding(1)
    #expect(one.codes(.pass).contains("DROPPED"))
    #expect(one.codes(.pass).contains("IMPROVED"))
    #expect(one.headline.contains("on the 40 common items of 41"))
  }

  @Test func droppedItemsOnAScaleWithoutEnds() async throws {
    let metric = "{name: latency, type: real, direction: down, margin: 5}"
    var trials = Trials.differences((0..<200).map { 1 + Double($0 % 3) }, from: 100) { $1.metric = "latency" }
    var extra = TrialRecord.trial("triage", "dropped", "prod", score: 1)
    extra.metric = "latency"
    trials.append(extra)
    let finding = try await CheckBench.evalPower(trials, metrics: metric)
    #expect(finding.codes(.warn).contains("DROPPED_UNBOUNDED"))
    // Slower: worse, though within five milliseconds.
    #expect(finding.codes(.warn).contains("WORSE_WITHIN_MARGIN"))
    #expect(finding.value("difference").map { $0 < 0 } == true)
    #expect(finding.next == "Decide whether the loss is worth it, and write down who decided.")
    #expect(finding.measure("difference")?.unit == "latency")
  }

  @Test func unusableScores() async throws {
    let finding = try await CheckBench.evalPower(Trials.differences([1e200, 0, 0]))
    #expect(finding.codes(.unknown) == ["UNUSABLE_TRIALS"])
    #expect(finding.reasons[0].text.contains("which is no score"))
  }

  @Test func pairsWanted() async throws {
    let apart = Trials.arm("prod", passes: 400, of: 500) + Trials.arm("new", passes: 460, of: 500)
    let wanted = try await CheckBench.evalPower(
      apart, "baseline: prod, candidate: new, design: paired", metrics: EvalPowerTests.improvement)
    #expect(wanted.codes(.unknown) == ["UNPAIRED"])
    let common = Trials.paired(both: 400, lost: 40, won: 72, neither: 288)
    let paired = try await CheckBench.evalPower(
      common, "baseline: prod, candidate: new, design: paired", metrics: EvalPowerTests.improvement)
    #expect(!paired.allCodes.contains("UNPAIRED"))
    let unpaired = try await CheckBench.evalPower(
      common, "baseline: prod, candidate: new, design: unpaired", metrics: EvalPowerTests.improvement)
    #expect(unpaired.codes(.pass).contains("UNPAIRED"))
    #expect(unpaired.method.contains("Newcombe"))
  }

  @Test(arguments: [(5, true, false), (6, false, true), (9, false, true), (10, false, false)])
  func clusters(count: Int, isFew: Bool, warns: Bool) async throws {
    let trials = Trials.paired(both: 40, lost: 0, won: 20, neither: 40) {
      let item = Int($0.item.split(separator: "-")[1]) ?? 0
      $0.cluster = "\(item % count)"
    }
    let finding = try await CheckBench.evalPower(trials, metrics: "{name: correct, claim: improvement}")
    #expect(finding.codes(.unknown).contains("FEW_CLUSTERS") == isFew)
    #expect(finding.codes(.warn).contains("FEW_CLUSTERS") == warns)
    if isFew { #expect(finding.missing == [Finding.Missing("clusters", 1)]) }
  }

  @Test func worthAndMargin() async throws {
    // (40, 72) of 800: +4.0 points, interval to +6.6.
    let trials = Trials.paired(both: 400, lost: 40, won: 72, neither: 288) + EvalPowerCodeTests.quiet
    func finding(_ metric: String) async throws -> Finding {
      try await CheckBench.evalPower(trials, metrics: "{name: correct, \(metric)}")
    }
    #expect((try await finding("claim: improvement, min_effect: 0.04")).codes(.pass) == ["IMPROVED"])
    let below = try await finding("claim: improvement, min_effect: 0.0401")
    #expect(below.codes(.warn) == ["BELOW_WORTH"])
    #expect(below.verdict == .warn)
    let high = try #require(below.measure("difference")?.high)
    #expect((try await finding("claim: improvement, min_effect: \(high)")).codes(.warn) == ["BELOW_WORTH"])
    #expect(
      (try await finding("claim: improvement, min_effect: \(high + 1e-6)")).codes(.fail) == ["NO_WORTHWHILE_EFFECT"])
    #expect((try await finding("min_effect: 0.05")).codes(.pass) == ["IMPROVED_SMALL"])
    #expect((try await finding("claim: no_regression, min_effect: 0.05")).verdict == .pass)
    // Equivalence reads the interval alone.
    #expect((try await finding("claim: equivalence, margin: 0.07")).codes(.pass) == ["EQUIVALENT"])
    #expect((try await finding("claim: equivalence, margin: 0.01")).codes(.fail) == ["NOT_EQUIVALENT"])
    #expect((try await finding("claim: equivalence, margin: 0.03")).codes(.unknown) == ["INCONCLUSIVE"])
  }

  @Test func losses() async throws {
    let trials = Trials.paired(both: 400, lost: 72, won: 40, neither: 288) + EvalPowerCodeTests.quiet
    func finding(_ metric: String) async throws -> Finding {
      try await CheckBench.evalPower(trials, metrics: "{name: correct, \(metric)}")
    }
    #expect((try await finding("claim: improvement, min_effect: 0.03")).codes(.fail) == ["REGRESSED"])
    let regressed = try await finding("margin: 0.02")
    #expect(regressed.codes(.fail) == ["REGRESSED"])
    #expect(regressed.verdict == .fail)
    #expect(regressed.next.hasPrefix("Keep prod"))
    #expect((try await finding("claim: improvement, margin: 0.07")).codes(.fail) == ["WORSE_WITHIN_MARGIN"])
    let tolerated = try await finding("claim: no_regression, margin: 0.07")
    #expect(tolerated.codes(.warn) == ["WORSE_WITHIN_MARGIN"])
    let low = try #require(tolerated.measure("difference")?.low)
    #expect((try await finding("margin: \(-low)")).codes(.warn) == ["WORSE_WITHIN_MARGIN"])
    #expect((try await finding("margin: \(-low - 1e-6)")).codes(.fail) == ["REGRESSED"])
  }

  @Test func nonInferior() async throws {
    let trials = Trials.paired(both: 400, lost: 10, won: 20, neither: 370) + EvalPowerCodeTests.quiet
    let finding = try await CheckBench.evalPower(trials, metrics: "{name: correct, claim: no_regression, margin: 0.01}")
    #expect(finding.codes(.pass) == ["NON_INFERIOR"])
    #expect(finding.verdict == .pass)
  }

  @Test func guardrailsCombineByWorst() async throws {
    let better = Trials.paired(both: 400, lost: 40, won: 72, neither: 288)
    let worse = Trials.paired(both: 400, lost: 72, won: 40, neither: 288) { $0.metric = "safe" }
    let metrics =
      "{name: correct, claim: improvement, primary: true, min_effect: 0.03}, {name: safe, claim: no_regression, margin: 0.02}"
    let finding = try await CheckBench.evalPower(better + worse + EvalPowerCodeTests.quiet, metrics: metrics)
    #expect(finding.verdict == .fail)
    #expect(finding.reasons.map(\.code) == ["REGRESSED", "IMPROVED"])
    #expect(finding.reasons[0].about == "new, safe")
    // No correction: a guardrail is no member of the family.
    #expect(finding.measure("adjusted p (new, safe)") == nil)
    #expect(finding.measure("adjusted p (new, correct)") == nil)
    let absent = try await CheckBench.evalPower(better, metrics: metrics)
    #expect(absent.codes(.unknown) == ["NO_TRIALS"])
    #expect(absent.reasons[0].about == "safe")
    let two = try await CheckBench.evalPower(
      better + worse, metrics: "{name: correct, primary: true}, {name: safe, primary: true}")
    #expect(two.measure("adjusted p (new, safe)") != nil)
  }

  /// What two judges say of the same answers is no comparison of the answers.
  @Test func judges() async throws {
    func finding(_ judge: (TrialRecord) -> String?) async throws -> Finding {
      var trials = EvalPowerCodeTests.paired + EvalPowerCodeTests.quiet
      for index in trials.indices { trials[index].judge = judge(trials[index]) }
      return try await CheckBench.evalPower(trials, metrics: "{name: correct, margin: 0.5}")
    }
    let two = try await finding { $0.variant == "prod" ? "a@1" : "b@1" }
    #expect(two.codes(.unknown) == ["JUDGES_DIFFER"] && two.verdict == .unknown)
    #expect(!two.allCodes.contains("NON_INFERIOR"))
    #expect(two.missing == [Finding.Missing("items on which one judge scored both variants", 100)])
    #expect(two.next == "Score both variants by one judge, and ingest those scores.")
    #expect(two.headline.hasPrefix("prod was scored by a@1 and new by b@1: their difference may be the judges'."))
    let half = try await finding { $0.variant == "prod" ? nil : "b@1" }
    #expect(half.codes(.unknown) == ["JUDGES_DIFFER"])
    #expect(half.headline.contains("prod was scored by no named judge and new by b@1"))
    let one = try await finding { _ in "a@1" }
    #expect(one.verdict == .pass)
    // Runs of one configuration under two judges are no pair: they would pass off the judges' noise as the harness's.
    let reruns = try await finding { $0.variant.hasPrefix("aa-1") ? "b@1" : "a@1" }
    #expect(reruns.value("A/A pairs") == 4)
  }

  @Test func slices() async throws {
    func trials(_ reversed: Int) -> [TrialRecord] {
      Trials.paired(both: 400, lost: 0, won: 120, neither: 280) { $0.tags = Tags(["intent": "main"]) }
        + Trials.paired(both: 0, lost: reversed, won: 0, neither: 40) {
          $0.item = "other-\($0.item)"
          $0.tags = Tags(["intent": "other"])
        } + EvalPowerCodeTests.quiet
    }
    let reversal = try await CheckBench.evalPower(trials(20), metrics: "{name: correct, claim: improvement}")
    #expect(reversal.codes(.warn) == ["SIGN_REVERSAL"])
    #expect(reversal.reasons[0].text == "intent = other moves against the total.")
    #expect(reversal.codes(.pass).contains("SLICE_TOO_SMALL"))
    // Two items are no evidence of a reversal.
    let chance = try await CheckBench.evalPower(trials(2), metrics: "{name: correct, claim: improvement}")
    #expect(!chance.allCodes.contains("SIGN_REVERSAL"))
    let elsewhere = try await CheckBench.evalPower(
      trials(20), "baseline: prod, candidate: new, slice_tag: lang", metrics: "{name: correct, claim: improvement}")
    #expect(elsewhere.verdict == .pass)
  }

  @Test func noEffectSize() async throws {
    let finding = try await CheckBench.evalPower(EvalPowerCodeTests.paired)
    #expect(finding.codes(.unknown) == ["INCONCLUSIVE", "NO_EFFECT_SIZE_SET"])
    #expect(finding.missing == [Finding.Missing("the size that matters: min_effect or margin of correct", nil)])
    #expect(finding.next == "Set min_effect or margin of triage's metrics in tally.yaml.")
    let equivalence = try await CheckBench.evalPower(
      EvalPowerCodeTests.paired, metrics: "{name: correct, claim: equivalence}")
    #expect(equivalence.codes(.unknown) == ["INCONCLUSIVE", "NO_EFFECT_SIZE_SET"])
  }

  @Test func candidatesAreAllVariantsButReruns() async throws {
    var trials = EvalPowerCodeTests.paired
    for (variant, config) in [("prod-again", "a"), ("third", "c"), ("third-again", "c"), ("fourth", nil)] {
      trials += EvalPowerCodeTests.paired.filter { $0.variant == "new" }.map {
        var trial = $0
        trial.variant = variant
        trial.configSHA256 = config
        return trial
      }
    }
    for index in trials.indices where trials[index].variant == "prod" { trials[index].configSHA256 = "a" }
    let finding = try await CheckBench.evalPower(trials, "baseline: prod", metrics: EvalPowerTests.improvement)
    #expect(
      Set(finding.reasons.filter { $0.code == "INCONCLUSIVE" }.map(\.about))
        == ["new, correct", "third, correct", "fourth, correct"])
    #expect(finding.value("A/A pairs") == 2)
  }

  @Test func aMarginAloneIsASizeThatMatters() async throws {
    let finding = try await CheckBench.evalPower(EvalPowerCodeTests.paired, metrics: "{name: correct, margin: 0.02}")
    #expect(finding.codes(.unknown) == ["INCONCLUSIVE"])
    #expect(finding.missing.map(\.what) == ["paired items"])
  }

  @Test(arguments: [(199, true), (200, false)])
  func tooManyVariantsAreNotRanked(candidates: Int, isRanked: Bool) async throws {
    let trials = (0..<2).flatMap { item in
      [TrialRecord.trial("triage", "\(item)", "prod", passed: true)]
        + (0..<candidates).map { .trial("triage", "\(item)", "v\($0)", passed: item == 0) }
    }
    let finding = try await CheckBench.evalPower(trials, "baseline: prod")
    #expect((finding.value("winners") != nil) == isRanked)
  }

  @Test func hostileNames() async throws {
    let names = ["'; DROP TABLE trial; --", "__proto__"]
    let trials = Trials.paired(both: 400, lost: 40, won: 72, neither: 288, base: names[0], candidate: names[1])
    let bench = try await CheckBench(
      "suites:\n  triage: {baseline: \"\(names[0])\", candidate: \"\(names[1])\", metrics: [{name: correct, claim: improvement}]}\n"
    )
    try await bench.append(trials)
    #expect(try await bench.finding("eval-power").codes(.pass) == ["IMPROVED"])
  }

  @Test func allPassAndAllFail() async throws {
    for trials in [
      Trials.paired(both: 500, lost: 0, won: 0, neither: 0), Trials.paired(both: 0, lost: 0, won: 0, neither: 500),
    ] {
      let finding = try await CheckBench.evalPower(
        trials, metrics: "{name: correct, claim: no_regression, margin: 0.02}")
      #expect(finding.codes(.pass) == ["EQUIVALENT"])
      #expect(close(finding.measure("difference")?.high, 3.8414588 / 503.8414588, 1e-6))
    }
    let constant = try await CheckBench.evalPower(
      Trials.differences(Array(repeating: 0, count: 30), from: 3.5), metrics: "{name: correct, type: real, margin: 0.1}"
    )
    #expect(constant.codes(.pass).contains("ZERO_VARIANCE"))
    #expect(constant.codes(.pass).contains("EQUIVALENT"))
  }
}
