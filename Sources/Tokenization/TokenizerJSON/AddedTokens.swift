/// Tokens that are found in a text as they are written, before anything else is done to it.
///
/// Those that are marked special are not among them: what looks like one inside a user's text is ordinary text.
final class AddedTokens: Sendable {
  private let trie: TokenTrie
  private let counts: [Int]
  private let ids: [TokenID?]

  /// Texts, which are not empty, with their ids. Those without an id are passed over as text: nothing is found that
  /// begins inside of one. Nil when no text has an id.
  init?(_ tokens: [(bytes: [UInt8], id: TokenID?)]) {
    guard tokens.contains(where: { $0.id != nil }) else { return nil }
    trie = TokenTrie(tokens.map { $0.bytes[...] })
    counts = tokens.map(\.bytes.count)
    ids = tokens.map(\.id)
  }

  /// Hands on the parts of a text in order, each a token, or text between tokens without one. The leftmost token is
  /// taken, of several at one place the longest.
  func forEachPart(of text: ScalarText, _ body: (ScalarText, TokenID?) -> Void) {
    var start = 0
    var place = 0
    while place < text.count {
      guard let token = trie.longest(text.base + place, count: text.count - place) else {
        place += 1
        continue
      }
      let end = place + counts[token]
      if let id = ids[token] {
        if start < place { body(text.part(start, place), nil) }
        body(text.part(place, end), id)
        start = end
      }
      place = end
    }
    if start < text.count { body(text.part(start, text.count), nil) }
  }
}
