import Records
import Store
import Testing

@testable import Checks

@Suite struct ContextWasteTests {
  // MARK: The worked example

  /// 18 fields, of which three are filled.
  static let fields = (1...18).map { "field_\($0)" }

  static var example: [JSONValue] {
    get throws {
      var segments = [
        ContextBench.segment("system", 800, ["text": "You help customers. Answer in JSON. Be brief."]),
        ContextBench.segment("user", 60, ["text": "Where is my parcel?"]),
      ]
      for (name, score, doc) in [
        ("c1", 0.86, "d1"), ("c2", 0.70, "d2"), ("c3", 0.61, "d3"), ("c1", 0.84, "d4"), ("c5", 0.80, "d5"),
      ] {
        segments.append(
          ContextBench.segment(
            "chunk", 512, ["sha256": .string(name), "score": .number(score), "doc_id": .string(doc)]))
      }
      for turn in 1...10 {
        segments.append(
          ContextBench.segment(
            "history", 210,
            ["turn": .integer(Int64(turn)), "text": .string("The invoice number \(turn) was wrong again")]))
      }
      segments.append(ContextBench.segment("format", 220, ["text": "Be brief. Answer in JSON!"]))
      segments.append(
        ContextBench.segment("schema", 400, ["sha256": "schema", "fields": .array(fields.map(JSONValue.string))]))
      return segments
    }
  }

  @Test func theExampleWastesMoreThanHalf() async throws {
    let spans = try ContextBench.spans(400, Self.example, emitted: Array(Self.fields.prefix(3)))
    let outdated = try ContextBench.document("d5", "d5", ["valid_to": .string("2026-01-01")])
    let finding = try await ContextBench.finding(
      ContextBench.yaml("score_floor: 0.65, score_maybe: 0.75"), spans, artifacts: [outdated])
    #expect(finding.codes(.fail) == ["WASTE_OVER_LIMIT"] && finding.codes(.unknown).isEmpty)
    #expect(finding.value("tokens") == 6140)
    for (kind, tokens) in [
      ("superseded", 512.0), ("duplicate", 512), ("low_score", 512), ("stale_history", 1470), ("repeated_rule", 220),
      ("unused_schema", 333), ("maybe", 512),
    ] {
      #expect(finding.value("tokens \(kind)") == tokens, "\(kind)")
    }
    let share = try #require(finding.measure("waste_share"))
    #expect(close(share.value, 0.5796) && close(share.low, 0.5796) && close(share.high, 0.5796))
    #expect(close(finding.value("waste_with_maybe"), 0.6630))
    #expect(finding.value("needed") == 2581 && close(finding.value("tax_multiple"), 2.379, 5e-4))
    #expect(close(finding.value("million_calls_all"), 18_420, 1e-6))
    #expect(close((finding.value("million_calls_all") ?? 0) - (finding.value("million_calls_waste") ?? 0), 7_743, 1e-6))
    // Dropping c3 to c5 saves 4,608 in a million calls; 400 calls in 30 days are so much less.
    let months = ["superseded", "duplicate", "low_score"].compactMap { finding.value("month \($0)") }
    #expect(months.count == 3 && close(months.reduce(0, +) * 1_000_000 / 400, 4_608, 1e-6))
    #expect(
      finding.headline
        == "57.96 % of the prompts of help is waste: 3,559 of 6,140 tokens in the mean of 400 spans, 2.38 times what is needed."
    )
    #expect(
      finding.next
        == "Keep the last turns, and older ones only where they matter: 1,470 tokens of each prompt, 1.76 USD a month.")
    guard case .table("What to leave out", _, let rows)? = finding.figures.last else {
      throw EvalRotTests.TestFailure()
    }
    #expect(rows.map { $0[0] }.prefix(4) == ["stale_history", "superseded", "duplicate", "low_score"])
    guard case .parts("An average prompt", .number, let parts)? = finding.figures.first else {
      throw EvalRotTests.TestFailure()
    }
    #expect(parts.map(\.value).reduce(0, +) == 6140)
    #expect(parts[0].label == "superseded (0.61 USD a month)" && finding.owner == "ana")
  }

  // MARK: Classes

  private func tokens(
    _ segments: [JSONValue], _ policy: String = "", artifacts: [ArtifactRecord] = [],
    _ change: (inout SpanRecord) -> Void = { _ in }
  ) async throws -> [String: Double] {
    let finding = try await ContextBench.finding(
      ContextBench.yaml(policy), ContextBench.spans(2, segments, change), artifacts: artifacts)
    var tokens: [String: Double] = [:]
    for kind in SegmentClass.allCases { tokens[kind.rawValue] = finding.value("tokens \(kind.rawValue)") }
    return tokens
  }

  @Test func documentsAreOutdatedByTheirEndOrTheirSuccessor() async throws {
    let sent = ContextBench.now.adding(days: -2)
    func superseded(_ attributes: JSONValue, by other: JSONValue? = nil, version: String? = nil) async throws -> Bool {
      var documents = [try ContextBench.document("d", "v1", attributes)]
      if let other { documents.append(try ContextBench.document("e", "v2", other)) }
      let segments = [ContextBench.segment("chunk", 10, ["doc_id": "d"])]
      let found = try await tokens(segments, artifacts: documents) { span in
        guard let version else { return }
        let sha = SHA256Digest(of: version).description
        span.retrieved = #"[{"doc_id":"d","doc_sha256":"\#(sha)","in_context":true,"rank":1}]"#
      }
      return found["superseded"] == 10
    }
    let before = Instant(nanoseconds: sent.nanoseconds + 1).description
    #expect(try await superseded(["valid_to": .string(sent.description)]))
    #expect(try await !superseded(["valid_to": .string(before)]))
    #expect(try await !superseded([:]))
    let v1 = JSONValue.string(SHA256Digest(of: "v1").description)
    #expect(try await superseded([:], by: ["effective_from": .string(sent.description), "supersedes": [v1]]))
    #expect(try await !superseded([:], by: ["effective_from": .string(before), "supersedes": [v1]]))
    #expect(try await !superseded([:], by: ["supersedes": [v1]]))
    #expect(try await superseded([:], by: ["effective_from": "2026-01-01", "supersedes": ["d"]]))
    #expect(try await !superseded([:], by: ["effective_from": "2026-01-01", "supersedes": ["x", 3]]))
    // The version that was retrieved counts, where it is known.
    #expect(try await superseded(["valid_to": "2026-01-01"], version: "v1"))
    #expect(try await !superseded(["valid_to": "2026-01-01"], version: "v9"))
    #expect(try await superseded([:], by: ["effective_from": "2026-01-01", "supersedes": ["d"]], version: "v9"))
  }

  /// Without a version the newest of the name is meant; naming itself ends nothing.
  @Test func theNewestVersionOfANameIsMeant() async throws {
    let segments = [ContextBench.segment("chunk", 10, ["doc_id": "d"])]
    let old = try ContextBench.document("d", "v1", ["valid_to": "2026-01-01"], days: -200)
    let new = try ContextBench.document("d", "v2", ["effective_from": "2026-01-01", "supersedes": ["d"]])
    #expect(try await tokens(segments, artifacts: [old, new])["needed"] == 10)
    #expect(try await tokens(segments, artifacts: [old])["superseded"] == 10)
    // Of two of one instant the one that came last is the newest.
    let twin = try ContextBench.document("d", "v2", [:], days: -200)
    #expect(try await tokens(segments, artifacts: [old, twin])["needed"] == 10)
    #expect(try await tokens(segments, artifacts: [twin, old])["superseded"] == 10)
  }

  @Test func copiesAreWasteAndTheWantedOneIsKept() async throws {
    func chunk(_ tokens: Int64, _ sha: String, doc: String) -> JSONValue {
      ContextBench.segment("chunk", tokens, ["sha256": .string(sha), "doc_id": .string(doc)])
    }
    let twins = [chunk(10, "x", doc: "a"), chunk(20, "x", doc: "b"), chunk(40, "y", doc: "c")]
    #expect(try await tokens(twins)["duplicate"] == 20)
    // By rank the second came first.
    let ranked = try await tokens(twins) { span in
      span.retrieved = #"[{"doc_id":"a","rank":2},{"doc_id":"b","rank":1},{"doc_id":"c","rank":0,"in_context":false}]"#
    }
    #expect(ranked["duplicate"] == 10)
    // What the user says now is kept, though the history said it before.
    let said = [
      ContextBench.segment("history", 3, ["sha256": "h", "turn": 1]), ContextBench.segment("user", 5, ["sha256": "h"]),
    ]
    let found = try await tokens(said)
    #expect(found["duplicate"] == 3 && found["needed"] == 5)
    // A copy of what is not kept is judged by itself.
    let low = [
      ContextBench.segment("chunk", 10, ["sha256": "x", "score": 0.1]),
      ContextBench.segment("chunk", 20, ["sha256": "x", "score": 0.9]),
    ]
    let kept = try await tokens(low, "score_floor: 0.5")
    #expect(kept["low_score"] == 10 && kept["needed"] == 20)
  }

  @Test func nearDuplicatesAreToldByTheirTexts() async throws {
    let text = (0..<20).map { "w\($0)" }.joined(separator: " ")
    func duplicate(_ other: String, _ policy: String = "") async throws -> Bool {
      let segments = [
        ContextBench.segment("chunk", 10, ["text": .string(text)]),
        ContextBench.segment("chunk", 20, ["text": .string(other)]),
      ]
      return try await tokens(segments, policy)["duplicate"] == 20
    }
    #expect(try await duplicate("  W0 \(text.dropFirst(3).uppercased())"))
    // 19 of 20 runs of two words.
    #expect(try await duplicate(text + " more"))
    #expect(try await !duplicate("something else"))
    #expect(try await !duplicate(text + " more", "near_dup_short: 0.96"))
    // Long texts go by runs of five: 16 of 17.
    #expect(try await duplicate(text + " more", "short_shingles: 1, near_dup_short: 1, near_dup_jaccard: 0.94"))
    #expect(try await !duplicate(text + " more", "short_shingles: 1, near_dup_jaccard: 0.95"))
  }

  @Test func scoresCountOnlyWhereAFloorIsSet() async throws {
    let segments = [
      ContextBench.segment("chunk", 1, ["score": 0.5]), ContextBench.segment("chunk", 2, ["score": 0.6]),
      ContextBench.segment("chunk", 4, ["score": 0.7]), ContextBench.segment("chunk", 8),
    ]
    #expect(try await tokens(segments)["needed"] == 15)
    let found = try await tokens(segments, "score_floor: 0.6, score_maybe: 0.7")
    #expect(found["low_score"] == 1 && found["maybe"] == 2 && found["needed"] == 12)
  }

  @Test func olderTurnsMustHaveToDoWithNow() async throws {
    func turns(_ texts: [String], user: String? = "Where is my parcel now", _ policy: String = "keep_turns: 1")
      async throws -> [String: Double]
    {
      var segments = texts.enumerated().map { place, text in
        ContextBench.segment("history", 1 << Int64(place), ["turn": .integer(Int64(place)), "text": .string(text)])
      }
      segments.append(
        ContextBench.segment("user", 1024, user.map { ["text": .string($0)] } ?? [:]))
      return try await tokens(segments, policy)
    }
    let ten = "one two three four five six seven eight nine"
    // One of ten words in common is enough, one of eleven is not; the last turn is kept anyway.
    #expect(try await turns(["\(ten) parcel", ten])["stale_history"] == nil)
    #expect(try await turns(["\(ten) ten parcel", ten])["stale_history"] == 1)
    #expect(try await turns(["\(ten) ten parcel", ten], "keep_turns: 2")["stale_history"] == nil)
    #expect(try await turns([ten, ten + " other", "x"], "keep_turns: 0")["stale_history"] == 7)
    #expect(
      try await turns(["\(ten) ten parcel", ten], "keep_turns: 1, turn_overlap_min: 0.09")["stale_history"] == nil)
    // A turn as large as that is a mistake, and makes no other one old.
    for (turn, stale) in [((1 << 40) - 1, 1), (1 << 40, nil)] as [(Int64, Double?)] {
      let segments = [
        ContextBench.segment("history", 1, ["turn": 1, "text": "one"]),
        ContextBench.segment("history", 2, ["turn": .integer(turn), "text": "two"]),
        ContextBench.segment("user", 4, ["text": "three"]),
      ]
      #expect(try await tokens(segments, "keep_turns: 1")["stale_history"] == stale)
    }
    // Words of neither: nothing to overlap.
    #expect(try await turns(["…", ten])["stale_history"] == nil)
    let unread = try await ContextBench.finding(
      ContextBench.yaml("keep_turns: 1, max_waste_share: 1"),
      ContextBench.spans(
        40,
        [
          ContextBench.segment("history", 50, ["turn": 1]), ContextBench.segment("history", 50, ["turn": 2]),
          ContextBench.segment("user", 100, ["text": "x"]),
        ]))
    #expect(unread.codes(.unknown) == ["SEGMENTS_MISSING"] && unread.value("unread") == 0.25)
    #expect(
      unread.reasons.first { $0.verdict == .unknown }?.text
        == "25 % are in segments without what their rule reads (history).")
    #expect(
      unread.missing.first == Finding.Missing("tokens of segments with text, or with fields and emitted_fields", 1600))
  }

  @Test func rulesAreRepeatedWhenTheSystemHasThemAll() async throws {
    func repeated(_ system: String, _ format: String) async throws -> Double? {
      try await tokens([
        ContextBench.segment("system", 100, ["text": .string(system)]),
        ContextBench.segment("format", 10, ["text": .string(format)]),
      ])["repeated_rule"]
    }
    #expect(try await repeated("Be kind. Answer in JSON. No tables!", "answer in  JSON.\nNo tables.") == 10)
    #expect(try await repeated("Be kind. Answer in JSON.", "Answer in JSON. No tables.") == nil)
    #expect(try await repeated("Be kind.", "…") == nil)
  }

  @Test func fieldsAreUnusedWhenNobodyFillsThemForLong() async throws {
    func unused(
      _ count: Int, tokens: Int64 = 100, fields: JSONValue = ["a", "b", "c"], emitted: [String]? = ["a", "x"]
    )
      async throws -> Finding
    {
      let schema = ContextBench.segment("schema", tokens, ["sha256": "k", "fields": fields])
      return try await ContextBench.finding(
        ContextBench.yaml("max_waste_share: 1"), ContextBench.spans(count, [schema], emitted: emitted))
    }
    #expect(try await unused(200).value("tokens unused_schema") == 66)
    #expect(try await unused(199).value("tokens unused_schema") == nil)
    #expect(try await unused(200, emitted: ["a", "b", "c"]).value("tokens unused_schema") == nil)
    #expect(try await unused(200, fields: []).codes(.unknown) == ["SEGMENTS_MISSING"])
    #expect(try await unused(200, emitted: nil).codes(.unknown) == ["SEGMENTS_MISSING"])
    // All of a schema may be unused; its fields may be an artifact's.
    var artifact = ArtifactRecord(sha256: "k", artifactKind: "schema", name: "k", at: ContextBench.now.adding(days: -9))
    artifact.attributes = #"{"fields":["p","q"]}"#
    let schema = ContextBench.segment("schema", 9, ["sha256": "k"])
    let found = try await ContextBench.finding(
      ContextBench.yaml(), ContextBench.spans(200, [schema], emitted: ["p"]), artifacts: [artifact])
    #expect(found.value("tokens unused_schema") == 4 && found.value("tokens needed") == 5)
  }

  // MARK: Money

  @Test func whatTheProviderHadInItsCacheCostsLess() async throws {
    let segments = [
      ContextBench.segment("system", 100), ContextBench.segment("chunk", 100, ["sha256": "a"]),
      ContextBench.segment("chunk", 100, ["sha256": "a"]),
    ]
    func finding(cached: Int64?, price: String) async throws -> Finding {
      try await ContextBench.finding(
        ContextBench.yaml(price: price), ContextBench.spans(30, segments) { $0.cachedTokens = cached })
    }
    let price = "input_per_mtok: 10 USD, cached_input_per_mtok: 1 USD"
    for (cached, all, waste) in [
      (nil, 3000.0, 1000.0), (100, 2100, 1000), (250, 750, 550), (900, 300, 100), (-5, 3000, 1000),
    ]
      as [(Int64?, Double, Double)]
    {
      let finding = try await finding(cached: cached, price: price)
      #expect(close(finding.value("million_calls_all"), all, 1e-6), "\(cached ?? 0)")
      #expect(close(finding.value("million_calls_waste"), waste, 1e-6), "\(cached ?? 0)")
    }
    // Without a price of its own, what the cache gave has none: it is never free, and never as dear as the rest.
    let unpriced = try await finding(cached: 250, price: "input_per_mtok: 10 USD")
    #expect(unpriced.value("million_calls_all") == nil && unpriced.codes(.warn) == ["UNPRICED"])
    let uncached = try await finding(cached: nil, price: "input_per_mtok: 10 USD")
    #expect(close(uncached.value("million_calls_all"), 3000, 1e-6))
  }

  /// 30 tokens of a schema of 90 are waste; they are the last ones, of which 20 lie in the cache.
  @Test func theWasteOfASchemaIsItsEnd() async throws {
    let schema = ContextBench.segment("schema", 90, ["sha256": "k", "fields": ["a", "b", "c"]])
    let finding = try await ContextBench.finding(
      ContextBench.yaml(price: "input_per_mtok: 10 USD, cached_input_per_mtok: 1 USD"),
      ContextBench.spans(200, [schema], emitted: ["a", "b"]) { $0.cachedTokens = 80 })
    #expect(close(finding.value("million_calls_waste"), 10 * 10 + 20 * 1, 1e-6))
    #expect(close(finding.value("million_calls_all"), 10 * 10 + 80 * 1, 1e-6))
  }

  @Test func withoutAPriceNoMoneyIsTold() async throws {
    let segments = [ContextBench.segment("system", 100)]
    let finding = try await ContextBench.finding(ContextBench.yaml(price: nil), ContextBench.spans(30, segments))
    #expect(finding.codes(.warn) == ["UNPRICED"] && finding.verdict == .warn)
    #expect(finding.reasons.first?.text == "Nobody says what m costs.")
    #expect(finding.measure("month_all") != nil && finding.value("month_all") == nil)
    let nameless = try await ContextBench.finding(
      ContextBench.yaml(), ContextBench.spans(30, segments) { $0.modelServed = nil })
    #expect(nameless.reasons.first?.text == "Nobody says what a model that spans do not name costs.")
    let yaml = """
      features: {help: {policies: {context-waste: {}}}}
      models: {m: {price: {input_per_mtok: 3 USD}}, n: {price: {input_per_mtok: 3 EUR}}}
      """
    // A model whose prompts have no tokens needs no price.
    let idle = try ContextBench.span(99, nil, input: 0) { $0.modelServed = "idle" }
    let beside = try await ContextBench.finding(ContextBench.yaml(), ContextBench.spans(30, segments) + [idle])
    #expect(beside.reasons.isEmpty)
    let mixed = try await ContextBench.finding(
      yaml, ContextBench.spans(30, segments) { span in if span.spanID == "s1" { span.modelServed = "n" } })
    #expect(mixed.reasons.map(\.text) == ["Prices are in EUR, USD, which are never added."])
    #expect(mixed.value("million_calls_all") == nil)
  }
}
