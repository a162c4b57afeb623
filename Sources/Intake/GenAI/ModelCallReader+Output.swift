import Records

/// What came out: as messages in the schema of the GenAI conventions, whichever API said it.
extension ModelCallReader {
  /// Why the model ended, in the reply's own word; of several choices, the first one's.
  func finishWord(_ root: Int) -> String? {
    switch call.operation {
    case .embeddings: return nil
    case .messages: return ModelCallReader.text(reply, "stop_reason", of: root)
    case .chat:
      guard let choices = reply.member("choices", of: root), reply[choices].kind == .list,
        reply[choices].next > choices + 1
      else { return nil }
      return ModelCallReader.text(reply, "finish_reason", of: choices + 1)
    case .responses:
      if let details = reply.member("incomplete_details", of: root),
        let reason = ModelCallReader.text(reply, "reason", of: details)
      {
        return reason
      }
      guard let status = ModelCallReader.text(reply, "status", of: root) else { return nil }
      if status == "completed", outputs(root).contains(where: { type($0) == "function_call" }) { return "tool_call" }
      return status == "in_progress" ? nil : status
    }
  }

  func outputDocument(_ root: Int, _ record: inout SpanRecord) -> SpanContent.Document? {
    switch call.operation {
    case .embeddings: return nil
    case .chat: return choices(root, &record)
    case .messages:
      guard let content = reply.member("content", of: root), reply[content].kind == .list else { return nil }
      let parts = reply[content].next > content + 1 ? content : nil
      return parts.map { place in
        message(finish: finishWord(root)) { MessageWriter(writer: $0, scratch: scratch).parts(reply, place, $0.count) }
      }
    case .responses:
      let items = outputs(root)
      guard !items.isEmpty else { return nil }
      let document = message(finish: finishWord(root)) { writer in
        let first = writer.count
        for item in items { write(item, writer, first) }
      }
      if document.json.contains("\"type\":\"refusal\"") { record.refusal = true }
      return document
    }
  }

  /// One message of the assistant, in the order of canonical JSON.
  private func message(finish: String?, _ parts: (CanonicalWriter) -> Void) -> SpanContent.Document {
    document { writer in
      writer.append("[{")
      if let finish {
        writer.append("\"finish_reason\":")
        writer.append(words: SpanWords.finishReason(finish))
        writer.append(",")
      }
      writer.append("\"parts\":[")
      parts(writer)
      writer.append("],\"role\":\"assistant\"}]")
    }
  }

  // MARK: OpenAI's chat

  private func choices(_ root: Int, _ record: inout SpanRecord) -> SpanContent.Document? {
    guard let choices = reply.member("choices", of: root), reply[choices].kind == .list else { return nil }
    var messages: [Int] = []
    var choice = choices + 1
    while choice < reply[choices].next {
      if let message = reply.member("message", of: choice), reply[message].kind == .map {
        if ModelCallReader.text(reply, "refusal", of: message) != nil { record.refusal = true }
        messages.append(copy(message, finish: ModelCallReader.text(reply, "finish_reason", of: choice)))
      }
      choice = reply[choice].next
    }
    guard !messages.isEmpty else { return nil }
    return document { writer in
      writer.append("[")
      for (number, message) in messages.enumerated() {
        if number > 0 { writer.append(",") }
        MessageWriter(writer: writer, scratch: scratch).writeMessage(scratch, message)
      }
      writer.append("]")
    }
  }

  /// The message with the reason for its end, on the scratch tape.
  private func copy(_ message: Int, finish: String?) -> Int {
    let map = scratch.append(ValueNode(.map))
    var place = message + 1
    while place < reply[message].next {
      // A list without elements says nothing, such as annotations that there are none of.
      let isEmpty = reply[place].kind == .list && reply[place].next == place + 1
      if reply[place].kind != .null, !isEmpty {
        let copy = scratch.append(copyOf: reply, place)
        scratch.setKey(reply[place].key, of: copy)
      }
      place = reply[place].next
    }
    if let finish {
      var node = ValueNode(.text, key: BorrowedText("finish_reason"))
      var word = SpanWords.finishReason(finish)
      node.text = word.withUTF8 { scratch.keep(BorrowedText(UnsafeRawBufferPointer($0))) }
      scratch.append(node)
    }
    scratch.close(map)
    return map
  }

  // MARK: OpenAI's responses

  private func outputs(_ root: Int) -> [Int] {
    guard let list = reply.member("output", of: root), reply[list].kind == .list else { return [] }
    var items: [Int] = []
    var place = list + 1
    while place < reply[list].next {
      items.append(place)
      place = reply[place].next
    }
    return items
  }

  private func type(_ item: Int) -> String? { ModelCallReader.text(reply, "type", of: item) }

  /// One item of the output as parts of the message.
  private func write(_ item: Int, _ writer: CanonicalWriter, _ first: Int) {
    let messages = MessageWriter(writer: writer, scratch: scratch)
    func separate() { if writer.count > first { writer.append(",") } }
    switch type(item) {
    case "message":
      guard let content = reply.member("content", of: item) else { return }
      messages.parts(reply, content, first)
    case "function_call":
      separate()
      messages.call(
        reply, id: reply.member("call_id", of: item), name: reply.member("name", of: item),
        arguments: reply.member("arguments", of: item))
    case "reasoning":
      guard let summary = reply.member("summary", of: item), reply[summary].kind == .list else { return }
      var place = summary + 1
      while place < reply[summary].next {
        if let text = reply.member("text", of: place), reply[text].kind == .text {
          separate()
          messages.text("reasoning", reply[text].text)
        }
        place = reply[place].next
      }
    default:
      separate()
      writer.append(reply, item)
    }
  }
}
