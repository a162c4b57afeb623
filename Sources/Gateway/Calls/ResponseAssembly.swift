internal import Records

/// The events of OpenAI's responses. The last one holds the whole response; until then it is put together from its items.
struct ResponseAssembly: StreamAssembly {
  private var response = JSONObject()
  private var items = NumberedParts()
  private var error: JSONValue?
  private(set) var isComplete = false

  mutating func receive(_ event: JSONValue) -> Bool {
    let type = event["type"]?.text ?? ""
    switch type {
    case "response.completed", "response.incomplete", "response.failed":
      isComplete = true
      response = event["response"]?.members ?? response
    case "response.created", "response.in_progress", "response.queued": response.merge(event["response"])
    case "response.output_item.added", "response.output_item.done":
      guard let index = event["output_index"]?.whole else { return false }
      items.update(index) { $0 = event["item"]?.members ?? JSONObject() }
    case "response.output_text.delta", "response.refusal.delta":
      guard let index = event["output_index"]?.whole, let text = event["delta"]?.text else { return false }
      let isText = type == "response.output_text.delta"
      items.update(index) { ResponseAssembly.add(text, isText: isText, event["content_index"]?.whole ?? 0, to: &$0) }
      return !text.isEmpty
    case "response.function_call_arguments.delta":
      guard let index = event["output_index"]?.whole, let text = event["delta"]?.text else { return false }
      items.update(index) { $0.append(text, to: "arguments") }
      return true
    case "error": error = .object(event.members)
    default: return type.hasSuffix(".delta")
    }
    return false
  }

  private static func add(_ text: String, isText: Bool, _ number: Int64, to item: inout JSONObject) {
    guard number >= 0, number < 1_024 else { return }
    var parts = item.take("content")?.elements ?? []
    while parts.count <= Int(number) {
      var part = JSONObject()
      part["type"] = .string(isText ? "output_text" : "refusal")
      parts.append(.object(part))
    }
    var part = parts[Int(number)].members
    parts[Int(number)] = .null
    part.append(text, to: isText ? "text" : "refusal")
    parts[Int(number)] = .object(part)
    item["content"] = .array(parts)
  }

  var reply: JSONObject? {
    guard !response.members.isEmpty || error != nil else { return nil }
    var reply = response
    if !isComplete {
      reply["output"] = .array(items.list)
      if let error { reply["error"] = error }
    }
    return reply
  }
}
