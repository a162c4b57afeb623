import Records

/// What was said.
extension SpanMapper {
  /// A document of what the body writes.
  func document(_ write: (CanonicalWriter) -> Void) -> SpanContent.Document {
    writer.removeAll()
    write(writer)
    return SpanContent.Document(json: writer.buffer)
  }

  func readRetrieved(_ tape: ValueTape, _ record: inout SpanRecord) {
    writer.removeAll()
    if let place = place(.retrieved) {
      let (list, root) = MessageWriter(writer: writer, scratch: scratch).parsed(tape, place) ?? (tape, place)
      guard list[root].kind == .list else { return }
      RetrievedDocuments.write(list: list, root, scratch: scratch, to: writer)
      otherContent.set(tape[place].key) { $0.append(list, root) }
    } else if !documents.isEmpty {
      documents.write(tape, scratch: scratch, to: writer)
    } else {
      return
    }
    record.retrieved = writer.string()
  }

  func readContent(_ item: OTLPItem, _ record: inout SpanRecord, _ content: inout SpanContent) {
    let tape = item.attributes
    if record.spanKind == "tool" {
      content.input = value(tape, .toolArguments)
      content.output = value(tape, .toolResult)
    } else {
      keepOther(tape, .toolArguments)
      keepOther(tape, .toolResult)
    }
    readEvents(item, &content)
    if content.input == nil, let place = place(.inputMessages) {
      content.input = messages(tape, place)
    } else {
      keepOther(tape, .inputMessages)
    }
    if content.output == nil, let place = place(.outputMessages) {
      content.output = messages(tape, place)
    } else {
      keepOther(tape, .outputMessages)
    }
    if content.input == nil, !inputMessages.isEmpty { content.input = flattened(tape, \.inputMessages) }
    if content.output == nil, !outputMessages.isEmpty { content.output = flattened(tape, \.outputMessages) }
    if content.input == nil, let place = place(.input) {
      content.input = messages(tape, place)
    } else {
      keepOther(tape, .input)
    }
    if content.output == nil, let place = place(.output) {
      content.output = messages(tape, place)
    } else {
      keepOther(tape, .output)
    }
    content.instructions = value(tape, .instructions)
    content.tools = value(tape, .toolDefinitions)
    keepOther(tape, .promptTemplate)
    if record.refusal == nil, let output = content.output, SpanMapper.holdsRefusal(output) {
      record.refusal = true
    }
  }

  /// Whether a part of the messages is a refusal: looked for in the canonical text, as no other form of it exists.
  private static func holdsRefusal(_ document: SpanContent.Document) -> Bool {
    document.bytes.withUnsafeBytes { $0.holds("\"type\":\"refusal\"") }
  }

  private func flattened(
    _ tape: ValueTape, _ path: KeyPath<SpanMapper, FlatMessages>
  ) -> SpanContent.Document {
    var flat = self[keyPath: path]
    return document { flat.write(tape, with: MessageWriter(writer: $0, scratch: scratch)) }
  }

  private func value(_ tape: ValueTape, _ field: SpanField) -> SpanContent.Document? {
    guard let place = place(field) else { return nil }
    return document { MessageWriter(writer: $0, scratch: scratch).writeParsed(tape, place) }
  }

  private func messages(_ tape: ValueTape, _ place: Int) -> SpanContent.Document {
    document { writer in
      let messages = MessageWriter(writer: writer, scratch: scratch)
      let (tape, root) = messages.parsed(tape, place) ?? (tape, place)
      messages.write(tape, root)
    }
  }

  /// Keeps content that another attribute stands for, so that nothing that was said stays among the attributes.
  private func keepOther(_ tape: ValueTape, _ field: SpanField) {
    guard let place = place(field) else { return }
    otherContent.set(tape[place].key) { $0.append(tape, place) }
  }

  // MARK: Events

  /// Messages that GenAI conventions up to 1.36 put into events; all other events are kept as they are.
  private func readEvents(_ item: OTLPItem, _ content: inout SpanContent) {
    guard !item.events.isEmpty else { return }
    let input = CanonicalWriter()
    let output = CanonicalWriter()
    let others = CanonicalWriter()
    for event in item.events {
      let tape = item.eventAttributes
      if let role = SpanMapper.role(event.name) {
        write(event, tape, role: role, to: input)
      } else if event.name.equals("gen_ai.choice") {
        write(event, tape, role: "assistant", to: output)
      } else {
        others.append(others.count == 0 ? "[" : ",")
        SpanMapper.write(event, tape, to: others)
      }
    }
    if input.count > 0 {
      input.append("]")
      content.input = document { $0.append(raw: input.buffer) }
    }
    if output.count > 0 {
      output.append("]")
      content.output = document { $0.append(raw: output.buffer) }
    }
    if others.count > 0 {
      others.append("]")
      otherContent.set("span_events") { $0.append(raw: others.buffer) }
    }
  }

  private static func role(_ name: BorrowedText) -> StaticString? {
    if name.equals("gen_ai.user.message") { return "user" }
    if name.equals("gen_ai.system.message") { return "system" }
    if name.equals("gen_ai.assistant.message") { return "assistant" }
    return name.equals("gen_ai.tool.message") ? "tool" : nil
  }

  /// Writes one message: its fields are attributes of the event, or lie in `message` or in `gen_ai.event.content`.
  private func write(_ event: OTLPEvent, _ tape: ValueTape, role: StaticString, to writer: CanonicalWriter) {
    let messages = MessageWriter(writer: writer, scratch: scratch)
    // All that is parsed comes first: a map's members must lie together.
    var members: [(key: BorrowedText, tape: ValueTape, place: Int)] = []
    var place = event.attributes.lowerBound
    while place < event.attributes.upperBound {
      let key = tape[place].key
      let (source, root) = messages.parsed(tape, place) ?? (tape, place)
      if key.equals("message") || key.equals("gen_ai.event.content"), source[root].kind == .map {
        var part = root + 1
        while part < source[root].next {
          members.append((source[part].key, source, part))
          part = source[part].next
        }
      } else if !key.equals("gen_ai.system"), !key.equals("event.name"), !key.equals("index") {
        // The answer to a call is named by the call's id.
        let isCall = key.equals("id") && BorrowedText(role).equals("tool")
        members.append((isCall ? BorrowedText("tool_call_id") : key, source, root))
      }
      place = tape[place].next
    }
    let map = scratch.append(ValueNode(.map))
    if !members.contains(where: { $0.key.equals("role") }) {
      var node = ValueNode(.text, key: BorrowedText("role"))
      node.text = BorrowedText(role)
      scratch.append(node)
    }
    if !members.contains(where: { $0.key.equals("content") || $0.key.equals("tool_calls") }) {
      scratch.append(ValueNode(.null, key: BorrowedText("content")))
    }
    for member in members {
      let copy = scratch.append(copyOf: member.tape, member.place)
      scratch.setKey(member.key, of: copy)
    }
    scratch.close(map)
    writer.append(writer.count == 0 ? "[" : ",")
    messages.writeMessage(scratch, map)
  }

  private static func write(_ event: OTLPEvent, _ tape: ValueTape, to writer: CanonicalWriter) {
    let attributes = CanonicalObject()
    var place = event.attributes.lowerBound
    while place < event.attributes.upperBound {
      attributes.set(tape[place].key) { $0.append(tape, place) }
      place = tape[place].next
    }
    let object = CanonicalObject()
    object.set("name") { $0.append(quoted: event.name) }
    if event.time > 0, let time = Int64(exactly: event.time) {
      object.set("time_unix_nano") { $0.append(integer: time) }
    }
    if !attributes.isEmpty { object.set("attributes") { attributes.write(to: $0) } }
    object.write(to: writer)
  }
}
