import Project
import Records
import Store
import Testing
import Tokenization

@testable import Checks

@Suite struct TokenArithmeticTests {
  // MARK: The worked example

  static let rule = String(repeating: "Follow the policy strictly and cite the section number. ", count: 60)
  static let instructions = "You are a support assistant. " + rule

  static let english = "The shipment will arrive on Tuesday and the customer must sign for the package."
  static let japanese = "荷物は火曜日に到着し、お客様は荷物の受け取りに署名する必要があります。"
  static let hindi = "शिपमेंट मंगलवार को पहुंचेगा और ग्राहक को पैकेज के लिए हस्ताक्षर करना होगा।"

  /// A record three times in a list, as JSON with these texts after a comma, after a colon, and before an element.
  static func list(comma: String, colon: String, indent: String? = nil) -> String {
    let members = [
      ("customer_id", "10482"), ("full_name", "\"Jane Doe\""), ("email", "\"jane.doe@example.com\""),
      ("order_total", "129.95"), ("currency", "\"USD\""), ("status", "\"shipped\""),
    ]
    func line(_ depth: Int) -> String {
      indent.map { "\n" + String(repeating: $0, count: depth) } ?? ""
    }
    let record =
      "{" + members.map { "\(line(2))\"\($0.0)\"\(colon)\($0.1)" }.joined(separator: comma) + "\(line(1))}"
    return "[" + [record, record, record].map { line(1) + $0 }.joined(separator: comma) + "\(line(0))]"
  }

  static var corpus: GoldenCorpus {
    var corpus = GoldenCorpus()
    corpus.add(english, to: "en")
    corpus.add(japanese, to: "ja", reference: "en")
    corpus.add(hindi, to: "hi", reference: "en")
    corpus.add(list(comma: ",", colon: ":"), to: "compact")
    corpus.add(list(comma: ", ", colon: ": "), to: "default", reference: "compact")
    corpus.add(list(comma: ",", colon: ": ", indent: "  "), to: "indented", reference: "compact")
    corpus.add(list(comma: ",", colon: ": ", indent: "\t"), to: "tabbed", reference: "compact")
    return corpus
  }

  @Test(arguments: [("cl100k_base", 1.647), ("o200k_base", 1.255)])
  func theMultiplierOfTheExample(name: String, expected: Double) throws {
    guard let path = try TokenBench.published(name) else { return }
    let tokenizer = try Tokenizer(reading: try Project().bytes(of: path), file: path)
    let corpus = Self.corpus
    let counts = corpus.counts(tokenizer)
    #expect(counts["compact"] == 114 && counts["default"] == 149 && counts["indented"] == 179)
    #expect(counts["tabbed"] == 197)
    let shares = ["en": 0.55, "indented": 0.25, "ja": 0.12, "hi": 0.08]
    #expect(close(corpus.multiplier(shares, counts), expected, 5e-4))
    let header = "customer_id,full_name,email,order_total,currency,status"
    let row = "10482,Jane Doe,jane.doe@example.com,129.95,USD,shipped"
    #expect(tokenizer.count([header, row, row, row, ""].joined(separator: "\n")) == 76)
  }

  /// A stamp before the instructions breaks the prefix; behind them it does not.
  private func stamped(first: Bool) throws -> [TokenBench.Call] {
    try ["Now: 2026-04-15T09:41:00Z", "Now: 2026-04-15T09:42:07Z"].enumerated().map { number, stamp in
      let text = first ? "\(stamp)\n\(Self.instructions)" : "\(Self.instructions)\n\(stamp)"
      return try TokenBench.call(number, billed: 700, local: 650, says: .string(text)) { $0.promptID = "reply" }
    }
  }

  @Test func stampsBeforeTheInstructionsBreakThePrefix() async throws {
    guard let path = try TokenBench.published("o200k_base") else { return }
    let model =
      "tokenizer: \(path), cache_min_prefix: 0, price: {input_per_mtok: 2 USD, cached_input_per_mtok: 0.2 USD}"
    let broken = try await TokenBench.finding(TokenBench.yaml(model: model), try stamped(first: true))
    #expect(broken.codes(.fail) == ["PREFIX_BROKEN"])
    #expect(close(broken.value("render_cost reply m"), 613.2, 1e-9))
    let whole = try await TokenBench.finding(TokenBench.yaml(model: model), try stamped(first: false))
    #expect(whole.codes(.fail).isEmpty && close(whole.value("render_cost reply m"), 65.9, 1e-9))
    #expect(close(613.2 / (whole.value("render_cost reply m") ?? 0), 9.3, 0.05))
  }

  /// The same with a vocabulary of bytes, on every machine.
  @Test func prefixesAreComparedByTheirIDs() async throws {
    let broken = try await TokenBench.finding(TokenBench.yaml(), try stamped(first: true))
    #expect(broken.codes(.fail) == ["PREFIX_BROKEN"])
    // "Now: 2026-04-15T09:4", then "Z", a line break and the instructions.
    let fixed = 20 + 2 + Self.instructions.utf8.count
    #expect(broken.value("static_tokens reply m") == Double(fixed))
    #expect(close(broken.value("prefix reply m"), 20 / Double(fixed), 1e-9))
    #expect(broken.reasons.first?.about == "reply" && broken.codes(.warn).contains("VOLATILE_FIRST"))
    #expect(broken.next.hasPrefix("Put what is the same"))
    let whole = try await TokenBench.finding(TokenBench.yaml(), try stamped(first: false))
    #expect(whole.codes(.fail).isEmpty && whole.codes(.warn).isEmpty)
    #expect(close(whole.value("prefix reply m"), Double(fixed - 1) / Double(fixed), 1e-9))
    // A shorter prompt than the cache takes is told, and not judged.
    let long = "tokenizer: \(TokenBench.bytes), cache_min_prefix: \(fixed + 1)"
    let short = try await TokenBench.finding(TokenBench.yaml(model: long), try stamped(first: true))
    #expect(short.codes(.fail).isEmpty && short.measure("prefix reply m") != nil)
    let enough = "tokenizer: \(TokenBench.bytes), cache_min_prefix: \(fixed)"
    #expect(
      try await TokenBench.finding(TokenBench.yaml(model: enough), try stamped(first: true)).codes(.fail) == [
        "PREFIX_BROKEN"
      ])
  }

  @Test func aWholeLedgerPasses() async throws {
    let finding = try await TokenBench.finding(
      try TokenBench.calls(200) + TokenBench.calls(200, from: 200, more: 100, lang: "ja"))
    #expect(finding.verdict == .pass && finding.reasons.isEmpty, "\(finding.reasons)")
    #expect(finding.value("pairs") == 400 && close(finding.value("gap en at m"), 0.05, 1e-12))
    #expect(close(finding.value("gap ja at m"), 0.10, 1e-12) && finding.owner == "ana")
    #expect(finding.headline.contains("10 % above the own count in ja at m"))
    let table = try #require(TokenBench.table(finding, "Languages"))
    #expect(table.map { $0[0] } == ["en", "ja"] && table.map { $0[6] } == ["5 %", "10 %"])
    #expect(finding.next == "Nothing to do." && finding.missing.isEmpty)
  }

  // MARK: Nothing, and one

  @Test func nothingIsUnknownOrNotApplicable() async throws {
    let declared = try await TokenBench.finding(TokenBench.yaml(), [])
    #expect(declared.codes(.unknown) == ["NO_BILLED_COUNTS"] && declared.missing.first?.howMuch == 200)
    #expect(declared.headline.hasPrefix("Nobody knows"))
    let other = try await CheckBench("models: {m: {tokenizer: x}}").run([TokenBench.check])
    #expect(other.findings.isEmpty && other.notApplicable == [TokenBench.check])
  }

  @Test func featuresAreSeenByTheirCounts() async throws {
    let seen = try await TokenBench.bench("ledger: x", try TokenBench.calls(1)).run([TokenBench.check])
    #expect(seen.findings.map(\.subject) == ["letters"])
    let served = try await TokenBench.bench(
      "models: {m: {tokenizer: x}}", [try TokenBench.call(0, billed: 5)]
    ).run([TokenBench.check])
    #expect(served.findings.map(\.subject) == ["letters"])
    let unseen = try await TokenBench.bench("models: {m: {price: {}}}", [try TokenBench.call(0, billed: 5)])
      .run([TokenBench.check])
    #expect(unseen.findings.isEmpty)
  }

  @Test func oneCallIsTooFew() async throws {
    let finding = try await TokenBench.finding(try TokenBench.calls(1))
    #expect(finding.codes(.unknown) == ["TOO_FEW_PAIRS"] && finding.missing.first?.howMuch == 199)
    #expect(TokenBench.table(finding, "Languages")?.first?[6] == "15 % (default)")
    #expect(finding.next.hasPrefix("Get 199 more"))
  }

  // MARK: Own counts by the model's vocabulary

  @Test func textsAreCountedWhereNobodyDid() async throws {
    let calls = try (0..<200).map { number in
      try TokenBench.call(
        number, billed: 110, says: [["role": "user", "content": .string(String(repeating: "ab", count: 50))]])
    }
    let finding = try await TokenBench.finding(calls)
    #expect(finding.verdict == .pass && close(finding.value("gap en at m"), 0.10, 1e-12), "\(finding.reasons)")
    #expect(TokenBench.table(finding, "Languages")?.first?[3] == "1.100" && finding.value("texts") == 200)
    // Instructions and tools are part of what is sent.
    let whole = try calls.map { call in
      var call = call
      for (path, text) in [(\SpanContents.instructions, "12345"), (\.tools, "67890")] {
        let content = Content(Array(try JSONValue.string(text).canonical().utf8), at: call.span.startedAt)
        call.span.contents[keyPath: path] = content.sha256
        call.contents.append(content)
      }
      return call
    }
    // 110 for 100 and two texts of five with a line break each.
    let more = try await TokenBench.finding(whole)
    #expect(close(more.value("gap en at m"), 110.0 / 112 - 1, 1e-12))
  }

  @Test func withoutAVocabularyNobodyKnows() async throws {
    let calls = try (0..<200).map { try TokenBench.call($0, billed: 110, says: "Hello") }
    for (model, words) in [("price: {}", "names no vocabulary"), ("tokenizer: gone.tiktoken", "gone.tiktoken")] {
      let finding = try await TokenBench.finding(TokenBench.yaml(model: model), calls)
      #expect(finding.codes(.unknown) == ["NO_TOKENIZER", "TOO_FEW_PAIRS"])
      #expect(finding.reasons.first?.text.contains(words) ?? false && finding.reasons.first?.about == "m")
      #expect(finding.missing.first == Finding.Missing("tokenizer for m", 1))
    }
    // A name alone stands for the rank file.
    let named = try await TokenBench.finding(TokenBench.yaml(model: "tokenizer: cl100k_base-bytes"), calls)
    #expect(named.codes(.unknown).isEmpty)
  }

  /// What was erased, or never came, leaves a call without a pair.
  @Test func missingTextsAreLeftOut() async throws {
    var calls = try (0..<210).map { try TokenBench.call($0, billed: 11, says: $0 < 200 ? "0123456789" : "gone") }
    for number in 200..<210 { calls[number].contents = [] }
    let some = try await TokenBench.finding(calls)
    #expect(some.value("excluded") == 10 && some.codes(.unknown).isEmpty)
    for number in 195..<200 { calls[number].span.inputTokens = nil }
    let many = try await TokenBench.finding(TokenBench.yaml("gap_min_n: 100"), calls)
    #expect(many.codes(.unknown) == ["MISSING_FIELDS"] && many.value("excluded") == 15)
  }

  // MARK: Values that nobody should send

  @Test func hostileValuesAreLeftOut() async throws {
    let good = try TokenBench.calls(200)
    let strange: [JSONValue] = [
      ["local_count": -1], ["local_count": 1.5], ["local_count": "many"], ["local_count": nil], ["local_count": [1]],
      ["local_count": 9e300], ["local_count": ["a": 1]],
    ]
    let hostile = try strange.enumerated().map { number, attributes in
      try TokenBench.call(1000 + number, billed: 5) { $0.attributes = try? attributes.canonical() }
    }
    let counts = try [Int64.max, -5, .min].enumerated().map { number, billed in
      try TokenBench.call(2000 + number, billed: billed, local: 5)
    }
    let words = try TokenBench.call(700, billed: 1050, local: 1000) { span in
      span.promptID = "'; DROP TABLE span; --"
      span.parameters = #"{"max_tokens":"all","stop":{"a":1}}"#
      span.cachedTokens = .max
      span.outputTokens = .min
      span.cost = Money("1000000000 USD")
    }
    let finding = try await TokenBench.finding(
      TokenBench.yaml(
        "max_missing_share: 0.5", model: "tokenizer: \(TokenBench.bytes), price: {input_per_mtok: 2 USD}"),
      good + hostile + counts + [words])
    #expect(finding.value("pairs") == 201 && finding.value("excluded") == 10)
    #expect(finding.codes(.fail).isEmpty && finding.codes(.unknown).isEmpty, "\(finding.reasons)")
    #expect(finding.measures.allSatisfy { $0.value?.isFinite ?? true })
  }

  @Test func ownCountsOfNothingAreNamed() async throws {
    let zero = try TokenBench.calls(3, from: 300, more: 7, local: 0) + TokenBench.calls(2, from: 400, more: 0, local: 0)
    let finding = try await TokenBench.finding(try TokenBench.calls(200) + zero)
    #expect(finding.value("local_zero") == 3 && finding.codes(.pass) == ["LOCAL_ZERO"] && finding.value("pairs") == 200)
    #expect(try await TokenBench.finding(try TokenBench.calls(200)).codes(.pass).isEmpty)
  }

  @Test func theSameLedgerGivesTheSameFinding() async throws {
    let bench = try await TokenBench.bench(TokenBench.yaml(), try stamped(first: true))
    let (first, second) = (try await bench.finding(TokenBench.check), try await bench.finding(TokenBench.check))
    #expect(first == second)
  }
}
