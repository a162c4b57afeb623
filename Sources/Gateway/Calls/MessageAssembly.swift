internal import Records

/// The events of Anthropic's messages. What was used is said at the start and again, cumulatively, at the end.
struct MessageAssembly: StreamAssembly {
  private var message = JSONObject()
  private var blocks = NumberedParts()
  private var error: JSONValue?
  private(set) var isComplete = false

  mutating func receive(_ event: JSONValue) -> Bool {
    switch event["type"]?.text {
    case "message_start": message = event["message"]?.members ?? JSONObject()
    case "content_block_start":
      guard let index = event["index"]?.whole else { return false }
      let block = event["content_block"] ?? .null
      blocks.update(index) { $0 = block.members }
      return block["type"]?.text == "tool_use"
    case "content_block_delta":
      guard let index = event["index"]?.whole else { return false }
      let delta = event["delta"] ?? .null
      blocks.update(index) { MessageAssembly.add(delta, to: &$0) }
      return true
    case "content_block_stop":
      if let index = event["index"]?.whole { blocks.update(index, MessageAssembly.close) }
    case "message_delta":
      message.merge(event["delta"])
      var usage = message["usage"]?.members ?? JSONObject()
      usage.merge(event["usage"])
      message["usage"] = .object(usage)
    case "message_stop": isComplete = true
    case "error": error = event["error"]
    default: break
    }
    return false
  }

  /// Where a tool's arguments are kept until they are whole.
  private static let pieces = "partial_json"

  private static func add(_ delta: JSONValue, to block: inout JSONObject) {
    switch delta["type"]?.text {
    case "text_delta": block.append(delta["text"]?.text ?? "", to: "text")
    case "thinking_delta": block.append(delta["thinking"]?.text ?? "", to: "thinking")
    case "signature_delta": block["signature"] = delta["signature"]
    case "input_json_delta": block.append(delta["partial_json"]?.text ?? "", to: pieces)
    case "citations_delta":
      block["citations"] = .array((block.take("citations")?.elements ?? []) + [delta["citation"] ?? .null])
    default: break
    }
  }

  private static func close(_ block: inout JSONObject) {
    guard let text = block[pieces]?.text else { return }
    block[pieces] = nil
    // What is no JSON stays the text that it is.
    if !text.isEmpty { block["input"] = (try? JSONValue(parsing: text)) ?? .string(text) }
  }

  var reply: JSONObject? {
    guard !message.members.isEmpty || error != nil else { return nil }
    var reply = message
    reply["error"] = error
    var blocks = blocks
    for number in blocks.numbers { blocks.update(number, MessageAssembly.close) }
    if !blocks.isEmpty { reply["content"] = .array(blocks.list) }
    return reply
  }
}
