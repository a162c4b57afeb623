/// The pre-tokeniser of o200k_base, which also cuts where a lower-case letter is followed by a capital:
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?`,
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:…)?`,
/// `\p{N}{1,3}`, ` ?[^\s\p{L}\p{N}]+[\r\n/]*`, `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`, in this order.
struct CasedWordPattern: PiecePattern {
  /// How many digits a number piece holds at most.
  let digits: Int
  /// Whether a contraction such as `'s` belongs to the word before it.
  let contractions: Bool

  @inline(__always)
  func end(in text: ScalarText, from start: Int) -> Int {
    let (kind, width) = text.character(at: start)
    let next = start + width
    if kind.has(.letter) {
      let (end, _) = wordEnd(in: text, from: start)
      return withContraction(in: text, end)
    }
    if kind.has(.number) { return text.end(ofAny: .number, from: next, atMost: digits - 1) }
    if !kind.has(.newline), next < text.count {
      // The leading character of a word; a mark may be that, or belong to the word.
      let (nextKind, nextWidth) = text.character(at: next)
      if nextKind.has([.head, .tail]) {
        let (end, endsInTail) = wordEnd(in: text, from: next)
        if endsInTail || !kind.isMark { return withContraction(in: text, end) }
      }
      if text[start] == .blank, !nextKind.has([.space, .letter, .number]) {
        return punctuationEnd(in: text, from: next + nextWidth)
      }
    }
    if kind.isMark {
      let (end, _) = wordEnd(in: text, from: start)
      return withContraction(in: text, end)
    }
    if !kind.has(.space) { return punctuationEnd(in: text, from: next) }
    return text.spaceEnd(from: start, breaksLines: true, wholeAtEnd: false)
  }

  /// The end of `head* tail+`, or where that has no match of `head+ tail*`; and whether it was the former.
  ///
  /// `head*` takes all it can. If no tail follows, it gives characters back up to one that may also be a tail, and that
  /// one alone is the tail: behind it stand heads only, or `head*` would have given back fewer.
  @inline(__always)
  private func wordEnd(in text: ScalarText, from start: Int) -> (end: Int, endsInTail: Bool) {
    var place = start
    var afterBoth: Int?
    while place < text.count {
      let (kind, width) = text.character(at: place)
      guard kind.has(.head) else {
        guard kind.has(.tail) else { break }
        return (text.end(ofAny: .tail, from: place + width), true)
      }
      place += width
      if kind.has(.tail) { afterBoth = place }
    }
    if let afterBoth { return (afterBoth, true) }
    return (place, false)
  }

  @inline(__always)
  private func withContraction(in text: ScalarText, _ end: Int) -> Int {
    guard contractions, end < text.count, text[end] == .apostrophe else { return end }
    return text.contractionEnd(from: end, ignoringCase: true) ?? end
  }

  @inline(__always)
  private func punctuationEnd(in text: ScalarText, from start: Int) -> Int {
    let end = text.end(ofNone: [.space, .letter, .number], from: start)
    return text.end(ofBytes: .lineFeed, .carriageReturn, UInt8(ascii: "/"), from: end)
  }
}
