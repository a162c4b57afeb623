import Records
import Store
import Testing

@testable import Checks

/// `eval-prod-parity`: the worked examples of its specification, and each step.
@Suite struct EvalProdParityTests {
  // MARK: The worked examples

  static let frames: (old: JSONValue, new: JSONValue) = (["frame": "prod"], ["frame": "eval"])

  @Test func theGapFailsAndFramingExplainsHalf() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.spans(appender, 20)
      try Parity.measured(appender, "eval", passes: 279, of: 300)
      try Parity.measured(appender, "prod", passes: 252, of: 300)
      try Parity.pairs(
        appender, old: Self.frames.old, new: Self.frames.new, both: 250, oldOnly: 7, newOnly: 22, neither: 21)
    }
    #expect(finding.codes(.fail) == ["GAP"] && finding.codes(.unknown) == [] && finding.codes(.warn) == [])
    let gap = try #require(finding.measure("gap"))
    #expect(close(gap.value, 0.09) && close(gap.low, 0.0392) && close(gap.high, 0.1415))
    let framing = try #require(finding.measure("framing"))
    #expect(close(framing.value, 0.05) && close(framing.low, 0.0159) && close(framing.high, 0.0883))
    #expect(close(finding.value("framing_p_value"), 0.0081))
    #expect(close(finding.value("unexplained"), 0.04))
    #expect(close(finding.value("share_framing"), 0.5556) && close(finding.value("share_unexplained"), 0.4444))
    for name in ["contamination", "distribution"] {
      #expect(finding.measure(name) != nil && finding.value(name) == nil)
      #expect(finding.value("share_\(name)") == nil)
    }
    #expect(
      finding.headline
        == "bookings scores 93 % in evaluation and 84 % in production: +9.0 points (+3.9 to +14.2), of which framing "
        + "+5.0 points, unexplained +4.0 points.")
    let rows = finding.figures.compactMap { figure in
      if case .intervals("From evaluation to production", _, let rows) = figure { rows } else { nil }
    }.first
    #expect(rows?.map(\.label) == ["gap", "framing", "contamination", "distribution", "unexplained"])
    #expect(rows?.map(\.note) == ["", "", "not measured", "not measured", ""])
    #expect(rows?.allSatisfy { ($0.value == nil) == ($0.note == "not measured") } == true)
    #expect(finding.next == "Look at what production fails and evaluation passes, largest part first.")
  }

  @Test func anotherTemplateIsTheWholeStory() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.manifest(appender, Parity.tested, ["model": "m", "template": "v37"])
      try Parity.manifest(appender, Parity.other, ["model": "m", "template": "v38"])
      try Parity.spans(appender, 50, config: Parity.other)
      try Parity.spans(appender, 30)
      try Parity.measured(appender, "eval", passes: 279, of: 300)
      try Parity.measured(appender, "prod", passes: 252, of: 300)
    }
    #expect(finding.codes(.fail) == ["CONFIG_MISMATCH"] && finding.codes(.unknown) == [])
    #expect(
      finding.headline
        == "62.5 % of 80 sampled spans are served by another bundle than was tested; it differs in template.")
    // No number about behaviour.
    #expect(finding.measures.map(\.name) == ["calls", "spans", "mismatch_share"])
    #expect(finding.value("mismatch_share") == 0.625)
    guard case .table(_, _, let rows)? = finding.figures.first, finding.figures.count == 1 else {
      Issue.record("one table")
      return
    }
    #expect(rows.map { $0[1] } == ["62.5 %", "37.5 %"] && rows.map { $0[2] } == ["template", "nothing"])
    #expect(finding.evidence.count == 2)
    #expect(finding.codes(.pass) == ["BUNDLE_DIFFERS"])
  }

  @Test func aSmallGapPassesAndAFewItemsDoNotDecide() async throws {
    func gap(_ evaluation: (Int, Int), _ production: (Int, Int)) async throws -> Finding {
      try await Parity.finding { appender in
        try Parity.spans(appender, 20)
        try Parity.measured(appender, "eval", passes: evaluation.0, of: evaluation.1)
        try Parity.measured(appender, "prod", passes: production.0, of: production.1)
      }
    }
    let small = try await gap((2790, 3000), (2700, 3000))
    let measure = try #require(small.measure("gap"))
    #expect(close(measure.value, 0.03) && close(measure.low, 0.0159) && close(measure.high, 0.0442))
    #expect(small.verdict == .pass && small.reasons.isEmpty)
    let few = try await gap((465, 500), (455, 500))
    let undecided = try #require(few.measure("gap"))
    #expect(close(undecided.value, 0.02) && close(undecided.low, -0.0139) && close(undecided.high, 0.0542))
    #expect(few.codes(.unknown) == ["GAP_UNDECIDED"] && few.codes(.pass) == ["PARITY_UNKNOWN"])
    #expect(few.missing == [Finding.Missing("items of each, in evaluation and in production", 128)])
    #expect(few.value("share_unexplained") == nil)
  }

  @Test func aProbeThatTellsTestsApartWarns() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.fine(appender)
      let tests = [0.9, 0.8, 0.7, 0.6, 0.55, 0.5].map { ($0 as Double?, "eval" as String?) }
      let live = [0.6, 0.4, 0.35, 0.3, 0.2, 0.5].map { ($0 as Double?, "prod" as String?) }
      try Parity.probe(appender, tests + live)
    }
    let area = try #require(finding.measure("probe_area"))
    #expect(close(area.value, 0.9167) && close(area.low, 0.7589) && area.high == 1)
    #expect(finding.verdict == .warn && finding.codes(.warn) == ["UNMASKED"])
  }

  // MARK: The parts

  @Test func knownWordingIsContamination() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.fine(appender)
      try Parity.pairs(
        appender, old: ["form": "paraphrase"], new: ["form": "original"], both: 240, oldOnly: 10, newOnly: 40,
        neither: 10)
    }
    #expect(finding.codes(.fail) == ["CONTAMINATED"])
    #expect(close(finding.value("contamination"), 0.1))
    #expect(finding.value("contamination_pairs") == 300)
    #expect(finding.next == "Replace the items that the model knows, and score it on paraphrases until then.")
  }

  /// The evaluation asks half about easy topics, production a tenth.
  @Test func otherTopicsAreDistribution() async throws {
    let finding = try await Parity.finding { appender in
      try Parity.spans(appender, 20)
      try Parity.measured(appender, "eval", passes: 500, of: 500, topic: "easy", prefix: "e")
      try Parity.measured(appender, "eval", passes: 400, of: 500, topic: "hard", prefix: "h")
      try Parity.measured(appender, "prod", passes: 100, of: 100, topic: "easy", prefix: "e")
      try Parity.measured(appender, "prod", passes: 720, of: 900, topic: "hard", prefix: "h")
    }
    #expect(close(finding.value("gap"), 0.9 - 0.82))
    // (0.5 − 0.1)·1 + (0.5 − 0.9)·0.8.
    let distribution = try #require(finding.measure("distribution"))
    #expect(close(distribution.value, 0.08))
    // MOVER over the limits of 500/500 and 400/500.
    #expect(close(distribution.low, 0.0666) && close(distribution.high, 0.0949))
    #expect(close(finding.value("distribution_covered"), 1) && close(finding.value("unexplained"), 0))
  }

  @Test func topicsWithFewItemsSayNothingAndTrafficStandsIn() async throws {
    let finding = try await Parity.finding { appender in
      for (number, topic) in ["easy", "hard", "rare"].enumerated() {
        try Parity.spans(appender, 100, days: -Int64(number + 1)) { $1.trafficCluster = topic }
      }
      try Parity.measured(appender, "eval", passes: 100, of: 100, topic: "easy", prefix: "e")
      try Parity.measured(appender, "eval", passes: 60, of: 100, topic: "hard", prefix: "h")
      try Parity.measured(appender, "eval", passes: 4, of: 4, topic: "rare", prefix: "r")
      try Parity.measured(appender, "prod", passes: 160, of: 200)
    }
    // Half and half on both sides, once the rare topic is left out.
    #expect(close(finding.value("distribution"), 0) && close(finding.value("distribution_covered"), 2.0 / 3))
    let five = try await Parity.finding { appender in
      try Parity.spans(appender, 100) { $1.trafficCluster = "rare" }
      try Parity.measured(appender, "eval", passes: 100, of: 100, topic: "easy", prefix: "e")
      try Parity.measured(appender, "eval", passes: 0, of: 5, topic: "rare", prefix: "r")
      try Parity.measured(appender, "prod", passes: 160, of: 200)
    }
    #expect(close(five.value("distribution"), 100.0 / 105))
  }

  // MARK: How answers look

  @Test func answersThatLookDifferentWarn() async throws {
    let finding = try await Parity.finding { appender in
      for number in 0..<200 {
        var span = Parity.span(number)
        span.outputTokens = Int64(100 + number)
        span.refusal = number < 40
        span.finishReason = number < 100 ? "tool_calls" : "stop"
        span.attributes = #"{"valid":true}"#
        try appender.append(span)
      }
      try Parity.measured(appender, "eval", passes: 930, of: 1000) { number, trial in
        trial.outputTokens = Int64(100 + number / 5)
        let marks: JSONValue = [
          "measured_in": "eval", "refusal": .bool(false), "finish_reason": number % 2 == 0 ? "tool_use" : "stop",
          "valid": .bool(number >= 10),
        ]
        trial.attributes = try? marks.canonical()
      }
      try Parity.measured(appender, "prod", passes: 920, of: 1000)
    }
    #expect(finding.reasons.filter { $0.verdict == .warn }.map(\.about) == ["refusal"])
    #expect(finding.codes(.warn) == ["INVARIANT_SHIFT"])
    #expect(finding.value("length_distance") == 0 && close(finding.value("refusal_distance"), 0.2))
    #expect(finding.value("tool_calls_distance") == 0 && close(finding.value("validity_distance"), 0.01))
    #expect(close(finding.value("validity_p_value"), 1, 1e-3))
    guard case .table("How answers look", _, let rows)? = finding.figures.last else {
      Issue.record("a table")
      return
    }
    #expect(rows.map { $0[0] } == ["length", "refusal", "tool calls", "validity"])
    #expect(rows[1][1] == "0 %" && rows[1][2] == "20 %")
  }

  /// A probe alone warns; with behaviour that differs it fails.
  @Test func theModelKnowsTheTest() async throws {
    func finding(framing: (old: Int, new: Int)) async throws -> Finding {
      try await Parity.finding { appender in
        try Parity.fine(appender)
        try Parity.probe(appender, (0..<60).map { (Double($0), $0 < 30 ? "prod" : "eval") })
        try Parity.pairs(
          appender, old: Self.frames.old, new: Self.frames.new, both: 200, oldOnly: framing.old, newOnly: framing.new)
      }
    }
    let aware = try await finding(framing: (2, 20))
    #expect(aware.codes(.fail) == ["TEST_AWARE"] && aware.codes(.warn) == ["UNMASKED"])
    let unmasked = try await finding(framing: (10, 10))
    #expect(unmasked.codes(.fail) == [] && unmasked.codes(.warn) == ["UNMASKED"])
    // A model that does worse in tests knows them as well.
    #expect(try await finding(framing: (20, 2)).codes(.fail) == ["TEST_AWARE"])
  }
}
