internal import Records

/// The most that a call can use, as far as its request bounds that.
///
/// Every token of a text stands for at least one of its bytes, so that the body's bytes bound the input. What a request only refers to
/// (an earlier response, a stored prompt, files, pictures, sound) is larger than its name, and tools that the provider runs read on their
/// own: such a call has no bound. The output is bounded by what the request says, for each of its choices, or else by what the model can.
struct CallBound: Sendable, Equatable {
  /// Nil where there is none.
  var input: Int64?
  var output: Int64?

  /// - Parameter mostOutput: tokens that the model can answer with at most; nil where nobody says so.
  init(_ request: CallRequest, mostOutput: Int64?) {
    // What is no JSON for us is refused before; what nests too deep has no bound.
    guard let body = try? JSONValue(parsing: request.body) else { return }
    let isBounded = !CallBound.references.contains { key in body[key].map { $0 != .null } ?? false }
    let spoken = ["messages", "input", "system", "instructions"].compactMap { body[$0] }
    let tools = body["tools"]?.elements ?? []
    if isBounded, spoken.allSatisfy({ CallBound.isPlain($0) }), tools.allSatisfy(CallBound.isCallers) {
      input = Int64(request.body.count)
    }
    if request.endpoint == .embeddings {
      output = 0
      return
    }
    let limits = ["max_completion_tokens", "max_tokens", "max_output_tokens"].compactMap { body[$0]?.whole }
    let choices = max(1, body["n"]?.whole ?? 1, body["best_of"]?.whole ?? 1)
    // Of two limits it is the provider who chooses.
    guard let most = limits.max() ?? mostOutput, most >= 0 else { return }
    let (product, overflow) = most.multipliedReportingOverflow(by: choices)
    output = overflow || tools.contains(where: { !CallBound.isCallers($0) }) ? nil : product
  }

  /// Members that stand for more than they hold.
  private static let references = [
    "previous_response_id", "conversation", "prompt", "container", "mcp_servers", "context_management",
    "web_search_options", "audio", "prediction",
  ]

  /// Parts of messages that are what they hold.
  private static let plainTypes: Set<String> = [
    "text", "input_text", "output_text", "refusal", "message", "tool_use", "tool_result", "function", "function_call",
    "function_call_output", "thinking", "redacted_thinking", "ephemeral",
  ]

  /// Whether what is said holds nothing but texts, and calls of the caller's own tools. Arguments of such calls are texts too,
  /// whatever their members are called.
  private static func isPlain(_ value: JSONValue, depth: Int = 0) -> Bool {
    switch value {
    case .array(let elements): return elements.allSatisfy { isPlain($0, depth: depth + 1) }
    case .object(let object):
      if let type = object["type"]?.text, !plainTypes.contains(type) { return false }
      if let type = object["type"], type.text == nil { return false }
      return object.members.allSatisfy { member in
        switch member.key {
        case "input" where object["type"]?.text == "tool_use", "arguments": return true
        case "file_id", "image_url", "file", "source", "audio": return member.value == .null
        default: return isPlain(member.value, depth: depth + 1)
        }
      }
    default: return true
    }
  }

  /// Whether a tool is run by the caller.
  private static func isCallers(_ tool: JSONValue) -> Bool {
    guard let type = tool["type"]?.text else { return true }
    return type == "function" || type == "custom"
  }
}
