/// What becomes of bytes that are not UTF-8.
enum InvalidBytes: Sendable {
  /// tiktoken's `_encode_bytes`: the text up to the first wrong byte is cut into pieces, but the last of them, and white
  /// space before it, is encoded together with everything that follows, as one piece.
  case joinedToLastPiece
  /// A maximal part of a sequence that is not well formed becomes U+FFFD.
  case replaced

  /// The ids of bytes of which the first `valid` are UTF-8 and the next is wrong.
  func encode(_ bytes: UnsafeBufferPointer<UInt8>, valid: Int, _ tokenizer: Tokenizer) -> [TokenID] {
    switch self {
    case .replaced:
      var repaired = String(decoding: bytes, as: UTF8.self)
      return repaired.withUTF8 { tokenizer.encodeText($0).ids }
    case .joinedToLastPiece:
      var (ids, lastCount) = tokenizer.encodeText(UnsafeBufferPointer(rebasing: bytes[..<valid]))
      // Where lines break depends on what follows white space, so all of it before the seam is encoded anew.
      if lastCount > 0, isBlank(ids[ids.count - lastCount], tokenizer) {
        while lastCount < ids.count, isBlank(ids[ids.count - lastCount - 1], tokenizer) { lastCount += 1 }
      }
      let unstable = tokenizer.bytes(of: ids.suffix(lastCount)) + bytes[valid...]
      ids.removeLast(lastCount)
      unstable.withUnsafeBufferPointer { piece in
        guard let base = piece.baseAddress else { return }
        var sink = EncodingSink(model: tokenizer.model)
        sink.take(base, count: piece.count, readable: piece.count)
        ids += sink.ids
      }
      return ids
    }
  }

  /// Whether a token is blanks, line feeds and tabs only.
  private func isBlank(_ id: TokenID, _ tokenizer: Tokenizer) -> Bool {
    tokenizer.bytes(of: [id]).allSatisfy { $0 == .blank || $0 == .lineFeed || $0 == UInt8(ascii: "\t") }
  }
}
