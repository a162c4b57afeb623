/// Byte-pair encoding from left to right, in time linear in the piece.
///
/// Tokens that merging leaves are those of which any two neighbours would, on their own, stay two. So the encoder takes
/// the longest token that goes with the one before it; where none does, it takes that one back and tries a shorter one.
/// A place that turned out to be a dead end is marked, so that every place is left at most once.
///
/// Source: van Antwerpen and Neubeck, "So many tokens, so little time" (GitHub 2024). Needs tokens that are numbered in
/// the order of merging, each joined from tokens before it (`MergeOrder.isMonotone`).
struct BacktrackingEncoder: ~Copyable, Sendable {
  /// What is known of a token.
  private struct Token: BitwiseCopyable {
    let count: UInt32
    /// The longest shorter token that it begins with; the highest number if there is none.
    let shorter: UInt32
    /// What it was joined from; itself if it is a first symbol.
    let left: UInt32
    let right: UInt32
  }

  private let trie: TokenTrie
  private let pairs: PairTable
  private let tokens: FixedArray<Token>

  /// Builds the tables. O(total bytes).
  init(tokens: [ArraySlice<UInt8>], halves: [(left: Int, right: Int)], pairs: consuming PairTable) {
    let trie = TokenTrie(tokens)
    let known = FixedArray<Token>(repeating: Token(count: 0, shorter: 0, left: 0, right: 0), count: tokens.count)
    for (place, token) in tokens.enumerated() {
      known[place] = Token(
        count: UInt32(token.count), shorter: trie.shorter[place], left: UInt32(halves[place].left),
        right: UInt32(halves[place].right))
    }
    self.trie = trie
    self.pairs = pairs
    self.tokens = known
  }

  /// Leaves the tokens of a piece in the scratch; false, and nothing of use, if a character is no symbol.
  @inline(__always)
  func encode(_ piece: UnsafePointer<UInt8>, count: Int, _ scratch: inout TokenScratch) -> Bool {
    scratch.prepare(pieceCount: count)
    var place = 0
    var stack = 0
    guard var token = trie.longest(piece, count: count) else { return false }
    while true {
      let entry = tokens[token]
      let end = place + Int(entry.count)
      let isOpen = scratch.open[end >> 6] >> UInt64(truncatingIfNeeded: end & 63) & 1 != 0
      if isOpen, stack == 0 || staysTwo(Int(scratch.tokens[stack - 1]), token) {
        scratch.tokens[stack] = UInt32(truncatingIfNeeded: token)
        stack += 1
        place = end
        if place == count {
          scratch.count = stack
          return true
        }
        guard let next = trie.longest(piece + place, count: count - place) else { return false }
        token = next
      } else if entry.shorter != .max {
        token = Int(entry.shorter)
      } else {
        guard stack > 0 else { return false }
        scratch.open[place >> 6] &= ~(1 << UInt64(truncatingIfNeeded: place & 63))
        stack -= 1
        token = Int(scratch.tokens[stack])
        place -= Int(tokens[token].count)
      }
    }
  }

  /// Whether two tokens side by side stay two: undoes their merges, latest first, and looks whether a pair across the
  /// seam would have been joined before.
  @inline(__always)
  private func staysTwo(_ first: Int, _ second: Int) -> Bool {
    var left = first
    var right = second
    // Merges up to here have not been undone; the leftmost of two equal ones was done first.
    var limit = Int.max
    while true {
      if let joined = pairs[left, right], joined < limit { return false }
      if left > right {
        limit = left
        left = Int(tokens[left].right)
        if left == limit {
          limit = right + 1
          right = Int(tokens[right].left)
          if right + 1 == limit { return true }
        }
      } else {
        limit = right + 1
        right = Int(tokens[right].left)
        if right + 1 == limit {
          limit = left
          left = Int(tokens[left].right)
          if left == limit { return true }
        }
      }
    }
  }
}
