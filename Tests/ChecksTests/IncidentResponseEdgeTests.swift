import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `incident-response` where a value, a change or a version is only just in time, or only just too many.
@Suite struct IncidentResponseEdgeTests {
  private static let now = IncidentWorld.now

  private static func value(
    _ value: Double, secondsAgo: Int64, _ versions: [(surface: String, version: String)] = []
  ) -> SignalValue {
    SignalValue(at: now.advanced(by: .seconds(-secondsAgo)) ?? now, value: value, id: nil, versions: versions)
  }

  /// Windows of a minute, two of which confirm, before which ten minutes are the time before.
  private static func windows(_ change: (inout SignalSettings) -> Void = { _ in }) -> SignalWindows {
    var settings = SignalSettings()
    (settings.window, settings.baseline, settings.minN) = (.seconds(60), .seconds(600), 2)
    change(&settings)
    return SignalWindows(settings, IncidentResponse.Policy(), asOf: now)
  }

  @Test func whatIsJustInTimeCounts() {
    var windows = Self.windows()
    for secondsAgo: Int64 in [0, 60, 61, 120, 121, 720, 721, -1] { windows.add(Self.value(1, secondsAgo: secondsAgo)) }
    #expect(windows.windows[0].count == 2 && windows.windows[1].count == 2)
    #expect(windows.baseline.count == 2)
    #expect(windows.baseline.mean == 1 && Self.windows().baseline.mean == nil)
  }

  @Test func aShiftAtItsLimits() throws {
    func shift(_ now: [Double], alpha: Double, minEffect: Double = 0.1) throws -> SignalWindows.Shift {
      var windows = Self.windows { ($0.kind, $0.direction, $0.minEffect) = (.proportion, .up, minEffect) }
      for place in 0..<20 { windows.add(Self.value(place < 10 ? 1 : 0, secondsAgo: 200)) }
      for value in now { windows.add(Self.value(value, secondsAgo: 30)) }
      return try #require(windows.shift(of: 0, alpha: alpha))
    }
    let most = try shift(Array(repeating: 1, count: 9) + [0], alpha: 0)
    #expect(!most.isAlarm && most.pValue > 0 && most.pValue < 1)
    #expect(try shift(Array(repeating: 1, count: 9) + [0], alpha: most.pValue).isAlarm)
    #expect(try shift(Array(repeating: 1, count: 9) + [0], alpha: most.pValue, minEffect: 0.4).isAlarm)
    #expect(try !shift(Array(repeating: 1, count: 9) + [0], alpha: most.pValue, minEffect: 0.401).isAlarm)
    // What did not change is no alarm, however little is asked for.
    #expect(try !shift([1, 1, 0, 0], alpha: 1, minEffect: 0).isAlarm)
  }

  @Test func badIsWhatIsWorseThanBefore() {
    for (direction, bad, good) in [(SignalSettings.Direction.down, 3.0, 5.0), (.up, 5, 3)] {
      var windows = Self.windows { ($0.kind, $0.direction) = (.mean, direction) }
      for value in [3.0, 5] { windows.add(Self.value(value, secondsAgo: 200)) }
      #expect(windows.isBad(bad) && !windows.isBad(good) && !windows.isBad(4))
    }
  }

  @Test func versionsAreKnownFromTheirFirstValueOn() {
    func instant(_ secondsAgo: Int64) -> Instant { Self.value(0, secondsAgo: secondsAgo).at }
    var windows = Self.windows()
    windows.add(Self.value(1, secondsAgo: 500, [("prompt", "p1")]))
    // Of a version, the earliest counts, in whichever order they come.
    for secondsAgo: Int64 in [300, 400, 350] { windows.add(Self.value(1, secondsAgo: secondsAgo, [("prompt", "p2")])) }
    #expect(windows.isKnown("prompt", "p2", before: instant(399)) == true)
    #expect(windows.isKnown("prompt", "p2", before: instant(400)) == false)
    #expect(windows.isKnown("prompt", "p1", before: instant(500)) == nil)
    #expect(windows.isKnown("prompt", "p3", before: instant(0)) == false)
    #expect(windows.isKnown("index", "i1", before: instant(0)) == nil)
    // Of more versions than are told apart, one that found no room may be an old one.
    for number in 3..<SignalWindows.mostVersions {
      windows.add(Self.value(1, secondsAgo: 100, [("prompt", "p\(number)")]))
    }
    #expect(windows.isKnown("prompt", "late", before: instant(0)) == false)
    windows.add(Self.value(1, secondsAgo: 100, [("prompt", "last")]))
    windows.add(Self.value(1, secondsAgo: 100, [("prompt", "late")]))
    #expect(windows.isKnown("prompt", "last", before: instant(100)) == false)
    #expect(windows.isKnown("prompt", "late", before: instant(100)) == true)
  }

  @Test func replaysAtTheirAlpha() {
    func replay(_ current: Int, _ previous: Int) -> IncidentResponse.Replay {
      .init(
        current: .init(variant: "current", bad: current, count: 20),
        previous: .init(variant: "previous", bad: previous, count: 20))
    }
    let worse = replay(9, 2)
    #expect(worse.shows(alpha: worse.pValue) && !worse.shows(alpha: worse.pValue.nextDown))
    #expect(!worse.reversed.shows(alpha: 1) && replay(2, 9).reversed.shows(alpha: worse.pValue))
    #expect(!replay(5, 5).shows(alpha: 1) && !replay(5, 5).reversed.shows(alpha: 1))
  }

  @Test func theWorstPreviousConfigurationIsSaid() async throws {
    var world = IncidentWorld()
    world.incident(replays: (current: (2, 20), previous: (9, 20)))
    let finding = try await world.finding("incident I-1")
    let p = try #require(finding.value("p"))
    let text = "the previous configuration is the worse one"
    for (alpha, isSaid) in [(p, true), (p.nextDown, false)] {
      let finding = try await world.finding("incident I-1", policy: "replay_alpha: \(alpha)")
      #expect(finding.reasons.contains { $0.text.contains(text) } == isSaid)
    }
  }

  @Test func candidatesInTime() async throws {
    let settings = "signals: {csat: {feature: support, kind: mean, min_n: 4, min_effect: 0.1}}"
    func world(_ change: (inout IncidentWorld) -> Void = { _ in }) -> IncidentWorld {
      var world = IncidentWorld()
      world.values(400, mean: 4.2, minutesAgo: 125...10_000) { $1.promptSHA256 = "p1" }
      // The older window begins with its first value, at the onset itself.
      for minutes in [120.0, 100, 90, 80, 40, 30, 20, 10] {
        world.value(1 + minutes / 1_000, at: IncidentWorld.ago(minutes)) { $0.promptSHA256 = "p2" }
      }
      change(&world)
      return world
    }
    let finding = try await world().finding("csat", settings)
    #expect(finding.codes(.fail).contains("SIGNAL_SHIFTED") && finding.evidence.count == 8)
    #expect(finding.value("before") != nil && close(finding.value("before"), 4.2))
    func rows(_ finding: Finding) throws -> [[String]] {
      try #require(
        finding.figures.compactMap { figure -> [[String]]? in
          guard case .table(let title, _, let rows) = figure, title.hasPrefix("What may have made") else { return nil }
          return rows
        }.first)
    }
    // All that it answered was bad, and half of what the other did: 8 of 8 beside 200 of 400.
    let found = try #require(try rows(finding).first)
    #expect(found[0] == "prompt" && found[1] == "p2" && found[4] == "8/8")
    let others = found[5].split(separator: "/").compactMap { Int($0) }
    #expect(others.count == 2 && others[1] > 50 && others[0] < others[1])
    // Changes at the very beginning of the look-back and at the onset are candidates; before and after they are none.
    let lookback = IncidentResponse.Policy().lookback
    let minutes = Double(lookback.components.seconds) / 60
    let changed = try await world {
      for (surface, ago) in [("first", 120 + minutes), ("last", 120), ("before", 120.1 + minutes), ("after", 119.9)] {
        $0.change(surface, to: nil, minutesAgo: ago)
      }
    }.finding("csat", settings)
    let surfaces = try rows(changed)
    #expect(Set(surfaces.map { $0[0] }) == ["prompt", "first", "last"])
    // Of what cannot be compared, nothing is said, and the nearer comes first.
    #expect(surfaces.dropFirst().map { $0[0] } == ["last", "first"])
    #expect(surfaces.dropFirst().allSatisfy { Array($0[4...]) == ["–", surfaces[1][5], "–"] })
  }

  /// The look-back begins with its first instant, and tells so many versions of a surface apart.
  @Test func theRankingAtItsLimits() async throws {
    let bench = try await CheckBench(IncidentWorld.yaml)
    let ranked = try await bench.ledger.read { snapshot in
      var ranking = SurfaceRanking(onset: Self.now, lookback: .seconds(60))
      for (version, secondsAgo) in [("in", 60), ("out", 61)] as [(String, Int64)] {
        ranking.add(Self.value(1, secondsAgo: secondsAgo, [("prompt", version)]), isBad: true)
      }
      for number in 0...SurfaceRanking.mostVersions {
        ranking.add(Self.value(1, secondsAgo: 1, [("index", "i\(number)")]), isBad: false)
      }
      try ranking.rank(snapshot) { _, _ in false }
      return ranking.candidates.map { ($0.surface, $0.version) }
    }
    #expect(ranked.filter { $0.0 == "prompt" }.map(\.1) == ["in"])
    #expect(ranked.count { $0.0 == "index" } == SurfaceRanking.mostVersions)
  }

  @Test func digestsAreShortened() {
    #expect(IncidentResponse.short(String(repeating: "0a", count: 32)) == "0a0a0a0a0a0a…")
    #expect(IncidentResponse.short(String(repeating: "0a", count: 31) + "xy").count == 64)
    #expect(IncidentResponse.short("2026-01-01") == "2026-01-01")
    #expect(NumberWords.bareP(4.9e-5) == "< 0.0001" && NumberWords.bareP(0.0123) == "0.0123")
  }
}
