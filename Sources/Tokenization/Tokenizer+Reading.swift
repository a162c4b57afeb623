extension Tokenizer {
  /// Reads a vocabulary from the bytes of a file: a tiktoken rank file, or a `tokenizer.json`, told apart by content.
  ///
  /// - Parameters:
  ///   - file: the file as the user named it, for errors.
  ///   - encoding: what a rank file belongs to. If nil, published files are recognised by their SHA-256, others by a
  ///     file name that begins with the encoding's.
  public init(reading bytes: [UInt8], file: String, encoding: RankEncoding? = nil) throws(TokenizerError) {
    if Tokenizer.isJSON(bytes) {
      self = try TokenizerJSON(bytes, file: file).tokenizer
      return
    }
    guard let encoding = encoding ?? RankEncoding.recognised(bytes, file: file) else {
      let names = RankEncoding.allCases.map(\.rawValue).joined(separator: ", ")
      throw TokenizerError(
        file: file, problem: "a rank file does not say how its encoding cuts text into pieces",
        remedy: "Name the encoding, or name the file after it: \(names)")
    }
    let ranks = try RankFile(bytes, file: file)
    self.init(
      name: encoding.rawValue, model: BPEModel(ranks.plan), pipeline: TextPipeline(steps: [.split(encoding.pattern)]),
      invalidBytes: .joinedToLastPiece, tokens: ranks.tokens)
  }

  /// No line of a rank file begins with a brace.
  private static func isJSON(_ bytes: [UInt8]) -> Bool {
    bytes.first { $0 != .blank && $0 != .lineFeed && $0 != .carriageReturn && $0 != UInt8(ascii: "\t") }
      == UInt8(ascii: "{")
  }
}
