import Records

/// Writes messages in the schema of the GenAI conventions (semantic-conventions-genai, `gen-ai-input-messages.json`), whatever
/// the schema they came in: `[{"role", "parts": [{"type": "text", "content"}, {"type": "tool_call", "id", "name",
/// "arguments"}, {"type": "tool_call_response", "id", "response"}, …], "name"?, "finish_reason"?}]`.
///
/// Known are the conventions' own, OpenAI's, Anthropic's and Vercel's. Parts of other kinds stay as they are.
struct MessageWriter {
  let writer: CanonicalWriter
  /// Where JSON inside texts is read to.
  let scratch: ValueTape

  /// Writes a value: a list of messages, or one, as messages; everything else as it is.
  func write(_ tape: ValueTape, _ place: Int) {
    if tape[place].kind == .list, isMessage(tape, place + 1), tape[place].next > place + 1 {
      writer.append("[")
      var part = place + 1
      while part < tape[place].next {
        if part > place + 1 { writer.append(",") }
        if isMessage(tape, part) { writeMessage(tape, part) } else { writer.append(tape, part) }
        part = tape[part].next
      }
      writer.append("]")
    } else if isMessage(tape, place) {
      writer.append("[")
      writeMessage(tape, place)
      writer.append("]")
    } else {
      writer.append(tape, place)
    }
  }

  /// Whether a value is a message of one of the known schemas.
  private func isMessage(_ tape: ValueTape, _ place: Int) -> Bool {
    guard place < tape.count, tape[place].kind == .map, let role = tape.member("role", of: place),
      tape[role].kind == .text
    else { return false }
    return tape.member("content", of: place) != nil || tape.member("tool_calls", of: place) != nil
      || tape.member("parts", of: place) != nil
  }

  func writeMessage(_ tape: ValueTape, _ place: Int) {
    if tape.member("parts", of: place) != nil { return writer.append(tape, place) }
    let object = CanonicalObject()
    var part = place + 1
    let content = tape.member("content", of: place)
    let calls = tape.member("tool_calls", of: place)
    let callID = tape.member("tool_call_id", of: place)
    while part < tape[place].next {
      let key = tape[part].key
      if ![content, calls, callID].contains(part), tape[part].kind != .null {
        object.set(key) { $0.append(tape, part) }
      }
      part = tape[part].next
    }
    object.set("parts") { values in
      let inner = MessageWriter(writer: values, scratch: scratch)
      values.append("[")
      let first = values.count
      if let callID {
        inner.response(tape, id: callID, content)
      } else if let content {
        inner.parts(tape, content, first)
      }
      if let calls { inner.parts(tape, calls, first) }
      values.append("]")
    }
    object.write(to: writer)
  }

  private func separate(_ first: Int) {
    if writer.count > first { writer.append(",") }
  }

  func response(_ tape: ValueTape, id: Int, _ content: Int?) {
    writer.append("{\"id\":")
    writer.append(tape, id)
    writer.append(",\"response\":")
    if let content { writer.append(tape, content) } else { writer.append("null") }
    writer.append(",\"type\":\"tool_call_response\"}")
  }

  func parts(_ tape: ValueTape, _ place: Int, _ first: Int) {
    switch tape[place].kind {
    case .null: return
    case .list:
      var part = place + 1
      while part < tape[place].next {
        separate(first)
        self.part(tape, part)
        part = tape[part].next
      }
    default:
      separate(first)
      part(tape, place)
    }
  }

  /// One part of a message, or one call among `tool_calls`.
  private func part(_ tape: ValueTape, _ place: Int) {
    if tape[place].kind == .text { return text("text", tape[place].text) }
    if let function = tape.member("function", of: place), tape[function].kind == .map {
      return call(
        tape, id: tape.member("id", of: place), name: tape.member("name", of: function),
        arguments: tape.member("arguments", of: function))
    }
    guard let type = tape.member("type", of: place), tape[type].kind == .text else {
      if tape.member("name", of: place) != nil, let arguments = tape.member("arguments", of: place) {
        return call(
          tape, id: tape.member("id", of: place), name: tape.member("name", of: place), arguments: arguments)
      }
      return writer.append(tape, place)
    }
    func member(_ key: StaticString) -> Int? { tape.member(key, of: place) }
    func textual(_ key: StaticString) -> BorrowedText? {
      member(key).flatMap { tape[$0].kind == .text ? tape[$0].text : nil }
    }
    switch tape[type].text.string {
    case "text", "input_text", "output_text":
      if let content = textual("text") { return text("text", content) }
    case "refusal":
      if let content = textual("refusal") { return text("refusal", content) }
    case "thinking", "reasoning":
      if let content = textual("thinking") ?? textual("text") { return text("reasoning", content) }
    case "tool_use":
      return call(tape, id: member("id"), name: member("name"), arguments: member("input"))
    case "tool-call":
      return call(
        tape, id: member("toolCallId"), name: member("toolName"), arguments: member("args") ?? member("input"))
    case "tool_result":
      if let id = member("tool_use_id") { return response(tape, id: id, member("content")) }
    case "tool-result":
      if let id = member("toolCallId") { return response(tape, id: id, member("result") ?? member("output")) }
    default: break
    }
    writer.append(tape, place)
  }

  func text(_ type: StaticString, _ content: BorrowedText) {
    writer.append("{\"content\":")
    writer.append(quoted: content)
    writer.append(",\"type\":\"")
    writer.append(type)
    writer.append("\"}")
  }

  func call(_ tape: ValueTape, id: Int?, name: Int?, arguments: Int?) {
    writer.append("{")
    if let arguments {
      writer.append("\"arguments\":")
      writeParsed(tape, arguments)
      writer.append(",")
    }
    if let id, tape[id].kind != .null {
      writer.append("\"id\":")
      writer.append(tape, id)
      writer.append(",")
    }
    if let name {
      writer.append("\"name\":")
      writer.append(tape, name)
      writer.append(",")
    }
    writer.append("\"type\":\"tool_call\"}")
  }

  /// Writes a value; a text that holds a JSON object or list, as that.
  func writeParsed(_ tape: ValueTape, _ place: Int) {
    if let (tape, place) = parsed(tape, place) { writer.append(tape, place) } else { writer.append(tape, place) }
  }

  /// What a text holds as a JSON object or list.
  func parsed(_ tape: ValueTape, _ place: Int) -> (ValueTape, Int)? {
    guard tape[place].kind == .text, let first = tape[place].text.bytes.first(where: { $0 > 0x20 }),
      first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let root = scratch.append(json: tape[place].text)
    else { return nil }
    return (scratch, root)
  }
}
