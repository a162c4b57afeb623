/// A place in a text file as an editor shows it.
///
/// Readers keep only a byte offset; the lines before it are counted when an error is made, so that reading a file
/// that has no error does not pay for it.
struct TextPosition: Equatable {
  /// 1-based; lines end with a line feed.
  let line: Int
  /// 1-based, in Unicode scalars; a byte order mark is not counted.
  let column: Int

  /// Counts from the start of the text: O(offset).
  init(of offset: Int, in bytes: UnsafeRawBufferPointer) {
    let limit = min(max(offset, 0), bytes.count)
    var line = 1
    var column = 1
    var index = TextPosition.byteOrderMarkLength(of: bytes)
    while index < limit {
      let byte = bytes[index]
      if byte == 0x0A {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
      index += 1
    }
    self.line = line
    self.column = column
  }

  /// 3 when the text starts with a UTF-8 byte order mark, else 0.
  static func byteOrderMarkLength(of bytes: UnsafeRawBufferPointer) -> Int {
    bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
  }
}
