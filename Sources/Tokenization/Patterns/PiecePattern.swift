/// A pre-tokeniser: cuts a text into pieces, which byte-pair encoding never joins.
///
/// The references describe theirs by regular expressions. Each is compiled here by hand into a scan that looks at every
/// character a bounded number of times, whatever the text: no engine, no backtracking.
protocol PiecePattern: Sendable {
  /// The end of the piece that begins at `start`, which is before the end of the text: of the expression's match there,
  /// or of the stretch up to the next match.
  func end(in text: ScalarText, from start: Int) -> Int
}

/// Takes pieces as they are found.
protocol PieceSink: ~Copyable {
  /// Takes the bytes of one piece, at least one, which are borrowed. `readable` bytes may be read from the piece's start,
  /// those behind the piece among them.
  mutating func take(_ piece: UnsafePointer<UInt8>, count: Int, readable: Int)

  /// Takes a token that was found as such in the text.
  mutating func take(token: TokenID)
}

extension PiecePattern {
  /// Hands all pieces of a text on, in order.
  @inline(__always)
  func split(_ text: ScalarText, into sink: inout some PieceSink & ~Copyable) {
    var place = 0
    while place < text.count {
      let end = end(in: text, from: place)
      sink.take(text.base + place, count: end - place, readable: text.count - place)
      place = end
    }
  }
}
