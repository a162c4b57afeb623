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
    // Put together as text, since `JSONValue` takes keys for equal that are only composed differently.
    var merges = vocabulary["merges"]?.text ?? ""
    if mergesAsTexts {
      let pairs = try JSONValue(parsing: merges).elements.map { $0.elements.compactMap(\.text) }
      merges = try JSONValue.array(pairs.map { .string($0.joined(separator: " ")) }).line()
    }
    let settings = try document["settings"]?.line().dropFirst().dropLast() ?? ""
    let vocab = vocabulary["vocab"]?.text ?? ""
    let parts = try ["added_tokens", "normalizer", "pre_tokenizer"].map { key in
      "\"\(key)\": \(try (document[key] ?? nil).line()), "
    }
    let model =
      "\"type\": \"BPE\", \(settings.isEmpty ? "" : settings + ", ")\"vocab\": \(vocab), \"merges\": \(merges)"
    let file = "{\(parts.joined())\"model\": {\(model)}}"
    return try Tokenizer(reading: Array(file.utf8), file: "tokenizer.json")
  }

  @Test(arguments: ["cl100k_base", "o200k_base", "p50k_base"])
  func rankFilesAgree(name: String) throws {
    guard let tokenizer = try PublishedVocabulary.tokenizer(name) else { return }
    let fixture = try ReferenceTexts.fixture("ids.json")
    try ReferenceTexts.check(
      tokenizer, try #require(fixture["rank_files"]?.elements.first { $0["name"]?.text == name }))
  }
}
