import Guards
import Records
import Store
import Testing

@testable import Checks

/// Spans of traces, in milliseconds from a start.
struct TraceBench {
  static let check = "pipeline-bottleneck"
  static let now = CheckBench.now

  struct Part {
    var name: String
    var start: Double
    var end: Double?
    var parent: String? = "root"
    var stage: String?
    var kind = "other"
    var attributes: String?

    init(
      _ name: String, _ start: Double, _ end: Double?, parent: String? = "root", stage: String? = nil,
      kind: String = "other", attributes: String? = nil
    ) {
      (self.name, self.start, self.end, self.parent) = (name, start, end, parent)
      (self.stage, self.kind, self.attributes) = (stage ?? name, kind, attributes)
    }

    /// Without a stage.
    static func unnamed(
      _ name: String, _ start: Double, _ end: Double?, parent: String? = "root", kind: String = "other"
    )
      -> Part
    {
      var part = Part(name, start, end, parent: parent, kind: kind)
      part.stage = nil
      return part
    }
  }

  static func root(_ end: Double?, attributes: String? = nil) -> Part {
    var root = Part.unnamed("root", 0, end, parent: nil, kind: "workflow")
    root.attributes = attributes
    return root
  }

  static func spans(_ trace: String, _ parts: [Part], days: Int64 = -1, feature: String = "f") -> [SpanRecord] {
    let start = now.adding(days: days)
    func at(_ milliseconds: Double) -> Instant {
      Instant(nanoseconds: start.nanoseconds + Int64((milliseconds * 1e6).rounded()))
    }
    return parts.map { part in
      var span = SpanRecord(
        spanID: "\(trace)/\(part.name)", traceID: trace, name: part.name, spanKind: part.kind,
        startedAt: at(part.start), feature: feature)
      span.parentID = part.parent.map { "\(trace)/\($0)" }
      span.endedAt = part.end.map(at)
      span.stage = part.stage
      span.attributes = part.attributes
      return span
    }
  }

  static func claim(_ claim: JSONValue, days: Int64 = 0) throws -> ChangeRecord {
    var change = ChangeRecord(surface: "code", actor: "ana", at: now.adding(days: days))
    change.attributes = try (["claim": claim] as JSONValue).canonical()
    return change
  }

  static func finding(_ yaml: String, _ spans: [SpanRecord], _ changes: [ChangeRecord] = []) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    try await bench.append { appender in
      for span in spans { try appender.append(span) }
      for change in changes { try appender.append(change) }
    }
    return try await bench.finding(check)
  }
}

extension [SpanRecord] {
  /// So many copies of one trace.
  static func traces(_ count: Int, _ parts: [TraceBench.Part], prefix: String = "t", days: Int64 = -1) -> [SpanRecord] {
    (0..<count).flatMap { TraceBench.spans("\(prefix)\($0)", parts, days: days) }
  }
}

@Suite struct PipelineBottleneckTests {
  private typealias Part = TraceBench.Part

  static let yaml = """
    pipelines:
      rag: {stages: {chunk_embed: {}, vector: {}, assembly: {}, first_token: {}, generation: {}}}
    """

  // MARK: The worked example

  private static let sequential = [
    TraceBench.root(1500), Part("chunk_embed", 0, 600), Part("vector", 600, 690), Part("assembly", 690, 735),
    Part("first_token", 735, 1065), Part("generation", 1065, 1365),
  ]

  @Test func theExampleNamesTheSlowStage() async throws {
    let claim = try TraceBench.claim(["stage": ["first_token", "generation"], "saved_ms": 700])
    let finding = try await TraceBench.finding(Self.yaml, .traces(100, Self.sequential), [claim])
    #expect(finding.codes(.fail) == ["CLAIM_EXCEEDS_CAP"] && finding.codes(.unknown).isEmpty)
    #expect(close(finding.value("unattributed"), 0.09))
    #expect(close(finding.value("share chunk_embed"), 0.4) && finding.value("cap chunk_embed") == 600)
    #expect(close(finding.value("slow_share chunk_embed"), 0.4))
    #expect(finding.measure("claimed first_token+generation")?.limit == 630)
    #expect(close(finding.value("claimed_cut first_token+generation"), 700 / 630))
    #expect(
      finding.headline
        == "chunk_embed holds 40 % of the time of 100 traces of rag: at most −600 of 1,500 ms in the mean, 1.67 times as fast."
    )
    #expect(finding.next == "Correct the claim about first_token+generation: 630 ms is all that it holds.")
    guard case .intervals(_, .share, let rows)? = finding.figures.first else { throw EvalRotTests.TestFailure() }
    #expect(rows.map(\.label) == ["chunk_embed", "first_token", "generation", "other", "vector", "assembly"])
    #expect(rows[0].note == "at most −600 ms" && rows[0].value.map { abs($0 - 0.4) < 1e-12 } == true)
    // Identical traces: the interval is the point.
    #expect(close(rows[0].low, 0.4, 1e-9) && close(rows[0].high, 0.4, 1e-9))
  }

  /// The model as one stage: 630 of 1,500 ms, a speed-up of at most 1.7241; 225 ms are a cut of .3571 of it.
  @Test func amdahlBoundsTheModel() async throws {
    let yaml = "pipelines: {rag: {stages: {chunk_embed: {}, model: {kind: chat}}}}"
    let parts = [
      TraceBench.root(1500), Part("chunk_embed", 0, 600), Part.unnamed("call", 735, 1365, kind: "chat"),
      Part("rest", 600, 735),
    ]
    func claimed(_ milliseconds: Int64) async throws -> Finding {
      try await TraceBench.finding(
        yaml, .traces(100, parts), [TraceBench.claim(["stage": "model", "saved_ms": .integer(milliseconds)])])
    }
    let finding = try await claimed(225)
    #expect(finding.verdict == .pass)
    #expect(close(finding.value("share model"), 0.42) && close(finding.value("speed_up model"), 1.7241))
    #expect(close(finding.value("claimed_cut model"), 0.3571))
    // Cutting .9 of chunk and embed leaves 960 ms: 1,500 · (1 − .4 · .9).
    let share = try #require(finding.value("share chunk_embed"))
    #expect(close(1500 * (1 - share * 0.9), 960, 1e-6))
    // All that the stage holds may be claimed, and not a millisecond more.
    #expect(try await claimed(630).codes(.fail).isEmpty)
    #expect(try await claimed(631).codes(.fail) == ["CLAIM_EXCEEDS_CAP"])
  }

  @Test func theTreeExampleGoesToTheLastFinishers() async throws {
    let yaml = "pipelines: {rag: {stages: {embed: {}, vector: {}, filter: {}, rerank: {}, llm: {}}}}"
    let parts = [
      TraceBench.root(1000), Part("embed", 0, 85), Part("vector", 85, 300), Part("filter", 85, 180),
      Part("rerank", 310, 500), Part("llm", 500, 980),
    ]
    let finding = try await TraceBench.finding(yaml, .traces(72, parts))
    #expect(finding.verdict == .pass)
    for (stage, milliseconds) in [("llm", 480.0), ("vector", 215), ("rerank", 190), ("embed", 85), ("filter", 0)] {
      #expect(finding.value("cap \(stage)") == milliseconds, "\(stage)")
    }
    #expect(close(finding.value("unattributed"), 0.03))
    #expect(finding.value("p95 filter") == 95)
    guard case .intervals(_, _, let rows)? = finding.figures.first else { throw EvalRotTests.TestFailure() }
    let hollow = rows.filter { $0.value == nil }
    #expect(hollow.map(\.label) == ["filter"] && hollow.map(\.note) == ["off the critical path"])
  }

  @Test func ingestionIsAsFastAsItsNarrowestStage() async throws {
    func finding(parsers: Int) async throws -> Finding {
      try await TraceBench.finding(
        """
        pipelines:
          index:
            items: 100000
            stages:
              parse: {workers: \(parsers), service: 6s}
              chunk: {workers: 1, service: 1s, batch: 133}
              embed: {workers: 1, service: 400ms, batch: 512, per_item: 3}
              upsert: {workers: 1, service: 1s, batch: 333}
        """, [])
    }
    let slow = try await finding(parsers: 16)
    #expect(close(slow.value("capacity"), 2.6667) && close(slow.value("capacity embed"), 426.67, 5e-3))
    #expect(close(slow.value("ingestion"), 10.42, 5e-3))
    #expect(close(try await finding(parsers: 128).value("ingestion"), 1.302, 5e-4))
    let idle = try await finding(parsers: 0)
    #expect(idle.value("capacity") == 0 && idle.measure("ingestion") != nil && idle.value("ingestion") == nil)
    guard case .table("Ingestion", _, let rows)? = slow.figures.last else { throw EvalRotTests.TestFailure() }
    #expect(rows.map { $0[2] } == ["bottleneck", "", "", ""])
  }

  /// A stage whose service nobody declared is measured: two batches of 4 in 100 and 300 ms.
  @Test func whatAWorkerTakesComesFromSpans() async throws {
    let parts = [
      TraceBench.root(400), Part("embed", 0, 100, attributes: #"{"batch":4}"#),
      Part("embed2", 100, 400, stage: "embed", attributes: #"{"batch":4}"#),
    ]
    let yaml = "pipelines: {index: {stages: {embed: {workers: 2, per_item: 2}, idle: {workers: 3}}}}"
    let finding = try await TraceBench.finding(yaml, .traces(2, parts))
    #expect(close(finding.value("capacity embed"), 2 * 4 / (0.2 * 2)))
    #expect(finding.measure("capacity idle") == nil)
    // A batch of nothing is no batch: its span made one item.
    let empty = parts.dropLast() + [Part("embed2", 100, 400, stage: "embed", attributes: #"{"batch":0}"#)]
    let uneven = try await TraceBench.finding(yaml, .traces(2, Array(empty)))
    #expect(close(uneven.value("capacity embed"), 2 * 2.5 / (0.2 * 2)))
  }

  @Test func theRanksOfThePercentile() async throws {
    for (n, point, low, high) in [(100, 95, 90, 100), (72, 69, 64, 72), (59, 57, 52, nil)]
      as [(Int, Double, Double, Double?)]
    {
      let spans = (1...n).flatMap {
        TraceBench.spans("t\($0)", [TraceBench.root(Double($0)), Part("a", 0, Double($0))])
      }
      let finding = try await TraceBench.finding("pipelines: {p: {stages: {a: {}}}}", spans)
      let p95 = try #require(finding.measure("trace_p95"))
      #expect(p95.value == point && p95.low == low && p95.high == high)
      #expect(finding.codes(.unknown) == (n < 72 ? ["TOO_FEW"] : []))
    }
  }
}
