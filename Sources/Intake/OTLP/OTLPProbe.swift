/// Recognises OTLP by content.
enum OTLPProbe {
  /// Keys of an export, of which it has at least one.
  static let keys = [
    "resourceSpans", "resourceLogs", "resourceMetrics", "resource_spans", "resource_logs", "resource_metrics",
  ]

  /// What an export in protobuf holds.
  enum Content: Equatable {
    case traces, logs, metrics
    /// No export has an item in it that would tell: then it is of no matter which.
    case nothing
  }

  /// Whether the bytes are one export in protobuf, or several with four bytes of length before each (the Collector's file
  /// exporter with `format: proto`).
  static func isProtobuf(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if content(of: bytes) != nil { return true }
    guard let first = framed(bytes, at: 0) else { return false }
    return content(of: UnsafeRawBufferPointer(rebasing: bytes[first])) != nil
  }

  /// The bytes of a message whose length stands before it, at an offset; nil if it does not fit.
  static func framed(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> Range<Int>? {
    guard bytes.count - offset > 4 else { return nil }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    guard length > 0, length <= bytes.count - offset - 4 else { return nil }
    return offset + 4..<offset + 4 + length
  }

  /// What an export holds; nil if the bytes are none. Looks at the frame of each resource, and into the first item.
  static func content(of bytes: UnsafeRawBufferPointer) -> Content? {
    guard bytes.first == 0x0A else { return nil }
    var reader = ProtobufReader(bytes)
    var found = Content.nothing
    do {
      while let tag = try reader.nextTag() {
        guard tag == ProtobufReader.Tag(1, .length) else { return nil }
        let resource = try reader.readMessage()
        if found == .nothing {
          guard let content = try content(ofResource: resource) else { return nil }
          found = content
        }
      }
      return found
    } catch {
      return nil
    }
  }

  private static func content(ofResource message: ProtobufReader) throws -> Content? {
    var reader = message
    while let tag = try reader.nextTag() {
      switch tag {
      case ProtobufReader.Tag(1, .length), ProtobufReader.Tag(3, .length): try reader.skip(tag)
      case ProtobufReader.Tag(2, .length):
        var scope = try reader.readMessage()
        while let tag = try scope.nextTag() {
          guard [1, 2, 3].contains(tag.number), tag == ProtobufReader.Tag(tag.number, .length) else { return nil }
          if tag.number == 2 { return try content(ofItem: scope.readMessage()) }
          try scope.skip(tag)
        }
      default:
        // Fields that later versions may add are beyond these.
        guard tag.number > 3 else { return nil }
        try reader.skip(tag)
      }
    }
    return .nothing
  }

  /// A span has ids of 16 and 8 bytes in front and fixed times at 7 and 8, a log record fixed times at 1 and 11, a metric its
  /// name at 1.
  private static func content(ofItem message: ProtobufReader) throws -> Content? {
    var reader = message
    var isText = true
    while let tag = try reader.nextTag() {
      switch tag {
      case ProtobufReader.Tag(1, .fixed64), ProtobufReader.Tag(11, .fixed64): return .logs
      case ProtobufReader.Tag(7, .fixed64), ProtobufReader.Tag(8, .fixed64): return .traces
      case ProtobufReader.Tag(1, .length):
        let bytes = try reader.readBytes()
        if bytes.count == 16, UTF8Check.firstFault(in: bytes) != nil { return .traces }
        isText = bytes.count != 16 && UTF8Check.firstFault(in: bytes) == nil
      case ProtobufReader.Tag(5, .length): return isText ? .metrics : .traces
      case ProtobufReader.Tag(2, .varint), ProtobufReader.Tag(3, .length): try reader.skip(tag)
      default: try reader.skip(tag)
      }
    }
    return isText ? .metrics : .traces
  }
}
