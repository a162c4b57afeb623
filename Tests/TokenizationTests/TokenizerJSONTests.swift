import SeededRandom
import Testing

@testable import Tokenization

@Suite struct TokenizerJSONTests {
  private func file(
    model: String = #""type": "BPE", "unk_token": "u", "vocab": {"u": 0, "a": 1, "b": 2, "ab": 3}, "merges": ["a b"]"#,
    rest: String = ""
  ) -> String { "{\(rest)\"model\": {\(model)}}" }

  private func error(_ text: String) -> String? {
    do throws(TokenizerError) {
      _ = try Tokenizer(reading: Array(text.utf8), file: "t.json")
      return nil
    } catch {
      return error.description
    }
  }

  @Test func readsASmallModel() throws {
    let tokenizer = try Tokenizer(reading: Array(file().utf8), file: "t.json")
    #expect(tokenizer.encode("abba?ab") == [3, 2, 1, 0, 3])
    #expect(try tokenizer.decode([3, 1]) == Array("aba".utf8))
  }

  @Test(arguments: [
    (
      #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "[a-z]+"}, "behavior": "Isolated"}, "#,
      "pre_tokenizer.pattern.Regex", #"the regular expression "[a-z]+" is not supported"#
    ),
    (
      #""pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "BertPreTokenizer"}]}, "#,
      "pre_tokenizer.pretokenizers[0].type", #"the pre-tokenizer "BertPreTokenizer" is not supported"#
    ),
    (
      #""normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "NFKC"}]}, "#,
      "normalizer.normalizers[1].type", #"the normalizer "NFKC" is not supported"#
    ),
    (
      #""normalizer": {"type": "Replace", "pattern": {"Regex": " +"}, "content": ""}, "#,
      "normalizer.pattern.Regex", "a regular expression here is not supported"
    ),
    (
      #""added_tokens": [{"id": 9, "content": "x", "lstrip": true}], "#, "added_tokens[0].lstrip",
      "true for a token that is not special is not supported"
    ),
    (
      #""added_tokens": [{"id": -1, "content": "x"}], "#, "added_tokens[0].id",
      "expected a whole number from 0 to 4294967295"
    ),
    (#""decoder": {"type": "CTC"}, "#, "decoder.type", #"the decoder "CTC" is not supported"#),
    (#""pre_tokenizer": {"type": "ByteLevel"}, "#, "model.vocab", "byte 0x00 has no token"),
  ])
  func saysWhatIsNotSupported(rest: String, path: String, problem: String) {
    #expect(
      error(file(rest: rest))?.hasPrefix("t.json: \(path): \(problem).") == true, "\(error(file(rest: rest)) ?? "")")
  }

  @Test(arguments: [
    (#""type": "Unigram", "vocab": [["a", 0.1]]"#, "model.type", #"the model "Unigram" is not supported"#),
    (#""type": "WordPiece", "vocab": {"a": 1}"#, "model.type", #"the model "WordPiece" is not supported"#),
    (
      #""type": "BPE", "dropout": 0.1, "vocab": {"a": 1}, "merges": []"#, "model.dropout",
      "encoding at random is not supported"
    ),
    (
      #""type": "BPE", "end_of_word_suffix": "</w>", "vocab": {"a": 1}, "merges": []"#, "model.end_of_word_suffix",
      "a mark at word ends is not supported"
    ),
    (
      #""type": "BPE", "vocab": {"a": 1}, "merges": []"#, "model.unk_token",
      "a model that drops characters it does not know is not supported"
    ),
    (
      #""type": "BPE", "byte_fallback": true, "vocab": {"a": 1}, "merges": []"#, "model.byte_fallback",
      #"the token "<0x00>" is missing in model.vocab"#
    ),
  ])
  func saysWhichModelIsNotSupported(model: String, path: String, problem: String) {
    #expect(error(file(model: model))?.hasPrefix("t.json: \(path): \(problem).") == true)
  }

  @Test(arguments: [
    ("{\n\"model\": {\"vocab\": {\"a\": 1,\n\"a\": 2}}}", "t.json:3: the token \"a\" is there twice."),
    (
      "{\"model\": {\"vocab\": {\"a\": 1},\n\"merges\": [\n\"a b\"]}}",
      "t.json:3: merge 0: \"b\" is not in model.vocab."
    ),
    (
      "{\"model\": {\"vocab\": {\"a\": 1, \"aa\": 2},\n\"merges\": [\n\"a a\", \"a a\"]}}",
      "t.json:3: merge 1 is there twice."
    ),
    (
      "{\"model\": {\"vocab\": {\"a\": 1, \"aa\": 2},\n\"merges\": [\"a a a\"]}}",
      "t.json:2: expected two tokens, as \"a b\" or [\"a\", \"b\"]."
    ),
    ("{\"model\":\n {\"vocab\": {\"a\": 1.5}}}", "t.json:2: expected ',' or '}'."),
    ("{\"model\":\n {\"vocab\": {\"a\": -1}}}", "t.json:2: expected a whole number from 0 to 4294967295."),
    ("{\"model\":\n {\"vocab\": {\"a", "t.json:2: expected '\"' at the end of a string, found the end."),
    ("{}", "t.json: model.vocab: expected an object of tokens with their ids."), ("{", "t.json:1: expected a string."),
  ])
  func saysWhichLineIsNoJSON(text: String, message: String) {
    #expect(error(text)?.hasPrefix(message) == true, "\(error(text) ?? "")")
  }

  /// Keys that differ only in how characters are composed are two tokens.
  @Test func composedAndDecomposedTokensDiffer() throws {
    let model =
      #""unk_token": "u", "vocab": {"u": 0, "\u00e9": 1, "e": 2, "\u0301": 3, "e\u0301": 4}, "merges": ["e \u0301"]"#
    let tokenizer = try Tokenizer(reading: Array(file(model: model).utf8), file: "t.json")
    #expect(tokenizer.encode("\u{e9}e\u{301}") == [1, 4])
  }

  @Test func brokenFilesDoNotCrash() {
    var random = SplitMix(seed: 12)
    let whole = Array(
      file(
        rest: #""added_tokens": [{"id": 9, "content": "x"}], "normalizer": {"type": "NFC"}, "#
          + #""pre_tokenizer": {"type": "Metaspace", "replacement": "_"}, "#
      ).utf8)
    for _ in 0..<3000 {
      var broken = whole
      for _ in 0...random.below(3) where !broken.isEmpty {
        let place = random.below(broken.count)
        switch random.below(3) {
        case 0: broken[place] = UInt8(random.below(256))
        case 1: broken.removeSubrange(place..<min(place + random.below(20), broken.count))
        default: broken.insert(contentsOf: broken[place..<min(place + 9, broken.count)], at: place)
        }
      }
      let tokenizer = try? Tokenizer(reading: broken, file: "broken.json", encoding: .r50k)
      _ = tokenizer?.encode("abx ab\u{301}")
    }
  }
}
