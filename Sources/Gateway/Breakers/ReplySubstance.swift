internal import Records

/// What of a reply says how its provider does: the error that it holds, or that a success holds nothing.
public struct ReplySubstance: Sendable, Equatable {
  /// Code and type of its error, as the provider calls them.
  public private(set) var words: [String] = []
  /// The status that an error states which came with another one.
  public private(set) var status: Int?
  public private(set) var message: String?
  /// Whether it holds an error.
  public private(set) var isError = false
  /// Whether it ended properly and has no answer in it. One that ended at the caller's limit, or where the provider's filter stopped
  /// what the caller asked for, is not hollow: that is not the provider's fault.
  public private(set) var isHollow = false
  /// Whether it calls a tool of the caller's.
  private(set) var callsTools = false
  /// Tokens that it says were used, those of caches among the input; nil where it does not say.
  public private(set) var input: Int64?
  public private(set) var output: Int64?

  init(_ reply: JSONValue, _ endpoint: CallEndpoint) {
    if let used = ReplySubstance.used(reply["usage"], endpoint) { (input, output) = used }
    if case .object? = reply["error"] {
      isError = true
      words = ["code", "type"].compactMap { reply["error"]?[$0]?.text }
      status = reply["error"]?["code"]?.whole.flatMap { (100..<600).contains($0) ? Int($0) : nil }
      message = reply["error"]?["message"]?.text
      return
    }
    callsTools = ReplySubstance.callsTools(reply, endpoint)
    switch endpoint {
    case .chat: isHollow = ReplySubstance.isHollow(chat: reply)
    case .messages: isHollow = ReplySubstance.isHollow(messages: reply)
    case .responses: isHollow = ReplySubstance.isHollow(response: reply)
    case .embeddings: isHollow = reply["data"]?.elements.isEmpty ?? true
    }
  }

  private static func callsTools(_ reply: JSONValue, _ endpoint: CallEndpoint) -> Bool {
    switch endpoint {
    case .chat:
      (reply["choices"]?.elements ?? []).contains { choice in
        ["tool_calls", "function_call"].contains { !isBlank(choice["message"]?[$0]) }
      }
    case .responses: (reply["output"]?.elements ?? []).contains { $0["type"]?.text == "function_call" }
    case .messages: (reply["content"]?.elements ?? []).contains { $0["type"]?.text == "tool_use" }
    case .embeddings: false
    }
  }

  /// What the usage of a reply comes to.
  static func used(_ usage: JSONValue?, _ endpoint: CallEndpoint) -> (input: Int64, output: Int64)? {
    let isPrompt = endpoint == .chat || endpoint == .embeddings
    guard let input = usage?[isPrompt ? "prompt_tokens" : "input_tokens"]?.whole, input >= 0 else { return nil }
    let output = max(0, usage?[isPrompt ? "completion_tokens" : "output_tokens"]?.whole ?? 0)
    guard endpoint == .messages else { return (input, output) }
    // Anthropic counts what was read from caches, and written there, apart.
    let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"].map { max(0, usage?[$0]?.whole ?? 0) }
    return (cached.reduce(input) { $0.addingReportingOverflow($1).partialValue }, output)
  }

  /// OpenAI's reasons for an end that are not the provider's doing.
  private static func isHollow(chat: JSONValue) -> Bool {
    let choices = chat["choices"]?.elements ?? []
    return choices.allSatisfy { choice in
      guard !["length", "content_filter"].contains(choice["finish_reason"]?.text) else { return false }
      let message = choice["message"] ?? .null
      let others = ["tool_calls", "function_call", "audio", "refusal"]
      return isBlank(message["content"]) && others.allSatisfy { isBlank(message[$0]) }
    }
  }

  private static let messagesOthers: Set<String> = [
    "max_tokens", "stop_sequence", "refusal", "pause_turn", "model_context_window_exceeded",
  ]

  private static func isHollow(messages: JSONValue) -> Bool {
    if let reason = messages["stop_reason"]?.text, messagesOthers.contains(reason) { return false }
    return (messages["content"]?.elements ?? []).allSatisfy { block in
      switch block["type"]?.text {
      case "text": isBlank(block["text"])
      case "thinking", "redacted_thinking": true
      default: false
      }
    }
  }

  private static func isHollow(response: JSONValue) -> Bool {
    guard response["status"]?.text ?? "completed" == "completed" else { return false }
    return (response["output"]?.elements ?? []).allSatisfy { item in
      switch item["type"]?.text {
      case "message":
        (item["content"]?.elements ?? []).allSatisfy { isBlank($0["text"]) && isBlank($0["refusal"]) }
      case "reasoning": true
      default: false
      }
    }
  }

  private static func isBlankPart(_ part: JSONValue) -> Bool {
    guard case .object = part else { return isBlank(part) }
    return part["type"]?.text == "text" && isBlank(part["text"])
  }

  private static func isBlank(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null?: true
    case .string(let text)?: text.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
    case .array(let elements)?: elements.allSatisfy(isBlankPart)
    default: false
    }
  }
}
