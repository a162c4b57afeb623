/// What a vocabulary file says about merging: the symbols that a piece is cut into at first, and the pairs that may be
/// joined, the first of them first. Tokens are named by their places in `tokens`.
struct MergePlan {
  /// A pair that becomes one token.
  struct Merge {
    let left: Int
    let right: Int
    let joined: Int
  }

  /// How the pairs are known.
  enum Merges {
    /// Any two neighbours whose bytes together are a token may be joined, tokens that come first in the list first.
    case concatenation
    /// These pairs only, the first first.
    case listed([Merge])
  }

  /// What the first symbols are.
  enum Alphabet {
    /// Every byte is one; all 256 are tokens.
    case bytes
    /// Every character that is a token is one. `bytes` are the places of the tokens that spell another character byte
    /// by byte, if the model has them; else `unknown` stands for it, once for several in a row if `fused`.
    case characters(bytes: [Int]?, unknown: Int?, fused: Bool)
  }

  var tokens: TokenList
  var merges: Merges
  var alphabet: Alphabet
  /// Whether a piece that is a token as a whole becomes that token without any merging.
  var takesWholePieces: Bool
}
