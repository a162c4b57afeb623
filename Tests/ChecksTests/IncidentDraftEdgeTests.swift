import Project
import Records
import Store
import Testing

@testable import Checks

/// A post-mortem where something is only just in time, or only just too many.
@Suite struct IncidentDraftEdgeTests {
  /// What happens at the very end of an incident, and at the very beginning of its look-back, belongs to it.
  @Test func aDraftAtItsLimits() async throws {
    let none = try #require(
      try await IncidentDraftTests.draft(
        IncidentDraftTests.world { ($0.onsetAt, $0.closedAt) = (IncidentWorld.now, IncidentWorld.now) }))
    #expect(none.before == nil && none.during == nil && none.end == IncidentWorld.now)
    var world = IncidentDraftTests.world { ($0.state, $0.closedAt) = ("closed", IncidentWorld.now) }
    let lookback = Double(IncidentResponse.Policy().lookback.components.seconds) / 60
    for (surface, ago) in [("first", 120 + lookback), ("early", 120.1 + lookback), ("last", 0)] {
      world.change(surface, to: nil, minutesAgo: ago)
    }
    let bench = try await CheckBench(IncidentWorld.yaml)
    let (records, project) = (world.records, bench.project)
    try await bench.append { appender in for record in records { try appender.append(record) } }
    let findings = try await bench.run(["incident-response"]).findings
    #expect(findings.contains { $0.subject == "csat" && $0.verdict != .pass && $0.at == IncidentWorld.now })
    try await bench.append { appender in for finding in findings { try appender.append(Record.finding(finding)) } }
    let (draft, judges) = try await bench.ledger.read { snapshot in
      var seen = IncidentTraffic()
      let (source, at) = (SignalSource(name: "csat", settings: SignalSettings()), IncidentWorld.ago(119))
      try seen.readJudges(source, from: at, to: at, snapshot)
      return (
        try IncidentResponse.draft(of: "I-1", project: project, ledger: snapshot, now: IncidentWorld.now),
        seen.words(of: "judge")
      )
    }
    let lanes = try #require(draft).timeline.map(\.lane)
    #expect(lanes.contains("first") && lanes.contains("last") && !lanes.contains("early"))
    #expect(lanes.contains("check") && judges != nil)
  }

  @Test func versionsBeyondThoseThatAreToldApart() throws {
    var traffic = IncidentTraffic()
    for number in 0..<IncidentTraffic.mostVersions { traffic.count("prompt", "p\(number)") }
    for _ in 0..<2 { traffic.count("prompt", "late") }
    for _ in 0..<3 { traffic.count("prompt", "p7") }
    #expect(try #require(traffic.words(of: "prompt")).hasPrefix("p7 (4), others (2), p0 (1)"))
  }
}
