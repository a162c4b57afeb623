public import Records

/// A pull parser of JSON (RFC 8259) over bytes that stay where they are.
///
/// The caller asks for what it expects, in document order, and skips the rest; nothing is built and, unless a string
/// has escapes, nothing is copied or allocated. A document of several gigabytes is read in constant memory.
///
/// ```swift
/// try reader.enterObject()
/// while let key = try reader.nextKey() {
///   if key.equals("score") { score = try reader.readNumber() } else { try reader.skipValue() }
/// }
/// ```
///
/// Everything is checked, also what is skipped: UTF-8, escapes, control characters, number grammar, nesting. Policies:
/// - Nesting beyond `maximumDepth` is an error.
/// - Duplicate keys are handed out as they come; whoever looks for a key decides.
/// - `NaN`, `Infinity` and `-Infinity`, which Python's `json` writes, are numbers without a value.
/// - An escaped surrogate without its partner passes when skipped and is an error when read: it has no UTF-8.
/// - A byte order mark before the document is skipped.
public struct JSONReader {
  /// What the next value is; `end` when the input has no further value.
  public enum Kind: Sendable, Equatable {
    case object, array, string, number, boolean, null, end
  }

  /// How deep objects and arrays may nest.
  public static let maximumDepth = 512

  /// The input as errors name it.
  public let name: String
  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  var cursor: UnsafePointer<UInt8>
  /// Where memory behind the cursor is given back next; `end` when there is no source to give it back to.
  var releaseMark: UnsafePointer<UInt8>
  /// Whether the container that was entered last has had no member yet.
  var isFirst = false
  var depth = 0
  let source: ByteSource?
  let arena: TextArena

  /// Stands for an empty input, whose buffer has no address.
  private static let empty = StaticString("")

  /// Reads a whole input. The reader keeps the source alive; texts borrowed from it do not.
  public init(_ source: ByteSource) {
    self.init(bytes: source.bytes, name: source.name, source: source)
  }

  /// Reads JSON from memory that the caller keeps alive, such as an entry of an archive.
  public init(bytes: UnsafeRawBufferPointer, name: String) {
    self.init(bytes: bytes, name: name, source: nil)
  }

  /// Reads JSON whose unescaped texts shall lie in an arena of the caller's, which outlives the reader.
  init(bytes: UnsafeRawBufferPointer, name: String, arena: TextArena) {
    self.init(bytes: bytes, name: name, source: nil, arena: arena)
  }

  private init(bytes: UnsafeRawBufferPointer, name: String, source: ByteSource?, arena: TextArena = TextArena()) {
    let base = bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) } ?? JSONReader.empty.utf8Start
    self.name = name
    self.source = source
    self.arena = arena
    start = base
    end = base + bytes.count
    cursor = base + TextPosition.byteOrderMarkLength(of: bytes)
    releaseMark = source != nil && bytes.count > ByteSource.releaseStride ? base + ByteSource.releaseStride : end
  }

  /// Byte offset of the next unread byte.
  public var offset: Int { cursor - start }

  /// Whether only white space is left. Skips it.
  public var isAtEnd: Bool {
    mutating get {
      skipWhitespace()
      return cursor == end
    }
  }

  /// Checks that nothing follows the document.
  public mutating func expectEnd() throws {
    skipWhitespace()
    if cursor < end { throw unexpected("end of file") }
  }

  /// Forgets the texts that had to be unescaped; call it when a row is done. Texts without escapes are not affected.
  @inline(__always)
  public mutating func recycleTexts() {
    if !arena.isEmpty { arena.removeAll() }
  }

  // MARK: Structure

  /// The kind of the next value, which stays unread.
  @inline(__always)
  public mutating func peek() throws -> Kind {
    skipWhitespace()
    guard cursor < end else { return .end }
    switch cursor.pointee {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "N"), UInt8(ascii: "I"): return .number
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .boolean
    case UInt8(ascii: "n"): return .null
    default: throw unexpected("a value")
    }
  }

  /// Steps into an object; `nextKey` then goes through it.
  @inline(__always)
  public mutating func enterObject() throws {
    try enter(UInt8(ascii: "{"), "an object")
  }

  /// Steps into an array; `nextElement` then goes through it.
  @inline(__always)
  public mutating func enterArray() throws {
    try enter(UInt8(ascii: "["), "an array")
  }

  @inline(__always)
  private mutating func enter(_ bracket: UInt8, _ expected: StaticString) throws {
    skipWhitespace()
    guard cursor < end, cursor.pointee == bracket else { throw unexpected(expected) }
    guard depth < JSONReader.maximumDepth else { throw tooDeep() }
    depth += 1
    cursor += 1
    isFirst = true
  }

  /// The next key of the object, with the cursor before its value; nil when the object has ended, which is then left.
  ///
  /// The previous value must have been read or skipped.
  @inline(__always)
  public mutating func nextKey() throws -> BorrowedText? {
    guard try advance(closing: UInt8(ascii: "}"), "expected ',' or '}' after a value") else { return nil }
    guard cursor < end, cursor.pointee == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    let key = try readString()
    skipWhitespace()
    guard cursor < end, cursor.pointee == UInt8(ascii: ":") else { throw unexpected("':' after a key") }
    cursor += 1
    return key
  }

  /// Whether the array has a further element, with the cursor before it; false leaves the array.
  ///
  /// The previous element must have been read or skipped.
  @inline(__always)
  public mutating func nextElement() throws -> Bool {
    try advance(closing: UInt8(ascii: "]"), "expected ',' or ']' after a value")
  }

  /// Goes to the next member of a container; false after its closing bracket.
  @inline(__always)
  private mutating func advance(closing: UInt8, _ expected: StaticString) throws -> Bool {
    if cursor >= releaseMark, cursor < end { releasePages() }
    skipWhitespace()
    guard cursor < end else { throw fault(expected) }
    if cursor.pointee == closing {
      cursor += 1
      depth -= 1
      isFirst = false
      return false
    }
    if isFirst {
      isFirst = false
      return true
    }
    guard cursor.pointee == UInt8(ascii: ",") else { throw fault(expected) }
    cursor += 1
    skipWhitespace()
    if cursor < end, cursor.pointee == closing { throw trailingComma() }
    return true
  }

  /// Passes over a value of any kind, checking it.
  public mutating func skipValue() throws {
    switch try peek() {
    case .string: _ = try scanString()
    case .number: _ = try scanNumber()
    case .boolean: _ = try readBool()
    case .null: try readNull()
    case .object:
      try enterObject()
      while try skipKey() { try skipValue() }
    case .array:
      try enterArray()
      while try nextElement() { try skipValue() }
    case .end: throw unexpected("a value")
    }
  }

  /// `nextKey` without the text of the key, which need not have one (an unpaired surrogate).
  private mutating func skipKey() throws -> Bool {
    guard try advance(closing: UInt8(ascii: "}"), "expected ',' or '}' after a value") else { return false }
    guard cursor < end, cursor.pointee == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
    _ = try scanString()
    skipWhitespace()
    guard cursor < end, cursor.pointee == UInt8(ascii: ":") else { throw unexpected("':' after a key") }
    cursor += 1
    return true
  }

  // MARK: Scalars

  /// Reads `true` or `false`.
  @inline(__always)
  public mutating func readBool() throws -> Bool {
    skipWhitespace()
    if consume("true") { return true }
    if consume("false") { return false }
    throw unexpected("true or false")
  }

  /// Reads `null`.
  @inline(__always)
  public mutating func readNull() throws {
    skipWhitespace()
    guard consume("null") else { throw unexpected("null") }
  }

  /// Takes a word if it comes next and ends there.
  @inline(__always)
  mutating func consume(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    guard end - cursor >= count else { return false }
    let expected = word.utf8Start
    for index in 0..<count where cursor[index] != expected[index] { return false }
    if end - cursor > count, JSONReader.isWordByte(cursor[count]) { return false }
    cursor += count
    return true
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
  }

  @inline(__always)
  mutating func skipWhitespace() {
    while cursor < end {
      let byte = cursor.pointee
      guard byte <= 0x20, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      cursor += 1
    }
  }

  @inline(never)
  private mutating func releasePages() {
    source?.release(upTo: offset)
    releaseMark = end - cursor > ByteSource.releaseStride ? cursor + ByteSource.releaseStride : end
  }
}
