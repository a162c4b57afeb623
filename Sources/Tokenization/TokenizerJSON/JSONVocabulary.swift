/// `model.vocab` and `model.merges` as they are written.
struct JSONVocabulary {
  /// Texts and ids in the order of the file.
  private(set) var tokens: [(text: [UInt8], id: TokenID)] = []
  /// Places of tokens by their texts.
  private(set) var places: [[UInt8]: Int] = [:]
  /// Places of left, right and joined tokens, the first first.
  private(set) var merges: [MergePlan.Merge] = []

  mutating func readTokens(_ cursor: inout JSONCursor) throws(JSONCursor.Malformed) {
    try cursor.forEach("{", "}") { (cursor) throws(JSONCursor.Malformed) in
      _ = cursor.peek()
      let before = cursor
      let text = try cursor.key()
      let id = try cursor.tokenID()
      guard places.updateValue(tokens.count, forKey: text) == nil else {
        throw before.wrong("the token \"\(String(decoding: text, as: UTF8.self))\" is there twice")
      }
      tokens.append((text, id))
    }
  }

  /// Reads merges, written as `"a b"` or as `["a", "b"]`; the tokens have been read.
  mutating func readMerges(_ cursor: inout JSONCursor) throws(JSONCursor.Malformed) {
    var pairs: Set<Pair> = []
    try cursor.forEach("[", "]") { (cursor) throws(JSONCursor.Malformed) in
      _ = cursor.peek()
      let before = cursor
      let (left, right) = try JSONVocabulary.merge(&cursor)
      func place(_ text: [UInt8]) throws(JSONCursor.Malformed) -> Int {
        if let place = places[text] { return place }
        throw before.wrong("merge \(merges.count): \"\(String(decoding: text, as: UTF8.self))\" is not in model.vocab")
      }
      let merge = MergePlan.Merge(left: try place(left), right: try place(right), joined: try place(left + right))
      guard pairs.insert(Pair(left: merge.left, right: merge.right)).inserted else {
        throw before.wrong("merge \(merges.count) is there twice")
      }
      merges.append(merge)
    }
  }

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  private static func merge(
    _ cursor: inout JSONCursor
  ) throws(JSONCursor.Malformed) -> (left: [UInt8], right: [UInt8]) {
    let before = cursor
    var parts: [[UInt8]] = []
    if cursor.peek() == UInt8(ascii: "[") {
      try cursor.forEach("[", "]") { (cursor) throws(JSONCursor.Malformed) in parts.append(try cursor.string()) }
    } else {
      parts = try cursor.string().split(separator: .blank, omittingEmptySubsequences: false).map(Array.init)
    }
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
      throw before.wrong("expected two tokens, as \"a b\" or [\"a\", \"b\"]")
    }
    return (parts[0], parts[1])
  }
}
