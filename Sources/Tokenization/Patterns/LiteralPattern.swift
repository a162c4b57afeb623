/// Cuts at the occurrences of a fixed text.
struct LiteralPattern: PiecePattern {
  /// Where an occurrence goes.
  enum Behavior: Sendable {
    /// It is a piece of its own.
    case isolated
    /// It ends the piece before it.
    case mergedWithPrevious
    /// It begins the piece after it.
    case mergedWithNext
  }

  /// One byte or more.
  let literal: [UInt8]
  let behavior: Behavior

  func end(in text: ScalarText, from start: Int) -> Int {
    let length = literal.count
    if occurs(in: text, at: start) {
      switch behavior {
      case .isolated, .mergedWithPrevious: return start + length
      case .mergedWithNext: return next(in: text, from: start + length)
      }
    }
    let found = next(in: text, from: start)
    return behavior == .mergedWithPrevious ? min(found + length, text.count) : found
  }

  /// The place of the next occurrence, or the end.
  private func next(in text: ScalarText, from start: Int) -> Int {
    var place = start
    while place < text.count, !occurs(in: text, at: place) { place += 1 }
    return place
  }

  private func occurs(in text: ScalarText, at place: Int) -> Bool {
    guard place + literal.count <= text.count else { return false }
    for (offset, byte) in literal.enumerated() where text[place + offset] != byte { return false }
    return true
  }
}
