import Guards
import Records
import Store
import Testing

@testable import Checks

/// How spans that come hour by hour become answers: with what else of their trace they rest on, and what their records lack.
@Suite struct AnswerCensusTests {
  private struct Seen: SpanFacts {
    var recordID: RecordID? = RecordID(high: 1, low: 2)
    var spanID: String
    var traceID = "t"
    var kind: String?
    var startedAt = AnswerBench.now
    var modelServed: String? = "model"
    var promptSHA256: String? = "prompt"
    var configSHA256: String? = "config"
    var indexSHA256: String? = "index"
    var retrieved: String? = "[]"
    var attributes: String?
    var trace: TextKey { TextKey(traceID) }

    init(_ spanID: String, _ kind: String, _ change: (inout Seen) -> Void = { _ in }) {
      (self.spanID, self.kind) = (spanID, kind)
      change(&self)
    }

    static func tool(_ result: String?, in trace: String = "t") -> Seen {
      Seen("tool", "tool") {
        $0.traceID = trace
        $0.attributes = result.map { #"{"result_sha256":"\#($0)"}"# }
      }
    }
  }

  private static func census(_ hours: [(hour: Int64, spans: [Seen])]) async throws -> AnswerCensus {
    var census = AnswerCensus(required: AnswerRecord.Field.allCases)
    for (hour, spans) in hours {
      census.begin(hour: hour)
      for span in spans { try census.add(span) }
    }
    let bench = try await CheckBench(AnswerBench.yaml())
    let read = census
    return try await bench.ledger.read { ledger in
      var census = read
      try census.settle(ledger)
      return census
    }
  }

  private static func results(_ census: AnswerCensus, _ answer: String) -> [String]? {
    census.placesByID()[TextKey(answer)].map { Int($0) }.map { place in
      census.work(of: place).results.compactMap { census.text($0) }.sorted()
        + (0..<census.work(of: place).unrecorded).map { _ in "?" }
    }
  }

  @Test func spansOfATraceBelongTogetherWhereverTheyCome() async throws {
    let census = try await Self.census([
      (9, [.tool("late"), Seen("other", "chat") { $0.traceID = "u" }, .tool(nil)]), (8, []),
      (7, [Seen("a", "chat"), Seen("b", "completion"), .tool("x", in: "u")]), (6, []), (5, []), (4, [.tool("early")]),
    ])
    // Two hours without a span of "t" lie between 7 and 4, one between 9 and 7.
    #expect(Self.results(census, "a") == ["late", "?"] && Self.results(census, "b") == ["late", "?"])
    #expect(Self.results(census, "other") == ["x"] && census.answers.count == 3)
    let near = try await Self.census([(7, [Seen("a", "chat")]), (6, []), (5, [.tool("early")])])
    #expect(Self.results(near, "a") == ["early"])
  }

  @Test func tracesThatAreAlikeAreStillTheirOwn() async throws {
    func trace(_ name: String, _ result: String?) -> [Seen] {
      [Seen("answer of \(name)", "chat") { $0.traceID = name }, .tool(result, in: name)]
    }
    let plain = Seen("plain", "chat") { $0.traceID = "plain" }
    let census = try await Self.census([
      (5, trace("1", "x") + trace("2", "x") + [plain] + trace("3", "y") + trace("4", nil) + trace("5", "y"))
    ])
    #expect((1...5).map { Self.results(census, "answer of \($0)") } == [["x"], ["x"], ["y"], ["?"], ["y"]])
    #expect(Self.results(census, "plain") == [] && Self.results(census, "nobody") == nil)
  }

  @Test func whatWasRetrievedIsTheAnswersOwnAndItsTraces() async throws {
    let own = #"[{"chunk_id":"c","doc_id":"d","doc_sha256":"e","in_context":true,"rank":1}]"#
    let census = try await Self.census([
      (
        5,
        [
          Seen("first", "chat"), Seen("a", "chat") { $0.retrieved = own },
          Seen("found", "retrieval") { $0.retrieved = #"[{"doc_id":"f"}]"# },
          Seen("ranked", "rerank") { $0.retrieved = nil }, Seen("last", "chat") { $0.retrieved = nil },
        ]
      )
    ])
    let place = Int(try #require(census.placesByID()[TextKey("a")]))
    #expect(census.rows(of: place).map { census.text($0.chunk) } == ["c"] && census.rows(of: 0).isEmpty)
    #expect(census.rows(of: place + 1).isEmpty && census.work(of: place).unrecorded == 1)
    let (d, f) = (try #require(census.number(of: "d")), try #require(census.number(of: "f")))
    #expect(census.hasFound(d, place) && census.hasFound(f, place) && !census.hasFound(d, 0) && census.hasFound(f, 0))
    #expect(census.answers(holding: try #require(census.number(of: "e"))) == [place])
    #expect([0, place, place + 1].map { census.answers[$0].isRetrieved } == [false, true, true])
  }

  @Test func gapsAreCountedAndTheNewestShown() async throws {
    let day = AnswerBench.now
    let spans = (0..<30).map { number in
      Seen("s\(number)", "chat") { span in
        span.startedAt = day.adding(days: -Int64(number * 7 % 30) / 2)
        if number % 3 == 0 { span.promptSHA256 = nil }
        if number % 3 == 1 { span.retrieved = #"[{"rank":1},{"rank":1}]"# }
      }
    }
    var counts: [String: Int] = [:]
    let census = try await Self.census([(5, spans)])
    for (gaps, count) in zip(census.gaps, census.gapCounts) { counts["\(gaps.words)", default: 0] += count }
    #expect(
      counts == [
        #"["prompt_sha256"]"#: 10, #"["whole rows in retrieved", "unique ranks"]"#: 10, "[]": 10,
      ])
    let lacking = census.answers.indices.filter { !census.gaps(of: $0).isEmpty }
    #expect(census.newestWithGaps(7) == Array(census.newestFirst(lacking).prefix(7)))
    let reversed = try await Self.census([(5, spans.reversed())])
    #expect(reversed.newestWithGaps(7).map(reversed.spanID) == census.newestWithGaps(7).map(census.spanID))
    #expect(census.newestWithGaps(100).count == 20)
    let atOnce = try await Self.census([(5, ["c", "b", "a", "d"].map { Seen($0, "chat") { $0.promptSHA256 = nil } })])
    #expect(atOnce.newestWithGaps(2).map(atOnce.spanID) == ["a", "b"])
  }

  /// A name is the same however its letters are composed.
  @Test func documentsAreKnownByTheirNames() async throws {
    let census = try await Self.census([
      (5, [Seen("a", "chat") { $0.retrieved = "[{\"doc_id\":\"re\u{301}sume\u{301}\",\"in_context\":true}]" }])
    ])
    #expect(census.hasFound(try #require(census.number(of: "r\u{E9}sum\u{E9}")), 0))
  }

  @Test func theLastOfOneIDIsMeant() async throws {
    let census = try await Self.census([
      (5, [Seen("a", "chat") { $0.traceID = "1" }]), (4, [Seen("a", "chat") { $0.traceID = "2" }]),
    ])
    #expect(census.answers.count == 2 && census.placesByID() == [TextKey("a"): 1])
  }
}
