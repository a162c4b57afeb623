import Records

/// Messages that were flattened into attributes, `llm.input_messages.0.message.tool_calls.1.tool_call.function.name`
/// (OpenInference) and `gen_ai.prompt.0.tool_calls.1.name` (OpenLLMetry), put together again.
struct FlatMessages {
  /// One attribute: of which message, in which of its lists, at which place, and what it says.
  private struct Piece {
    let message: Int
    /// 0 the message itself, 1 a part, 2 a call.
    let list: Int
    let index: Int
    let field: BorrowedText
    let place: Int
  }

  private var pieces: [Piece] = []

  var isEmpty: Bool { pieces.isEmpty }

  mutating func removeAll() { pieces.removeAll(keepingCapacity: true) }

  /// Takes an attribute by the part of its key behind the common beginning; false if it is no part of a message.
  mutating func add(_ key: BorrowedText, _ place: Int) -> Bool {
    guard let (message, rest) = FlatMessages.number(key) else { return false }
    let field = rest.hasPrefix("message.") ? rest.dropping(8) : rest
    for (prefix, list) in [("contents." as StaticString, 1), ("tool_calls.", 2)] where field.hasPrefix(prefix) {
      guard let (index, name) = FlatMessages.number(field.dropping(prefix.utf8CodeUnitCount)) else { return false }
      let inner: BorrowedText =
        name.hasPrefix("message_content.") ? name.dropping(16) : name.hasPrefix("tool_call.") ? name.dropping(10) : name
      pieces.append(Piece(message: message, list: list, index: index, field: inner, place: place))
      return true
    }
    pieces.append(Piece(message: message, list: 0, index: 0, field: field, place: place))
    return true
  }

  /// `12.rest` as 12 and `rest`.
  static func number(_ text: BorrowedText) -> (Int, BorrowedText)? {
    var value = 0
    var index = 0
    while index < text.bytes.count, text.bytes[index] &- UInt8(ascii: "0") < 10, index < 7 {
      value = value * 10 + Int(text.bytes[index] - UInt8(ascii: "0"))
      index += 1
    }
    guard index > 0, index + 1 < text.bytes.count, text.bytes[index] == UInt8(ascii: ".") else { return nil }
    return (value, text.dropping(index + 1))
  }

  /// Writes the messages in their order.
  mutating func write(_ tape: ValueTape, with messages: MessageWriter) {
    pieces.sort { ($0.message, $0.list, $0.index, $0.place) < ($1.message, $1.list, $1.index, $1.place) }
    let writer = messages.writer
    writer.append("[")
    var start = 0
    while start < pieces.count {
      var end = start
      while end < pieces.count, pieces[end].message == pieces[start].message { end += 1 }
      if start > 0 { writer.append(",") }
      write(pieces[start..<end], tape, messages)
      start = end
    }
    writer.append("]")
  }

  private func write(_ pieces: ArraySlice<Piece>, _ tape: ValueTape, _ messages: MessageWriter) {
    let object = CanonicalObject()
    var content: Int?
    var callID: Int?
    for piece in pieces where piece.list == 0 {
      if piece.field.equals("content") {
        content = piece.place
      } else if piece.field.equals("tool_call_id") {
        callID = piece.place
      } else {
        object.set(piece.field) { $0.append(tape, piece.place) }
      }
    }
    object.set("parts") { values in
      let inner = MessageWriter(writer: values, scratch: messages.scratch)
      values.append("[")
      let first = values.count
      if let callID {
        inner.response(tape, id: callID, content)
      } else if let content {
        inner.writeContent(tape, content, first)
      }
      var start = pieces.firstIndex { $0.list > 0 } ?? pieces.endIndex
      while start < pieces.endIndex {
        var end = start
        while end < pieces.endIndex, pieces[end].list == pieces[start].list, pieces[end].index == pieces[start].index {
          end += 1
        }
        if values.count > first { values.append(",") }
        writePart(pieces[start..<end], tape, inner)
        start = end
      }
      values.append("]")
    }
    object.write(to: messages.writer)
  }

  private func writePart(_ pieces: ArraySlice<Piece>, _ tape: ValueTape, _ messages: MessageWriter) {
    func field(_ names: StaticString...) -> Int? {
      pieces.first { piece in names.contains { piece.field.equals($0) } }?.place
    }
    if pieces.first?.list == 2 {
      return messages.call(
        tape, id: field("id"), name: field("function.name", "name"), arguments: field("function.arguments", "arguments")
      )
    }
    if pieces.count == 2, let type = field("type"), tape[type].text.equals("text"), let text = field("text"),
      tape[text].kind == .text
    {
      return messages.text("text", tape[text].text)
    }
    let object = CanonicalObject()
    for piece in pieces { object.set(piece.field) { $0.append(tape, piece.place) } }
    object.write(to: messages.writer)
  }
}

extension MessageWriter {
  /// The content of a flattened message: a text, which for OpenLLMetry may hold a list of parts as JSON.
  func writeContent(_ tape: ValueTape, _ place: Int, _ first: Int) {
    if let (tape, root) = parsed(tape, place), tape[root].kind == .list, tape[root].next > root + 1,
      tape.member("type", of: root + 1) != nil
    {
      return parts(tape, root, first)
    }
    parts(tape, place, first)
  }
}
