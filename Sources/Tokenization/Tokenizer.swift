/// Text to token ids with a vocabulary of the user's, exactly as the reference does it: tiktoken for rank files,
/// Hugging Face's tokenizers for `tokenizer.json`.
///
/// - What looks like a special token (`<|endoftext|>`) inside a text is ordinary text, as in tiktoken's
///   `encode_ordinary` and in tokenizers with `encode_special_tokens`; nothing is put before or behind the text.
/// - Time is linear in the text for every text (with vocabularies whose merges are out of order, n log n).
/// - Bytes that are not UTF-8 are taken as the reference takes them (see `encode(_:)`).
public struct Tokenizer: Sendable {
  /// The encoding's name for a rank file; else the name of the file.
  public let name: String
  let model: BPEModel
  let pipeline: TextPipeline
  let invalidBytes: InvalidBytes
  private let bytesByID: TokenBytes
  private let decoding: Decoding

  init(
    name: String, model: BPEModel, pipeline: TextPipeline, invalidBytes: InvalidBytes, tokens: TokenList,
    decoding: Decoding = Decoding()
  ) {
    self.name = name
    self.model = model
    self.pipeline = pipeline
    self.invalidBytes = invalidBytes
    self.decoding = decoding
    bytesByID = TokenBytes(tokens)
  }

  /// The ids of a text.
  public func encode(_ text: String) -> [TokenID] {
    var text = text
    return text.withUTF8 { encode($0) }
  }

  /// The ids of bytes, which should be UTF-8.
  ///
  /// If they are not: with a rank file, what precedes the first wrong byte is cut as text, and its last piece with all
  /// that follows is encoded as one piece, as tiktoken does for bytes. With a `tokenizer.json`, whose reference takes
  /// text only, wrong bytes become U+FFFD as in Python's `decode("utf-8", "replace")`.
  public func encode(_ bytes: [UInt8]) -> [TokenID] {
    bytes.withUnsafeBufferPointer { encode($0) }
  }

  /// The ids of borrowed bytes.
  public func encode(_ bytes: UnsafeBufferPointer<UInt8>) -> [TokenID] {
    let valid = UTF8Prefix.length(bytes)
    guard valid == bytes.count else { return invalidBytes.encode(bytes, valid: valid, self) }
    return encodeText(bytes).ids
  }

  /// The ids of valid UTF-8, and how many of them come from its last piece.
  func encodeText(_ bytes: UnsafeBufferPointer<UInt8>) -> (ids: [TokenID], lastCount: Int) {
    var sink = EncodingSink(model: model)
    pipeline.run(bytes, into: &sink)
    return (sink.ids, sink.lastCount)
  }

  /// The number of tokens of a text. For many texts, `TokenCounter` is faster.
  public func count(_ text: String) -> Int {
    var counter = TokenCounter(self)
    return counter.count(text)
  }

  /// The number of tokens of bytes, which should be UTF-8 (see `encode(_:)`).
  public func count(_ bytes: [UInt8]) -> Int {
    var counter = TokenCounter(self)
    return counter.count(bytes)
  }

  /// The bytes that ids stand for. With a rank file `decode(encode(x)) == x` for all bytes; a `tokenizer.json` may
  /// normalise text, and its decoder decides about blanks. Bytes, because tokens may split a character.
  ///
  /// Throws `UnknownToken` for an id that is not in the vocabulary.
  public func decode(_ ids: some Sequence<TokenID>) throws(UnknownToken) -> [UInt8] {
    var bytes: [UInt8] = []
    for (place, id) in ids.enumerated() {
      guard let token = bytesByID[id] else { throw UnknownToken(id: id, place: place) }
      bytes += token
    }
    return decoding.applied(to: bytes)
  }

  /// The bytes of ids that this tokenizer made.
  func bytes(of ids: some Sequence<TokenID>) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids { bytes += bytesByID[id] ?? [] }
    return bytes
  }

  /// An id that the vocabulary does not have.
  public struct UnknownToken: Error, Hashable, CustomStringConvertible {
    public let id: TokenID
    /// Its place among the ids, from 0.
    public let place: Int
    public var description: String { "no token has the id \(id) (place \(place))" }
  }
}
