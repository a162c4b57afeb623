internal import Records

/// What `/settle` is told: which call, how it ended and what it used.
struct SettleRequest {
  let id: String
  let status: Int?
  let fault: CallFault?
  /// What is known of the reply, in the form of the call's own API; nil where nothing is.
  let reply: JSONObject?
  /// Whether it is the provider's own reply.
  let isWholeReply: Bool
  /// The call's body, for the span.
  let request: JSONObject?
  let cost: Money?
  let latency: Duration?
  let timeToFirst: Duration?
  let retryAfter: Duration?
  let wasSent: Bool
  let isStream: Bool
  private let input: Int64?
  private let output: Int64?
  private let usage: JSONObject?

  private static let members = [
    "id", "status", "fault", "error", "usage", "input_tokens", "output_tokens", "model_served", "response", "request",
    "cost", "latency_ms", "time_to_first_ms", "retry_after", "was_sent", "stream",
  ]

  /// - Throws: `Problem`.
  init(_ body: Body) throws {
    let body = try DecisionBody(body, knows: SettleRequest.members)
    guard let id = try body.text("id") else {
      throw Problem.parameter("id", "MEMBER", "'id' is missing: say which call, as /decide answered it.")
    }
    self.id = id
    status = try body.whole("status", in: 100...599).map { Int($0) }
    fault = try body.word("fault", CallFault.self)
    usage = try body.object("usage")
    input = try body.whole("input_tokens", in: 0...DecisionBody.mostTokens)
    output = try body.whole("output_tokens", in: 0...DecisionBody.mostTokens)
    let response = try body.object("response")
    guard [usage != nil, input != nil || output != nil, response != nil].filter(\.self).count < 2 else {
      throw Problem.parameter(
        "usage", "MEMBER",
        "Say what was used once: 'usage', or 'input_tokens' and 'output_tokens', or in 'response'; they may contradict."
      )
    }
    isWholeReply = response != nil
    var reply = response ?? JSONObject()
    reply["error"] = try body.object("error").map(JSONValue.object) ?? reply["error"]
    reply["model"] = try body.text("model_served").map(JSONValue.string) ?? reply["model"]
    self.reply = reply.members.isEmpty && usage == nil && input == nil && output == nil ? nil : reply
    request = try body.object("request")
    cost = try body.money("cost")
    latency = try body.time("latency_ms")
    timeToFirst = try body.time("time_to_first_ms")
    retryAfter = try body.whole("retry_after", in: 0...604_800).map { .seconds($0) }
    wasSent = try body.truth("was_sent") ?? true
    isStream = try body.truth("stream") ?? false
  }

  /// The reply with what was used in it, as the API of an endpoint says that.
  func reply(of endpoint: CallEndpoint) -> JSONObject? {
    guard var reply else { return nil }
    if let usage { reply["usage"] = .object(usage) }
    if input != nil || output != nil {
      var usage = JSONObject()
      let isPrompt = endpoint == .chat || endpoint == .embeddings
      usage[isPrompt ? "prompt_tokens" : "input_tokens"] = input.map(JSONValue.integer)
      usage[isPrompt ? "completion_tokens" : "output_tokens"] = output.map(JSONValue.integer)
      if endpoint == .embeddings { usage["total_tokens"] = input.map(JSONValue.integer) }
      reply["usage"] = .object(usage)
    }
    return reply
  }

  /// Whether the tokens of what was said may be counted where nobody says what was used.
  var holdsAllThatWasSaid: Bool { isWholeReply && request != nil }
}
