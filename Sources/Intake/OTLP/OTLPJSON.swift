import Records

/// Reads the same exports in OTLP/JSON (OTLP specification 1.x, JSON Protobuf encoding): names in lowerCamelCase, or as in
/// the `.proto` files; ids in hexadecimal digits; 64-bit numbers as texts or numbers; enumerations as numbers or names;
/// bytes in base64; unknown names ignored.
struct OTLPJSON {
  let limits: OTLPLimits
  let item: OTLPItem
  private(set) var outcome = OTLPOutcome()
  private var items = 0

  init(limits: OTLPLimits, item: OTLPItem) {
    self.limits = limits
    self.item = item
  }

  /// Reads one export into the consumer. It may hold spans, log records, metrics, or several of these.
  /// - Throws: `IntakeError` with line and column, and what the consumer throws.
  mutating func read<Consumer: OTLPConsumer>(_ reader: inout JSONReader, into consumer: inout Consumer) throws {
    items = 0
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("resourceSpans") || key.equals("resource_spans") {
        try readResources(&reader, .traces, into: &consumer)
      } else if key.equals("resourceLogs") || key.equals("resource_logs") {
        try readResources(&reader, .logs, into: &consumer)
      } else {
        if key.equals("resourceMetrics") || key.equals("resource_metrics") { outcome.metrics += 1 }
        try reader.skipValue()
      }
    }
    reader.recycleTexts()
  }

  private mutating func readResources<Consumer: OTLPConsumer>(
    _ reader: inout JSONReader, _ signal: OTLPSignal, into consumer: inout Consumer
  ) throws {
    try forEach(&reader) { reader, this in
      this.item.resource.removeAll()
      try this.shared(&reader, head: "resource", ["scopeSpans", "scopeLogs", "scope_spans", "scope_logs"]) {
        reader, this in
        try this.readResource(&reader)
      } items: { reader, this in
        try this.forEach(&reader) { reader, this in
          this.item.beginScope()
          try this.shared(&reader, head: "scope", ["spans", "logRecords", "log_records"]) { reader, this in
            try this.readScope(&reader)
          } items: { reader, this in
            try this.forEach(&reader) { reader, this in
              try this.readItem(&reader, signal, into: &consumer)
            }
          }
        }
      }
    }
  }

  /// The elements of a list; `null` has none.
  private mutating func forEach(
    _ reader: inout JSONReader, _ body: (inout JSONReader, inout OTLPJSON) throws -> Void
  ) throws {
    if try reader.peek() == .null { return try reader.readNull() }
    try reader.enterArray()
    while try reader.nextElement() { try body(&reader, &self) }
  }

  /// Reads an object whose member `head` is needed before the list under one of the names, in whichever order they come.
  private mutating func shared(
    _ reader: inout JSONReader, head: StaticString, _ names: [StaticString],
    _ readHead: (inout JSONReader, inout OTLPJSON) throws -> Void,
    items: (inout JSONReader, inout OTLPJSON) throws -> Void
  ) throws {
    var waiting: [JSONReader] = []
    var hasHead = false
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals(head) {
        try readHead(&reader, &self)
        hasHead = true
      } else if names.contains(where: { key.equals($0) }) {
        if hasHead {
          try items(&reader, &self)
        } else {
          waiting.append(reader)
          try reader.skipValue()
        }
      } else {
        try reader.skipValue()
      }
    }
    for var earlier in waiting { try items(&earlier, &self) }
  }

  private func readResource(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      guard key.equals("attributes") else {
        try reader.skipValue()
        continue
      }
      try readShared(&reader, into: item.resource)
    }
  }

  private func readScope(_ reader: inout JSONReader) throws {
    guard try reader.enterObjectIfAny() else { return }
    while let key = try reader.nextKey() {
      if key.equals("name") {
        item.scopeName = item.scope.keep(try text(&reader))
      } else if key.equals("version") {
        item.scopeVersion = item.scope.keep(try text(&reader))
      } else if key.equals("attributes") {
        try readShared(&reader, into: item.scope)
      } else {
        try reader.skipValue()
      }
    }
  }

  /// Attributes that many spans share, whose texts must outlive each of them.
  private func readShared(_ reader: inout JSONReader, into tape: ValueTape) throws {
    let start = reader.offset
    let first = tape.count
    let isShallow = try readAttributes(&reader, into: tape)
    if reader.offset - start > limits.attributeBytes {
      throw reader.error(atOffset: start, problem: "attributes of more than \(limits.attributeBytes) bytes")
    }
    if !isShallow {
      throw reader.error(atOffset: start, problem: "an attribute is nested deeper than \(limits.depth) levels")
    }
    for place in first..<tape.count {
      tape[place].key = tape.keep(tape[place].key)
      tape[place].text = tape.keep(tape[place].text)
    }
  }

  // MARK: Spans and log records

  private mutating func readItem<Consumer: OTLPConsumer>(
    _ reader: inout JSONReader, _ signal: OTLPSignal, into consumer: inout Consumer
  ) throws {
    reader.recycleTexts()
    item.beginItem()
    items += 1
    guard items <= limits.items else {
      throw reader.error(
        atOffset: reader.offset, problem: "more than \(limits.items) spans or log records in one export")
    }
    var observed: UInt64 = 0
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("traceId") || key.equals("trace_id") {
        readTraceID(try text(&reader))
      } else if key.equals("spanId") || key.equals("span_id") {
        if let id = readSpanID(try text(&reader)) { item.setSpanID(id) }
      } else if key.equals("attributes") {
        let start = reader.offset
        if try !readAttributes(&reader, into: item.attributes) { item.reject(.attributesTooDeep) }
        if reader.offset - start > limits.attributeBytes { item.reject(.attributesTooLarge) }
      } else if signal == .traces {
        try readSpanMember(key, &reader)
      } else if key.equals("eventName") || key.equals("event_name") {
        item.name = try text(&reader)
      } else if key.equals("timeUnixNano") || key.equals("time_unix_nano") {
        item.start = try unsigned(&reader)
      } else if key.equals("observedTimeUnixNano") || key.equals("observed_time_unix_nano") {
        observed = try unsigned(&reader)
      } else {
        try reader.skipValue()
      }
    }
    switch signal {
    case .traces:
      item.checkSpan()
      if let reason = item.rejection { return outcome.reject(reason) }
      outcome.spans += 1
      try consumer.receiveSpan(item)
    case .logs:
      if item.start == 0 { item.start = observed }
      item.checkLog()
      try outcome.take(log: item, into: &consumer)
    }
  }

  private func readSpanMember(_ key: BorrowedText, _ reader: inout JSONReader) throws {
    if key.equals("parentSpanId") || key.equals("parent_span_id") {
      if let id = readSpanID(try text(&reader)) { item.parentID = id }
    } else if key.equals("name") {
      item.name = try text(&reader)
    } else if key.equals("startTimeUnixNano") || key.equals("start_time_unix_nano") {
      item.start = try unsigned(&reader)
    } else if key.equals("endTimeUnixNano") || key.equals("end_time_unix_nano") {
      item.end = try unsigned(&reader)
    } else if key.equals("status") {
      guard try reader.enterObjectIfAny() else { return }
      while let key = try reader.nextKey() {
        if key.equals("message") {
          item.statusMessage = try text(&reader)
        } else if key.equals("code") {
          item.statusCode = try statusCode(&reader)
        } else {
          try reader.skipValue()
        }
      }
    } else if key.equals("events") {
      let start = reader.offset
      guard try reader.enterArrayIfAny() else { return }
      while try reader.nextElement() { try readEvent(&reader) }
      if reader.offset - start > limits.attributeBytes { item.reject(.attributesTooLarge) }
    } else {
      try reader.skipValue()
    }
  }

  private func readEvent(_ reader: inout JSONReader) throws {
    var event = OTLPEvent()
    let first = item.eventAttributes.count
    try reader.enterObject()
    while let key = try reader.nextKey() {
      if key.equals("name") {
        event.name = try text(&reader)
      } else if key.equals("timeUnixNano") || key.equals("time_unix_nano") {
        event.time = try unsigned(&reader)
      } else if key.equals("attributes") {
        if try !readAttributes(&reader, into: item.eventAttributes) { item.reject(.attributesTooDeep) }
      } else {
        try reader.skipValue()
      }
    }
    event.attributes = first..<item.eventAttributes.count
    item.append(event)
  }

  private func readTraceID(_ text: BorrowedText) {
    if text.isEmpty { return }
    guard text.bytes.count == 32, let high = HexadecimalText.word(.init(rebasing: text.bytes[..<16])),
      let low = HexadecimalText.word(.init(rebasing: text.bytes[16...]))
    else { return item.reject(.traceIDWrong) }
    item.setTraceID(TraceID(high: high, low: low))
  }

  private func readSpanID(_ text: BorrowedText) -> UInt64? {
    if text.isEmpty { return nil }
    guard text.bytes.count == 16, let id = HexadecimalText.word(text.bytes) else {
      item.reject(.spanIDWrong)
      return nil
    }
    return id
  }
}
