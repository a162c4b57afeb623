import Records

/// Writes the messages of an export again, in protobuf.
struct OTLPProtobufRewriter {
  private typealias Tag = ProtobufReader.Tag

  let rewrite: OTLPRewrite

  /// How deep values may nest; what is deeper is left out, as receivers reject it.
  private static let depth = 64
  private static let longestID = 16

  /// - Throws: `ProtobufFault`.
  func rewritten(_ message: ProtobufReader, _ shape: OTLPShape) throws -> [UInt8] {
    try bytes(of: message, shape, depth: 0) ?? []
  }

  /// Nil for a message that is left out.
  private func bytes(of message: ProtobufReader, _ shape: OTLPShape, depth: Int) throws -> [UInt8]? {
    guard depth < OTLPProtobufRewriter.depth else { return nil }
    var output = ProtobufWriter()
    let name = shape == .span ? try OTLPProtobufRewriter.name(of: message) : nil
    if let name, !rewrite.keeps(name) { return nil }
    if shape == .attribute, try rewrite.omits(attribute: OTLPProtobufRewriter.key(of: message)) { return nil }
    var reader = message
    while let tag = try reader.nextTag() {
      guard let field = shape.field(tag.number), !rewrite.omits(field, of: shape) else {
        try reader.skip(tag)
        continue
      }
      try copy(field, tag, &reader, to: &output, depth: depth)
    }
    if let name, let tenant = rewrite.tenant(of: name) { output.append(9, OTLPProtobufRewriter.attribute(tenant)) }
    return output.bytes
  }

  private func copy(
    _ field: OTLPShape.Field, _ tag: ProtobufReader.Tag, _ reader: inout ProtobufReader,
    to output: inout ProtobufWriter,
    depth: Int
  ) throws {
    switch (field.content, tag) {
    case (.message(let shape), Tag(field.number, .length)), (.messages(let shape), Tag(field.number, .length)):
      if let message = try bytes(of: reader.readMessage(), shape, depth: depth + 1) {
        output.append(field.number, message)
      }
    case (.text, Tag(field.number, .length)), (.texts, Tag(field.number, .length)):
      let bytes = try reader.readBytes()
      output.append(field.number, rewrite.bytes(bytes) ?? Array(bytes))
    case (.bytes, Tag(field.number, .length)):
      let bytes = try reader.readBytes()
      output.append(field.number, rewrite.bytes(bytes) ?? Array(bytes))
    case (.id, Tag(field.number, .length)):
      let bytes = try reader.readBytes()
      if bytes.count <= OTLPProtobufRewriter.longestID { output.append(field.number, Array(bytes)) }
    case (.integer, Tag(field.number, .varint)):
      let word = try reader.readVarint()
      // The text of a value is its field 1.
      if let text = rewrite.text(of: Int64(bitPattern: word)) {
        output.append(1, Array(text.utf8))
      } else {
        output.append(field.number, varint: word)
      }
    case (.real, Tag(field.number, .fixed64)):
      let word = try reader.readFixed64()
      if let text = rewrite.text(of: Double(bitPattern: word)) {
        output.append(1, Array(text.utf8))
      } else {
        output.append(field.number, fixed64: word)
      }
    case (.number, Tag(field.number, .varint)): output.append(field.number, varint: try reader.readVarint())
    case (.number, Tag(field.number, .fixed64)): output.append(field.number, fixed64: try reader.readFixed64())
    case (.number, Tag(field.number, .fixed32)):
      output.append(field.number, fixed32: try reader.readFixed32())
    default: try reader.skip(tag)
    }
  }

  private static func name(of span: ProtobufReader) throws -> SpanName {
    var reader = span
    var (trace, id) = ("", "")
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .length): trace = hexadecimal(try reader.readBytes())
      case Tag(2, .length): id = hexadecimal(try reader.readBytes())
      default: try reader.skip(tag)
      }
    }
    return SpanName(traceID: trace, spanID: id)
  }

  private static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    guard bytes.count <= longestID else { return "" }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func key(of attribute: ProtobufReader) throws -> String {
    var reader = attribute
    var key = ""
    while let tag = try reader.nextTag() {
      if tag == Tag(1, .length) {
        key = String(decoding: try reader.readBytes(), as: UTF8.self)
      } else {
        try reader.skip(tag)
      }
    }
    return key
  }

  private static func attribute(_ tenant: String) -> [UInt8] {
    var value = ProtobufWriter()
    value.append(1, Array(tenant.utf8))
    var attribute = ProtobufWriter()
    attribute.append(1, Array(OTLPRewrite.tenantKey.utf8))
    attribute.append(2, value.bytes)
    return attribute.bytes
  }
}

/// Protobuf's encoding, field by field.
private struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(_ field: UInt32, _ content: [UInt8]) {
    append(field << 3 | 2)
    append(varint: UInt64(content.count))
    bytes += content
  }

  mutating func append(_ field: UInt32, varint value: UInt64) {
    append(field << 3)
    append(varint: value)
  }

  mutating func append(_ field: UInt32, fixed64 value: UInt64) {
    append(field << 3 | 1)
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func append(_ field: UInt32, fixed32 value: UInt32) {
    append(field << 3 | 5)
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  private mutating func append(_ tag: UInt32) { append(varint: UInt64(tag)) }

  private mutating func append(varint value: UInt64) {
    var value = value
    while value >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }
}
