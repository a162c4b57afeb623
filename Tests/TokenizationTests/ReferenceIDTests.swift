import Records
import Testing

@testable import Tokenization

/// Ids equal to tiktoken's and to Hugging Face's, as `Oracles/ids.py` found them.
@Suite struct ReferenceIDTests {
  @Test(arguments: 0..<16)
  func tokenizerFilesAgree(place: Int) throws {
    let fixture = try ReferenceTexts.fixture("ids.json")
    let document = try #require(fixture["tokenizer_files"]?.elements[place])
    try ReferenceTexts.check(try tokenizer(document), document)
  }

  /// Merges as texts, as files of earlier releases have them.
  @Test func mergesMayBeTexts() throws {
    let fixture = try ReferenceTexts.fixture("ids.json")
    let document = try #require(fixture["tokenizer_files"]?.elements.first)
    try ReferenceTexts.check(try tokenizer(document, mergesAsTexts: true), document)
  }

  private func tokenizer(_ document: JSONValue, mergesAsTexts: Bool = false) throws -> Tokenizer {
    let vocabularies = try ReferenceTexts.fixture("vocabularies.json")
    let vocabulary = try #require(vocabularies[document["vocabulary"]?.text ?? ""])
    var model = JSONObject()
    model["type"] = "BPE"
    if case .object(let settings) = document["settings"] {
      for member in settings.members { model[member.key] = member.value }
    }
    model["vocab"] = vocabulary["vocab"]
    model["merges"] = vocabulary["merges"]
    if mergesAsTexts {
      model["merges"] = .array(
        (vocabulary["merges"]?.elements ?? []).map { pair in
          .string(pair.elements.compactMap(\.text).joined(separator: " "))
        })
    }
    let file: JSONValue = [
      "version": "1.0", "added_tokens": document["added_tokens"] ?? nil, "normalizer": document["normalizer"] ?? nil,
      "pre_tokenizer": document["pre_tokenizer"] ?? nil, "model": .object(model),
    ]
    return try Tokenizer(reading: Array(try file.line().utf8), file: "tokenizer.json")
  }

  @Test(arguments: ["cl100k_base", "o200k_base", "p50k_base"])
  func rankFilesAgree(name: String) throws {
    guard let tokenizer = try PublishedVocabulary.tokenizer(name) else { return }
    let fixture = try ReferenceTexts.fixture("ids.json")
    try ReferenceTexts.check(
      tokenizer, try #require(fixture["rank_files"]?.elements.first { $0["name"]?.text == name }))
  }
}
