/// Counts tokens without building lists of ids, and remembers the counts of the short pieces it met last, at most
/// 16,384: of texts alike, most pieces are known after the first.
///
/// Results do not depend on what was counted before. A counter belongs to one task; make one for each.
public struct TokenCounter: ~Copyable {
  /// What it counts with.
  public let tokenizer: Tokenizer
  private let state: State

  /// Behind a reference, so that other modules need not know how it is laid out.
  private final class State {
    var sink: CountingSink

    init(model: BPEModel) { sink = CountingSink(model: model) }
  }

  public init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    state = State(model: tokenizer.model)
  }

  /// The number of tokens of a text. O(n).
  public mutating func count(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { count($0) }
  }

  /// The number of tokens of bytes, which should be UTF-8 (see `Tokenizer.encode(_:)`). O(n).
  public mutating func count(_ bytes: [UInt8]) -> Int {
    bytes.withUnsafeBufferPointer { count($0) }
  }

  /// The number of tokens of borrowed bytes. O(n).
  public mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let valid = UTF8Prefix.length(bytes)
    guard valid == bytes.count else {
      return tokenizer.invalidBytes.encode(bytes, valid: valid, tokenizer).count
    }
    state.sink.total = 0
    tokenizer.pipeline.run(bytes, into: &state.sink)
    return state.sink.total
  }
}
