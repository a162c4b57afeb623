import Records

/// Splits delimited text into records and fields, in place (RFC 4180).
///
/// A field in double quotes may hold delimiters, line breaks and doubled quotes; lines end with LF or CRLF; blank lines
/// are passed over. A quote inside a field that does not start with one is an ordinary character, as spreadsheets
/// write it. With the delimiter `space`, fields are separated by runs of spaces and quotes mean nothing.
struct DelimitedParser {
  let input: InputText
  let delimiter: UInt8
  private let start: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private var cursor: UnsafePointer<UInt8>
  private var highBits: UInt64 = 0
  private let arena = TextArena()
  /// The fields of the record that was read last; valid until the next one is read.
  private(set) var fields: ContiguousArray<BorrowedText> = []
  /// Where the record that was read last starts.
  private(set) var recordOffset = 0

  /// Fields beyond this many make a line an attack or no table at all.
  static let maximumFields = 16_384

  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed: UInt8 = 0x0A
  private static let carriageReturn: UInt8 = 0x0D

  init(_ source: ByteSource, delimiter: UInt8) {
    self.init(InputText(name: source.name, bytes: source.bytes), delimiter: delimiter)
  }

  init(_ input: InputText, delimiter: UInt8) {
    self.input = input
    self.delimiter = delimiter
    let base = input.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? StaticString("").utf8Start
    start = base
    end = base + input.bytes.count
    cursor = base + TextPosition.byteOrderMarkLength(of: input.bytes)
  }

  var offset: Int { cursor - start }

  /// Reads the next record into `fields`; false at the end of the input.
  @inline(__always)
  mutating func nextRecord() throws -> Bool {
    if !arena.isEmpty { arena.removeAll() }
    while cursor < end, cursor.pointee == Self.lineFeed || cursor.pointee == Self.carriageReturn { cursor += 1 }
    if delimiter == 0x20 { skipSpaces() }
    guard cursor < end else { return false }
    recordOffset = cursor - start
    fields.removeAll(keepingCapacity: true)
    highBits = 0
    repeat {
      guard fields.count < DelimitedParser.maximumFields else { throw tooManyFields() }
      fields.append(try nextField())
    } while takeDelimiter()
    if highBits & 0x8080_8080_8080_8080 != 0 { try checkUTF8() }
    return true
  }

  /// Steps over what separates two fields; false at the end of the record, which is left.
  @inline(__always)
  private mutating func takeDelimiter() -> Bool {
    guard cursor < end else { return false }
    let byte = cursor.pointee
    if byte == delimiter {
      cursor += 1
      guard delimiter == 0x20 else { return true }
      skipSpaces()
      return cursor < end && cursor.pointee != Self.lineFeed && cursor.pointee != Self.carriageReturn
    }
    cursor += byte == Self.carriageReturn && cursor + 1 < end && cursor[1] == Self.lineFeed ? 2 : 1
    return false
  }

  private mutating func skipSpaces() {
    while cursor < end, cursor.pointee == 0x20 { cursor += 1 }
  }

  @inline(__always)
  private mutating func nextField() throws -> BorrowedText {
    if cursor < end, cursor.pointee == Self.quote, delimiter != 0x20 { return try quotedField() }
    let first = cursor
    let wanted = 0x0101_0101_0101_0101 &* UInt64(delimiter)
    while end - cursor >= 8 {
      let word = JSONReader.load(cursor)
      highBits |= word
      let found =
        Self.zeroBytes(word ^ wanted) | Self.zeroBytes(word ^ 0x0A0A_0A0A_0A0A_0A0A)
        | Self.zeroBytes(word ^ 0x0D0D_0D0D_0D0D_0D0D)
      if found != 0 {
        cursor += found.trailingZeroBitCount / 8
        return BorrowedText(UnsafeRawBufferPointer(start: first, count: cursor - first))
      }
      cursor += 8
    }
    while cursor < end {
      let byte = cursor.pointee
      if byte == delimiter || byte == Self.lineFeed || byte == Self.carriageReturn { break }
      highBits |= UInt64(byte)
      cursor += 1
    }
    return BorrowedText(UnsafeRawBufferPointer(start: first, count: cursor - first))
  }

  /// The high bit of each zero byte; flags above the lowest may be false.
  @inline(__always)
  private static func zeroBytes(_ word: UInt64) -> UInt64 {
    (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080
  }

  private mutating func quotedField() throws -> BorrowedText {
    let opening = cursor
    let first = cursor + 1
    var position = first
    var doubled = 0
    while true {
      while end - position >= 8 {
        let word = JSONReader.load(position)
        highBits |= word
        let found = Self.zeroBytes(word ^ 0x2222_2222_2222_2222)
        if found != 0 {
          position += found.trailingZeroBitCount / 8
          break
        }
        position += 8
      }
      while position < end, position.pointee != Self.quote {
        highBits |= UInt64(position.pointee)
        position += 1
      }
      guard position < end else {
        throw input.error(
          atOffset: opening - start, problem: "a quoted field has no end, found end of file",
          remedy: "Close the quote, or write the file again if it is cut off")
      }
      if position + 1 < end, position[1] == Self.quote {
        doubled += 1
        position += 2
      } else {
        break
      }
    }
    cursor = position + 1
    guard
      cursor == end || cursor.pointee == delimiter || cursor.pointee == Self.lineFeed
        || cursor.pointee == Self.carriageReturn
    else {
      throw input.error(
        atOffset: cursor - start, problem: "text follows the closing quote of a field",
        remedy: "Double the quotes inside a quoted field")
    }
    if doubled == 0 { return BorrowedText(UnsafeRawBufferPointer(start: first, count: position - first)) }
    return undouble(first, position, doubled)
  }

  private func undouble(
    _ first: UnsafePointer<UInt8>, _ last: UnsafePointer<UInt8>, _ doubled: Int
  ) -> BorrowedText {
    let count = last - first - doubled
    let output = arena.allocate(count)
    var position = first
    for index in 0..<count {
      output[index] = position.pointee
      position += position.pointee == Self.quote ? 2 : 1
    }
    return BorrowedText(UnsafeRawBufferPointer(start: output, count: count))
  }

  private func tooManyFields() -> IntakeError {
    input.error(
      atOffset: recordOffset, problem: "the line has more than \(DelimitedParser.maximumFields) fields",
      remedy: "Give a table with a row for each item")
  }

  private func checkUTF8() throws {
    let record = UnsafeRawBufferPointer(start: start + recordOffset, count: cursor - start - recordOffset)
    guard let fault = UTF8Check.firstFault(in: record) else { return }
    let digits = String(record[fault], radix: 16, uppercase: true)
    throw input.error(
      atOffset: recordOffset + fault, problem: "not UTF-8: byte 0x\(digits)", remedy: "Convert the file to UTF-8")
  }
}
