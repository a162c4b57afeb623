/// A protobuf message while it is written.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// Zero is the default, which is not written.
  mutating func append(_ field: UInt8, number: Int) {
    guard number > 0 else { return }
    bytes.append(field << 3)
    append(varint: UInt64(number))
  }

  mutating func append(_ field: UInt8, text: String?) {
    guard let text else { return }
    append(field, content: Array(text.utf8))
  }

  mutating func append(_ field: UInt8, message: ProtobufMessage) { append(field, content: message.bytes) }

  private mutating func append(_ field: UInt8, content: [UInt8]) {
    bytes.append(field << 3 | 2)
    append(varint: UInt64(content.count))
    bytes += content
  }

  private mutating func append(varint value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
