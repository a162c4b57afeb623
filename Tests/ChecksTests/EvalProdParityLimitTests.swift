import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `eval-prod-parity` exactly at its limits.
@Suite struct EvalProdParityLimitTests {
  /// 90 % in evaluation and 84 % in production, of 1,000 each.
  private func gap(_ policy: String, evaluation: Int = 900, production: Int = 840) async throws -> Finding {
    try await Parity.finding(Parity.yaml(policy)) { appender in
      try Parity.spans(appender, 20)
      try Parity.measured(appender, "eval", passes: evaluation, of: 1000)
      try Parity.measured(appender, "prod", passes: production, of: 1000)
    }
  }

  @Test func theGapAtItsLimits() async throws {
    let measured = try await gap("tolerated: 0.01")
    let interval = try #require(measured.measure("gap"))
    let (low, high) = (try #require(interval.low), try #require(interval.high))
    #expect(measured.codes(.fail) == ["GAP"])
    // A gap that equals its limit is within it; so is an interval that begins at what is tolerated.
    #expect(try await gap("tolerated: 0.01, gap: 0.06").codes(.warn) == ["GAP_REAL"])
    #expect(try await gap("tolerated: 0.01, gap: 0.059").codes(.fail) == ["GAP"])
    #expect(try await gap("tolerated: \(low)").codes(.warn) == ["GAP_REAL"])
    #expect(try await gap("tolerated: \(low - 1e-6)").codes(.fail) == ["GAP"])
    // Its upper end at the limit passes.
    #expect(try await gap("tolerated: 0.01, gap: \(high)").verdict == .pass)
    #expect(try await gap("tolerated: 0.01, gap: \(high - 1e-6)").codes(.warn) == ["GAP_REAL"])
  }

  /// Where the lower end of the interval is 0, the gap may be nothing: the evaluation fails everything, and so does
  /// production.
  @Test func whatMayBeNothingIsUndecided() async throws {
    func finding(_ evaluation: Int, _ production: Int, of items: Int) async throws -> Finding {
      try await Parity.finding(Parity.yaml("min_prod: 1, gap: 0.001, tolerated: 0.001")) { appender in
        try Parity.spans(appender, 20)
        try Parity.measured(appender, "eval", passes: evaluation, of: items)
        try Parity.measured(appender, "prod", passes: production, of: items)
      }
    }
    let none = try await finding(30, 30, of: 40)
    #expect(none.codes(.unknown) == ["GAP_UNDECIDED"])
    #expect(try #require(none.missing.first?.howMuch) > 1000)
    // At a gap above its limit no number of items decides.
    let above = try await finding(31, 30, of: 40)
    #expect(above.codes(.unknown) == ["GAP_UNDECIDED"])
    #expect(above.missing == [Finding.Missing("items of both; at this gap no number decides", nil)])
    #expect(above.next == "Get items of both; at this gap no number decides.")
  }

  /// By Newcombe's interval 28 of 35 are better than 35 of 58 by 0.0000001 at least, and 17 of 27 than 12 of 32 by as little
  /// less than nothing.
  @Test func aGapIsRealFromNothingOn() async throws {
    func codes(_ evaluation: Int, of tested: Int, _ production: Int, of served: Int) async throws -> [String] {
      try await Parity.finding(Parity.yaml("min_prod: 1")) { appender in
        try Parity.spans(appender, 20)
        try Parity.measured(appender, "eval", passes: evaluation, of: tested)
        try Parity.measured(appender, "prod", passes: production, of: served)
      }.reasons.map(\.code).filter { $0 != "PARITY_UNKNOWN" }
    }
    #expect(try await codes(28, of: 35, 35, of: 58) == ["GAP_REAL"])
    #expect(try await codes(17, of: 27, 12, of: 32) == ["GAP_UNDECIDED"])
    #expect(try await codes(35, of: 58, 28, of: 35) == ["EVAL_PESSIMISTIC"])
    #expect(try await codes(12, of: 32, 17, of: 27) == [])
  }

  @Test func productionThatDoesBetterIsSaid() async throws {
    #expect(try await gap("", evaluation: 840, production: 900).codes(.warn) == ["EVAL_PESSIMISTIC"])
    #expect(try await gap("", evaluation: 900, production: 905).verdict == .pass)
    var parts = EvalProdParity.Part(name: "gap")
    for (low, high, excludes) in [
      (0.0, 1.0, false), (1e-6, 1, true), (-1, 0, false), (-1, -1e-6, true), (-1, 1, false),
    ] {
      parts.bounded = BoundedEstimate(estimate: 0, interval: Interval(low: low, high: high))
      #expect(parts.excludesZero == excludes)
    }
    #expect(!EvalProdParity.Part(name: "gap").excludesZero)
  }

  @Test func asManyItemsOfProductionAsAreNeeded() async throws {
    #expect(try await gap("min_prod: 1000", evaluation: 850).codes(.unknown) == [])
    let few = try await gap("min_prod: 1001", evaluation: 850)
    #expect(few.codes(.unknown) == ["PROD_FEW"])
    #expect(few.missing == [Finding.Missing("items measured in production", 1)])
  }

  @Test func contaminationAtItsLimit() async throws {
    func finding(_ policy: String, old: Int, new: Int) async throws -> Finding {
      try await Parity.finding(Parity.yaml(policy)) { appender in
        try Parity.fine(appender)
        try Parity.pairs(
          appender, old: ["form": "paraphrase"], new: ["form": "original"], both: 200 - old - new, oldOnly: old,
          newOnly: new)
      }
    }
    #expect(try await finding("contamination: 0.1", old: 5, new: 25).verdict == .pass)
    #expect(try await finding("contamination: 0.0999", old: 5, new: 25).codes(.fail) == ["CONTAMINATED"])
    // Large, and no more than chance.
    let chance = try await finding("contamination: 0.01", old: 15, new: 20)
    #expect(chance.verdict == .pass && close(chance.value("contamination"), 0.025))
  }

  /// Six of each kind, as in the example: the lower end is 0.7589.
  @Test func theProbeAtItsLimits() async throws {
    func finding(_ policy: String, framing: Int = 30) async throws -> Finding {
      try await Parity.finding(Parity.yaml(policy)) { appender in
        try Parity.fine(appender)
        let tests = [0.9, 0.8, 0.7, 0.6, 0.55, 0.5].map { ($0 as Double?, "eval" as String?) }
        let live = [0.6, 0.4, 0.35, 0.3, 0.2, 0.5].map { ($0 as Double?, "prod" as String?) }
        try Parity.probe(appender, tests + live)
        try Parity.pairs(
          appender, old: ["frame": "prod"], new: ["frame": "eval"], both: 200, oldOnly: 2, newOnly: framing)
      }
    }
    let low = try #require(try await finding("").measure("probe_area")?.low)
    #expect(try await finding("auc_warn: \(low)").verdict == .pass)
    #expect(try await finding("auc_warn: \(low - 1e-6)").codes(.warn) == ["UNMASKED"])
    #expect(try await finding("auc_warn: 0.5, auc_fail: \(low)").codes(.fail) == [])
    #expect(try await finding("auc_warn: 0.5, auc_fail: \(low - 1e-6)").codes(.fail) == ["TEST_AWARE"])
    #expect(try await finding("auc_warn: 0.5, auc_fail: 0.7", framing: 2).codes(.fail) == [])
  }

  @Test func tooSmallAProbeIsNotMeasured() async throws {
    func finding(_ scores: [(Double?, String?)]) async throws -> Finding {
      try await Parity.finding { appender in
        try Parity.fine(appender)
        try Parity.probe(appender, scores)
      }
    }
    let one = try await finding([(0.9, "eval"), (0.8, "eval"), (0.1, "prod")])
    #expect(one.verdict == .pass && one.measure("probe_area") != nil && one.value("probe_area") == nil)
    #expect(one.measure("probe_unusable") == nil)
    let mixed = try await finding(
      [(0.9, "eval"), (0.8, "eval"), (0.1, "prod"), (0.2, "prod"), (nil, "prod"), (0.5, "staging"), (0.5, nil)])
    #expect(mixed.value("probe_area") == 1 && mixed.value("probe_unusable") == 3)
    // All of one score: no more than a coin.
    let flat = try await finding((0..<20).map { (0.5, $0 % 2 == 0 ? "eval" : "prod") })
    #expect(flat.value("probe_area") == 0.5 && flat.verdict == .pass)
  }

  @Test func theServedVariantsOwnProbeCounts() async throws {
    let finding = try await Parity.finding(Parity.yaml(settings: "variant: prod, probe_suite: peek")) { appender in
      try Parity.fine(appender)
      try Parity.probe(appender, [(0.9, "eval"), (0.8, "eval"), (0.1, "prod"), (0.2, "prod")], suite: "peek")
      for number in 0..<4 {
        var trial = TrialRecord.trial("peek", "later-\(number)", "next", score: 0.5)
        (trial.expected, trial.at) = (number % 2 == 0 ? "eval" : "prod", Parity.now)
        try appender.append(trial)
      }
    }
    #expect(finding.value("probe_area") == 1)
  }

  @Test func aShiftAtItsLimits() async throws {
    /// Of 400 answers in production so many refuse, of 400 in evaluation none.
    func finding(_ policy: String, refusals: Int) async throws -> Finding {
      try await Parity.finding(Parity.yaml(policy)) { appender in
        for number in 0..<400 {
          var span = Parity.span(number)
          span.refusal = number < refusals
          try appender.append(span)
        }
        try Parity.measured(appender, "eval", passes: 380, of: 400) { _, trial in
          trial.attributes = #"{"measured_in":"eval","refusal":false}"#
        }
        try Parity.measured(appender, "prod", passes: 380, of: 400)
      }
    }
    #expect(try await finding("", refusals: 40).codes(.warn) == ["INVARIANT_SHIFT"])
    #expect(try await finding("shift_d: 0.1001", refusals: 40).codes(.warn) == [])
    let p = try #require(try await finding("", refusals: 40).value("refusal_p_value"))
    #expect(try await finding("bh_q: \(p)", refusals: 40).codes(.warn) == ["INVARIANT_SHIFT"])
    #expect(try await finding("bh_q: \(p * 0.99)", refusals: 40).codes(.warn) == [])
  }

  @Test func aConfigurationCountsFromItsShareOn() async throws {
    func codes(_ spans: Int, _ policy: String = "") async throws -> [String] {
      try await Parity.finding(Parity.yaml(policy)) { appender in
        try Parity.spans(appender, 300 - spans)
        try Parity.spans(appender, spans, config: Parity.other)
        try Parity.manifest(appender, Parity.tested, ["model": "m"])
        try Parity.manifest(appender, Parity.other, ["model": "n"])
        try Parity.measured(appender, "eval", passes: 930, of: 1000)
        try Parity.measured(appender, "prod", passes: 920, of: 1000)
      }.codes(.fail)
    }
    #expect(try await codes(3) == ["CONFIG_MISMATCH"])
    #expect(try await codes(2) == [])
    #expect(try await codes(2, "min_config_share: 0") == ["CONFIG_MISMATCH"])
  }

  @Test func theWindowBeginsWithItsFirstInstant() async throws {
    func codes(_ days: Int64) async throws -> [String] {
      try await Parity.finding(Parity.yaml("window_days: 7")) { appender in
        try Parity.spans(appender, 20, days: days)
        try Parity.measured(appender, "eval", passes: 930, of: 1000)
        try Parity.measured(appender, "prod", passes: 920, of: 1000)
      }.codes(.unknown)
    }
    #expect(try await codes(-7) == [])
    #expect(try await codes(-8) == ["NO_BUNDLE"])
  }

  @Test func hostileValuesAreOrdinary() async throws {
    let finding = try await Parity.finding { appender in
      for (number, marks) in ["{}", "{\"measured_in\":7}", "{\"measured_in\":null}", "{\"measured_in\":\"'; --\"}"]
        .enumerated()
      {
        var trial = TrialRecord.trial("bookings", "__proto__-\(number)", "prod", passed: true)
        (trial.suiteVersion, trial.configSHA256, trial.attributes) = ("1", Parity.tested, marks)
        (trial.outputTokens, trial.trafficCluster) = (number == 0 ? .max : -5, "=1+1")
        try appender.append(trial)
      }
      try Parity.spans(appender, 20) { ($1.outputTokens, $1.attributes) = (.max, "{\"valid\":\"yes\"}") }
      try Parity.measured(appender, "prod", passes: 920, of: 1000, topic: "'; --")
    }
    #expect(finding.value("evaluation_items") == 3 && finding.verdict != .pass)
    #expect(finding.measures.allSatisfy { $0.value?.isFinite ?? true })
  }

  @Test func limitsOfOneKindMayBeEqual() {
    var policy = EvalProdParity.Policy()
    (policy.tolerated, policy.aucWarn) = (policy.gap, policy.aucFail)
    #expect(policy.faults().isEmpty)
    policy.tolerated += 0.01
    policy.aucWarn += 0.01
    #expect(policy.faults().map(\.key) == ["tolerated", "auc_warn"])
  }
}
