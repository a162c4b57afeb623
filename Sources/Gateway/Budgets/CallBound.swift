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
    isBounded = tools.allSatisfy(CallBound.isCallers) && CallBound.isClear(body)
    if isSelfContained, isBounded, spoken.allSatisfy({ CallBound.isPlain($0) }), CallBound.holdsItems(body["input"]) {
      input = Int64(request.body.count)
      if request.endpoint != .embeddings { input? += tools.isEmpty ? CallBound.framing : CallBound.framingOfTools }
    }
    tier = body["service_tier"]?.text
    hasOutput = request.endpoint != .embeddings
    // Of two limits it is the provider who chooses.
    limit = CallBound.limits(of: request.endpoint).compactMap { body[$0]?.whole }.max()
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

  /// Members that bound an answer, as the endpoint's API knows them: others are passed over by some servers.
  private static func limits(of endpoint: CallEndpoint) -> [String] {
    switch endpoint {
    case .chat, .embeddings: ["max_completion_tokens", "max_tokens"]
    case .responses: ["max_output_tokens"]
    case .messages: ["max_tokens"]
    }
  }

  /// Members that decide how much is used, and must be whole numbers that are not negative where they are there.
  private static let numbers: Set<String> = [
    "max_completion_tokens", "max_tokens", "max_output_tokens", "n", "best_of",
  ]
  /// Limits of servers of their own, which count before those: llama.cpp, Ollama, Text Generation Inference.
  private static let ownLimits: Set<String> = ["n_predict", "num_predict", "max_new_tokens", "max_length"]

  /// Whether every reader sees the same limits: a number that is no number is read by some. (What is written in other letters, which some
  /// readers do not tell apart, is no `CallRequest`.)
  private static func isClear(_ body: JSONValue) -> Bool {
    guard case .object(let object) = body else { return false }
    return object.members.allSatisfy { member in
      let name = member.key
      if ownLimits.contains(name) { return member.value == .null }
      guard numbers.contains(name), member.value != .null else { return true }
      guard let whole = member.value.whole else { return false }
      return whole >= 0 || name == "n" || name == "best_of"
    }
  }

  /// Whether each item says what it is, or who says it: one that does neither is a reference to another.
  private static func holdsItems(_ input: JSONValue?) -> Bool {
    (input?.elements ?? []).allSatisfy { item in
      guard case .object = item else { return true }
      return item["type"] != nil || item["role"] != nil
    }
  }

  /// Members that stand for more than they hold, or make it dearer than its price says.
  private static let references = [
    "previous_response_id", "conversation", "prompt", "container", "mcp_servers", "context_management",
    "web_search_options", "audio", "prediction", "speed", "inference_geo",
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
        case let key where isReference(key): return member.value == .null
        default: return isPlain(member.value)
        }
      }
    default: return true
    }
  }

  /// Whether a member of a part is larger than what stands there; servers read some also of parts that are texts.
  private static func isReference(_ key: String) -> Bool {
    key == "source" || key == "uuid" || ["file", "image", "video", "audio"].contains { key.hasPrefix($0) }
      || key.hasSuffix("_url") || key.hasSuffix("_embeds")
  }

  /// Whether a tool is run by the caller.
  private static func isCallers(_ tool: JSONValue) -> Bool {
    guard let type = tool["type"]?.text else { return true }
    return type == "function" || type == "custom"
  }
}
