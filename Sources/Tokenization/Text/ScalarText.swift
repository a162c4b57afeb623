/// A borrowed text of valid UTF-8 whose characters are classified on the way. Places are bytes from its start.
struct ScalarText {
  let base: UnsafePointer<UInt8>
  let count: Int
  let table: ScalarClassTable.View

  /// A part of the text, which is a text of its own: its patterns see nothing around it.
  @inline(__always) func part(_ start: Int, _ end: Int) -> ScalarText {
    ScalarText(base: base + start, count: end - start, table: table)
  }

  @inline(__always) subscript(place: Int) -> UInt8 { base[place] }

  /// The class and the number of bytes of the character that begins at a place before the end.
  @inline(__always) func character(at place: Int) -> (kind: ScalarClass, width: Int) {
    let byte = base[place]
    // Block 0 comes first in the table: ASCII needs one look-up, not two.
    if byte < 0x80 { return (asciiClass(byte), 1) }
    return wide(place, lead: byte)
  }

  @inline(__always) private func asciiClass(_ byte: UInt8) -> ScalarClass {
    ScalarClass(rawValue: table.classes[Int(byte)])
  }

  @inline(__always) private func wide(_ place: Int, lead: UInt8) -> (kind: ScalarClass, width: Int) {
    var block: Int
    let width: Int
    if lead < 0xE0 {
      block = Int(lead & 0x1F)
      width = 2
    } else if lead < 0xF0 {
      block = Int(lead & 0x0F) << 6 | Int(base[place + 1] & 0x3F)
      width = 3
    } else {
      block = Int(lead & 0x07) << 12 | Int(base[place + 1] & 0x3F) << 6 | Int(base[place + 2] & 0x3F)
      width = 4
    }
    block = Int(table.blocks[block])
    let last = Int(base[place + width - 1] & 0x3F)
    return (ScalarClass(rawValue: table.classes[block << 6 | last]), width)
  }

  /// The scalar at a place where a character of several bytes begins.
  func scalar(at place: Int) -> UInt32 {
    let lead = base[place]
    func bits(_ offset: Int) -> UInt32 { UInt32(base[place + offset] & 0x3F) }
    if lead < 0xE0 { return UInt32(lead & 0x1F) << 6 | bits(1) }
    if lead < 0xF0 { return UInt32(lead & 0x0F) << 12 | bits(1) << 6 | bits(2) }
    return UInt32(lead & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3)
  }

  /// The end of the longest run, from a place on, of characters of any of some classes.
  @inline(__always) func end(ofAny kinds: ScalarClass, from start: Int) -> Int {
    var place = start
    while place < count {
      let (kind, width) = character(at: place)
      guard kind.has(kinds) else { return place }
      place += width
    }
    return place
  }

  /// The end of the longest run, from a place on, of characters of none of some classes.
  @inline(__always) func end(ofNone kinds: ScalarClass, from start: Int) -> Int {
    var place = start
    while place < count {
      let (kind, width) = character(at: place)
      guard !kind.has(kinds) else { return place }
      place += width
    }
    return place
  }

  /// The end of at most `limit` characters of a class.
  @inline(__always) func end(ofAny kinds: ScalarClass, from start: Int, atMost limit: Int) -> Int {
    var place = start
    var taken = 0
    while place < count, taken < limit {
      let (kind, width) = character(at: place)
      guard kind.has(kinds) else { return place }
      place += width
      taken += 1
    }
    return place
  }

  /// The start of the last character before a place that is not the start.
  @inline(__always) func start(ofCharacterBefore place: Int) -> Int {
    var start = place - 1
    while start > 0, base[start] & 0xC0 == 0x80 { start -= 1 }
    return start
  }
}
