import Records

/// Reads `ExportTraceServiceRequest` and `ExportLogsServiceRequest` in protobuf (opentelemetry-proto 1.x, packages
/// `trace.v1`, `logs.v1`, `resource.v1` and `common.v1`), which are also `TracesData` and `LogsData`.
///
/// Texts stay where they are; one that is not UTF-8 is repaired with U+FFFD in a copy, since one bad byte must not cost a batch.
struct OTLPProtobuf {
  typealias Tag = ProtobufReader.Tag

  let limits: OTLPLimits
  let item: OTLPItem
  private(set) var outcome = OTLPOutcome()
  private var items = 0

  init(limits: OTLPLimits, item: OTLPItem) {
    self.limits = limits
    self.item = item
  }

  /// Reads an export into the consumer.
  /// - Throws: `ProtobufFault` for malformed bytes and exceeded limits, and what the consumer throws.
  mutating func read<Consumer: OTLPConsumer>(
    _ bytes: UnsafeRawBufferPointer, signal: OTLPSignal, into consumer: inout Consumer
  ) throws {
    var reader = ProtobufReader(bytes)
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .length):
        let message = try reader.readMessage()
        try readResource(message)
        try readScopes(message, signal: signal, into: &consumer)
      default: try reader.skip(tag)
      }
    }
  }

  /// The resource may stand behind the spans it is of: it is looked for first.
  private func readResource(_ message: ProtobufReader) throws {
    item.resource.removeAll()
    var reader = message
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .length):
        var resource = try reader.readMessage()
        try checkSize(resource, "resource")
        while let tag = try resource.nextTag() {
          if tag == Tag(1, .length) {
            try readShared(resource.readMessage(), into: item.resource, of: resource)
          } else {
            try resource.skip(tag)
          }
        }
      default: try reader.skip(tag)
      }
    }
  }

  private mutating func readScopes<Consumer: OTLPConsumer>(
    _ message: ProtobufReader, signal: OTLPSignal, into consumer: inout Consumer
  ) throws {
    var reader = message
    while let tag = try reader.nextTag() {
      guard tag == Tag(2, .length) else {
        try reader.skip(tag)
        continue
      }
      let scope = try reader.readMessage()
      try readScope(scope)
      var items = scope
      while let tag = try items.nextTag() {
        guard tag == Tag(2, .length) else {
          try items.skip(tag)
          continue
        }
        let one = try items.readMessage()
        self.items += 1
        guard self.items <= limits.items else {
          throw one.fault("more than \(limits.items) spans or log records in one export")
        }
        switch signal {
        case .traces: try readSpan(one, into: &consumer)
        case .logs: try readLog(one, into: &consumer)
        }
      }
    }
  }

  private func readScope(_ message: ProtobufReader) throws {
    item.beginScope()
    var reader = message
    while let tag = try reader.nextTag() {
      guard tag == Tag(1, .length) else {
        try reader.skip(tag)
        continue
      }
      var scope = try reader.readMessage()
      try checkSize(scope, "scope")
      while let tag = try scope.nextTag() {
        switch tag {
        case Tag(1, .length): item.scopeName = try text(&scope, item.scope)
        case Tag(2, .length): item.scopeVersion = try text(&scope, item.scope)
        case Tag(3, .length): try readShared(scope.readMessage(), into: item.scope, of: scope)
        default: try scope.skip(tag)
        }
      }
    }
  }

  private func checkSize(_ message: ProtobufReader, _ what: String) throws {
    if message.remaining > limits.attributeBytes {
      throw message.fault("a \(what) of more than \(limits.attributeBytes) bytes")
    }
  }

  /// An attribute of a resource or a scope. It belongs to all spans, so that none could be kept without it.
  private func readShared(_ message: ProtobufReader, into tape: ValueTape, of parent: ProtobufReader) throws {
    if try !readKeyValue(message, into: tape, depth: 0) {
      throw parent.fault("an attribute is nested deeper than \(limits.depth) levels")
    }
  }

  // MARK: Spans

  private mutating func readSpan<Consumer: OTLPConsumer>(
    _ message: ProtobufReader, into consumer: inout Consumer
  ) throws {
    var reader = message
    let item = self.item
    item.beginItem()
    var size = 0
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .length): readTraceID(try reader.readBytes())
      case Tag(2, .length): if let id = readSpanID(try reader.readBytes()) { item.setSpanID(id) }
      case Tag(4, .length): if let id = readSpanID(try reader.readBytes()) { item.parentID = id }
      case Tag(5, .length): item.name = try text(&reader, item.attributes)
      case Tag(7, .fixed64): item.start = try reader.readFixed64()
      case Tag(8, .fixed64): item.end = try reader.readFixed64()
      case Tag(9, .length):
        let attribute = try reader.readMessage()
        size += attribute.remaining
        try readAttribute(attribute, size: size, into: item.attributes)
      case Tag(11, .length):
        let event = try reader.readMessage()
        size += event.remaining
        try readEvent(event, size: size)
      case Tag(15, .length): try readStatus(reader.readMessage())
      default: try reader.skip(tag)
      }
    }
    item.checkSpan()
    if let reason = item.rejection { return outcome.reject(reason) }
    outcome.spans += 1
    try consumer.receiveSpan(item)
  }

  private func readStatus(_ message: ProtobufReader) throws {
    var reader = message
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(2, .length): item.statusMessage = try text(&reader, item.attributes)
      case Tag(3, .varint): item.statusCode = try reader.readVarint()
      default: try reader.skip(tag)
      }
    }
  }

  private func readEvent(_ message: ProtobufReader, size: Int) throws {
    guard size <= limits.attributeBytes else { return item.reject(.attributesTooLarge) }
    var reader = message
    var event = OTLPEvent()
    let first = item.eventAttributes.count
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .fixed64): event.time = try reader.readFixed64()
      case Tag(2, .length): event.name = try text(&reader, item.eventAttributes)
      case Tag(3, .length):
        if try !readKeyValue(reader.readMessage(), into: item.eventAttributes, depth: 0) {
          item.reject(.attributesTooDeep)
        }
      default: try reader.skip(tag)
      }
    }
    event.attributes = first..<item.eventAttributes.count
    item.append(event)
  }

  // MARK: Logs

  private mutating func readLog<Consumer: OTLPConsumer>(
    _ message: ProtobufReader, into consumer: inout Consumer
  ) throws {
    var reader = message
    let item = self.item
    item.beginItem()
    var size = 0
    var observed: UInt64 = 0
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .fixed64): item.start = try reader.readFixed64()
      case Tag(11, .fixed64): observed = try reader.readFixed64()
      case Tag(6, .length):
        let attribute = try reader.readMessage()
        size += attribute.remaining
        try readAttribute(attribute, size: size, into: item.attributes)
      case Tag(9, .length): readTraceID(try reader.readBytes())
      case Tag(10, .length): if let id = readSpanID(try reader.readBytes()) { item.setSpanID(id) }
      case Tag(12, .length): item.name = try text(&reader, item.attributes)
      default: try reader.skip(tag)
      }
    }
    if item.start == 0 { item.start = observed }
    item.checkLog()
    try outcome.take(log: item, into: &consumer)
  }

  // MARK: Values

  private func readTraceID(_ bytes: UnsafeRawBufferPointer) {
    if bytes.isEmpty { return }
    guard bytes.count == 16 else { return item.reject(.traceIDWrong) }
    item.setTraceID(
      TraceID(
        high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))))
  }

  private func readSpanID(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
    if bytes.isEmpty { return nil }
    guard bytes.count == 8 else {
      item.reject(.spanIDWrong)
      return nil
    }
    return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
  }

  @inline(__always)
  private func readAttribute(_ message: ProtobufReader, size: Int, into tape: ValueTape) throws {
    guard size <= limits.attributeBytes else { return item.reject(.attributesTooLarge) }
    if try !readKeyValue(message, into: tape, depth: 0) { item.reject(.attributesTooDeep) }
  }

  /// Appends a key with its value; false if it nests too deep.
  private func readKeyValue(_ message: ProtobufReader, into tape: ValueTape, depth: Int) throws -> Bool {
    var reader = message
    let place = tape.append(ValueNode(.null))
    var key = ValueNode.noText
    var isShallow = true
    while let tag = try reader.nextTag() {
      switch tag {
      case Tag(1, .length): key = try text(&reader, tape)
      case Tag(2, .length):
        // A repeated value replaces the one before.
        tape.cut(to: place)
        isShallow = try readValue(reader.readMessage(), into: tape, depth: depth) && isShallow
      default: try reader.skip(tag)
      }
    }
    tape.setKey(key, of: place)
    return isShallow
  }

  /// Appends an `AnyValue`; false if it nests too deep.
  private func readValue(_ message: ProtobufReader, into tape: ValueTape, depth: Int) throws -> Bool {
    var reader = message
    let place = tape.append(ValueNode(.null))
    var isShallow = true
    while let tag = try reader.nextTag() {
      // Of a `oneof` the last one counts.
      switch tag {
      case Tag(1, .length):
        var node = ValueNode(.text)
        node.text = try text(&reader, tape)
        replace(place, node, tape)
      case Tag(2, .varint):
        var node = ValueNode(.boolean)
        node.word = try reader.readVarint() == 0 ? 0 : 1
        replace(place, node, tape)
      case Tag(3, .varint):
        var node = ValueNode(.integer)
        node.word = Int64(bitPattern: try reader.readVarint())
        replace(place, node, tape)
      case Tag(4, .fixed64):
        var node = ValueNode(.real)
        node.word = Int64(bitPattern: try reader.readFixed64())
        replace(place, node, tape)
      case Tag(5, .length), Tag(6, .length):
        let kind: ValueNode.Kind = tag == Tag(5, .length) ? .list : .map
        replace(place, ValueNode(kind), tape)
        isShallow = try readParts(reader.readMessage(), kind, into: tape, depth: depth + 1) && isShallow
        tape.close(place)
      case Tag(7, .length):
        var node = ValueNode(.bytes)
        node.text = BorrowedText(try reader.readBytes())
        replace(place, node, tape)
      default: try reader.skip(tag)
      }
    }
    return isShallow
  }

  @inline(__always)
  private func replace(_ place: Int, _ node: ValueNode, _ tape: ValueTape) {
    tape.cut(to: place)
    tape.append(node)
  }

  private func readParts(
    _ message: ProtobufReader, _ kind: ValueNode.Kind, into tape: ValueTape, depth: Int
  ) throws -> Bool {
    guard depth < limits.depth else { return false }
    var reader = message
    var isShallow = true
    while let tag = try reader.nextTag() {
      guard tag == Tag(1, .length) else {
        try reader.skip(tag)
        continue
      }
      let part = try reader.readMessage()
      isShallow =
        try kind == .list
        ? readValue(part, into: tape, depth: depth) && isShallow
        : readKeyValue(part, into: tape, depth: depth) && isShallow
    }
    return isShallow
  }

  @inline(__always)
  private func text(_ reader: inout ProtobufReader, _ tape: ValueTape) throws -> BorrowedText {
    let bytes = try reader.readBytes()
    if UTF8Check.firstFault(in: bytes) == nil { return BorrowedText(bytes) }
    return OTLPProtobuf.repaired(bytes, tape)
  }

  @inline(never)
  private static func repaired(_ bytes: UnsafeRawBufferPointer, _ tape: ValueTape) -> BorrowedText {
    var text = String(decoding: bytes, as: UTF8.self)
    return text.withUTF8 { tape.keep(BorrowedText(UnsafeRawBufferPointer($0))) }
  }
}

extension OTLPOutcome {
  /// Hands a log record on and counts what became of it.
  mutating func take<Consumer: OTLPConsumer>(log item: OTLPItem, into consumer: inout Consumer) throws {
    guard item.name.equals(EvaluationEvent.name) || item.rejection != nil else {
      otherLogs += 1
      return
    }
    if let reason = item.rejection { return reject(reason) }
    if let reason = try consumer.receiveLog(item) { return reject(reason) }
    annotations += 1
  }
}
