/// The pre-tokeniser of GPT-2, of r50k_base and p50k_base, and of Hugging Face's `ByteLevel`:
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// Source: Radford and others, the released code of GPT-2 (2019), `encoder.py`.
struct GPT2Pattern: PiecePattern {
  @inline(__always)
  func end(in text: ScalarText, from start: Int) -> Int {
    let first = text[start]
    if first == .apostrophe, let end = text.contractionEnd(from: start, ignoringCase: false) { return end }
    var (kind, width) = text.character(at: start)
    var place = start
    if first == .blank, start + 1 < text.count {
      let next = text.character(at: start + 1)
      if !next.kind.has(.space) {
        place += 1
        (kind, width) = next
      }
    }
    if kind.has(.letter) { return text.end(ofAny: .letter, from: place + width) }
    if kind.has(.number) { return text.end(ofAny: .number, from: place + width) }
    if !kind.has(.space) { return text.end(ofNone: [.space, .letter, .number], from: place + width) }
    return text.spaceEnd(from: start, breaksLines: false, wholeAtEnd: false)
  }
}
