/// Byte-pair encoding of single pieces with one vocabulary.
///
/// Tokens have numbers of their own here: those that merging yields come first, in the order of merging.
final class BPEModel: Sendable {
  private let whole: PieceIndex
  /// Numbers of longer tokens that only a whole piece becomes: merging does not lead to them.
  private let longWhole: [ArraySlice<UInt8>: UInt32]
  private let ids: FixedArray<TokenID>
  private let backtracking: BacktrackingEncoder?
  private let queue: QueueEncoder?
  private let byteSymbols: FixedArray<UInt32>
  /// Set if the first symbols are characters.
  private let spelled: SpelledCharacters?

  /// Derives the order of merging and builds the tables.
  init(_ plan: MergePlan) {
    let order = MergeOrder(plan)
    var places = order.places
    let reached = places.count
    var isReached = [Bool](repeating: false, count: plan.tokens.count)
    for place in places { isReached[place] = true }
    for place in 0..<plan.tokens.count where !isReached[place] { places.append(place) }
    let tokens = places.map { plan.tokens[$0] }

    let whole = PieceIndex(capacity: places.count)
    var longWhole: [ArraySlice<UInt8>: UInt32] = [:]
    for (number, token) in tokens.enumerated() where number < reached || plan.takesWholePieces {
      if (1...PieceKey.longest).contains(token.count) {
        whole.insert(token, token: UInt32(number))
      } else if number >= reached {
        longWhole[token] = UInt32(number)
      }
    }
    self.whole = whole
    self.longWhole = longWhole
    ids = FixedArray(places.map { plan.tokens.ids[$0] })

    let pairs = PairTable(capacity: reached)
    for number in order.alphabetCount..<max(reached, order.alphabetCount) {
      pairs.insert(order.halves[number].left, order.halves[number].right, joined: number)
    }
    if order.isMonotone {
      backtracking = BacktrackingEncoder(tokens: Array(tokens[..<reached]), halves: order.halves, pairs: pairs)
      queue = nil
    } else {
      backtracking = nil
      queue = QueueEncoder(pairs: pairs)
    }

    let byteSymbols = FixedArray<UInt32>(repeating: 0, count: 256)
    switch plan.alphabet {
    case .bytes:
      for number in 0..<order.alphabetCount {
        byteSymbols[Int(tokens[number][tokens[number].startIndex])] = UInt32(number)
      }
      spelled = nil
    case .characters(let bytes, let unknown, let fused):
      spelled = SpelledCharacters(
        bytes: bytes?.map { plan.tokens.ids[$0] }, unknown: unknown.map { plan.tokens.ids[$0] }, fused: fused)
    }
    self.byteSymbols = byteSymbols
  }

  /// The id of the token with a number.
  @inline(__always) func id(_ number: UInt32) -> TokenID { ids[Int(number)] }

  /// The number of the token that a short piece becomes as a whole.
  @inline(__always) func wholePiece(_ key: PieceKey) -> UInt32? { whole[key] }

  /// Encodes a piece of any length that `wholePiece` did not find.
  ///
  /// Leaves the numbers of its tokens in the scratch and returns nil; or returns ids, if some are not of tokens that
  /// merging yields.
  func encode(_ piece: UnsafePointer<UInt8>, count: Int, _ scratch: inout TokenScratch) -> [TokenID]? {
    if count > PieceKey.longest, !longWhole.isEmpty {
      let bytes = Array(UnsafeBufferPointer(start: piece, count: count))[...]
      if let number = longWhole[bytes] {
        scratch.prepare(pieceCount: 1)
        scratch.append(number)
        return nil
      }
    }
    if encodeSymbols(piece, count: count, &scratch) { return nil }
    return spell(piece, count: count, &scratch)
  }

  /// Encodes bytes that are first symbols throughout; false if a character is none.
  private func encodeSymbols(_ piece: UnsafePointer<UInt8>, count: Int, _ scratch: inout TokenScratch) -> Bool {
    if backtracking != nil {
      return backtracking?.encode(piece, count: count, &scratch) ?? false
    }
    var symbols: [Int] = []
    if spelled == nil {
      for place in 0..<count { symbols.append(Int(byteSymbols[Int(piece[place])])) }
    } else {
      var place = 0
      while place < count {
        let width = UTF8Prefix.width(piece + place, available: count - place) ?? 1
        guard let symbol = whole[PieceKey(piece + place, count: width, readable: count - place)] else { return false }
        symbols.append(Int(symbol))
        place += width
      }
    }
    queue?.encode(&symbols)
    scratch.prepare(pieceCount: count)
    for symbol in symbols { scratch.append(UInt32(symbol)) }
    return true
  }

  /// Encodes a piece in which some characters are no symbols: nothing is joined across those.
  private func spell(_ piece: UnsafePointer<UInt8>, count: Int, _ scratch: inout TokenScratch) -> [TokenID] {
    var found: [TokenID] = []
    var known = 0
    var place = 0
    var afterUnknown = false
    func flush(to end: Int, _ scratch: inout TokenScratch) {
      guard known < end, encodeSymbols(piece + known, count: end - known, &scratch) else { return }
      for index in 0..<scratch.count { found.append(id(scratch.tokens[index])) }
    }
    while place < count {
      let width = UTF8Prefix.width(piece + place, available: count - place) ?? 1
      if whole[PieceKey(piece + place, count: width, readable: count - place)] != nil {
        afterUnknown = false
      } else {
        flush(to: place, &scratch)
        known = place + width
        let character = UnsafeBufferPointer(start: piece + place, count: width)
        spelled?.append(character, afterUnknown: afterUnknown, to: &found)
        afterUnknown = true
      }
      place += width
    }
    flush(to: count, &scratch)
    return found
  }
}
