/// Room to encode one piece in, used again for the next: hot paths allocate only when a piece is longer than all before.
struct TokenScratch: ~Copyable {
  /// Tokens found so far.
  private(set) var tokens = FixedArray<UInt32>(repeating: 0, count: 256)
  /// How many of them count.
  var count = 0
  /// A bit a place of the piece: whether a token may end there.
  private(set) var open = FixedArray<UInt64>(repeating: 0, count: 5)

  /// Makes room for a piece, in which any token may end anywhere.
  @inline(__always)
  mutating func prepare(pieceCount: Int) {
    if pieceCount > tokens.count { grow(to: pieceCount) }
    count = 0
    for word in 0...pieceCount >> 6 { open[word] = .max }
  }

  /// Adds a token; there is room for as many as the piece has bytes.
  mutating func append(_ token: UInt32) {
    tokens[count] = token
    count += 1
  }

  private mutating func grow(to pieceCount: Int) {
    tokens = FixedArray(repeating: 0, count: pieceCount * 2)
    open = FixedArray(repeating: 0, count: pieceCount * 2 / 64 + 1)
  }
}
