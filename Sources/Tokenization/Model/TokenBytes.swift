/// The bytes of every token by its id.
struct TokenBytes: Sendable {
  private let tokens: TokenList
  /// Places in the list by ascending id.
  private let places: [Int]

  /// O(n log n).
  init(_ tokens: TokenList) {
    self.tokens = tokens
    places = Array(0..<tokens.count).sorted { tokens.ids[$0] < tokens.ids[$1] }
  }

  /// The bytes of a token; nil if no token has the id. O(log n).
  subscript(id: TokenID) -> ArraySlice<UInt8>? {
    var low = 0
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if tokens.ids[places[middle]] < id { low = middle + 1 } else { high = middle }
    }
    guard low < places.count, tokens.ids[places[low]] == id else { return nil }
    return tokens[places[low]]
  }
}
