/// The pre-tokenisers that take a run of letters with one character before it, as cl100k_base was the first to do:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct LetterRunPattern: PiecePattern {
  /// How many digits a number piece holds at most.
  let digits: Int
  /// Whether white space at the end of the text is one piece: `\s++$` before `\s*[\r\n]`, as tiktoken has it.
  let wholeSpaceAtEnd: Bool
  /// What a word is made of: letters, or letters and marks.
  let word: ScalarClass
  /// What is neither space nor word nor number.
  private let ordinary: ScalarClass

  /// - Parameter marks: whether marks belong to words, as in `[\p{L}\p{M}]+`.
  init(digits: Int, wholeSpaceAtEnd: Bool = false, marks: Bool = false) {
    self.digits = digits
    self.wholeSpaceAtEnd = wholeSpaceAtEnd
    word = marks ? [.head, .tail] : .letter
    ordinary = [.space, .number, word]
  }

  @inline(__always)
  func end(in text: ScalarText, from start: Int) -> Int {
    let first = text[start]
    if first == .apostrophe, let end = text.contractionEnd(from: start, ignoringCase: true) { return end }
    let (kind, width) = text.character(at: start)
    if kind.has(.letter) { return text.end(ofAny: word, from: start + width) }
    if kind.has(.number) { return text.end(ofAny: .number, from: start + width, atMost: digits - 1) }
    let next = start + width
    if next < text.count, !kind.has(.newline) {
      let (nextKind, nextWidth) = text.character(at: next)
      if nextKind.has(word) { return text.end(ofAny: word, from: next + nextWidth) }
      if first == .blank, !nextKind.has(ordinary) { return punctuationEnd(in: text, from: next + nextWidth) }
    }
    // A mark that nothing joined, where marks make words.
    if kind.has(word) { return text.end(ofAny: word, from: next) }
    if !kind.has(ordinary) { return punctuationEnd(in: text, from: next) }
    return text.spaceEnd(from: start, breaksLines: true, wholeAtEnd: wholeSpaceAtEnd)
  }

  @inline(__always)
  private func punctuationEnd(in text: ScalarText, from start: Int) -> Int {
    let end = text.end(ofNone: ordinary, from: start)
    return text.end(ofBytes: .lineFeed, .carriageReturn, .lineFeed, from: end)
  }
}
