import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

@Suite struct IncidentResponseTests {
  /// Baseline 4.21, sd 0.9, n 20,000. At n 40 the fall to 4.05 is noise; at n 2,000 it is an alarm, SEV2.
  @Test func theWorkedExample() async throws {
    let few = try await IncidentWorld.hours(40, mean: 4.05).finding()
    #expect(few.verdict == .pass && few.value("values") == 40 && few.value("values_before") == 20_000)
    let change = try #require(few.measure("change"))
    #expect(close(change.value, -0.16, 1e-9) && close(change.low, -0.448, 5e-4) && close(change.high, 0.128, 5e-4))
    #expect(close(few.value("t"), -1.12, 5e-3) && close(few.value("p"), 0.268, 2e-3))
    let many = try await IncidentWorld.hours(2_000, mean: 4.05).finding()
    #expect(many.codes(.fail) == ["SIGNAL_SHIFTED"] && many.codes(.unknown).isEmpty)
    let shift = try #require(many.measure("change"))
    #expect(close(shift.low, -0.2013, 5e-4) && close(shift.high, -0.1187, 5e-4) && close(many.value("t"), -7.58, 5e-3))
    #expect(close(many.value("p"), 4.9e-14, 2e-14))
    #expect(many.value("severity_points") == 5 && many.value("alarms_in_a_row") == 2)
    #expect(
      many.headline == "csat has fallen by 0.16 (−0.2014 to −0.1186) to 4.05, confirmed in 2 windows: SEV2."
        || many.headline == "csat has fallen by 0.16 (−0.2013 to −0.1187) to 4.05, confirmed in 2 windows: SEV2.",
      "\(many.headline)")
    #expect(many.next == "prompts: pin the last prompt.")
    #expect(!many.evidence.isEmpty)
  }

  /// 9 of 50 against 1 of 50 shows it; 3 of 50 against 1 of 50 needs 373 of each.
  @Test func theReplaysOfTheExample() async throws {
    var shown = IncidentWorld()
    shown.incident(replays: ((9, 50), (1, 50))) { $0.surfaceFound = "model" }
    let pass = try await shown.finding("incident I-1")
    #expect(pass.verdict == .pass && close(pass.value("p"), 0.0157))
    #expect(
      pass.headline
        == "Incident I-1 in support is open: 9 of 50 replays are bad with current, 1 of 50 with previous (p 0.0157); the surface is model."
    )
    var thin = IncidentWorld()
    thin.incident(replays: ((3, 50), (1, 50)))
    let more = try await thin.finding("incident I-1")
    #expect(more.codes(.unknown) == ["COLLECT_MORE"] && close(more.value("p"), 0.617, 5e-4))
    #expect(more.value("replays_planned") == 373)
    #expect(more.missing == [.init("replays of each configuration", 323)])
    #expect(more.next == "Make 323 more replays of each configuration: trials of the suite replay:I-1.")
  }

  @Test func closingWithoutAJudgeIsRefused() async throws {
    let closure = """
      {"prompt_sha256":"p","model_served":"m","route_slice":"all","judge_config":"","index_state":"i",
      "tool_schema_versions":"t","traffic_mix":"as before","cohort":"all","bad_rate":"9/50","regression_item_id":"case-7"}
      """
    func finding(_ state: String, closure: String?) async throws -> Finding {
      var world = IncidentWorld()
      world.incident(state, replays: ((9, 50), (1, 50))) { $0.closure = closure }
      return try await world.finding("incident I-1")
    }
    let hasty = try await finding("closed", closure: closure)
    #expect(hasty.codes(.fail) == ["INCIDENT_INCOMPLETE"] && hasty.missing == [.init("closure.judge_config", 1)])
    #expect(hasty.next == "Write closure.judge_config before it is closed.")
    let whole = closure.replacing("\"judge_config\":\"\"", with: "\"judge_config\":\"j@2\"")
    #expect(try await finding("closed", closure: whole).verdict == .pass)
    let elsewhere = try await finding("closed", closure: whole.replacing("case-7", with: "case-99"))
    #expect(elsewhere.missing == [.init("closure.regression_item_id", 1)])
    #expect(try await finding("open", closure: nil).verdict == .pass)
    #expect(try await finding("dismissed", closure: nil).missing == [.init("closure.bad_rate", 1)])
    #expect(try await finding("dismissed", closure: #"{"bad_rate":"0/40"}"#).verdict == .pass)
  }

  @Test func whatMayHaveMadeItWorse() async throws {
    var world = IncidentWorld()
    world.values(2_000, mean: 4.2, minutesAgo: 121...10_080) { ($1.modelServed, $1.promptSHA256) = ("m1", "p1") }
    // In the last two hours half of the answers come from another model, and those are bad.
    world.values(400, mean: 4.2, minutesAgo: 0.5...119) { ($1.modelServed, $1.promptSHA256) = ("m1", "p2") }
    world.values(400, mean: 3.0, minutesAgo: 0.5...119) { ($1.modelServed, $1.promptSHA256) = ("m2", "p2") }
    world.change("prompt", to: "p2", minutesAgo: 125)
    world.change("index", to: "i9", minutesAgo: 200)
    world.change("code", to: nil, minutesAgo: 1_560)
    world.change("judge", to: nil, minutesAgo: 1_561)
    world.change("data", to: nil, minutesAgo: 119)
    let finding = try await world.finding()
    #expect(finding.codes(.fail) == ["SIGNAL_SHIFTED"])
    guard case .table(_, let columns, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(columns == ["surface", "version", "by", "at", "bad", "bad of others", "p"])
    // The model of its own accord, then the prompt; then what says nothing, the nearest first. Older and later changes are none.
    #expect(rows.map { $0[0] } == ["model", "prompt", "index", "code"], "\(rows)")
    #expect(rows[0][1] == "m2" && rows[0][2] == "not changed by us" && rows[1][2] == "a change")
    #expect(rows[0][6] == "< 0.0001" && rows[2][6] == "–")
  }

  @Test func aSignalThatStandsPasses() async throws {
    let finding = try await IncidentWorld.hours(200, mean: 4.21).finding()
    #expect(finding.verdict == .pass && finding.reasons.isEmpty && finding.figures.isEmpty)
    #expect(finding.headline == "csat stands: 4.21 in 200 values, 4.21 before.")
    #expect(finding.next == "Nothing to do: keep the values coming.")
  }

  @Test func notApplicableAndNeverSeen() async throws {
    let bare = try await CheckBench("")
    #expect(try await bare.run(["incident-response"]).notApplicable == ["incident-response"])
    let unseen = try await IncidentWorld().finding()
    #expect(unseen.codes(.unknown) == ["NO_DATA"] && unseen.missing == [.init("values of csat", 30)])
  }

  @Test func incidentsThatAreJudged() async throws {
    let bench = try await CheckBench("")
    let now = CheckBench.now
    try await bench.append { appender in
      for (id, state, days) in [
        ("old", "closed", 31), ("recent", "closed", 30), ("ancient", "open", 400), ("done", "open", 50),
        ("done", "dismissed", 40),
      ] as [(String, String, Int64)] {
        var incident = IncidentRecord()
        (incident.incidentID, incident.feature, incident.state, incident.at) = (id, "f", state, now.adding(days: -days))
        try appender.append(.incident(incident))
      }
    }
    let findings = try await bench.run(["incident-response"]).findings
    #expect(findings.map(\.subject) == ["incident ancient", "incident recent"])
    #expect(findings[0].codes(.unknown) == ["COLLECT_MORE"])
    #expect(findings[0].headline == "Incident ancient in f is open, and nobody replayed what went wrong.")
  }

  @Test func signalsOfSpans() async throws {
    /// A day of 24 windows of an hour before the last two.
    func finding(_ source: String, _ fill: @escaping (Bool, Int, inout SpanRecord) -> Void) async throws -> Finding {
      var world = IncidentWorld()
      for hour in 0..<26 {
        for place in 0..<40 {
          world.value(0, at: IncidentWorld.ago(Double(60 * hour) + 1 + Double(place))) { fill(hour < 2, place, &$0) }
        }
      }
      let yaml = "signals: {s: {feature: support, window: 1h, baseline: 1d, \(source)}}"
      return try await world.finding("s", yaml)
    }
    let refusals = try await finding("source: refusal") { isBad, place, span in
      span.refusal = isBad ? place % 2 == 0 : place % 40 == 0
    }
    #expect(refusals.codes(.fail) == ["SIGNAL_SHIFTED"] && refusals.value("value") == 0.5)
    #expect(refusals.headline.hasPrefix("s has risen by 47.5 points (+"), "\(refusals.headline)")
    // Half of the answers of the only feature are met: harm 2 and 3 points.
    #expect(refusals.value("affected_share") == 0.5 && refusals.value("severity_points") == 5)
    let errors = try await finding("source: error, direction: up, irreversible: true, harm: 4") { isBad, place, span in
      if isBad, place % 2 == 0 { span.status = .timeout }
    }
    #expect(errors.codes(.fail) == ["SIGNAL_SHIFTED"] && errors.value("severity_points") == 9)
    let slow = try await finding("source: latency, min_effect: 1") { isBad, place, span in
      span.endedAt = span.startedAt.advanced(by: .milliseconds((isBad ? 3_000 : 1_000) + place))
    }
    #expect(slow.codes(.fail) == ["SIGNAL_SHIFTED"] && close(slow.value("change"), 2, 1e-9))
    let tokens = try await finding("source: output_tokens, direction: down, min_effect: 50") { isBad, place, span in
      span.outputTokens = Int64(isBad ? 100 : 200) + Int64(place)
    }
    #expect(tokens.codes(.fail) == ["SIGNAL_SHIFTED"] && tokens.value("value") == 119.5)
    // Better is no alarm.
    let shorter = try await finding("source: output_tokens, min_effect: 50") { isBad, place, span in
      span.outputTokens = Int64(isBad ? 100 : 200) + Int64(place)
    }
    #expect(shorter.codes(.fail).isEmpty && shorter.codes(.warn).isEmpty)
    let empty = try await finding("source: retrieved") { isBad, place, span in
      span.spanKind = "retrieval"
      span.retrieved = isBad && place % 2 == 0 ? "[]" : #"[{"doc_id":"d"}]"#
    }
    #expect(empty.codes(.fail) == ["SIGNAL_SHIFTED"] && empty.value("value") == 0.5)
    let calls = try await finding("source: tool, name: search, direction: down") { isBad, place, span in
      (span.spanKind, span.tool) = ("tool", isBad && place % 2 == 0 ? "guess" : "search")
    }
    #expect(calls.codes(.fail) == ["SIGNAL_SHIFTED"])
  }
}
