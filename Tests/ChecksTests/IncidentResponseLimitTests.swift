import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `incident-response` exactly at its limits.
@Suite struct IncidentResponseLimitTests {
  private func yaml(_ settings: String) -> String {
    IncidentWorld.yaml.replacing("{feature: support}", with: "{feature: support, \(settings)}")
  }

  @Test func theLevelOfAnAlarm() async throws {
    let world = IncidentWorld.hours(100, mean: 3.9, baseline: 1_000)
    let p = try #require(try await world.finding().value("p"))
    #expect(p < 0.01 && p > 1e-4)
    #expect(try await world.finding(policy: "alert_alpha: \(p)").codes(.fail) == ["SIGNAL_SHIFTED"])
    #expect(try await world.finding(policy: "alert_alpha: \(p * 0.999)").verdict == .pass)
  }

  @Test func theSmallestChangeThatCounts() async throws {
    let world = IncidentWorld.hours(2_000, mean: 4.05)
    #expect(try await world.finding("csat", yaml("min_effect: 0.16")).codes(.fail) == ["SIGNAL_SHIFTED"])
    #expect(try await world.finding("csat", yaml("min_effect: 0.1601")).verdict == .pass)
    // Better is no alarm, however much.
    #expect(try await IncidentWorld.hours(2_000, mean: 4.9).finding().verdict == .pass)
    #expect(try await world.finding("csat", yaml("direction: up, min_effect: 0")).verdict == .pass)
  }

  @Test func oneWindowWarns() async throws {
    func finding(_ newest: Double, _ earlier: Double, policy: String = "") async throws -> Finding {
      var world = IncidentWorld()
      world.values(2_000, mean: 4.21, minutesAgo: 121...10_080)
      world.values(400, mean: earlier, minutesAgo: 60.5...119)
      world.values(400, mean: newest, minutesAgo: 0.5...59)
      return try await world.finding(policy: policy)
    }
    let newest = try await finding(3.5, 4.21)
    #expect(newest.codes(.warn) == ["SIGNAL_SHIFTED"] && newest.value("alarms_in_a_row") == 1)
    #expect(newest.reasons[0].text.hasSuffix("in the newest window alone: it is not confirmed."))
    let earlier = try await finding(4.21, 3.5)
    #expect(earlier.codes(.warn) == ["SIGNAL_SHIFTED"] && earlier.value("alarms_in_a_row") == 0)
    #expect(earlier.reasons[0].text.hasSuffix("in an earlier window alone: it is not confirmed."))
    #expect(try await finding(3.5, 4.21, policy: "confirm_windows: 1").codes(.fail) == ["SIGNAL_SHIFTED"])
    #expect(try await finding(3.5, 3.5, policy: "confirm_windows: 3").codes(.warn) == ["SIGNAL_SHIFTED"])
  }

  @Test func valuesThatAreTooFew() async throws {
    func finding(_ newest: Int, _ earlier: Int, baseline: Int = 1_000, mean: Double = 4.21) async throws -> Finding {
      var world = IncidentWorld()
      if baseline > 0 { world.values(baseline, mean: 4.21, minutesAgo: 121...10_080) }
      if earlier > 0 { world.values(earlier, mean: mean, minutesAgo: 60.5...119) }
      if newest > 0 { world.values(newest, mean: mean, minutesAgo: 0.5...59) }
      return try await world.finding()
    }
    #expect(try await finding(30, 0).verdict == .pass)
    let few = try await finding(29, 100)
    #expect(few.codes(.unknown) == ["TOO_FEW"] && few.missing == [.init("values in a window", 1)])
    // An alarm that the window before cannot confirm.
    let open = try await finding(200, 29, mean: 3)
    #expect(open.codes(.warn) == ["SIGNAL_SHIFTED"] && open.codes(.unknown) == ["TOO_FEW"] && open.verdict == .unknown)
    #expect(try await finding(200, 30, mean: 3).codes(.fail) == ["SIGNAL_SHIFTED"])
    #expect(try await finding(100, 100, baseline: 30).verdict == .pass)
    let young = try await finding(100, 100, baseline: 29)
    #expect(young.missing == [.init("values before the windows", 1)])
  }

  @Test func silence() async throws {
    func finding(
      _ minutesAgo: Double, _ settings: String = "min_n: 2", policy: String = "", heartbeat: Double? = nil
    ) async throws -> Finding {
      var world = IncidentWorld()
      world.values(1_000, mean: 4.21, minutesAgo: 121...10_080)
      world.value(4, at: IncidentWorld.ago(minutesAgo))
      if let heartbeat {
        var beat = HeartbeatRecord()
        beat.at = IncidentWorld.ago(heartbeat)
        world.records.append(.heartbeat(beat))
      }
      return try await world.finding("csat", yaml(settings), policy: policy)
    }
    let silent = try await finding(121)
    #expect(silent.codes(.fail) == ["SIGNAL_SILENT"] && silent.codes(.unknown).isEmpty && silent.missing.isEmpty)
    #expect(silent.headline == "csat has been silent for 2 windows.")
    // A window holds what happened at its beginning.
    #expect(try await finding(120).codes(.fail).isEmpty)
    #expect(try await finding(119).codes(.unknown) == ["TOO_FEW"])
    #expect(try await finding(119, policy: "silent_windows: 1").codes(.fail) == ["SIGNAL_SILENT"])
    #expect(try await finding(121, "expected_per_window: 0").codes(.fail).isEmpty)
    #expect(try await finding(121, heartbeat: 120).reasons[0].text.contains("signs of life"))
    #expect(try await !finding(121, heartbeat: 121).reasons[0].text.contains("signs of life"))
  }

  @Test func runbooks() async throws {
    let world = IncidentWorld.hours(100, mean: 4.21, baseline: 1_000)
    func codes(_ people: String, _ runbook: String = "{step: a, role: prompts}") async throws -> Finding {
      try await world.finding(
        "csat", "signals: {csat: {feature: support}}\nrunbooks: {csat: [\(runbook)]}\npeople: {\(people)}")
    }
    #expect(try await codes("ana: {oncall_roles: [prompts]}").verdict == .pass)
    for people in [
      "", "ana: {}", "ana: {oncall_roles: [models]}", "ana: {active: false, oncall_roles: [prompts]}",
      "ana: {until: 2026-06-01, oncall_roles: [prompts]}",
    ] {
      let finding = try await codes(people)
      #expect(finding.codes(.fail) == ["RUNBOOK_NOT_EXECUTABLE"], "\(people)")
      #expect(finding.reasons[0].text == "The step 'a' cannot be done: nobody on call is 'prompts'.")
    }
    #expect(try await codes("ana: {until: 2026-06-02, oncall_roles: [prompts]}").verdict == .pass)
    let unnamed = try await codes("ana: {oncall_roles: [prompts]}", "{step: a}")
    #expect(unnamed.reasons[0].text == "The step 'a' cannot be done: it names no role.")
    let none = try await world.finding("csat", "signals: {csat: {feature: support}}")
    #expect(none.verdict == .pass && none.codes(.pass) == ["NO_RUNBOOK"])
  }

  @Test func nothingVaries() async throws {
    func finding(_ mean: Double) async throws -> Finding {
      var world = IncidentWorld()
      world.values(100, mean: 4, deviation: 0, minutesAgo: 121...10_080)
      world.values(100, mean: mean, deviation: 0, minutesAgo: 0.5...119)
      return try await world.finding()
    }
    #expect(try await finding(4).value("p") == 1)
    let fallen = try await finding(3.5)
    #expect(fallen.value("p") == 0 && fallen.codes(.fail) == ["SIGNAL_SHIFTED"])
  }

  @Test func replaysAtTheirLevel() async throws {
    func finding(_ current: (Int, Int), _ previous: (Int, Int), policy: String = "") async throws -> Finding {
      var world = IncidentWorld()
      world.incident(replays: (current, previous))
      return try await world.finding("incident I-1", IncidentWorld.yaml, policy: policy)
    }
    let p = try #require(try await finding((9, 50), (1, 50)).value("p"))
    #expect(try await finding((9, 50), (1, 50), policy: "replay_alpha: \(p)").verdict == .pass)
    #expect(
      try await finding((9, 50), (1, 50), policy: "replay_alpha: \(p * 0.999)").codes(.unknown) == ["COLLECT_MORE"])
    let equal = try await finding((2, 50), (2, 50))
    #expect(equal.codes(.unknown) == ["COLLECT_MORE"] && equal.missing == [.init("replays of each configuration", nil)])
    let reversed = try await finding((1, 50), (9, 50))
    #expect(reversed.codes(.unknown) == ["COLLECT_MORE"] && reversed.reasons[0].text.contains("is the worse one"))
    // Without replays the rate of the incident says how many would show it.
    var world = IncidentWorld()
    world.incident { ($0.badCount, $0.badTotal) = (9, 50) }
    #expect(try await world.finding("incident I-1").missing == [.init("replays of each configuration", 36)])
  }

  @Test func whoseSeverityDiffers() async throws {
    func finding(_ said: String) async throws -> Finding {
      var world = IncidentWorld()
      world.incident(replays: ((9, 50), (1, 50))) {
        ($0.harm, $0.affectedShare, $0.severity) = (2, 0.2, said)
      }
      return try await world.finding("incident I-1")
    }
    #expect(try await finding("SEV2").reasons.isEmpty)
    let differs = try await finding("SEV4")
    #expect(differs.codes(.pass) == ["SEVERITY_DIFFERS"] && differs.value("severity_points") == 5)
  }
}
