internal import Records

/// What `/decide` is asked: which call another gateway is about to make, for whom, and the most that it can use.
struct DecideRequest {
  let call: CallRequest
  let notes: CallNotes
  let bound: CallBound
  /// Tokens that it may use, where the request itself is not there to tell.
  let estimate: Int64?
  /// Names of tools that it offers, where the request itself is not there to tell; one without a name where nobody says.
  let tools: [String]?
  /// Who will be asked, as breakers call it.
  let upstream: String
  let provider: String
  /// How long nobody needs to say how it ended.
  let lifetime: Duration

  static let members = [
    "model", "endpoint", "upstream", "provider", "request", "max_input_tokens", "max_output_tokens", "expires_in",
    "tools",
  ]
  /// What is said beside a call: as the headers `x-tally-…` of calls say it, and two of others.
  private static let notes = [
    "feature", "agent", "tenant", "session", "user", "stage", "prompt", "attempt", "approver",
  ]
  private static let others = ["traceparent", "idempotency_key"]

  /// Seconds after which nobody is expected to say how a call ended, where the request does not say so.
  static let usualLifetime: Int64 = 900

  /// - Parameter longest: that calls may take.
  /// - Throws: `Problem`.
  init(_ body: Body, longest: Duration) throws {
    let body = try DecisionBody(body, knows: DecideRequest.members + DecideRequest.notes + DecideRequest.others)
    let endpoint = try body.word("endpoint", CallEndpoint.Word.self)?.endpoint ?? .chat
    var request = try body.object("request")
    guard let model = try body.text("model") ?? request?["model"]?.text else {
      throw Problem.parameter("model", "MEMBER", "'model' is missing: name the model that is called.")
    }
    let input = try body.whole("max_input_tokens", in: 0...DecisionBody.mostTokens)
    let output = try body.whole("max_output_tokens", in: 0...DecisionBody.mostTokens)
    let isStated = input != nil || output != nil
    guard request == nil || !isStated else {
      throw Problem.parameter(
        "request", "MEMBER",
        "Say 'request', or the most that it can use (max_input_tokens, max_output_tokens), and not both: they may contradict."
      )
    }
    let hasRequest = request != nil
    let tools = try body.texts("tools")
    guard !hasRequest || tools == nil else {
      throw Problem.parameter("tools", "MEMBER", "Say 'request', which names its tools, or 'tools', and not both.")
    }
    self.tools = hasRequest ? nil : tools ?? ["?"]
    if request == nil { request = JSONObject() }
    request?["model"] = .string(model)
    let bytes = Array(try JSONValue.object(request ?? JSONObject()).line().utf8)
    do { call = try CallRequest(endpoint, bytes) } catch {
      throw Problem(status: 400, code: "UNREADABLE", detail: error.message)
    }
    bound =
      hasRequest
      ? CallBound(call) : CallBound(input: input, limit: output, isEmbedding: endpoint == .embeddings)
    estimate = isStated ? (input ?? 0) + (output ?? 0) : nil
    var stated: [String: String] = [:]
    for name in DecideRequest.notes {
      let text = name == "attempt" ? try body.whole(name, in: 1...1_000).map { "\($0)" } : try body.text(name)
      stated[CallNotes.prefix + name] = text
    }
    stated["traceparent"] = try body.text("traceparent")
    stated["idempotency-key"] = try body.text("idempotency_key")
    notes = CallNotes { stated[$0] }
    provider = try body.text("provider") ?? endpoint.dialect.rawValue
    upstream = try body.text("upstream") ?? provider
    let most = max(1, longest.components.seconds)
    lifetime = .seconds(try body.whole("expires_in", in: 1...most) ?? min(DecideRequest.usualLifetime, most))
  }
}
