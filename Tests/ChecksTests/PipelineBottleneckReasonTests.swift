import Records
import Store
import Testing

@testable import Checks

/// What is said about spans that are missing, broken or of somebody else, and about caches and claims.
@Suite struct PipelineBottleneckReasonTests {
  private typealias Part = TraceBench.Part

  private static func yaml(_ settings: String = "", policy: String = "", stages: String = "a: {}, b: {kind: chat}")
    -> String
  {
    "pipelines: {p: {stages: {\(stages)}\(settings), policies: {pipeline-bottleneck: {\(policy)}}}}"
  }

  private static func plain(_ length: Double = 100) -> [TraceBench.Part] {
    [TraceBench.root(length), Part("a", 0, length)]
  }

  private func finding(
    _ yaml: String = yaml(), _ spans: [SpanRecord] = .traces(72, plain()), _ changes: [ChangeRecord] = []
  ) async throws -> Finding {
    try await TraceBench.finding(yaml, spans, changes)
  }

  @Test func withoutPipelinesItDoesNotApply() async throws {
    let bench = try await CheckBench("suites: {s: {}}")
    #expect(try await bench.run([TraceBench.check]).notApplicable == [TraceBench.check])
  }

  @Test func withoutTracesNobodyKnows() async throws {
    let finding = try await finding(Self.yaml(", owner: ana"), [])
    #expect(finding.codes(.unknown) == ["NO_TRACES"] && finding.missing == [Finding.Missing("traces", 72)])
    #expect(finding.value("traces") == 0 && finding.measure("unattributed") == nil && finding.owner == "ana")
    #expect(finding.headline == "Nobody knows what p waits for: 0 whole traces in 7 days.")
    #expect(finding.next == "Get 72 more traces.")
  }

  @Test func oneTraceIsTooFew() async throws {
    let finding = try await finding(Self.yaml(), .traces(1, Self.plain()))
    #expect(finding.codes(.unknown) == ["TOO_FEW"] && finding.missing == [Finding.Missing("traces", 71)])
    #expect(finding.value("share a") == 1 && finding.measure("share a")?.low == nil)
    // Nothing is left without the stage.
    #expect(finding.measure("speed_up a") != nil && finding.value("speed_up a") == nil)
    #expect(finding.headline.hasSuffix("at most −100 of 100 ms in the mean, all there is."))
  }

  @Test func timeWithoutAStageIsNamedByItsNeighbours() async throws {
    let parts = [
      TraceBench.root(100), Part("a", 0, 40), Part("b", 70, 95), Part.unnamed("glue", 42, 52),
    ]
    let finding = try await finding(Self.yaml(), .traces(72, parts))
    #expect(finding.codes(.unknown) == ["UNATTRIBUTED"])
    #expect(close(finding.value("unattributed"), 0.35))
    #expect(
      finding.reasons.first?.text
        == "35 % of the time belongs to no stage; the largest gap is after glue, before b, 18 ms mean.")
    // 35 − 18 = 17 is above 15 still; with the next gap, 10 ms inside `glue`, it is not.
    #expect(
      finding.missing == [
        Finding.Missing("spans after glue, before b, 18 ms mean, and around the next largest gaps", 2)
      ])
  }

  /// 310 ms are nobody's; without the larger gap 150 are, which is what is tolerated.
  @Test func noMoreGapsAreAskedForThanMustBe() async throws {
    let parts = [TraceBench.root(1000), Part("a", 0, 500), Part("b", 660, 850)]
    let finding = try await finding(Self.yaml(), .traces(72, parts))
    #expect(finding.missing == [Finding.Missing("spans after a, before b, 160 ms mean", 1)])
  }

  @Test func gapsAtTheEndsAndInsideAreNamed() async throws {
    func largest(_ parts: [TraceBench.Part]) async throws -> String? {
      try await finding(Self.yaml(), .traces(72, parts)).missing.first?.what
    }
    #expect(
      try await largest([TraceBench.root(100), Part("a", 50, 100)])
        == "spans after the start of root, before a, 50 ms mean")
    #expect(
      try await largest([TraceBench.root(100), Part("a", 0, 50)]) == "spans after a, before the end of root, 50 ms mean"
    )
    #expect(
      try await largest([TraceBench.root(100), Part("a", 0, 50), Part.unnamed("u", 50, 100)])
        == "spans inside u, 50 ms mean")
    // Without any of its stages it is no trace of the pipeline.
    #expect(try await largest([TraceBench.root(100)]) == "traces")
  }

  /// Its feature, or a stage that it declares.
  @Test func onlyItsOwnTracesCount() async throws {
    let other = (0..<9).flatMap { TraceBench.spans("o\($0)", [TraceBench.root(5), Part("z", 0, 5)], feature: "g") }
    let chat = (0..<4).flatMap {
      TraceBench.spans("c\($0)", [TraceBench.root(5), Part.unnamed("call", 0, 5, kind: "chat")], feature: "g")
    }
    let spans = [SpanRecord].traces(2, Self.plain()) + other + chat
    #expect(try await finding(Self.yaml(), spans).value("traces") == 6)
    #expect(try await finding(Self.yaml(", feature: g"), spans).value("traces") == 13)
    #expect(try await finding(Self.yaml(", feature: f"), spans).value("traces") == 2)
    #expect(try await finding(Self.yaml(", feature: h"), spans).codes(.unknown) == ["NO_TRACES"])
  }

  /// The name of the stage wins over the kind; a stage that nobody declared is a stage all the same.
  @Test func stagesComeFromTheSpanThenFromItsKind() async throws {
    let parts = [
      TraceBench.root(100), Part("a", 0, 20, kind: "chat"), Part.unnamed("call", 20, 50, kind: "chat"),
      Part("new", 50, 100),
    ]
    let finding = try await finding(Self.yaml(), .traces(72, parts))
    #expect(finding.value("cap a") == 20 && finding.value("cap b") == 30 && finding.value("cap new") == 50)
    let named = try await self.finding(Self.yaml(stages: "other: {kind: chat}, a: {}"), .traces(72, parts))
    #expect(close(named.value("unattributed"), 0.3))
  }

  @Test func brokenSpansAreCountedAndLeftOut() async throws {
    let twins = TraceBench.spans("twins", Self.plain()) + TraceBench.spans("twins", [Part("a", 0, 1)])
    let spans: [SpanRecord] =
      .traces(72, Self.plain())
      // Open, backwards, and under a parent that is not there.
      + TraceBench.spans(
        "t", [TraceBench.root(100), Part("a", 0, nil), Part("b", 50, 49), Part("a2", 0, 9, parent: "gone", stage: "a")])
      + TraceBench.spans("no root", [Part("a", 0, 100)])
      + TraceBench.spans("two", [TraceBench.root(100), Part("a", 0, 100), Part("second", 0, 100, parent: nil)])
      + TraceBench.spans("open", [TraceBench.root(nil), Part("a", 0, 100)]) + twins
    let finding = try await finding(Self.yaml(policy: "max_missing_share: 0.2"), spans)
    #expect(finding.value("traces") == 73 && finding.value("spans_dropped") == 2)
    #expect(finding.value("traces_skipped") == 4)
    // 1 + 3 + 2 + 3 spans of skipped traces, and two that were dropped.
    #expect(finding.value("excluded") == 11)
    #expect(close(finding.value("cap a"), (7200.0 + 9) / 73))
    #expect(finding.verdict == .pass)
    #expect(try await self.finding(Self.yaml(), spans).codes(.unknown) == ["MISSING_FIELDS"])
  }

  @Test func childrenAreClippedToTheirParent() async throws {
    let parts = [
      TraceBench.root(100), Part("a", -50, 60), Part("b", 60, 500), Part("inner", 90, 700, parent: "b", stage: "c"),
    ]
    let finding = try await finding(Self.yaml(), .traces(72, parts))
    #expect(finding.value("cap a") == 60 && finding.value("cap b") == 30 && finding.value("cap c") == 10)
  }

  @Test func coldAndWarmAreToldApart() async throws {
    let cold = [SpanRecord].traces(
      3, [TraceBench.root(900), Part("a", 0, 900, attributes: #"{"cold":true}"#)], prefix: "cold")
    let warm = [SpanRecord].traces(
      7, [TraceBench.root(100, attributes: #"{"cold":false}"#), Part("a", 0, 100)], prefix: "warm")
    let finding = try await finding(Self.yaml(), cold + warm + .traces(1, Self.plain(200)))
    #expect(finding.value("cold_traces") == 3 && finding.value("cold_p95") == 900)
    #expect(finding.value("warm_p95") == 200)
    #expect(try await self.finding().measure("warm_p95") == nil)
  }

  @Test func cachesMustBeKeyedByWhatTheyDependOn() async throws {
    func finding(_ fields: String, _ settings: String = "", stages: String = "a: {}, b: {}") async throws -> Finding {
      let parts = [
        TraceBench.root(100), Part("a", 0, 100, attributes: #"{"cache_hit":false,"cache_key_fields":[\#(fields)]}"#),
      ]
      return try await self.finding(Self.yaml(settings, stages: stages), .traces(72, parts))
    }
    let whole = #""chunker_version","text_sha256","embedding_model","more""#
    #expect(try await finding(whole).verdict == .pass)
    let bare = try await finding(#""text_sha256""#)
    #expect(bare.codes(.fail) == ["CACHE_KEY_UNVERSIONED"] && bare.reasons.first?.about == "a")
    #expect(
      bare.reasons.first?.text
        == "The cache of a is not keyed by chunker_version, embedding_model: what it holds outlives a change of that.")
    #expect(bare.next == "Key the cache by what it depends on, and empty it once.")
    #expect(try await finding(#""text_sha256""#, ", cache_key: [text_sha256]").verdict == .pass)
    #expect(try await finding(#""text_sha256""#, stages: "a: {cache_key: [text_sha256]}").verdict == .pass)
    #expect(try await finding("", ", cache_key: []").verdict == .pass)
    #expect(try await finding("", stages: "a: {cache_key: [x]}").codes(.fail) == ["CACHE_KEY_UNVERSIONED"])
    // A cache that does not say what it is keyed by says nothing against itself.
    let silent = [TraceBench.root(100), Part("a", 0, 100, attributes: #"{"cache_hit":true}"#)]
    #expect(try await self.finding(Self.yaml(), .traces(72, silent)).verdict == .pass)
  }

  // MARK: Claims

  /// `b` holds 8 of 100 ms, `a` the rest.
  private static let small = [TraceBench.root(100), Part("a", 0, 92), Part("b", 92, 100)]

  @Test func tuningTheSmallStageIsWarnedAbout() async throws {
    let finding = try await finding(
      Self.yaml(), .traces(72, Self.small), [TraceBench.claim(["stage": "b", "saved_ms": 4])])
    #expect(finding.codes(.warn) == ["WRONG_STAGE"])
    #expect(finding.reasons.first?.text == "b holds 8 % of the time, a 92 %.")
    #expect(finding.next == "Work on a first: at most −92 ms of a mean trace.")
  }

  @Test func claimsWithoutStageOrSavingAreNoted() async throws {
    for claim in [
      ["stage": "a"], ["saved_ms": 3], ["stage": [], "saved_ms": 3], ["stage": "a", "saved_ms": "3"], "faster",
      ["stage": "a", "saved_ms": 0], ["stage": "a", "saved_ms": -1], [:],
    ] as [JSONValue] {
      let finding = try await finding(Self.yaml(), .traces(72, Self.plain()), [TraceBench.claim(claim)])
      #expect(finding.verdict == .pass && finding.codes(.pass) == ["CLAIM_MISSING"], "\(claim)")
    }
    let others = try await finding(
      Self.yaml(), .traces(72, Self.plain()), [TraceBench.claim(["pipeline": "q", "stage": "a"])])
    #expect(others.reasons.isEmpty)
  }

  @Test func aClaimIsJudgedWhereItsStageIs() async throws {
    func codes(_ yaml: String, _ claim: JSONValue) async throws -> [[String]] {
      let bench = try await CheckBench(yaml)
      try await bench.append { appender in
        for span in [SpanRecord].traces(72, Self.plain()) { try appender.append(span) }
        try appender.append(TraceBench.claim(claim))
      }
      return try await bench.run([TraceBench.check]).findings.map { $0.codes(.fail) }
    }
    let two = "pipelines: {p: {feature: f, stages: {a: {}}}, q: {feature: f, stages: {b: {}}}}"
    #expect(try await codes(two, ["stage": "x", "saved_ms": 3]) == [[], []])
    #expect(try await codes(two, ["stage": "b", "saved_ms": 3]) == [[], ["CLAIM_EXCEEDS_CAP"]])
    #expect(try await codes(two, ["pipeline": "p", "stage": "x", "saved_ms": 3]) == [["CLAIM_EXCEEDS_CAP"], []])
    #expect(try await codes(Self.yaml(), ["stage": "x", "saved_ms": 3]) == [["CLAIM_EXCEEDS_CAP"]])
  }

  /// Before the release `a` held 80 ms, afterwards 50: what was claimed is set beside 30.
  @Test func afterTheReleaseItIsMeasured() async throws {
    func parts(_ length: Double) -> [TraceBench.Part] {
      [TraceBench.root(100), Part("a", 0, length), Part("b", length, 100)]
    }
    let before =
      [SpanRecord].traces(40, parts(80), prefix: "old", days: -3) + .traces(40, parts(82), prefix: "older", days: -4)
    let after =
      [SpanRecord].traces(50, parts(50), prefix: "new", days: -1) + .traces(50, parts(52), prefix: "newer", days: -1)
    let claim = try TraceBench.claim(["stage": "a", "saved_ms": 60], days: -2)
    let finding = try await finding(Self.yaml(), before + after, [claim])
    let saved = try #require(finding.measure("saved a"))
    #expect(close(saved.value, 30) && (saved.low ?? 0) > 29 && (saved.high ?? 99) < 31)
    // The cap is what the stage held before.
    #expect(finding.measure("claimed a")?.limit == 81 && finding.codes(.fail).isEmpty)
    for (saved, isTooMuch) in [(81, false), (81.1, true)] {
      let claim = try TraceBench.claim(["stage": "a", "saved_ms": .number(saved)], days: -2)
      let next = try await self.finding(Self.yaml(), before + after, [claim]).next
      #expect(next.hasPrefix("Correct the claim about a: 81") == isTooMuch, "\(next)")
    }
    // Nothing is known of a stage before all traces.
    let early = try TraceBench.claim(["stage": "a", "saved_ms": 60], days: -6)
    #expect(try await self.finding(Self.yaml(), before + after, [early]).measure("claimed a") == nil)
  }

  @Test func equalLedgersGiveEqualFindings() async throws {
    let spans = [SpanRecord].traces(80, Self.small)
    let bench = try await CheckBench(Self.yaml(", slo_p95: 90ms"))
    try await bench.append { appender in for span in spans { try appender.append(span) } }
    let first = try await bench.finding(TraceBench.check)
    let second = try await bench.finding(TraceBench.check)
    #expect(first == second)
  }
}
