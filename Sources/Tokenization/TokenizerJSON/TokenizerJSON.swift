internal import Records

/// A `tokenizer.json` of Hugging Face's tokenizers with a byte-pair model.
///
/// `truncation`, `padding` and `post_processor` are about what a model is given, not about the tokens of a text: they are
/// not read.
struct TokenizerJSON {
  let tokenizer: Tokenizer

  /// Reads the bytes of a file. O(n).
  init(_ bytes: [UInt8], file: String) throws(TokenizerError) {
    do {
      let document = try TokenizerDocument(bytes)
      tokenizer = try TokenizerJSON.assembled(document, file)
    } catch let error as TokenizerError {
      throw error
    } catch let error as JSONCursor.Malformed {
      let line = 1 + bytes.prefix(error.offset).count { $0 == .lineFeed }
      throw TokenizerError(file: file, line: line, problem: error.problem)
    } catch {
      throw TokenizerError(file: file, problem: "\(error)")
    }
  }

  private static func assembled(_ document: TokenizerDocument, _ file: String) throws(TokenizerError) -> Tokenizer {
    let settings = JSONPart(value: document.settings, path: "", file: file)
    let model = settings["model"]
    try refuseUnsupported(model)
    let normalizers = try settings["normalizer"].normalizers()
    let cutting = try settings["pre_tokenizer"].preTokenizer()
    let vocabulary = JSONModel(document.vocabulary, model, isByteLevel: cutting.isByteLevel)
    let plan = try vocabulary.plan()
    var pipeline = TextPipeline(normalizers: normalizers, steps: cutting.steps)
    let added = try settings["added_tokens"].addedTokens(normalizers)
    pipeline.rawTokens = AddedTokens(added.raw)
    pipeline.normalizedTokens = AddedTokens(added.normalized)
    return Tokenizer(
      name: file, model: BPEModel(plan), pipeline: pipeline, invalidBytes: .replaced,
      tokens: try vocabulary.spelled(added.all), decoding: try settings["decoder"].decoding())
  }

  private static func refuseUnsupported(_ model: JSONPart) throws(TokenizerError) {
    // Files of early releases do not name the type; only byte-pair models have merges.
    let type = try model["type"].isAbsent ? "BPE" : model.type()
    guard type == "BPE" else { throw model["type"].unsupported("the model \"\(type)\"") }
    guard model["dropout"].isAbsent || model["dropout"].value.real == 0 else {
      throw model["dropout"].unsupported("encoding at random")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] where !model[key].isAbsent {
      guard try model[key].text().isEmpty else { throw model[key].unsupported("a mark at word ends") }
    }
  }
}

/// The document, with the large parts read and the others as values.
struct TokenizerDocument {
  /// All but `model.vocab` and `model.merges`.
  let settings: JSONValue
  let vocabulary: JSONVocabulary

  init(_ bytes: [UInt8]) throws(JSONCursor.Malformed) {
    let valid = bytes.withUnsafeBufferPointer { UTF8Prefix.length($0) }
    guard valid == bytes.count else { throw JSONCursor.Malformed(offset: valid, problem: "invalid UTF-8") }
    var settings = JSONObject()
    var vocabulary = JSONVocabulary()
    var cursor = JSONCursor(bytes)
    try cursor.forEach("{", "}") { (cursor) throws(JSONCursor.Malformed) in
      let key = String(decoding: try cursor.key(), as: UTF8.self)
      switch key {
      case "model": settings[key] = .object(try TokenizerDocument.model(&cursor, &vocabulary))
      case "normalizer", "pre_tokenizer", "decoder", "added_tokens":
        settings[key] = try cursor.value(try cursor.skipValue())
      default: _ = try cursor.skipValue()
      }
    }
    guard cursor.peek() == nil else { throw cursor.wrong("expected the end of the text after the value") }
    self.settings = .object(settings)
    self.vocabulary = vocabulary
  }

  /// Reads the model; merges after the vocabulary, wherever they stand.
  private static func model(
    _ cursor: inout JSONCursor, _ vocabulary: inout JSONVocabulary
  ) throws(JSONCursor.Malformed) -> JSONObject {
    var settings = JSONObject()
    var merges: JSONCursor?
    try cursor.forEach("{", "}") { (cursor) throws(JSONCursor.Malformed) in
      let key = String(decoding: try cursor.key(), as: UTF8.self)
      _ = cursor.peek()
      switch key {
      case "vocab" where cursor.peek() == UInt8(ascii: "{"): try vocabulary.readTokens(&cursor)
      case "merges":
        merges = cursor
        _ = try cursor.skipValue()
      case "vocab": _ = try cursor.skipValue()
      default: settings[key] = try cursor.value(try cursor.skipValue())
      }
    }
    // Other models have other vocabularies; theirs are refused by their type.
    if var merges, settings["type"] == nil || settings["type"] == "BPE" { try vocabulary.readMerges(&merges) }
    return settings
  }
}
