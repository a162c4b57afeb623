/// The third step of DeepSeek-V3's pre-tokeniser:
/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+``, `[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+`,
/// ` ?[\p{P}\p{S}]+[\r\n]*`, `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`, in this order.
///
/// Digits and control characters match nothing unless a word follows; what lies between two matches is a piece too.
struct DeepSeekWordPattern: PiecePattern {
  private static let word: ScalarClass = [.head, .tail]
  private static let sign: ScalarClass = [.punctuation, .symbol]

  func end(in text: ScalarText, from start: Int) -> Int {
    if let end = match(in: text, from: start) { return end }
    var place = start
    repeat {
      place += text.character(at: place).width
    } while place < text.count && match(in: text, from: place) == nil
    return place
  }

  @inline(__always)
  private func match(in text: ScalarText, from start: Int) -> Int? {
    let (kind, width) = text.character(at: start)
    let next = start + width
    if kind.has(DeepSeekWordPattern.sign), text[start] < 0x80 {
      var place = next
      while place < text.count, DeepSeekWordPattern.isLatin(text[place]) { place += 1 }
      if place > next { return place }
    }
    if kind.has(DeepSeekWordPattern.word) {
      // A mark may be the leading character, which changes nothing about where the word ends.
      return text.end(ofAny: DeepSeekWordPattern.word, from: next)
    }
    if next < text.count {
      let (nextKind, nextWidth) = text.character(at: next)
      if !kind.has(DeepSeekWordPattern.sign), !kind.has(.newline), nextKind.has(DeepSeekWordPattern.word) {
        return text.end(ofAny: DeepSeekWordPattern.word, from: next + nextWidth)
      }
      if text[start] == .blank, nextKind.has(DeepSeekWordPattern.sign) {
        return signEnd(in: text, from: next + nextWidth)
      }
    }
    if kind.has(DeepSeekWordPattern.sign) { return signEnd(in: text, from: next) }
    return kind.has(.space) ? text.spaceEnd(from: start, breaksLines: true, wholeAtEnd: false) : nil
  }

  private func signEnd(in text: ScalarText, from start: Int) -> Int {
    let end = text.end(ofAny: DeepSeekWordPattern.sign, from: start)
    return text.end(ofBytes: .lineFeed, .carriageReturn, .lineFeed, from: end)
  }

  private static func isLatin(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
