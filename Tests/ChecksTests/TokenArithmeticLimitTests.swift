import Records
import Store
import Testing

@testable import Checks

/// Values on a threshold, and just beside it.
@Suite struct TokenArithmeticLimitTests {
  private static func letter(_ number: Int) -> JSONValue {
    .string(String(repeating: "x", count: 90) + "\(number % 10)")
  }

  // MARK: Pairs

  @Test func pairsThatAreNeeded() async throws {
    #expect(try await TokenBench.finding(try TokenBench.calls(200)).verdict == .pass)
    let short = try await TokenBench.finding(try TokenBench.calls(199))
    #expect(short.codes(.unknown) == ["TOO_FEW_PAIRS"] && short.missing.first?.howMuch == 1)
  }

  /// A language of one call in a hundred is judged, a rarer one is not.
  @Test func languagesThatAreJudged() async throws {
    func finding(_ rare: Int, more: Int64 = 50) async throws -> Finding {
      try await TokenBench.finding(
        try TokenBench.calls(1000 - rare) + TokenBench.calls(rare, from: 1000, more: more, lang: "ja"))
    }
    #expect(try await finding(10).codes(.unknown) == ["TOO_FEW_PAIRS"])
    #expect(try await finding(9).verdict == .pass)
    #expect(try await finding(10, more: 900).codes(.fail) == ["MARGIN_SHORT"])
    #expect(try await finding(9, more: 900).codes(.fail).isEmpty)
  }

  @Test func gapsOnTheMargin() async throws {
    let on = try await TokenBench.finding(try TokenBench.calls(200, more: 150))
    #expect(on.verdict == .pass && close(on.value("gap en at m"), 0.15, 1e-12))
    #expect(try await TokenBench.finding(try TokenBench.calls(200, more: 151)).codes(.fail) == ["MARGIN_SHORT"])
    // With fewer pairs than are needed the test decides, or nothing does.
    let few = try await TokenBench.finding(try TokenBench.calls(5, more: 151))
    #expect(few.codes(.fail) == ["MARGIN_SHORT"] && few.codes(.unknown) == ["TOO_FEW_PAIRS"])
    let one = try await TokenBench.finding(
      try TokenBench.calls(150) + TokenBench.calls(2, from: 200, more: 151))
    #expect(one.codes(.fail).isEmpty && one.codes(.unknown) == ["TOO_FEW_PAIRS"])
  }

  /// Only what is above the margin counts against it.
  @Test func gapsOnTheMarginAreWithinIt() async throws {
    let calls = try TokenBench.calls(395, more: 150) + TokenBench.calls(5, from: 400, more: 300)
    let finding = try await TokenBench.finding(calls)
    #expect(finding.codes(.fail).isEmpty && finding.codes(.unknown) == ["MARGIN_OPEN"])
  }

  @Test func driftOnTheLimit() async throws {
    func codes(_ tokens: Int64) async throws -> [String] {
      let counts = try [("m", Int64(1000)), ("m2", tokens)].map { name, tokens in
        try TokenBench.artifact("tokenizer", name, ["golden_counts": ["en": .integer(tokens)]])
      }
      return try await TokenBench.finding(
        try TokenBench.calls(200), artifacts: counts, changes: [TokenBench.change("m", "m2")]
      ).codes(.fail)
    }
    for tokens in [Int64(1020), 980] { #expect(try await codes(tokens).isEmpty) }
    for tokens in [Int64(1021), 979] { #expect(try await codes(tokens) == ["TOKENIZER_DRIFT"]) }
  }

  // MARK: Prefixes

  /// Renders of 100 static tokens by the template, of which so many come first.
  private func renders(_ first: Int, count: Int = 2, minimum: Int = 0, policy: String = "") async throws -> Finding {
    let (head, tail) = (String(repeating: "h", count: first), String(repeating: "t", count: 100 - first))
    let calls = try (0..<count).map { number in
      try TokenBench.call(number, billed: 105, local: 100, says: .string("\(head)\(number)\(tail)")) { span in
        span.promptID = "p"
      }
    }
    return try await TokenBench.finding(
      TokenBench.yaml(policy, model: "tokenizer: \(TokenBench.bytes), cache_min_prefix: \(minimum)"), calls,
      artifacts: [try TokenBench.artifact("prompt", "p", ["text": .string("\(head){{number}}\(tail)")])])
  }

  @Test func prefixesOnTheLimit() async throws {
    #expect(try await renders(90).codes(.fail).isEmpty)
    let broken = try await renders(89)
    #expect(broken.codes(.fail) == ["PREFIX_BROKEN"] && close(broken.value("prefix p m"), 0.89, 1e-12))
    #expect(broken.value("static_tokens p m") == 100)
    #expect(try await renders(89, policy: "prefix_share_min: 0.89").codes(.fail).isEmpty)
    // The cache takes 100 tokens and more.
    #expect(try await renders(89, minimum: 100).codes(.fail) == ["PREFIX_BROKEN"])
    let short = try await renders(89, minimum: 101)
    #expect(short.codes(.fail).isEmpty)
    #expect(TokenBench.table(short, "What consecutive")?.map { $0[5] } == ["no, below 101"])
    // One render has none before it.
    let one = try await renders(89, count: 1)
    #expect(one.measure("prefix p m") == nil && one.value("texts") == 1)
  }

  @Test func theNewestRendersCount() async throws {
    // The two oldest of ten differ at the start; nine are looked at, then ten.
    func finding(_ count: Int) async throws -> Finding {
      let calls = try (0..<count).map { number in
        let text = number < count - 9 ? "ab" + String(repeating: "y", count: 90) : String(repeating: "x", count: 92)
        return try TokenBench.call(number, billed: 100, local: 92, says: .string(text)) { $0.promptID = "p" }
      }
      return try await TokenBench.finding(
        TokenBench.yaml(model: "tokenizer: \(TokenBench.bytes), cache_min_prefix: 0"), calls.reversed())
    }
    #expect(try await finding(10).value("prefix p m") == 1)
    #expect(TokenBench.table(try await finding(10), "What consecutive")?.map { $0[2] } == ["8"])
  }

  /// Without a template, what is static at the end is what half of the pairs end with.
  @Test func endingsThatHappenToBeAlike() async throws {
    func finding(_ alike: Int) async throws -> Finding {
      let head = String(repeating: "h", count: 50)
      let calls = try (0..<5).map { number in
        let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(number)))
        // The pairs (0, 1), (1, 2)… end alike as far as both are among the first.
        let ending = number <= alike ? String(repeating: "z", count: 30) : String(repeating: letter, count: 30)
        return try TokenBench.call(number, billed: 85, local: 81, says: .string(head + letter + ending)) { span in
          span.promptID = "p"
        }
      }
      return try await TokenBench.finding(
        TokenBench.yaml(model: "tokenizer: \(TokenBench.bytes), cache_min_prefix: 0"), calls)
    }
    #expect(try await finding(2).value("static_tokens p m") == 50)
    #expect(try await finding(2).codes(.fail).isEmpty)
    // Three of four: 50, of which one pair ends otherwise, and 30.
    let third = try await finding(3)
    #expect(third.value("static_tokens p m") == 50 + 30 * 3 / 4.0 && third.codes(.fail) == ["PREFIX_BROKEN"])
  }

  @Test func versionsOfAPromptAreNotCompared() async throws {
    let calls = try (0..<4).map { number in
      let text = String(repeating: number < 2 ? "a" : "b", count: 100)
      return try TokenBench.call(number, billed: 105, local: 100, says: .string(text)) { span in
        span.promptID = "p"
        span.promptSHA256 = number < 2 ? "1" : "2"
      }
    }
    let finding = try await TokenBench.finding(
      TokenBench.yaml(model: "tokenizer: \(TokenBench.bytes), cache_min_prefix: 0"), calls)
    #expect(TokenBench.table(finding, "What consecutive")?.map { $0[4] } == ["100 %", "100 %"])
  }

  // MARK: Answers and bills

  @Test func answersOnTheLimit() async throws {
    func finding(_ tokens: Int64) async throws -> Finding {
      try await TokenBench.finding(
        try (0..<200).map { number in
          try TokenBench.call(number, billed: 105) { span in
            span.outputTokens = tokens
            span.parameters = #"{"max_tokens":400}"#
            span.attributes = #"{"local_count":100,"valid":true}"#
          }
        })
    }
    #expect(try await finding(400).verdict == .pass)
    #expect(try await finding(401).codes(.fail) == ["MAX_TOKENS_SHORT"])
  }

  @Test func answersOnTheLimitAreWithinIt() async throws {
    let calls = try (0..<400).map { number in
      try TokenBench.call(number, billed: 105) { span in
        span.outputTokens = number < 5 ? 500 : 400
        span.parameters = #"{"max_tokens":400}"#
        span.attributes = #"{"local_count":100,"valid":true}"#
      }
    }
    let finding = try await TokenBench.finding(calls)
    #expect(finding.codes(.fail).isEmpty && finding.codes(.unknown) == ["ANSWERS_OPEN"])
  }

  /// Of two calls at one instant, the one that is read last says what is asked for; the first says how it was billed.
  @Test func callsAtOneInstant() async throws {
    var calls = try (0..<200).map { number in
      try TokenBench.call(number, billed: 105) { span in
        span.outputTokens = 300
        span.parameters = #"{"max_tokens":\#(number < 198 ? 100 : number == 198 ? 200 : 400)}"#
        span.attributes = #"{"local_count":100,"valid":true}"#
      }
    }
    calls[198].span.startedAt = calls[199].span.startedAt
    let golden = try [("a", Int64(100)), ("b", 200)].map { trace, tokens in
      try TokenBench.call(300, billed: tokens) { span in
        (span.traceID, span.spanID) = (trace, trace)
        span.attributes = #"{"golden_class":"en"}"#
      }
    }
    let finding = try await TokenBench.finding(
      calls + golden, artifacts: [try TokenBench.artifact("tokenizer", "m2", ["golden_counts": ["en": 5]])],
      changes: [TokenBench.change("m", "m2")])
    #expect(finding.measure("answer_tokens m")?.limit == 400)
    // The corpus itself is no traffic; counts of two kinds are not compared.
    #expect(finding.value("calls") == 200 && finding.codes(.unknown) == ["NO_GOLDEN_CORPUS"])
    let compared = try await TokenBench.finding(
      golden + [
        try TokenBench.call(301, billed: 100) { span in
          span.modelServed = "m2"
          span.attributes = #"{"golden_class":"en"}"#
        }
      ] + calls, changes: [TokenBench.change("m", "m2")])
    #expect(compared.value("drift m m2") == 0)
  }

  /// An answer of nothing needs no price.
  @Test func callsWithoutAnAnswer() async throws {
    let finding = try await TokenBench.finding(
      TokenBench.yaml(model: "price: {input_per_mtok: 2 USD}"),
      try TokenBench.calls(10, more: 0) { span in
        span.outputTokens = 0
        span.cost = Money("0.004 USD")
      })
    #expect(finding.value("projected_bill m") == 0.5)
  }

  @Test func billsOnTheLimit() async throws {
    func finding(_ more: Int64, count: Int = 200) async throws -> Finding {
      try await TokenBench.finding(
        TokenBench.yaml("margin_default: 9", model: "price: {input_per_mtok: 2 USD}"),
        try TokenBench.calls(count, more: more, local: 900))
    }
    // 900 for 1,000 is a tenth less.
    #expect(try await finding(100).codes(.warn).isEmpty)
    #expect(try await finding(101).codes(.warn) == ["BILL_DRIFT"])
    #expect(try await finding(300, count: 199).codes(.warn).isEmpty)
  }

  // MARK: Habits

  /// Nine of ten counts by length, of at least twenty texts.
  @Test func countsByLengthOnTheLimit() async throws {
    func codes(_ byLength: Int, of count: Int) async throws -> [String] {
      let calls = try (0..<count).map { number in
        // 91 characters: 22 or 23.
        try TokenBench.call(number, billed: 95, local: number < byLength ? 22 : 91, says: Self.letter(number))
      }
      return try await TokenBench.finding(TokenBench.yaml("margin_default: 9"), calls).codes(.warn)
    }
    #expect(try await codes(18, of: 20) == ["LENGTH_GUARD"])
    #expect(try await codes(17, of: 20).isEmpty)
    #expect(try await codes(19, of: 19).isEmpty)
  }

  @Test func stopsWithinValues() async throws {
    func codes(_ stop: String, schema: String? = "good") async throws -> [String] {
      let artifact = try TokenBench.artifact(
        "schema", "answer", ["schema": ["properties": ["state": ["enum": ["open", "END. now"]]]]])
      let calls = try TokenBench.calls(200) { span in
        span.parameters = stop
        let digest = schema == nil ? "" : #","schema_sha256":"\#(artifact.sha256)""#
        span.attributes = #"{"local_count":1000\#(digest)}"#
      }
      return try await TokenBench.finding(calls, artifacts: [artifact]).codes(.warn)
    }
    #expect(try await codes(#"{"stop":"END."}"#) == ["STOP_IN_VALUE"])
    #expect(try await codes(#"{"stop_sequences":["x","END."]}"#) == ["STOP_IN_VALUE"])
    for stop in [#"{"stop":"\n\n"}"#, #"{"stop":""}"#, "{}"] { #expect(try await codes(stop).isEmpty) }
    #expect(try await codes(#"{"stop":"END."}"#, schema: nil).isEmpty)
  }

  @Test func habitsAreToldWithAnExample() async throws {
    let calls = try (0..<3).map { number in
      try TokenBench.call(number, billed: 12, local: 11, says: .string("total\u{A0}due ")) { $0.promptID = "p" }
    }
    let finding = try await TokenBench.finding(
      TokenBench.yaml("gap_min_n: 3"), calls,
      artifacts: [try TokenBench.artifact("prompt", "p", ["text": "{{now}} says what the total due is"])])
    #expect(finding.codes(.warn) == ["TRAILING_SPACE", "VOLATILE_FIRST", "UNSEEN_CHARACTERS"])
    #expect(finding.next == "Trim the end of the prompt." && finding.verdict == .warn)
    #expect(finding.reasons.first?.about == "p" && finding.evidence.count > 3)
  }

  /// Of each place, the newest texts; the others are not missed.
  @Test func textsThatAreRead() async throws {
    let calls = try (0..<310).map { try TokenBench.call($0, billed: 6, says: "Hello") }
    let finding = try await TokenBench.finding(calls)
    #expect(finding.value("pairs") == 300 && finding.value("calls") == 310 && finding.value("excluded") == nil)
    #expect(finding.verdict == .warn || finding.verdict == .fail, "a gap of 20 %")
  }
}
