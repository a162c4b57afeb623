import Records
import Testing

@testable import Checks

/// What is seen in prompts, and between two of them.
@Suite struct PromptLintTests {
  private func seen(_ text: String) -> Set<PromptLint> { PromptLint.seen(in: text) { $0.utf8.count } }

  // MARK: In one text

  @Test func whiteSpaceAtTheEnd() {
    #expect(seen("Answer: ") == [.trailingSpace] && seen("Answer:\n") == [.trailingSpace])
    #expect(seen("Answer:").isEmpty && seen("").isEmpty && seen(" Answer:").isEmpty)
  }

  @Test func charactersThatNobodySees() {
    for text in [
      "total\u{A0}due", "total\u{200B}due", "\u{FEFF}total", "a\u{200D}b", "re\u{301}sume\u{301}", "12\u{200B}34",
      "\u{200B}", "due\u{200C}", "😀\u{200D}", "😀\u{200D}a", " \u{200B}x", "x😀\u{200B}",
    ] {
      #expect(seen(text) == [.unseenCharacters], "\(text.debugDescription)")
    }
    for text in [
      "résumé", "👩\u{200D}💻", "❤️\u{200D}🔥", "می\u{200C}خواهم", "क्\u{200D}ष", "क्\u{200C}", "नमस्ते", "中文", "total due",
    ] {
      #expect(seen(text).isEmpty, "\(text.debugDescription)")
    }
  }

  @Test func encodedData() {
    func run(_ count: Int) -> String { String(repeating: "a1", count: count / 2) + (count % 2 == 1 ? "a" : "") }
    #expect(seen("x " + run(201)) == [.encodedRun] && seen("x " + run(200)).isEmpty)
    #expect(seen(run(200) + " " + run(200)).isEmpty && seen(String(repeating: "+/", count: 300)).isEmpty)
    #expect(seen(String(repeating: "a", count: 500)).isEmpty && seen(String(repeating: "1", count: 500)).isEmpty)
    #expect(seen(String(repeating: "/", count: 200) + "a1") == [.encodedRun])
  }

  /// Compact JSON that is smaller by exactly a tenth is left alone.
  @Test func indentedJSON() {
    #expect(seen("Data:\n{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}") == [.jsonIndented])
    #expect(seen("Data: {\"a\": 1, \"b\": [2]}").isEmpty && seen("Data: {\n} and [\n1]").isEmpty)
    // 18 of 20 bytes, and 17 of 19: a tenth, and a little more.
    #expect(seen("{\"a\":\"0123456789\"\n\n}").isEmpty && seen("{\"a\":\"012345678\"\n\n}") == [.jsonIndented])
  }

  @Test func countsByLength() {
    for local in [25, 20] { #expect(PromptLint.isByLength(Int64(local), of: String(repeating: "abcd", count: local))) }
    // 10 words: 7.5 and 13.3.
    let words = Array(repeating: "word", count: 10).joined(separator: " ")
    #expect([7, 8, 13, 14].allSatisfy { PromptLint.isByLength($0, of: words) })
    #expect(PromptLint.isByLength(12, of: words) && !PromptLint.isByLength(11, of: words))
  }

  // MARK: Between two

  private func between(_ first: String, _ second: String, user: String? = nil) -> Set<PromptLint> {
    PromptLint.seen(in: RenderPair(first, second), user: user)
  }

  @Test func volatileTextBeforeWhatIsTheSame() {
    let rules = "Follow the policy and cite the section."
    for (one, other) in [
      ("Now: 2026-04-15T09:41:00Z", "Now: 2026-04-15T09:42:07Z"), ("15.04.2026", "16.04.2026"),
      ("2026/04/15", "2026/04/16"),
      ("6f9619ff-8b86-d011-b42d-00c04fc964ff", "6f9619ff-8b86-d011-b42d-00c04fc964fa"),
    ] {
      #expect(between("\(one)\n\(rules)", "\(other)\n\(rules)") == [.volatileFirst], "\(one)")
      #expect(between("\(rules)\n\(one)", "\(rules)\n\(other)").isEmpty)
    }
    #expect(between("For ana\n\(rules)", "For bo-7\n\(rules)", user: "bo-7") == [.volatileFirst])
    #expect(between("For ana\n\(rules)", "For bo-7\n\(rules)", user: "cy").isEmpty)
    #expect(between("red\n\(rules)", "blue\n\(rules)").isEmpty)
    // As much before as behind is not before.
    #expect(between("at 00:01 sharp.", "at 00:02 sharp.").isEmpty)
    #expect(between("at 00:01 sharp..", "at 00:02 sharp..") == [.volatileFirst])
    #expect(TextScan.hasVolatileText("12:30") && !TextScan.hasVolatileText("2:30") && !TextScan.hasVolatileText(""))
  }

  @Test func orderThatChanges() {
    let tools = #"{"a_tool": 1, "b_tool": 2, "c": [1, 2]}"#
    #expect(between("Use \(tools)", #"Use {"b_tool": 2, "a_tool": 1, "c": [1, 2]}"#) == [.keysUnstable])
    #expect(between("Use \(tools)", #"Use {"a_tool":1,"b_tool":2,"c":[1,2]}"#).isEmpty)
    #expect(between("Use \(tools)", #"Use {"a_tool": 1, "b_tool": 3, "c": [1, 2]}"#).isEmpty)
    #expect(between(#"[{"n":"a"},{"n":"b"}]"#, #"[{"n":"b"},{"n":"a"}]"#) == [.keysUnstable])
    #expect(between(#"[{"n":"a"},{"n":"b"}]"#, #"[{"n":"b"},{"n":"c"}]"#).isEmpty)
    #expect(between(#"[{"n":"a"},{"n":"b"}]"#, #"[{"n":"a"}]"#).isEmpty)
  }

  @Test func pairsAreCutAtCharacters() {
    func cut(_ first: String, _ second: String) -> (Int, Int) {
      let pair = RenderPair(first, second)
      return (pair.before, pair.behind)
    }
    #expect(cut("abcXdef", "abcYdef") == (3, 3) && cut("same", "same") == (4, 0) && cut("", "x") == (0, 0))
    #expect(cut("aa", "aaa") == (2, 0) && cut("xaa", "aa") == (0, 2))
    // é and è begin with the same byte; а (U+0430) and р (U+0440) end with other ones, 0xD0B0 and 0xD180; ı and б share none.
    #expect(cut("é!", "è!") == (0, 1) && cut("xа", "xӰ") == (1, 0))
    // U+0101 and U+0201 end with the same byte.
    #expect(cut("\u{101}", "\u{201}") == (0, 0) && cut("\u{101}z", "\u{201}z") == (0, 1))
    #expect(RenderPair("abc end", "xyz end").ending == " end")
    // With the words in which it begins and ends.
    for (first, second, word) in [
      ("id-12 x", "id-34 x", "id-34"), ("an id-12 x", "an id-34 x", "id-34"), ("x 12ab", "x 13ab", "13ab"),
      ("x 12ab y", "x 13ab y", "13ab"), ("same", "same", "same"), ("", "new", "new"), ("a  b", "a x b", "x"),
    ] {
      let pair = RenderPair(first, second)
      #expect(pair.difference(in: pair.second) == word, "\(second)")
    }
  }

  // MARK: Templates, schemas, and JSON in texts

  @Test func templates() {
    let template = PromptText.template("Hi {{ user_name }}, {{topic}} {{open")
    #expect(template.fixed == "Hi ,  {{open" && template.places.map(\.name) == ["user_name", "topic"])
    #expect(template.places.map(\.before) == [3, 5])
    #expect(PromptLint.isVolatileFirst(template: "{{now}}\nFollow the policy."))
    #expect(!PromptLint.isVolatileFirst(template: "Follow the policy.\n{{now}}"))
    #expect(
      !PromptLint.isVolatileFirst(template: "{{policy}}\nFollow the policy.")
        && !PromptLint.isVolatileFirst(template: ""))
    #expect(
      !PromptLint.isVolatileFirst(template: "abc{{date}}def") && PromptLint.isVolatileFirst(template: "abc{{date}}defg")
    )
  }

  @Test func valuesOfSchemas() throws {
    let schema = try JSONValue(
      parsing: #"""
        {"type":"object","properties":{"state":{"enum":["open","END."]},"note":{"type":"string","default":"none"},
        "list":{"type":"array","items":{"const":"x"}},"deep":{"examples":[["a"],{"k":"b"}]}},"required":["lost"]}
        """#)
    #expect(
      PromptLint.values(of: schema) == ["state", "open", "END.", "note", "none", "list", "x", "deep", "a", "b"])
  }

  @Test func wordsOfMessages() {
    let messages: JSONValue = [
      ["role": "system", "content": "Be brief."],
      ["role": "user", "parts": [["type": "text", "content": "Hello"], ["type": "image", "url": "x"]]],
      ["role": "user", "content": [["type": "text", "text": "there"]]],
      ["role": "assistant", "content": nil, "tool_calls": [["name": "f"]]], "plain", 7, true, nil,
    ]
    #expect(
      PromptText.words(messages) == """
        Be brief.
        Hello
        {"type":"image","url":"x"}
        there
        [{"name":"f"}]
        plain
        7
        true
        """)
    #expect(PromptText.joined([nil, "a", .null, "b"]) == "a\nb")
  }

  @Test func blocksAreFoundFromOutside() {
    func blocks(_ text: String) -> [String] { TextScan.jsonBlocks(text).map(\.text) }
    #expect(blocks(#"See {"a":{"b":1}} and [1] and [{"c":"}"}]."#) == [#"{"a":{"b":1}}"#, #"[{"c":"}"}]"#])
    #expect(blocks(#"{see {"a":1}}"#) == [#"{"a":1}"#] && blocks("{}[]").isEmpty && blocks("{\"a\":1").isEmpty)
    #expect(blocks("[1,2,3]").isEmpty && blocks("[1,2,3,4]") == ["[1,2,3,4]"])
    #expect(blocks(#"{"a":"\"}"}"#) == [#"{"a":"\"}"}"#] && blocks(#"{"a":"open}"#).isEmpty)
    #expect(TextScan.jsonBlocks(String(repeating: #"{"a":1}"#, count: 30)).count == 16)
    #expect(TextScan.jsonBlocks(String(repeating: #"{"a":1}"#, count: 3), limit: 2).count == 2)
    // Longer texts in brackets that are no JSON are not looked into.
    func wrapped(_ count: Int) -> String { "{" + String(repeating: "x", count: count) + #"{"a":1}}"# }
    #expect(blocks(wrapped(248)) == [#"{"a":1}"#] && blocks(wrapped(249)).isEmpty)
  }

  /// Texts at which a scan that looks again and again would not end.
  @Test(arguments: ["[", "{", "[]", "{\"", "{{}", "[[]", "\"", "\\", "\u{200D}", "क\u{200D}", "0000-"])
  func hostileTextsTakeNoTime(unit: String) {
    let text = String(repeating: unit, count: 200_000)
    _ = TextScan.jsonBlocks(text)
    _ = TextScan.hasUnseenCharacters(text)
    _ = TextScan.hasVolatileText(text)
    #expect(!TextScan.hasEncodedRun(text) && RenderPair(text, text).before == text.utf8.count)
  }
}
