/// Why bytes are not a message, and where.
struct ProtobufFault: Error, Equatable {
  /// Bytes before the place, from the beginning of the whole input.
  let offset: Int
  /// What is wrong, in lower case, without a full stop.
  let problem: String
}

/// Reads one message of protocol buffers in its wire format (https://protobuf.dev/programming-guides/encoding/), field by
/// field, in place.
///
/// Everything that a length or a number of bytes says is checked against the end of the message: malformed input ends in
/// `ProtobufFault`. Fields come in any order and may be repeated; what is not known is skipped.
struct ProtobufReader {
  enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case length = 2
    case groupStart = 3
    case groupEnd = 4
    case fixed32 = 5
  }

  /// Number and type of a field in one word, as the wire has them.
  struct Tag: Equatable {
    let word: UInt32
    @inline(__always)
    init(_ number: UInt32, _ type: WireType) { word = number << 3 | UInt32(type.rawValue) }
    @inline(__always)
    fileprivate init(word: UInt32) { self.word = word }
    @inline(__always)
    static func ~= (pattern: Tag, value: Tag) -> Bool { pattern.word == value.word }
    var number: UInt32 { word >> 3 }
  }

  /// The beginning of the whole input, from which offsets are counted.
  private let base: UnsafePointer<UInt8>
  private(set) var cursor: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>

  /// Stands for an empty input, whose buffer has no address.
  private static let empty = StaticString("")

  init(_ bytes: UnsafeRawBufferPointer) {
    base = bytes.baseAddress.map { $0.assumingMemoryBound(to: UInt8.self) } ?? ProtobufReader.empty.utf8Start
    cursor = base
    end = base + bytes.count
  }

  private init(base: UnsafePointer<UInt8>, cursor: UnsafePointer<UInt8>, count: Int) {
    self.base = base
    self.cursor = cursor
    end = cursor + count
  }

  var offset: Int { cursor - base }
  var remaining: Int { end - cursor }

  /// The next field's number and type, with the cursor before its value; nil at the end of the message.
  @inline(__always)
  mutating func nextTag() throws -> Tag? {
    guard cursor < end else { return nil }
    let first = cursor.pointee
    let word: UInt64
    if first < 0x80 {
      cursor += 1
      word = UInt64(first)
    } else {
      word = try readVarint()
    }
    guard word >> 3 > 0, word >> 32 == 0, word & 7 <= 5 else { throw fault("no valid field begins here") }
    return Tag(word: UInt32(truncatingIfNeeded: word))
  }

  @inline(__always)
  mutating func readVarint() throws -> UInt64 {
    guard cursor < end else { throw cutOff() }
    let first = cursor.pointee
    if first < 0x80 {
      cursor += 1
      return UInt64(first)
    }
    return try readLongVarint()
  }

  private mutating func readLongVarint() throws -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var position = cursor
    while shift < 70 {
      guard position < end else { throw cutOff() }
      let byte = position.pointee
      // The tenth byte has room for one bit; what other writers leave above it is dropped, as all readers do.
      value |= UInt64(byte & 0x7F) << shift
      position += 1
      if byte < 0x80 {
        cursor = position
        return value
      }
      shift += 7
    }
    throw fault("a number takes more than ten bytes")
  }

  @inline(__always)
  mutating func readFixed64() throws -> UInt64 {
    guard end - cursor >= 8 else { throw cutOff() }
    defer { cursor += 8 }
    return UInt64(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt64.self))
  }

  mutating func readFixed32() throws -> UInt32 {
    guard end - cursor >= 4 else { throw cutOff() }
    defer { cursor += 4 }
    return UInt32(littleEndian: UnsafeRawPointer(cursor).loadUnaligned(as: UInt32.self))
  }

  /// The bytes of a text, of bytes or of a message.
  @inline(__always)
  mutating func readBytes() throws -> UnsafeRawBufferPointer {
    let length = try readVarint()
    guard length <= UInt64(end - cursor) else { throw tooLong(length) }
    let bytes = UnsafeRawBufferPointer(start: cursor, count: Int(length))
    cursor += Int(length)
    return bytes
  }

  /// A message inside this one.
  @inline(__always)
  mutating func readMessage() throws -> ProtobufReader {
    let bytes = try readBytes()
    return ProtobufReader(base: base, cursor: cursor - bytes.count, count: bytes.count)
  }

  /// Passes over a field that is not known.
  @inline(never)
  mutating func skip(_ tag: Tag) throws {
    var open: [UInt32] = []
    var tag = tag
    repeat {
      switch WireType(rawValue: UInt8(truncatingIfNeeded: tag.word & 7)) {
      case .varint: _ = try readVarint()
      case .fixed64: _ = try readFixed64()
      case .length: _ = try readBytes()
      case .fixed32: _ = try readFixed32()
      case .groupStart:
        guard open.count < 64 else { throw fault("groups are nested deeper than 64 levels") }
        open.append(tag.number)
      case .groupEnd:
        guard open.popLast() == tag.number else { throw fault("a group ends that did not begin") }
      case nil: throw fault("no valid field begins here")
      }
      if open.isEmpty { return }
      guard let next = try nextTag() else { throw cutOff() }
      tag = next
    } while true
  }

  @inline(never)
  func fault(_ problem: String) -> ProtobufFault { ProtobufFault(offset: offset, problem: problem) }

  @inline(never)
  private func cutOff() -> ProtobufFault { fault("the message ends in the middle of a field") }

  @inline(never)
  private func tooLong(_ length: UInt64) -> ProtobufFault {
    fault("a field of \(length) bytes begins where its message has \(end - cursor) left")
  }
}
