import Records
import Store
import Testing

@testable import Checks

/// What the ledger can write of a post-mortem, and what it cannot.
struct IncidentDraftTests {
  /// From two hours ago on, two models answer calls of two tenants; before, one did.
  static func world(_ change: (inout IncidentRecord) -> Void = { _ in }) -> IncidentWorld {
    var world = IncidentWorld()
    world.values(40, mean: 4.2, minutesAgo: 121...239) { _, span in
      (span.modelServed, span.modelRequested, span.tenant) = ("old", "main", "acme")
    }
    world.values(30, mean: 4.0, minutesAgo: 1...119) { place, span in
      (span.modelServed, span.modelRequested) = (place % 3 == 0 ? "old" : "new", "main")
      span.tenant = place % 10 == 0 ? "acme" : "beta"
      span.status = place == 0 ? .timeout : place < 3 ? .error : .ok
      span.refusal = place == 5
    }
    world.change("prompt", to: "p2", minutesAgo: 130)
    world.change("model", to: "ancient", minutesAgo: 60 * 24 * 3)
    world.incident {
      $0.signal = "csat"
      $0.onsetAt = IncidentWorld.ago(120)
      change(&$0)
    }
    return world
  }

  static func draft(_ world: IncidentWorld, _ id: String = "I-1", asOf: Instant? = nil) async throws -> IncidentDraft? {
    let bench = try await CheckBench(IncidentWorld.yaml)
    let records = world.records
    try await bench.append { appender in for record in records { try appender.append(record) } }
    let project = bench.project
    return try await bench.ledger.read(asOf: asOf) {
      try IncidentResponse.draft(of: id, project: project, ledger: $0, now: CheckBench.now)
    }
  }

  @Test func callsAreCountedFromTheOnsetAndAsLongBefore() async throws {
    let draft = try #require(try await IncidentDraftTests.draft(IncidentDraftTests.world()))
    let (during, before) = (try #require(draft.during), try #require(draft.before))
    #expect((during.count, during.errors, during.refusals) == (30, 3, 1))
    #expect((before.count, before.errors, before.refusals) == (40, 0, 0))
    #expect(during.isWhole && before.isWhole && draft.end == IncidentWorld.now)
  }

  @Test func whatIsClosedEndsThen() async throws {
    let world = IncidentDraftTests.world {
      ($0.state, $0.closedAt) = ("closed", IncidentWorld.ago(60))
    }
    let draft = try #require(try await IncidentDraftTests.draft(world))
    #expect(draft.end == IncidentWorld.ago(60))
    #expect(draft.during?.count == 16 && draft.before?.count == 20)
    #expect(draft.finding.codes(.fail) == ["INCIDENT_INCOMPLETE"])
  }

  @Test func theTimelineBeginsWithTheLookBack() async throws {
    let draft = try #require(try await IncidentDraftTests.draft(IncidentDraftTests.world()))
    #expect(draft.timeline.map(\.lane) == ["prompt", "incident", "incident"])
    #expect(draft.timeline.map(\.text) == ["p2", "begins", "open"])
    #expect(draft.timeline.first?.actor == "bea")
  }

  @Test func fieldsSayWhatTheLedgerShows() async throws {
    let draft = try #require(
      try await IncidentDraftTests.draft(IncidentDraftTests.world { $0.closure = #"{"index_state":"none needed"}"# }))
    let fields = Dictionary(uniqueKeysWithValues: draft.fields.map { ($0.name, $0) })
    #expect(fields["model_served"]?.found == "new (20), old (10)")
    #expect(fields["route_slice"]?.found == "main")
    #expect(fields["traffic_mix"]?.found == "beta (27), acme (3)")
    #expect(fields["judge_config"]?.found == "callers")
    #expect(fields["prompt_sha256"]?.found == nil)
    #expect(fields["index_state"] == .init(name: "index_state", said: "none needed", found: nil, isMissing: false))
    #expect(draft.missing.contains("model_served") && !draft.missing.contains("index_state"))
    #expect(draft.closure["model_served"]?.text == "new (20), old (10)")
    #expect(draft.closure["regression_item_id"]?.text == "tbd")
  }

  @Test func replaysGiveTheRate() async throws {
    var world = IncidentDraftTests.world()
    world.incident(replays: ((9, 50), (1, 50))) {
      ($0.state, $0.at, $0.attributes) = ("triaged", IncidentWorld.ago(20), #"{"by":"ana","reason":"replays show it"}"#)
    }
    let draft = try #require(try await IncidentDraftTests.draft(world))
    #expect(draft.fields.first { $0.name == "bad_rate" }?.found == "9/50")
    #expect(draft.timeline.last?.text == "triaged: replays show it" && draft.timeline.last?.actor == "ana")
    #expect(draft.finding.verdict == .pass)
  }

  @Test func withoutAnOnsetNoCallsAreCounted() async throws {
    let draft = try #require(try await IncidentDraftTests.draft(IncidentDraftTests.world { $0.onsetAt = nil }))
    #expect(draft.during == nil && draft.before == nil)
    #expect(draft.fields.allSatisfy { $0.found == nil })
    #expect(try await IncidentDraftTests.draft(IncidentDraftTests.world(), "I-2") == nil)
  }

  @Test func aFindingIsToldWhenItChanges() async throws {
    let bench = try await CheckBench(IncidentWorld.yaml)
    let records = IncidentDraftTests.world().records
    try await bench.append { appender in for record in records { try appender.append(record) } }
    func finding(_ verdict: Finding.Verdict, minutesAgo: Double) -> Finding {
      var finding = Finding(
        check: "silent-failure", subject: "support", asOf: IncidentWorld.ago(minutesAgo),
        policySHA256: SHA256Digest(of: ""), inputsSHA256: SHA256Digest(of: "\(minutesAgo)"))
      (finding.verdict, finding.headline) = (verdict, "At \(minutesAgo).")
      finding.at = IncidentWorld.ago(minutesAgo)
      return finding
    }
    let said = [
      finding(.pass, minutesAgo: 200), finding(.fail, minutesAgo: 100), finding(.fail, minutesAgo: 90),
      finding(.pass, minutesAgo: 30),
    ]
    try await bench.append { appender in for finding in said { try appender.append(.finding(finding)) } }
    let project = bench.project
    let draft = try await bench.ledger.read {
      try IncidentResponse.draft(of: "I-1", project: project, ledger: $0, now: CheckBench.now)
    }
    let told = try #require(draft).timeline.filter { $0.lane == "check" }.map(\.at)
    #expect(told == [IncidentWorld.ago(100), IncidentWorld.ago(30)])
  }
}
