extension Tokenizer {
  /// How many ids two texts have in common from their start: the part of a prompt that a provider's cache can reuse.
  ///
  /// Encodes what the texts share once, and beyond that only as far as the ids agree. O(n).
  public func sharedPrefix(_ first: String, _ second: String) -> Int {
    sharedPrefix(Array(first.utf8), Array(second.utf8))
  }

  /// How many ids two byte texts have in common from their start.
  public func sharedPrefix(_ first: [UInt8], _ second: [UInt8]) -> Int {
    first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in
        guard let pattern = pipeline.onlyPattern, UTF8Prefix.length(first) == first.count,
          UTF8Prefix.length(second) == second.count, let firstBase = first.baseAddress,
          let secondBase = second.baseAddress
        else { return equalCount(encode(first), encode(second)) }
        let table = ScalarClassTable.reference.view
        return sharedPrefix(
          ScalarText(base: firstBase, count: first.count, table: table),
          ScalarText(base: secondBase, count: second.count, table: table), pattern)
      }
    }
  }

  /// Cuts both texts side by side. Pieces that are equal and end at the same place have the same ids; from the first
  /// difference on, ids may still agree for a while.
  private func sharedPrefix(_ first: ScalarText, _ second: ScalarText, _ pattern: SplitPattern) -> Int {
    let equalBytes = equalCount(
      UnsafeBufferPointer(start: first.base, count: first.count),
      UnsafeBufferPointer(start: second.base, count: second.count))
    var sink = CountingSink(model: model)
    var place = 0
    while place < equalBytes {
      let end = pattern.end(in: first, from: place)
      guard end <= equalBytes, pattern.end(in: second, from: place) == end else { break }
      sink.take(first.base + place, count: end - place, readable: first.count - place)
      place = end
    }
    return sink.total + equalIDs(first, second, from: place, pattern)
  }

  /// Equal ids from a place on at which a piece begins in both texts.
  private func equalIDs(_ first: ScalarText, _ second: ScalarText, from start: Int, _ pattern: SplitPattern) -> Int {
    var left = PieceIDs(first, from: start, pattern, model)
    var right = PieceIDs(second, from: start, pattern, model)
    var count = 0
    while let one = left.next(), let other = right.next(), one == other { count += 1 }
    return count
  }

  private func equalCount<Element: Equatable>(
    _ first: some Sequence<Element>, _ second: some Sequence<Element>
  ) -> Int {
    zip(first, second).prefix { $0 == $1 }.count
  }
}

/// The ids of a text one by one, encoded a piece at a time.
private struct PieceIDs: ~Copyable {
  private let text: ScalarText
  private let pattern: SplitPattern
  private let model: BPEModel
  private var place: Int
  private var ids: [TokenID] = []
  private var taken = 0

  init(_ text: ScalarText, from start: Int, _ pattern: SplitPattern, _ model: BPEModel) {
    self.text = text
    self.pattern = pattern
    self.model = model
    place = start
  }

  mutating func next() -> TokenID? {
    while taken == ids.count {
      guard place < text.count else { return nil }
      let end = pattern.end(in: text, from: place)
      var sink = EncodingSink(model: model)
      sink.take(text.base + place, count: end - place, readable: text.count - place)
      ids = sink.ids
      taken = 0
      place = end
    }
    taken += 1
    return ids[taken - 1]
  }
}
