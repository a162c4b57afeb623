import Records

/// Writes values of tapes as canonical JSON (RFC 8785) into memory that is kept from one use to the next.
///
/// What has no canonical form is written as text: whole numbers beyond ±(2⁵³ − 1), `NaN`, infinities, and bytes (base 64). Of
/// a key that a map repeats the last value counts.
final class CanonicalWriter {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private var capacity = 1 << 12
  private(set) var count = 0
  /// Members of the maps that are being written, in the order of their keys.
  private var members: [Int] = []

  init() {
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  func removeAll() { count = 0 }

  func cut(to count: Int) { self.count = count }

  var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bytes, count: count) }

  func string(from start: Int = 0) -> String {
    String(decoding: UnsafeRawBufferPointer(start: bytes + start, count: count - start), as: UTF8.self)
  }

  @inline(__always)
  func append(_ byte: UInt8) {
    if count == capacity { reserve(1) }
    bytes[count] = byte
    count += 1
  }

  @inline(__always)
  func append(_ text: StaticString) {
    append(raw: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  func append(raw text: UnsafeRawBufferPointer) {
    guard let start = text.baseAddress else { return }
    if capacity - count < text.count { reserve(text.count) }
    UnsafeMutableRawPointer(bytes + count).copyMemory(from: start, byteCount: text.count)
    count += text.count
  }

  @inline(never)
  private func reserve(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: bytes, count: count)
    bytes.deallocate()
    bytes = larger
  }

  // MARK: Values

  func append(quoted text: BorrowedText) {
    append(UInt8(ascii: "\""))
    if let start = text.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) {
      let end = start + text.bytes.count
      var position = start
      while position < end {
        let plain = CanonicalWriter.skipUnescaped(position, end)
        append(raw: UnsafeRawBufferPointer(start: position, count: plain - position))
        guard plain < end else { break }
        appendEscape(plain.pointee)
        position = plain + 1
      }
    }
    append(UInt8(ascii: "\""))
  }

  /// The first byte that must be escaped.
  @inline(__always)
  private static func skipUnescaped(
    _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8> {
    var position = start
    while true {
      position = JSONReader.skipPlain(position, end)
      while position < end, position.pointee >= 0x80 { position += 1 }
      guard position < end else { return end }
      let byte = position.pointee
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return position }
    }
  }

  private func appendEscape(_ byte: UInt8) {
    append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(byte)
    case 0x08: append(UInt8(ascii: "b"))
    case 0x09: append(UInt8(ascii: "t"))
    case 0x0A: append(UInt8(ascii: "n"))
    case 0x0C: append(UInt8(ascii: "f"))
    case 0x0D: append(UInt8(ascii: "r"))
    default:
      append(byte < 16 ? "u000" : "u001")
      append(byte & 15 < 10 ? UInt8(ascii: "0") + byte & 15 : UInt8(ascii: "a") + byte & 15 - 10)
    }
  }

  func append(integer value: Int64) {
    let isExact = value.magnitude < 1 << 53
    if !isExact { append(UInt8(ascii: "\"")) }
    appendDigits(value)
    if !isExact { append(UInt8(ascii: "\"")) }
  }

  private func appendDigits(_ value: Int64) {
    var rest = value.magnitude
    if value < 0 { append(UInt8(ascii: "-")) }
    let first = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    var digits = UnsafeMutableBufferPointer(start: bytes + first, count: count - first)
    digits.reverse()
  }

  func append(real value: Double) {
    if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return append(integer: whole) }
    guard let text = try? JSONValue.number(value).canonical() else {
      return append(value.isNaN ? "\"NaN\"" : value < 0 ? "\"-Infinity\"" : "\"Infinity\"")
    }
    append(plain: text)
  }

  /// A text that needs no quotes, such as digits.
  func append(plain text: String) {
    var text = text
    text.withUTF8 { append(raw: UnsafeRawBufferPointer($0)) }
  }

  func append(_ tape: ValueTape, _ place: Int) {
    let node = tape[place]
    switch node.kind {
    case .null: append("null")
    case .boolean: append(node.word != 0 ? "true" : "false")
    case .integer: append(integer: node.word)
    case .real: append(real: node.real)
    case .text: append(quoted: node.text)
    case .bytes:
      append(UInt8(ascii: "\""))
      Base64.encode(node.text.bytes) { append($0) }
      append(UInt8(ascii: "\""))
    case .list:
      append(UInt8(ascii: "["))
      var part = place + 1
      while part < node.next {
        if part > place + 1 { append(UInt8(ascii: ",")) }
        append(tape, part)
        part = tape[part].next
      }
      append(UInt8(ascii: "]"))
    case .map: append(map: tape, place)
    }
  }

  private func append(map tape: ValueTape, _ place: Int) {
    let base = members.count
    var part = place + 1
    var isSorted = true
    while part < tape[place].next {
      if isSorted, let last = members.last, members.count > base {
        isSorted = KeyOrder.precedes(tape[last].key, tape[part].key)
      }
      members.append(part)
      part = tape[part].next
    }
    if !isSorted {
      members[base...].sort { left, right in
        let (first, second) = (tape[left].key, tape[right].key)
        return KeyOrder.precedes(first, second) || left < right && !KeyOrder.precedes(second, first)
      }
    }
    append(UInt8(ascii: "{"))
    var isFirst = true
    for index in base..<members.count {
      let member = members[index]
      if index + 1 < members.count, tape[members[index + 1]].key.equals(tape[member].key.bytes) { continue }
      if !isFirst { append(UInt8(ascii: ",")) }
      isFirst = false
      append(quoted: tape[member].key)
      append(UInt8(ascii: ":"))
      append(tape, member)
    }
    append(UInt8(ascii: "}"))
    members.removeSubrange(base...)
  }
}

/// The order of keys in canonical JSON: by their UTF-16 code units (RFC 8785, 3.2.3).
enum KeyOrder {
  static func precedes(_ left: BorrowedText, _ right: BorrowedText) -> Bool {
    let count = min(left.bytes.count, right.bytes.count)
    for index in 0..<count where left.bytes[index] != right.bytes[index] {
      let (first, second) = (left.bytes[index], right.bytes[index])
      // UTF-8 sorts as scalars do. Scalars beyond U+FFFF (0xF0…) are surrogates in UTF-16, which sort before U+E000 (0xEE…).
      if first >= 0xEE, second >= 0xEE, (first >= 0xF0) != (second >= 0xF0) { return first >= 0xF0 }
      return first < second
    }
    return left.bytes.count < right.bytes.count
  }
}

/// An object whose members come in any order, written canonically at the end. Of a repeated key the first member counts.
final class CanonicalObject {
  private struct Member {
    let key: BorrowedText
    let start: Int
    var end: Int
  }

  /// Where the values of the members are written.
  let values = CanonicalWriter()
  private var members: [Member] = []

  var isEmpty: Bool { members.isEmpty }

  func removeAll() {
    values.removeAll()
    members.removeAll(keepingCapacity: true)
  }

  func has(_ key: BorrowedText) -> Bool { members.contains { $0.key.equals(key.bytes) } }

  /// Adds a member. The key must live until the object is written.
  func set(_ key: BorrowedText, _ write: (CanonicalWriter) -> Void) {
    let start = values.count
    write(values)
    members.append(Member(key: key, start: start, end: values.count))
  }

  func set(_ key: StaticString, _ write: (CanonicalWriter) -> Void) { set(BorrowedText(key), write) }

  /// Writes the object into another writer.
  func write(to writer: CanonicalWriter) {
    members.sort { left, right in
      KeyOrder.precedes(left.key, right.key) || left.start < right.start && !KeyOrder.precedes(right.key, left.key)
    }
    writer.append(UInt8(ascii: "{"))
    for (place, member) in members.enumerated() {
      if place > 0 {
        if members[place - 1].key.equals(member.key.bytes) { continue }
        writer.append(UInt8(ascii: ","))
      }
      writer.append(quoted: member.key)
      writer.append(UInt8(ascii: ":"))
      writer.append(raw: UnsafeRawBufferPointer(start: values.bytes + member.start, count: member.end - member.start))
    }
    writer.append(UInt8(ascii: "}"))
  }
}

extension BorrowedText {
  /// A text of the program itself.
  init(_ text: StaticString) {
    self.init(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  func hasPrefix(_ prefix: StaticString) -> Bool {
    bytes.count >= prefix.utf8CodeUnitCount
      && BorrowedText(UnsafeRawBufferPointer(rebasing: bytes[..<prefix.utf8CodeUnitCount])).equals(prefix)
  }

  func dropping(_ count: Int) -> BorrowedText { BorrowedText(UnsafeRawBufferPointer(rebasing: bytes[count...])) }
}
