import Guards
import Records
import Store
import Testing

@testable import Checks

/// `answer-provenance` at its limits, and where evidence is missing or hostile.
@Suite struct AnswerProvenanceReasonTests {
  private typealias Bench = AnswerBench

  @Test func itAppliesWhereItIsDeclaredOrSeen() async throws {
    let yaml = """
      features: {quiet: {}, contracts: {owner: ana}, other: {policies: {answer-provenance: {}}}, grave: {}}
      policies: {answer-provenance: {high_stakes_features: [grave, undeclared]}}
      """
    let bench = try await CheckBench(yaml)
    #expect(try await bench.run([Bench.check]).findings.map(\.subject) == ["other", "grave", "undeclared"])
    try await bench.append { appender in
      try appender.append(Bench.answer("a"))
      try appender.append(Bench.answer("b") { ($0.feature, $0.retrieved) = ("quiet", nil) })
    }
    let findings = try await bench.run([Bench.check]).findings
    #expect(findings.map(\.subject) == ["contracts", "other", "grave", "undeclared"])
    #expect(try await CheckBench("features: {quiet: {}}").run([Bench.check]).notApplicable == [Bench.check])
  }

  @Test func withoutAnswersNobodyKnows() async throws {
    let none = try await Bench.finding([])
    #expect(none.codes(.unknown) == ["NO_ANSWERS"] && none.value("answers") == 0 && none.value("exact") == nil)
    #expect(none.measure("coverage")?.low == 0 && none.measure("coverage")?.high == 1)
    #expect(none.missing == [Finding.Missing("answers", 1)])
    #expect(none.headline == "Nobody knows where the answers of contracts come from: none is in the last 183 days.")
    let others = try [
      Bench.answer("t") { $0.spanKind = "tool" }, Bench.answer("r") { $0.spanKind = "retrieval" },
      Bench.answer("old", days: -184), Bench.answer("else") { $0.feature = "other" },
    ].filter { $0.feature == "contracts" }
    #expect(try await Bench.finding(others).codes(.unknown) == ["NO_ANSWERS"])
    #expect(try await Bench.finding([Bench.answer("a", days: -183)]).value("answers") == 1)
  }

  @Test func oneAnswerIsEnoughForACensus() async throws {
    let one = try await Bench.finding([Bench.answer("a")])
    #expect(one.verdict == .pass && one.value("exact") == 1 && one.next == "Make the drawn answers again, and compare.")
    #expect(one.headline == "Of contracts, 100 % of 1 answer can be made again exactly.")
  }

  // MARK: Replays

  /// How many answers can be made again exactly, not quite, and not at all.
  private func replays(
    _ artifacts: [ArtifactRecord]? = nil, spans: [SpanRecord] = [], _ change: (inout SpanRecord) -> Void = { _ in }
  ) async throws -> [Double?] {
    let finding = try await Bench.finding([Bench.answer("a", [Bench.row("c1")], change)] + spans, artifacts: artifacts)
    let answers = finding.value("answers") ?? 0
    return [(finding.value("exact") ?? 0) * answers, finding.value("degraded"), finding.value("impossible")]
  }

  @Test func whatResolvesDecidesHowAnAnswerIsMadeAgain() async throws {
    #expect(try await replays() == [1, 0, 0])
    for missing in ["prompt", "model-1", "index"] {
      #expect(try await replays(Bench.artifacts(without: [missing])) == [0, 0, 1], "\(missing)")
    }
    for missing in ["config", "contract"] {
      #expect(try await replays(Bench.artifacts(without: [missing])) == [0, 1, 0], "\(missing)")
    }
    #expect(try await replays { $0.promptSHA256 = nil } == [0, 0, 1])
    // A model may be known by its digest, and be an adapter.
    #expect(try await replays { $0.modelServed = Bench.sha("weights") } == [1, 0, 0])
    let adapter = try Bench.artifacts(without: ["model-1"]) + [Bench.artifact("adapter", "model-1", "adapter")]
    #expect(try await replays(adapter) == [1, 0, 0])
    // What was not retrieved needs no index.
    #expect(
      try await replays(Bench.artifacts(without: ["index"])) { ($0.retrieved, $0.indexSHA256) = ("[]", nil) } == [
        1, 0, 0,
      ])
    #expect(try await replays { ($0.retrieved, $0.indexSHA256) = (nil, nil) } == [0, 0, 1])
  }

  @Test func resultsOfToolsAndRerankingsCount() async throws {
    func child(_ kind: String, _ change: (inout SpanRecord) -> Void) throws -> [SpanRecord] {
      [
        try Bench.answer("child") { span in
          (span.spanKind, span.traceID) = (kind, "trace-a")
          change(&span)
        }
      ]
    }
    func attributes(_ content: String) -> String { #"{"result_sha256":"\#(Bench.sha(content))"}"# }
    #expect(try await replays(spans: child("tool") { $0.attributes = attributes("prompt") }) == [1, 0, 0])
    #expect(try await replays(spans: child("tool") { $0.attributes = attributes("gone") }) == [0, 1, 0])
    #expect(try await replays(spans: child("tool") { $0.attributes = nil }) == [0, 1, 0])
    #expect(try await replays(spans: child("rerank") { $0.retrieved = "[]" }) == [1, 0, 0])
    #expect(try await replays(spans: child("rerank") { $0.retrieved = nil }) == [0, 1, 0])
    #expect(try await replays(spans: child("retrieval") { $0.retrieved = nil }) == [1, 0, 0])
  }

  @Test func asManyExactAnswersAsMustBe() async throws {
    func codes(lost: Int, of count: Int, _ policy: String = "") async throws -> [String] {
      let spans = try (0..<count).map { number in
        try Bench.answer("a\(number)") { if number < lost { $0.configSHA256 = Bench.sha("gone") } }
      }
      return try await Bench.finding(Bench.yaml(policy), spans).reasons.map(\.code)
    }
    #expect(try await codes(lost: 1, of: 20) == [])
    #expect(try await codes(lost: 2, of: 20) == ["EXACT_LOW"])
    #expect(try await codes(lost: 2, of: 20, "exact_min: 0.9") == [])
  }

  @Test func someAreDrawnToBeMadeAgain() async throws {
    let finding = try await Bench.finding(Bench.answers(80))
    #expect(finding.value("to_reexecute") == 59 && Bench.table(finding, "Drawn")?.count == 20)
    let few = try await Bench.finding(Bench.yaml("reexecute_n: 3"), Bench.answers(80))
    // The fewer are the first of the more.
    #expect(Bench.table(few, "Drawn") == Bench.table(finding, "Drawn").map { Array($0.prefix(3)) })
    #expect(Bench.table(try await Bench.finding(Bench.yaml("reexecute_n: 0"), Bench.answers(2)), "Drawn") == nil)
  }

  // MARK: Records

  @Test func aFewIncompleteRecordsWarnAndManyLeaveItOpen() async throws {
    func finding(_ bare: Int, of count: Int = 100, _ policy: String = "") async throws -> Finding {
      let spans = try (0..<count).map { number in
        try Bench.answer("a\(number)", [Bench.row("c1"), Bench.row("c2", rank: number < bare ? 1 : 2)])
      }
      return try await Bench.finding(Bench.yaml(policy), spans)
    }
    #expect(try await finding(0).verdict == .pass)
    let one = try await finding(1)
    #expect(one.codes(.warn) == ["INCOMPLETE_RECORDS"] && one.value("incomplete") == 0.01)
    #expect(one.reasons.first?.text == "1 record of 100 are incomplete: they lack unique ranks 1.")
    let two = try await finding(2)
    #expect(two.codes(.unknown) == ["INCOMPLETE_RECORDS"] && two.missing == [Finding.Missing("complete records", 1)])
    #expect(try await finding(2, "incomplete_max: 0.02").codes(.warn) == ["INCOMPLETE_RECORDS"])
  }

  @Test func requiredFieldsAreChosen() async throws {
    let spans = try (0..<5).map { number in try Bench.answer("a\(number)") { $0.indexSHA256 = nil } }
    let finding = try await Bench.finding(spans)
    #expect(finding.codes(.unknown) == ["INCOMPLETE_RECORDS"])
    #expect(finding.reasons.contains { $0.text == "5 records of 5 are incomplete: they lack index_sha256 5." })
    let loose = try await Bench.finding(Bench.yaml("required: [retrieved], exact_min: 0"), spans)
    #expect(loose.verdict == .pass)
  }

  @Test(arguments: [
    "{}", "3", "[", "[3]", #"[{"chunk_id":1}]"#,
    #"[{"chunk_id":"c","doc_id":"d","doc_sha256":"s","rank":1.5,"in_context":true}]"#,
  ])
  func hostileRowsAreIncomplete(retrieved: String) async throws {
    let finding = try await Bench.finding([Bench.answer("a") { $0.retrieved = retrieved }])
    #expect(finding.codes(.unknown) == ["INCOMPLETE_RECORDS"])
  }

  // MARK: Claims

  private func coverage(
    _ annotations: [AnnotationRecord], rows: [JSONValue] = [Bench.row("c1"), Bench.row("c2", rank: 2, sent: false)],
    _ policy: String = ""
  ) async throws -> Finding {
    try await Bench.finding(Bench.yaml(policy), [Bench.answer("a", rows)], annotations: annotations)
  }

  @Test func onlyWhatWasSentCanEntail() async throws {
    #expect(try await coverage([Bench.claim("k", of: "a", "entails", ["c1"])]).value("coverage") == 1)
    #expect(try await coverage([Bench.claim("k", of: "a", "entails", ["c2"])]).value("coverage") == 0)
    #expect(try await coverage([Bench.claim("k", of: "a", "entails", ["c2", "c1"])]).value("coverage") == 1)
    for support in ["partial", "none", "contradicts"] {
      let finding = try await coverage([Bench.claim("k", of: "a", support, ["c1"])])
      #expect(finding.value("coverage") == 0 && finding.codes(.warn) == ["COVERAGE_LOW"])
      // What a chunk supports in part, or one that was not sent, is not made up.
      #expect(finding.codes(.pass) == (support == "partial" ? [] : ["FABRICATED"]))
    }
    #expect(try await coverage([Bench.claim("k", of: "a", "entails", ["c2"])]).codes(.pass) == [])
    let none = try await coverage([
      Bench.claim("k", of: "a", "maybe", ["c1"]), Bench.claim("k", of: "b", "entails", ["c1"]),
    ])
    #expect(none.value("claims") == 0 && none.value("coverage") == nil && none.verdict == .pass)
  }

  @Test func theLastWordOfEachJudgeCounts() async throws {
    let changed = try [
      Bench.claim("k", of: "a", "entails", ["c1"], id: "1"), Bench.claim("k", of: "a", "none", ["c1"], id: "2"),
    ]
    #expect(try await coverage(changed).value("coverage") == 0)
    #expect(try await coverage(changed.reversed()).value("coverage") == 1)
    // Another judge, or other chunks, are other words.
    let second = try Bench.claim("k", of: "a", "none", ["c1"], by: "other", id: "3")
    #expect(try await coverage([changed[0], second]).value("coverage") == 1)
    let chunks = try Bench.claim("k", of: "a", "none", ["c9"], id: "4")
    #expect(try await coverage([changed[0], chunks]).value("coverage") == 1)
  }

  @Test func asMuchCoverageAsMustBe() async throws {
    func codes(_ covered: Int, _ policy: String = "") async throws -> [String] {
      let claims = try (0..<10).map { try Bench.claim("k\($0)", of: "a", $0 < covered ? "entails" : "partial", ["c1"]) }
      return try await coverage(claims, policy).reasons.map { "\($0.code) \($0.verdict)" }
    }
    #expect(try await codes(9) == [])
    #expect(try await codes(8) == ["COVERAGE_LOW warn"])
    #expect(try await codes(8, "coverage_min: 0.8") == [])
    #expect(try await codes(9, "high_stakes_features: [contracts]") == ["COVERAGE_LOW fail"])
    #expect(try await codes(10, "high_stakes_features: [contracts]") == [])
    #expect(try await codes(9, "high_stakes_features: [contracts], high_stakes_coverage: 0.9") == [])
    #expect(try await codes(8, "high_stakes_features: [contracts], high_stakes_coverage: 0.9") == ["COVERAGE_LOW fail"])
  }

  // MARK: Wrong answers

  @Test func wrongAnswersNeedTheirRightSource() async throws {
    let spans = try Bench.answers(3)
    let finding = try await Bench.finding(
      spans, annotations: [Bench.wrong("a0"), Bench.wrong("a1"), Bench.gold("a1"), Bench.wrong("nobody")])
    #expect(finding.codes(.unknown) == ["NO_GOLD"] && finding.value("wrong") == 2)
    #expect(finding.missing == [Finding.Missing("gold for wrong answers", 1)])
    #expect(finding.reasons.first?.text == "Of 1 wrong answer nobody said what would have been right.")
    // Whoever says last that it is right is believed.
    let corrected = try await Bench.finding(
      spans, annotations: [Bench.wrong("a0"), Bench.annotation("correct", on: "a0", .label("true"))])
    #expect(corrected.value("wrong") == 0 && corrected.verdict == .pass)
  }

  @Test func wrongAnswersMustBeReplayable() async throws {
    let gone = try Bench.artifacts(without: ["index", "model-1"])
    let finding = try await Bench.finding(
      Bench.yaml("exact_min: 0"), [Bench.answer("a")], artifacts: gone,
      annotations: [Bench.wrong("a"), Bench.gold("a")])
    #expect(finding.codes(.unknown) == ["IMPOSSIBLE"])
    #expect(
      finding.reasons.first?.text
        == "1 wrong answer cannot be made again: index \(Bench.sha("index")), model model-1 do not resolve.")
    #expect(finding.missing == [Finding.Missing("artifacts: index \(Bench.sha("index")), model model-1", 2)])
    // Of answers that nobody asked about, only the share counts.
    #expect(try await Bench.finding(Bench.yaml("exact_min: 0"), [Bench.answer("a")], artifacts: gone).verdict == .pass)
  }

  // MARK: Served

  private func served(
    _ count: Double, recorded: Int, _ policy: String = "", from: Int64 = -6, to: Int64 = -4,
    kind: AnnotationRecord.AnnotatorKind = .code
  ) async throws -> Finding {
    let annotation = try Bench.annotation(
      "answers_served", on: "contracts", .number(count),
      [
        "from": .string(Bench.now.adding(days: from).description),
        "to": .string(Bench.now.adding(days: to).description),
      ], kind: kind)
    return try await Bench.finding(Bench.yaml(policy), Bench.answers(recorded), annotations: [annotation])
  }

  @Test func answersWithoutARecordAreAGap() async throws {
    #expect(try await served(3, recorded: 3).verdict == .pass)
    let gap = try await served(4, recorded: 3)
    #expect(gap.codes(.fail) == ["RECORD_GAP"] && gap.value("record_gap") == 1)
    #expect(gap.reasons.first?.text == "1 of 4 answers were served without a record; 0 may be.")
    #expect(try await served(4, recorded: 3, "record_gap_max: 1").verdict == .pass)
    #expect(try await served(2, recorded: 3).value("record_gap") == -1)
    // Nothing served is a count, and less than nothing is none.
    #expect(try await served(0, recorded: 3).value("record_gap") == -3)
    #expect(try await served(-1, recorded: 3).value("record_gap") == nil)
    // The stretch is half-open: answers are five days old.
    #expect(try await served(3, recorded: 3, from: -5).verdict == .pass)
    #expect(try await served(3, recorded: 3, to: -5).codes(.fail) == ["RECORD_GAP"])
    // Before the retention nothing is read; people do not count answers.
    #expect(try await served(9, recorded: 3, from: -183).codes(.fail) == ["RECORD_GAP"])
    #expect(try await served(9, recorded: 3, from: -184).value("record_gap") == nil)
    #expect(try await served(9, recorded: 3, kind: .human).value("record_gap") == nil)
    #expect(try await Bench.finding(Bench.answers(1)).measure("record_gap") != nil)
  }

  @Test func missingAndNamedLinksBreakTheChain() async throws {
    func spans(_ indices: [Int64], name: String) throws -> [SpanRecord] {
      var last = AnswerChain.origin
      var links: [Int64: String] = [:]
      for index in 1...5 as ClosedRange<Int64> {
        last = AnswerChain.next(after: last, .integer(index)) ?? ""
        links[index] = last
      }
      return try indices.map { index in
        try Bench.answer("\(name)\(index)") { span in
          span.attributes =
            #"{"chain":{"index":\#(index),"name":"\#(name)","record":\#(index),"sha256":"\#(links[index] ?? "")"}}"#
        }
      }
    }
    let broken = try await Bench.finding(spans([1, 2, 4, 5], name: "eu") + spans([1, 2, 3], name: "us"))
    #expect(broken.codes(.fail) == ["CHAIN_BROKEN"] && broken.value("chained") == 7)
    #expect(
      broken.reasons.first?.about == "eu"
        && broken.reasons.first?.text == "The chain eu over the answers is broken at 3.")
    #expect(try await Bench.finding(spans([3, 4, 5], name: "eu")).verdict == .pass)
  }

  @Test(arguments: [
    #"{"chain":3}"#, #"{"chain":{"index":"1","record":1,"sha256":""}}"#, #"{"chain":{"index":1,"sha256":""}}"#,
    #"{"chain":{"index":1,"record":1}}"#, #"{"chain":{"index":9223372036854775807,"record":1,"sha256":""}}"#,
    #"{"chain":"#,
  ])
  func whatIsNoLinkIsNotChained(attributes: String) async throws {
    let finding = try await Bench.finding([Bench.answer("a") { $0.attributes = attributes }])
    #expect(finding.value("chained") == 0 && finding.verdict == .pass)
  }

  @Test func anIndexThatNobodyKeptIsNoted() async throws {
    func codes(_ to: String?, surface: String = "index", days: Int64 = -3) async throws -> [String] {
      var change = ChangeRecord(surface: surface, actor: "bo", at: Bench.now.adding(days: days))
      change.to = to
      return try await Bench.finding(Bench.answers(1), changes: [change]).codes(.pass)
    }
    #expect(try await codes(Bench.sha("index")) == [])
    #expect(try await codes(Bench.sha("prompt")) == ["SNAPSHOT_MISSING"])
    #expect(try await codes(nil) == ["SNAPSHOT_MISSING"])
    #expect(try await codes(nil, surface: "prompt") == [])
    #expect(try await codes(nil, days: -183) == ["SNAPSHOT_MISSING"])
    #expect(try await codes(nil, days: -184) == [])
  }

  @Test func theOrderOfDeliveryDoesNotShow() async throws {
    let spans = try (0..<30).map { number in
      try Bench.answer("a\(number)", [Bench.row("c\(number % 3)", version: number % 2 == 0 ? "v2" : "v3")])
    }
    let annotations = try [Bench.wrong("a4"), Bench.gold("a4")]
    let first = try await Bench.finding(spans, annotations: annotations)
    let second = try await Bench.finding(spans.reversed(), annotations: annotations.reversed())
    #expect(first.measures == second.measures && first.figures == second.figures && first.headline == second.headline)
  }
}
