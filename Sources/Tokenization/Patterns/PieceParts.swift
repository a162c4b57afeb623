/// What the known pre-tokenisers have in common.
extension ScalarText {
  /// The end of `'s`, `'t`, `'re`, `'ve`, `'m`, `'ll` or `'d` where an apostrophe stands at `start`; nil when none of
  /// them follows.
  ///
  /// Without regard to case, `s` is also ſ (U+017F), by Unicode's simple case folding: the references see it so.
  @inline(__always)
  func contractionEnd(from start: Int, ignoringCase: Bool) -> Int? {
    guard start + 1 < count else { return nil }
    let fold: UInt8 = ignoringCase ? 0x20 : 0
    let first = base[start + 1] | fold
    switch first {
    case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"): return start + 2
    case UInt8(ascii: "l"), UInt8(ascii: "v"), UInt8(ascii: "r"):
      guard start + 2 < count else { return nil }
      let second = first == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
      return base[start + 2] | fold == second ? start + 3 : nil
    case 0xE5 where ignoringCase && base[start + 1] == 0xC5, 0xC5 where ignoringCase:
      return start + 2 < count && base[start + 2] == 0xBF ? start + 3 : nil
    default: return nil
    }
  }

  /// The end of a piece of white space that begins at `start`, where no earlier alternative matched.
  ///
  /// `\s*[\r\n]+|\s+(?!\S)|\s+`: up to the last line break of the run; else the run, without its last character if
  /// something follows, which belongs to that. `wholeAtEnd` puts `\s+$` first, and `breaksLines: false` leaves out the
  /// first alternative.
  @inline(__always)
  func spaceEnd(from start: Int, breaksLines: Bool, wholeAtEnd: Bool) -> Int {
    var place = start
    var lastStart = start
    var afterBreak = start
    while place < count {
      let (kind, width) = character(at: place)
      guard kind.has(.space) else { break }
      lastStart = place
      place += width
      if kind.has(.newline) { afterBreak = place }
    }
    if wholeAtEnd, place == count { return place }
    if breaksLines, afterBreak > start { return afterBreak }
    return place == count || lastStart == start ? place : lastStart
  }

  /// The end of a run of any of some ASCII bytes.
  @inline(__always)
  func end(ofBytes first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int {
    var place = start
    while place < count, base[place] == first || base[place] == second || base[place] == third { place += 1 }
    return place
  }
}

/// The bytes that patterns name.
extension UInt8 {
  static let blank = UInt8(ascii: " ")
  static let apostrophe = UInt8(ascii: "'")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
}
