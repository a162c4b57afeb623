internal import Records

/// One answer of a reply that ended properly: its texts, and the tools that it calls.
struct ReplyAnswer {
  struct Call {
    let name: String
    let arguments: JSONValue
    /// Whether its API has arguments as a text.
    let isText: Bool
  }

  private(set) var texts: [String] = []
  private(set) var calls: [Call] = []

  /// Those of a reply, but for what its caller's limit, a filter or a refusal ended.
  static func all(in reply: JSONValue, _ endpoint: CallEndpoint) -> [ReplyAnswer] {
    switch endpoint {
    case .chat: (reply["choices"]?.elements ?? []).map(ReplyAnswer.init(choice:))
    case .responses: [ReplyAnswer(response: reply)]
    case .messages: [ReplyAnswer(message: reply)]
    case .embeddings: []
    }
  }

  private init(choice: JSONValue) {
    let (reason, message) = (choice["finish_reason"]?.text, choice["message"] ?? .null)
    guard ["stop", "tool_calls", "function_call"].contains(reason), message["refusal"]?.text ?? "" == "" else { return }
    if reason == "stop", let text = message["content"]?.text { texts = [text] }
    let functions = (message["tool_calls"]?.elements ?? []).map { $0["function"] } + [message["function_call"]]
    calls = functions.compactMap { $0.flatMap { Call($0, "arguments", isText: true) } }
  }

  private init(response: JSONValue) {
    guard response["status"]?.text ?? "completed" == "completed" else { return }
    let output = response["output"]?.elements ?? []
    let parts = output.flatMap { $0["content"]?.elements ?? [] }
    texts = parts.filter { $0["type"]?.text == "output_text" }.compactMap { $0["text"]?.text }
    calls = output.filter { $0["type"]?.text == "function_call" && $0["status"]?.text ?? "completed" == "completed" }
      .compactMap { Call($0, "arguments", isText: true) }
  }

  private init(message: JSONValue) {
    let reason = message["stop_reason"]?.text
    guard ["end_turn", "tool_use"].contains(reason) else { return }
    let blocks = message["content"]?.elements ?? []
    calls = blocks.filter { $0["type"]?.text == "tool_use" }.compactMap { Call($0, "input", isText: false) }
    let words = blocks.filter { $0["type"]?.text == "text" }.compactMap { $0["text"]?.text }
    // Citations cut one text into several.
    if reason == "end_turn", !words.isEmpty { texts = [words.joined()] }
  }
}

extension ReplyAnswer.Call {
  /// Nil where it says no name or no arguments.
  fileprivate init?(_ call: JSONValue, _ key: String, isText: Bool) {
    guard let name = call["name"]?.text, let arguments = call[key], arguments != .null else { return nil }
    self.init(name: name, arguments: arguments, isText: isText)
  }
}
