import Records
import Store
import Testing

@testable import Checks

@Suite struct AnswerProvenanceTests {
  private typealias Bench = AnswerBench

  // MARK: The worked example

  /// The answer says 15 March, which is what the second version says, superseded on 1 February; 36 others had it too.
  private static func example(_ policy: String = "") async throws -> Finding {
    let rows = [Bench.row("c2", version: "v2", rank: 1), Bench.row("c1", version: "v3", rank: 2)]
    var spans = try (0..<36).map { try Bench.answer("other-\($0)", [Bench.row("c2", version: "v2")], days: -9) }
    spans.append(try Bench.answer("a1", rows))
    let v3: JSONValue = [
      "effective_from": "2026-02-01", "supersedes": [.string(Bench.sha("v2"))],
      "facts": [["subject": "contract", "attribute": "notice", "value": "28 February"]],
    ]
    var annotations = try [
      Bench.wrong("a1"), Bench.gold("a1", fact: ["subject": "contract", "attribute": "notice"]),
      Bench.annotation("attribution", on: "a1", .number(0.3), ["chunk_id": "c1", "logprob_drop": 0.3]),
      Bench.annotation("attribution", on: "a1", .number(17.6), ["chunk_id": "c2", "logprob_drop": 17.6]),
    ]
    for number in 1...4 { annotations.append(try Bench.claim("k\(number)", of: "a1", "entails", ["c1"])) }
    annotations.append(try Bench.claim("k5", of: "a1", "none", ["c1"]))
    return try await Bench.finding(
      Bench.yaml(policy), spans, artifacts: try Bench.artifacts(v3: v3), annotations: annotations)
  }

  @Test func theExampleHasAStaleSource() async throws {
    let finding = try await Self.example()
    #expect(finding.verdict == .warn && finding.codes(.warn) == ["COVERAGE_LOW"])
    #expect(finding.codes(.pass) == ["STALE_SOURCE", "FABRICATED"])
    #expect(
      finding.reasons.first { $0.code == "STALE_SOURCE" }?.text
        == "1 wrong answer (a1): a document that was out of date made the answer. Owner: corpus.")
    #expect(finding.value("coverage") == 0.8 && finding.value("exact") == 1)
    #expect(finding.value("answers_with_blamed") == 37)
    let holders = try #require(Bench.table(finding, "Answers that had \(Bench.sha("v2"))"))
    // The newest first.
    #expect(holders.count == 20 && holders[0][0] == "a1" && holders[1][0] == "other-0")
    let graph = try #require(Bench.table(finding, "Answer a1: STALE_SOURCE"))
    #expect(graph.count == 6)
    #expect(graph[0] == ["k1", "entails", "c1", "0.017", "contract", String(Bench.sha("v3").prefix(12)), "valid"])
    #expect(graph[5] == ["", "", "c2", "0.983", "contract", String(Bench.sha("v2").prefix(12)), "out of date"])
    #expect(
      finding.headline
        == "80 % of 5 claims of contracts have a source in their context; 100 % of 37 answers can be made again exactly."
    )
    #expect(
      finding.next
        == "Have the owner of corpus look at 1 wrong answer: a document that was out of date made the answer.")
    #expect(finding.owner == "ana")
    let strict = try await Self.example("high_stakes_features: [contracts]")
    #expect(strict.codes(.fail) == ["COVERAGE_LOW"] && strict.value("withheld") == 1)
  }

  /// Features whose answers are read in one pass are judged as each alone, to the digest of what a finding rests on; one that looks back
  /// less far has a pass of its own.
  @Test func subjectsAreJudgedTogetherAsAlone() async throws {
    func yaml(_ features: [String]) -> String {
      "features:\n"
        + features.map { "  \($0): {policies: {answer-provenance: {retention_days: \($0 == "short" ? 3 : 100)}}}" }
        .joined(separator: "\n")
    }
    func findings(_ features: [String]) async throws -> [Finding] {
      let bench = try await CheckBench(yaml(features))
      let spans = try (0..<60).map { number in
        try Bench.answer(
          "a\(number)", [Bench.row("c\(number % 4)", version: "v\(number % 5)")], days: -Int64(number % 9)
        ) {
          $0.feature = ["contracts", "short", "letters"][number % 3]
          if number % 7 == 0 { $0.promptSHA256 = nil }
        }
      }
      let judged = try [Bench.wrong("a3"), Bench.gold("a3"), Bench.claim("k", of: "a4", "entails", ["c0"])]
      try await bench.append { appender in
        for span in spans { try appender.append(span) }
        for artifact in try AnswerBench.artifacts() { try appender.append(artifact) }
        for annotation in judged { try appender.append(annotation) }
      }
      return try await bench.run([Bench.check]).findings
    }
    let together = try await findings(["contracts", "short", "letters"])
    #expect(
      together.map(\.subject) == ["contracts", "short", "letters"]
        && together.map { $0.value("answers") } == [20, 7, 20])
    for finding in together {
      #expect(try await findings([finding.subject]).first { $0.subject == finding.subject } == finding)
    }
  }

  @Test func groupsAreOfMuchTheSameSize() {
    func sizes(_ count: Int, _ most: Int) -> [Int] { CheckRun.groups(of: Array(0..<count), atMost: most).map(\.count) }
    #expect(sizes(0, 8) == [] && sizes(8, 8) == [8] && sizes(9, 8) == [4, 5] && sizes(3, 1) == [1, 1, 1])
    #expect(CheckRun.groups(of: Array(0..<19), atMost: 8).joined().elementsEqual(0..<19))
  }

  @Test func theChainIsRecomputed() async throws {
    func finding(_ first: String) async throws -> Finding {
      let hashes = [
        "bf0f7e4d28d3f1ab2341ba9f3c8b1ea9c639848bef2aeea303da7bde95013d4a",
        "36c4f50491e37ed9a8ac5dbb1f8fb9c5811ebfe84930321641bba9b02bc91ca4",
      ]
      let spans = try [first, "bb"].enumerated().map { place, output in
        try Bench.answer("a\(place + 1)") { span in
          span.attributes =
            #"{"chain":{"index":\#(place + 1),"record":{"answer_id":"a\#(place + 1)","output_sha":"\#(output)"},"sha256":"\#(hashes[place])"}}"#
        }
      }
      return try await Bench.finding(spans)
    }
    let whole = try await finding("aa")
    #expect(whole.verdict == .pass && whole.value("chained") == 2)
    let broken = try await finding("ac")
    #expect(broken.codes(.fail) == ["CHAIN_BROKEN"])
    #expect(broken.reasons.first?.text == "The chain over the answers is broken at 1.")
    #expect(broken.next == "Find out who changed or dropped the answer at which the chain breaks.")
  }

  // MARK: Diagnoses

  /// What is said of the wrong answer `a`.
  private func diagnosis(
    _ rows: [JSONValue], artifacts: [ArtifactRecord]? = nil, gold: String = "contract", fact: JSONValue = .null,
    annotations: [AnnotationRecord] = [], spans: [SpanRecord] = [], _ change: (inout SpanRecord) -> Void = { _ in }
  ) async throws -> [String] {
    let finding = try await Bench.finding(
      [Bench.answer("a", rows, change)] + spans, artifacts: artifacts,
      annotations: [Bench.wrong("a"), Bench.gold("a", gold, fact: fact)] + annotations)
    #expect(finding.codes(.fail).isEmpty && !finding.codes(.unknown).contains("NO_GOLD"))
    return finding.codes(.pass)
  }

  private static let elsewhere = [Bench.row("x", doc: "other", version: "v2")]

  @Test func whatIsNotInTheIndexCannotBeFound() async throws {
    func index(_ attributes: JSONValue = [:], from: [String] = []) throws -> [ArtifactRecord] {
      try Bench.artifacts(without: ["index"]) + [Bench.artifact("index", "index", "index", attributes, from: from)]
    }
    #expect(try await diagnosis(Self.elsewhere, artifacts: index(from: ["v9"])) == ["CORPUS_GAP"])
    #expect(try await diagnosis(Self.elsewhere, artifacts: index(from: ["v9", "v2"])) == ["RETRIEVAL_MISS"])
    #expect(try await diagnosis(Self.elsewhere, artifacts: index(["doc_ids": ["contract"]])) == ["RETRIEVAL_MISS"])
    #expect(try await diagnosis(Self.elsewhere, artifacts: index(), gold: "unheard of") == ["CORPUS_GAP"])
    // What holds the digest of the index must be an index.
    let none = try Bench.artifacts(without: ["index"]) + [Bench.artifact("other", "index", "index", from: ["v3"])]
    #expect(try await diagnosis(Self.elsewhere, artifacts: none) == [])
  }

  @Test func whatWasFoundMustBeSent() async throws {
    #expect(try await diagnosis([Bench.row("c1", sent: false)] + Self.elsewhere) == ["RANK_OR_TRUNCATION"])
    // The retrieval found it, and the answer's own list has forgotten it.
    let found = try Bench.answer("r", [Bench.row("c1")]) { ($0.spanKind, $0.traceID) = ("retrieval", "trace-a") }
    #expect(try await diagnosis(Self.elsewhere, spans: [found]) == ["RANK_OR_TRUNCATION"])
    let reranked = try Bench.answer("r", [Bench.row("c1")]) { ($0.spanKind, $0.traceID) = ("rerank", "trace-a") }
    #expect(try await diagnosis(Self.elsewhere, spans: [reranked]) == ["RANK_OR_TRUNCATION"])
    // In another trace it is another question's.
    let stranger = try Bench.answer("r", [Bench.row("c1")]) { $0.spanKind = "retrieval" }
    #expect(try await diagnosis(Self.elsewhere, spans: [stranger]) == ["RETRIEVAL_MISS"])
  }

  private static let pair = [Bench.row("c2", version: "v2", rank: 1), Bench.row("c1", version: "v3", rank: 2)]
  private static let started = Bench.now.adding(days: -5)

  private static func cited(_ chunk: String, _ support: String = "entails") throws -> [AnnotationRecord] {
    try [Bench.claim("k", of: "a", support, [chunk])]
  }

  @Test func anOutdatedChunkThatMadeTheAnswerIsToBlame() async throws {
    func stale(_ v2: JSONValue, _ annotations: [AnnotationRecord]) async throws -> [String] {
      try await diagnosis(Self.pair, artifacts: Bench.artifacts(v2: v2), annotations: annotations)
    }
    let ended: JSONValue = ["valid_to": .string(Self.started.description)]
    #expect(try await stale(ended, Self.cited("c2")) == ["STALE_SOURCE"])
    let later = Instant(nanoseconds: Self.started.nanoseconds + 1)
    #expect(try await stale(["valid_to": .string(later.description)], Self.cited("c2")) == ["IGNORED_EVIDENCE"])
    // Not yet in force.
    #expect(try await stale(["effective_from": .string(later.description)], Self.cited("c2")) == ["STALE_SOURCE"])
    #expect(
      try await stale(["effective_from": .string(Self.started.description)], Self.cited("c2")) == ["IGNORED_EVIDENCE"])
    // It was sent, and nobody says that it was used.
    #expect(try await stale(ended, []) == ["IGNORED_EVIDENCE"])
    #expect(try await stale(ended, Self.cited("c1")) == ["IGNORED_EVIDENCE"])
    // The claim that is known to be wrong is the one that counts.
    let two =
      try Self.cited("c2") + [
        Bench.claim("k2", of: "a", "entails", ["c1"]),
        Bench.annotation("correct", on: "k2", .label("false"), ["span": "a"]),
      ]
    #expect(try await stale(ended, two) == ["IGNORED_EVIDENCE"])
  }

  @Test func attributionWinsOverWhatClaimsCite() async throws {
    let ended = try Bench.artifacts(v2: ["valid_to": "2026-01-01"])
    func codes(_ c1: Double, _ c2: Double) async throws -> [String] {
      let drops = try [("c1", c1), ("c2", c2)].map { chunk, drop in
        try Bench.annotation(
          "attribution", on: "a", .number(drop), ["chunk_id": .string(chunk), "logprob_drop": .number(drop)])
      }
      return try await diagnosis(Self.pair, artifacts: ended, annotations: drops + Self.cited("c1"))
    }
    #expect(try await codes(0.3, 17.6) == ["STALE_SOURCE"])
    #expect(try await codes(17.6, 0.3) == ["IGNORED_EVIDENCE"])
    // No chunk helped: attribution says nothing, and the claim cites the valid one.
    #expect(try await codes(-1, -2) == ["IGNORED_EVIDENCE"])
    #expect(try await codes(0, 0) == ["IGNORED_EVIDENCE"])
    // Equal shares: the smaller name.
    #expect(try await codes(1, 1) == ["IGNORED_EVIDENCE"])
  }

  @Test func documentsThatDisagreeAreAConflict() async throws {
    func fact(_ value: JSONValue, _ more: (String, JSONValue)...) -> JSONValue {
      var object = JSONObject()
      object["subject"] = "contract"
      object["attribute"] = "notice"
      object["value"] = value
      for (key, value) in more { object[key] = value }
      return ["facts": [.object(object)]]
    }
    func codes(
      _ v2: JSONValue, about asked: JSONValue = ["subject": "contract", "attribute": "notice"]
    ) async throws -> [String] {
      try await diagnosis(
        Self.pair, artifacts: Bench.artifacts(v3: fact("28 February"), v2: v2), fact: asked)
    }
    #expect(try await codes(fact("15 March")) == ["SOURCE_CONFLICT"])
    #expect(try await codes(fact("28 February")) == ["IGNORED_EVIDENCE"])
    for asked in ["notice", "contract/notice"] as [JSONValue] {
      #expect(try await codes(fact("15 March"), about: asked) == ["SOURCE_CONFLICT"])
    }
    for asked in [.null, "price", ["subject": "x", "attribute": "notice"], ["subject": "contract"]] as [JSONValue] {
      #expect(try await codes(fact("15 March"), about: asked) == ["IGNORED_EVIDENCE"])
    }
    // A fact holds from its beginning until before its end.
    let started = JSONValue.string(Self.started.description)
    #expect(try await codes(fact("15 March", ("to", started))) == ["IGNORED_EVIDENCE"])
    #expect(try await codes(fact("15 March", ("from", started))) == ["SOURCE_CONFLICT"])
    let later = JSONValue.string(Instant(nanoseconds: Self.started.nanoseconds + 1).description)
    #expect(try await codes(fact("15 March", ("from", later))) == ["IGNORED_EVIDENCE"])
    #expect(try await codes(fact("15 March", ("to", later))) == ["SOURCE_CONFLICT"])
  }

  /// The right document was sent, outdated, and nothing says what made the answer: nothing is explained.
  @Test func whatNothingExplainsHasNoDiagnosis() async throws {
    let ended: JSONValue = ["valid_to": "2026-01-01"]
    #expect(try await diagnosis(Self.pair, artifacts: Bench.artifacts(v3: ended, v2: ended)) == [])
  }
}
