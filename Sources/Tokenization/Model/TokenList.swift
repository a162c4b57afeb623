/// The tokens of a vocabulary as it was written: bytes and ids, without any order of merging.
struct TokenList: Sendable {
  private var bytes: [UInt8] = []
  /// Where each token's bytes end.
  private var ends: [Int] = []
  private(set) var ids: [TokenID] = []

  var count: Int { ids.count }

  /// Adds a token behind the others.
  mutating func append(_ token: some Collection<UInt8>, id: TokenID) {
    bytes += token
    ends.append(bytes.count)
    ids.append(id)
  }

  /// The bytes of the token at a place of the list.
  subscript(place: Int) -> ArraySlice<UInt8> {
    bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]]
  }
}
