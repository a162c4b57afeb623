/// Cuts out the characters of one class, singly, in groups of up to a number, or in whole runs; what lies between is a
/// piece too. `\p{N}{1,3}` and the steps `Digits` and `Punctuation` of Hugging Face are such patterns.
struct ClassRunPattern: PiecePattern {
  let kinds: ScalarClass
  /// Characters a piece holds at most.
  let limit: Int
  /// Whether all ASCII symbols are in the class too, as in `[[:punct:]]`.
  var includesASCIISymbols = false
  /// Characters that belong if their class says they do not, and the reverse.
  var exceptions = ScalarRanges.none

  func end(in text: ScalarText, from start: Int) -> Int {
    guard belongs(text, start) else {
      var place = start
      while place < text.count, !belongs(text, place) { place += text.character(at: place).width }
      return place
    }
    var place = start
    var taken = 0
    while place < text.count, taken < limit, belongs(text, place) {
      place += text.character(at: place).width
      taken += 1
    }
    return place
  }

  @inline(__always)
  private func belongs(_ text: ScalarText, _ place: Int) -> Bool {
    let kind = text.character(at: place).kind
    guard text[place] >= 0x80 else { return kind.has(kinds) || includesASCIISymbols && kind.has(.symbol) }
    return kind.has(kinds) != exceptions.contains(text.scalar(at: place))
  }
}
