internal import Intake
internal import Records

/// The most that a call can use, as far as its request bounds that.
///
/// Every token of a text stands for at least one of its bytes, so that the body's bytes bound the input, beside what providers put
/// around it (`framing`). What a request only refers to (an earlier response, a stored prompt, files, pictures, sound) is larger than
/// its name, and tools that the provider runs read on their own: such a call has no bound. The output is bounded by what the request
/// says, for each of its choices, or else by what the model can.
struct CallBound: Sendable, Equatable {
  /// Nil where there is none.
  private(set) var input: Int64?
  /// What the request says that one choice may have at most.
  private(set) var limit: Int64?
  private(set) var choices: Int64 = 1
  /// The `service_tier` that is asked for.
  private(set) var tier: String?
  private var hasOutput = true
  private var isBounded = false
  /// Whether somebody says it in place of a request.
  private(set) var isStated = false

  /// As whoever asks says it, who knows the request.
  /// - Parameters:
  ///   - input: tokens; nil where nobody knows a bound.
  ///   - limit: tokens of the whole answer; nil where the request does not say.
  init(input: Int64?, limit: Int64?, tier: String? = nil, isEmbedding: Bool = false) {
    (self.input, self.limit, self.tier) = (input, limit, tier)
    hasOutput = !isEmbedding
    (isBounded, isStated) = (true, true)
  }

  init(_ request: CallRequest) {
    // What is no JSON for us is refused before; what nests too deep, or says something twice, has no bound.
    guard let body = try? JSONValue(parsing: request.body) else { return }
    // What goes on behind the reply says later what it used, and not here.
    let isSelfContained =
      body["background"] != .bool(true)
      && !CallBound.references.contains { key in body[key].map { $0 != .null } ?? false }
    let spoken = ["messages", "input", "system", "instructions"].compactMap { body[$0] }
    let tools = body["tools"]?.elements ?? []
    isBounded = tools.allSatisfy(CallBound.isCallers)
    if isSelfContained, isBounded, spoken.allSatisfy({ CallBound.isPlain($0) }) {
      input = Int64(request.body.count)
      if request.endpoint != .embeddings { input? += tools.isEmpty ? CallBound.framing : CallBound.framingOfTools }
    }
    tier = body["service_tier"]?.text
    hasOutput = request.endpoint != .embeddings
    // Of two limits it is the provider who chooses.
    limit = ["max_completion_tokens", "max_tokens", "max_output_tokens"].compactMap { body[$0]?.whole }.max()
    choices = max(1, body["n"]?.whole ?? 1, body["best_of"]?.whole ?? 1)
  }

  /// Tokens that the answer can have at most; nil where there is no bound.
  /// - Parameter most: what one choice can have where the request does not say so; nil where nobody does.
  func output(_ most: Int64?) -> Int64? {
    guard hasOutput else { return 0 }
    guard isBounded, let most = limit ?? most, most >= 0 else { return nil }
    let (product, overflow) = most.multipliedReportingOverflow(by: choices)
    return overflow ? nil : product
  }

  /// Whether saying how much one choice may have would bound the call.
  var lacksLimit: Bool { hasOutput && isBounded && limit == nil }

  /// Tokens that a provider's template and its own instructions put around what is said.
  static let framing: Int64 = 256
  /// And around the caller's tools: several hundred, by Anthropic's documentation ("Tool use: pricing").
  static let framingOfTools: Int64 = 1_280

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
  private static func isPlain(_ value: JSONValue) -> Bool {
    switch value {
    case .array(let elements): return elements.allSatisfy { isPlain($0) }
    case .object(let object):
      if let type = object["type"]?.text, !plainTypes.contains(type) { return false }
      if let type = object["type"], type.text == nil { return false }
      return object.members.allSatisfy { member in
        switch member.key {
        case "input" where object["type"]?.text == "tool_use", "arguments": return true
        case "file_id", "image_url", "file", "source", "audio": return member.value == .null
        default: return isPlain(member.value)
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
