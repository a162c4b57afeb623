/// Hugging Face's pre-tokeniser `Metaspace`: blanks become a visible character, which also marks the start of words.
struct Metaspace: Sendable {
  /// When a piece gets the replacement before it that does not begin with it.
  enum Prepending: Sendable { case always, first, never }

  /// What blanks become: UTF-8 of one character, mostly `▁`.
  let replacement: [UInt8]
  let prepending: Prepending
  /// Cuts before every replacement, unless nil.
  let pattern: LiteralPattern?

  init(replacement: [UInt8], prepending: Prepending, splits: Bool) {
    self.replacement = replacement
    self.prepending = prepending
    pattern = splits ? LiteralPattern(literal: replacement, behavior: .mergedWithNext) : nil
  }

  /// - Parameter isFirst: whether the piece begins where the text does.
  func applied(to piece: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(piece.count + replacement.count)
    let startsMarked = piece.starts(with: replacement) || piece.first == .blank
    if !startsMarked, prepending == .always || prepending == .first && isFirst { bytes += replacement }
    for byte in piece {
      if byte == .blank { bytes += replacement } else { bytes.append(byte) }
    }
    return bytes
  }
}
