import Checks
import Project
import Records
import Store
import Testing

@Suite struct CapabilityRegressionTests {
  /// One suite: what both pass, only the base, only the tuned model, neither.
  static func suite(
    _ suite: String, base: Int = 150, lost: Int = 0, won: Int = 0, of items: Int = 200, tuned: String = "tuned",
    _ change: (inout TrialRecord) -> Void = { _ in }
  ) -> [TrialRecord] {
    var trials = Trials.paired(
      both: base - lost, lost: lost, won: won, neither: items - base - won, base: "base", candidate: tuned)
    for index in trials.indices {
      trials[index].suite = suite
      change(&trials[index])
    }
    return trials
  }

  static let example =
    suite("target", base: 140, lost: 12, won: 36) + suite("steps", base: 156, lost: 54, won: 8)
    + suite("orders", base: 166, lost: 12, won: 8) + suite("facts", base: 140, lost: 10, won: 8)
    + suite("unsafe", base: 196, lost: 15, won: 1) + suite("schema", base: 190, lost: 4, won: 5)

  static func yaml(
    _ capabilities: String, _ feature: String = "target_suite: target", policy: String = "required: []",
    rest: String = ""
  ) -> String {
    "features:\n  assistant: {owner: ada, \(feature), capabilities: [\(capabilities)]}\npolicies: {capability-regression: {\(policy)}}\n\(rest)"
  }

  static let exampleRows = """
    {name: multi-step, suite: steps}, {name: instruction, suite: orders}, {name: factual, suite: facts},
        {name: refusal, suite: unsafe, hard: true}, {name: JSON, suite: schema, hard: true}
    """

  static func finding(
    _ trials: [TrialRecord], _ capabilities: String, _ feature: String = "target_suite: target",
    policy: String = "required: []", rest: String = "", artifacts: [ArtifactRecord] = []
  ) async throws -> Finding {
    let bench = try await CheckBench(yaml(capabilities, feature, policy: policy, rest: rest))
    try await bench.append { appender in
      for trial in trials { try appender.append(trial) }
      for artifact in artifacts { try appender.append(artifact) }
    }
    return try await bench.finding("capability-regression")
  }

  @Test func workedExample() async throws {
    let finding = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.example, CapabilityRegressionTests.exampleRows)
    #expect(finding.verdict == .fail)
    #expect(
      finding.reasons.filter { $0.verdict == .fail }.map { [$0.code, $0.about] } == [
        ["REGRESSED", "multi-step"], ["HARD_FLOOR", "refusal"],
      ])
    #expect(
      finding.reasons.filter { $0.verdict == .unknown }.map { [$0.code, $0.about] } == [
        ["NOT_ENOUGH_ITEMS", "instruction"], ["NOT_ENOUGH_ITEMS", "factual"], ["NOT_ENOUGH_ITEMS", "JSON"],
      ])
    #expect(finding.codes(.warn).isEmpty)
    let rows: [(name: String, d: Double, low: Double, high: Double, p: Double)] = [
      ("target", 0.120, 0.0543, 0.1883, 0.000717), ("multi-step", -0.230, -0.3020, -0.1604, 0),
      ("instruction", -0.020, -0.0679, 0.0257, 0.503445), ("factual", -0.010, -0.0555, 0.0343, 0.814529),
      ("refusal", -0.070, -0.1158, -0.0362, 0.000519), ("JSON", 0.005, -0.0288, 0.0400, 1),
    ]
    for row in rows {
      let measure = finding.measure("difference (\(row.name))")
      #expect(close(measure?.value, row.d))
      #expect(close(measure?.low, row.low))
      #expect(close(measure?.high, row.high))
      #expect(close(finding.value("p (\(row.name))"), row.p, 1e-6))
    }
    #expect(finding.measure("difference (refusal)")?.limit == -0.02)
    #expect(finding.measure("difference (multi-step)")?.limit == -0.03)
    #expect(close(finding.value("adjusted p (refusal)"), 0.001038, 1e-6))
    #expect(finding.value("adjusted p (JSON)") == 1)
    #expect(finding.value("items needed (instruction)") == 873)
    #expect(finding.value("items needed (factual)") == 785)
    #expect(finding.value("items needed (JSON)") == 883)
    #expect(
      finding.missing == [
        Finding.Missing("pairs of orders", 673), Finding.Missing("pairs of facts", 585),
        Finding.Missing("pairs of schema", 683),
      ])
    #expect(close(finding.value("forgetting"), 0.066))
    #expect(close(finding.value("trade ratio"), 1.8182))
    #expect(close(finding.value("mean change"), -0.065))
    #expect(close(finding.value("retention (multi-step)"), 0.55 / 0.78))
    #expect(finding.reasons.contains { $0.code == "MEAN_HIDES_IT" && $0.text.contains("−6.5 points") })
    #expect(finding.value("coverage") == nil)
    #expect(finding.owner == "ada")
    #expect(
      finding.headline.hasPrefix(
        "The tuned model lost multi-step −23.0 points (95 % interval −30.2 points to −16.0 points, 200 pairs)"))
    #expect(finding.method == "exact McNemar; Tango score interval; Holm over 2 hard abilities")
    guard case .intervals(_, _, let forest)? = finding.figures.first else {
      Issue.record("no forest")
      return
    }
    #expect(
      forest.map(\.label) == ["refusal (hard)", "JSON (hard)", "multi-step", "instruction", "factual", "target"])
    #expect(
      forest.map(\.note) == [
        "lost", "needs 683 more pairs", "lost", "needs 673 more pairs", "needs 585 more pairs", "target",
      ])
    #expect(forest[0].limit == -0.02)
    #expect(
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.example, CapabilityRegressionTests.exampleRows
      ).inputsSHA256 == finding.inputsSHA256)
  }

  @Test func subjectsAreDeclared() async throws {
    let none = try await CheckBench("features:\n  assistant: {owner: ada}\n").run(["capability-regression"])
    #expect(none.notApplicable == ["capability-regression"])
    let empty = try await CapabilityRegressionTests.finding([], "{name: factual, suite: facts}")
    #expect(empty.verdict == .unknown)
    #expect(empty.codes(.unknown) == ["NO_SUITE"])
    #expect(empty.codes(.warn) == ["NO_TARGET_GAIN"])
    // need_ni at 20 % of differing pairs: 7.849·0.2/0.03².
    #expect(empty.missing == [Finding.Missing("pairs of facts", 1_745)])
    #expect(empty.value("forgetting") == nil)
    let target = try await CapabilityRegressionTests.finding([], "")
    #expect(target.codes(.warn) == ["NO_TARGET_GAIN"])
    #expect(target.headline == "No ability is protected, so none could be lost.")
  }

  static let gain = suite("target", base: 140, lost: 12, won: 36)

  /// Everything held: (2, 2) of 2,000.
  static let held = suite("facts", base: 1_500, lost: 2, won: 2, of: 2_000)

  @Test func everythingHeld() async throws {
    let finding = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + CapabilityRegressionTests.held, "{name: factual, suite: facts}")
    #expect(finding.verdict == .pass)
    #expect(finding.reasons.isEmpty)
    #expect(finding.missing.isEmpty)
    #expect(
      finding.headline.hasPrefix(
        "The tuned model kept its one protected ability within the margins, factual least: 0.0 points"))
    #expect(finding.next == "Promote it; nothing more to measure.")
    #expect(finding.value("trade ratio") == nil)
    #expect(finding.method == "exact McNemar; Tango score interval")
    // The one that came nearest to its margin is named.
    let worse = CapabilityRegressionTests.suite("schema", base: 1_500, lost: 9, won: 2, of: 2_000)
    let two = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + CapabilityRegressionTests.held + worse,
      "{name: factual, suite: facts}, {name: JSON, suite: schema}")
    #expect(two.headline.hasPrefix("The tuned model kept all 2 protected abilities within the margins, JSON least"))
  }

  @Test func limitsAreInclusive() async throws {
    // (54, 8) of 200 reaches up to −0.1604; (12, 8) of 200 down to −0.0679.
    let lost = CapabilityRegressionTests.suite("facts", base: 156, lost: 54, won: 8)
    let high = -0.16038, low = 0.06789
    func state(_ trials: [TrialRecord], _ settings: String) async throws -> Finding {
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.gain + trials, "{name: factual, suite: facts, \(settings)}")
    }
    let plain = try await state(lost, "margin: 0.03")
    let exact = try #require(plain.measure("difference (factual)")?.high)
    #expect(close(exact, high, 1e-4))
    #expect((try await state(lost, "margin: \(-exact)")).codes(.fail).isEmpty)
    #expect((try await state(lost, "margin: \(-exact - 1e-6)")).codes(.fail) == ["REGRESSED"])
    let open = CapabilityRegressionTests.suite("facts", base: 166, lost: 12, won: 8)
    let bound = try #require((try await state(open, "margin: 0.03")).measure("difference (factual)")?.low)
    #expect(close(-bound, low, 1e-4))
    #expect((try await state(open, "margin: \(-bound)")).verdict == .pass)
    #expect((try await state(open, "margin: \(-bound - 1e-6)")).codes(.unknown) == ["NOT_ENOUGH_ITEMS"])
  }

  @Test func hardAbilitiesFailEarlier() async throws {
    // −4.0 points, p = 0.0386, interval to −0.26 points: not below the margin.
    let trials = CapabilityRegressionTests.gain + CapabilityRegressionTests.suite("facts", base: 190, lost: 12, won: 3)
    func finding(_ settings: String, _ more: [TrialRecord] = [], _ rows: String = "") async throws -> Finding {
      try await CapabilityRegressionTests.finding(
        trials + more, "{name: factual, suite: facts, \(settings)}\(rows)")
    }
    let hard = try await finding("hard: true")
    let d = try #require(hard.value("difference (factual)"))
    let p = try #require(hard.value("p (factual)"))
    #expect(close(d, -0.045))
    #expect(close(p, 0.0352, 1e-4))
    #expect(hard.codes(.fail) == ["HARD_FLOOR"])
    #expect(hard.reasons[0].text.contains("over all hard abilities"))
    #expect((try await finding("hard: false")).codes(.unknown) == ["NOT_ENOUGH_ITEMS"])
    // Reached by the estimate, inclusive; not beyond.
    #expect((try await finding("hard: true, margin: 0.045")).codes(.fail) == ["HARD_FLOOR"])
    #expect((try await finding("hard: true, margin: 0.0451")).codes(.fail).isEmpty)
    // Among two hard abilities p is 0.0703.
    let other = CapabilityRegressionTests.suite("schema", base: 190, lost: 4, won: 5)
    let two = try await finding("hard: true", other, ", {name: JSON, suite: schema, hard: true}")
    #expect(two.codes(.fail).isEmpty)
    #expect(close(two.value("adjusted p (factual)"), 2 * p, 1e-9))
    // A hard ability gates even where it is not protected.
    #expect((try await finding("hard: true, protected: false")).codes(.fail) == ["HARD_FLOOR"])
    func alpha(_ value: Double) async throws -> [String] {
      try await CapabilityRegressionTests.finding(
        trials, "{name: factual, suite: facts, hard: true}", policy: "required: [], alpha: \(value)"
      ).codes(.fail)
    }
    #expect(try await alpha(p) == ["HARD_FLOOR"])
    #expect(try await alpha(p - 1e-6) == [])
  }

  @Test func whatIsNotProtectedDoesNotGate() async throws {
    let trials = CapabilityRegressionTests.gain + CapabilityRegressionTests.suite("facts", base: 156, lost: 54, won: 8)
    let free = try await CapabilityRegressionTests.finding(trials, "{name: factual, suite: facts, protected: false}")
    #expect(free.verdict == .pass)
    #expect(free.codes(.pass) == ["LOST_UNPROTECTED"])
    let required = try await CapabilityRegressionTests.finding(
      trials, "{name: factual, suite: facts, protected: false}", policy: "required: [factual]")
    #expect(required.codes(.fail) == ["REGRESSED"])
    // Undecided, absent or mismatched: nothing to say of it either.
    let absent = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain, "{name: factual, suite: facts, protected: false}")
    #expect(absent.verdict == .pass)
  }

  @Test func requiredAbilitiesMustBeMeasured() async throws {
    let trials = CapabilityRegressionTests.gain + CapabilityRegressionTests.held
    let finding = try await CapabilityRegressionTests.finding(
      trials, "{name: factual, suite: facts}", policy: "required: [factual, refusal, format]")
    #expect(finding.reasons.map(\.code) == ["NO_SUITE", "NO_SUITE"])
    #expect(finding.reasons.map(\.about) == ["refusal", "format"])
    #expect(finding.next == "Measure refusal on the base and on the tuned model, or take it out of what is required.")
    let usual = try await CapabilityRegressionTests.finding(trials, "{name: factual, suite: facts}", policy: "")
    #expect(usual.codes(.unknown).count == 5)
    let baseOnly = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + CapabilityRegressionTests.held.filter { $0.variant == "base" },
      "{name: factual, suite: facts}")
    #expect(baseOnly.codes(.unknown) == ["NO_SUITE"])
    #expect(baseOnly.reasons[0].text.contains("no trials of tuned."))
  }

  @Test func harnesses() async throws {
    func finding(_ config: (TrialRecord) -> String?) async throws -> Finding {
      var trials = CapabilityRegressionTests.held
      for index in trials.indices { trials[index].configSHA256 = config(trials[index]) }
      return try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.gain + trials, "{name: factual, suite: facts}")
    }
    #expect((try await finding { _ in "one" }).verdict == .pass)
    for config in [{ $0.variant }, { $0.variant == "base" ? nil : "one" }] as [(TrialRecord) -> String?] {
      let apart = try await finding(config)
      #expect(apart.codes(.unknown) == ["HARNESS_MISMATCH"])
      #expect(apart.missing.map(\.howMuch) == [1_745])
    }
    var versions = CapabilityRegressionTests.held
    for index in versions.indices { versions[index].suiteVersion = versions[index].variant }
    let apart = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + versions, "{name: factual, suite: facts}")
    #expect(apart.codes(.unknown) == ["HARNESS_MISMATCH"])
    #expect(apart.reasons[0].text.contains("versions"))
  }

  @Test func floors() async throws {
    // 40 of 200 pass: Wilson's lower limit is 0.1503.
    let trials = CapabilityRegressionTests.gain + CapabilityRegressionTests.suite("facts", base: 400, of: 2_000)
    func codes(_ chance: Double) async throws -> [String] {
      try await CapabilityRegressionTests.finding(
        trials, "{name: factual, suite: facts, chance: \(chance)}"
      ).codes(.unknown)
    }
    let low = try #require(
      try await CapabilityRegressionTests.finding(trials, "{name: factual, suite: facts}").measure("base (factual)")?
        .low)
    #expect(try await codes(low) == ["FLOOR_EFFECT"])
    #expect(try await codes(low - 1e-6) == [])
    let zero = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + CapabilityRegressionTests.suite("facts", base: 0, of: 2_000),
      "{name: factual, suite: facts}")
    #expect(zero.codes(.unknown) == ["FLOOR_EFFECT"])
    #expect(zero.measure("retention (factual)") != nil)
    #expect(zero.value("retention (factual)") == nil)
    let free = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + CapabilityRegressionTests.suite("facts", base: 0, of: 2_000),
      "{name: factual, suite: facts, protected: false}")
    #expect(free.verdict == .pass)
  }

  /// A mean that falls by ten points exactly would have passed a gate with a tolerance of ten points.
  @Test func aMeanAtTheToleranceHidesALoss() async throws {
    func hides(_ lost: Int) async throws -> Bool {
      try await CapabilityRegressionTests.finding(
        CapabilityRegressionTests.suite("steps", lost: lost) + CapabilityRegressionTests.suite("facts"),
        "{name: multi-step, suite: steps}, {name: factual, suite: facts}"
      ).reasons.contains { $0.code == "MEAN_HIDES_IT" }
    }
    #expect(try await hides(40))
    #expect(try await !hides(41))
  }

  @Test func ofEqualLossesTheFirstIsNamed() async throws {
    let held = ["steps", "facts"].flatMap { CapabilityRegressionTests.suite($0, base: 1_500, lost: 4, of: 2_000) }
    let finding = try await CapabilityRegressionTests.finding(
      CapabilityRegressionTests.gain + held, "{name: multi-step, suite: steps}, {name: factual, suite: facts}")
    #expect(finding.headline.contains("multi-step least"), "\(finding.headline)")
  }

  /// A gain whose interval begins at nothing is not shown.
  @Test func aTargetThatDoesNotMoveShowsNoGain() async throws {
    let same = (0..<50).flatMap { item in
      ["base", "tuned"].map { TrialRecord.trial("target", "item-\(item)", $0, score: 0.5) }
    }
    let finding = try await CapabilityRegressionTests.finding(
      same + CapabilityRegressionTests.held, "{name: factual, suite: facts}",
      rest: "suites: {target: {metrics: [{name: correct, type: real}]}}\n")
    #expect(finding.measure("difference (target)")?.low == 0)
    #expect(finding.codes(.warn) == ["NO_TARGET_GAIN"])
  }
}
