/// What stands for a character that no token has: the tokens of its bytes, or one token for what is unknown.
struct SpelledCharacters: Sendable {
  /// Ids of the tokens that stand for a byte, all 256, or nil.
  let bytes: [TokenID]?
  /// The id that stands for the unknown, where `bytes` is nil.
  let unknown: TokenID?
  /// Whether unknown characters in a row share one token.
  let fused: Bool

  /// Appends what stands for a character; `afterUnknown` says whether the one before it was unknown too.
  func append(_ character: UnsafeBufferPointer<UInt8>, afterUnknown: Bool, to ids: inout [TokenID]) {
    if let bytes {
      for byte in character { ids.append(bytes[Int(byte)]) }
    } else if let unknown, !(fused && afterUnknown) {
      ids.append(unknown)
    }
  }
}
