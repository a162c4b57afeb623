import Records

/// One call of a batch as the span that it was, by the attributes under which OpenTelemetry's instrumentations report such calls.
///
/// Of time an answer says only when the model made it (`created`, `created_at`; of responses sometimes `completed_at`), in whole seconds. That is
/// when the span started; where nothing says when it ended, its end is not recorded, so that no latency is made up. How long a request
/// waited in the batch stands nowhere.
struct OpenAIBatchCall {
  /// The export with the span, in OTLP/JSON.
  let export: String

  /// - Parameters:
  ///   - request: the row of the input file, where there is one.
  ///   - time: when the call was.
  ///   - isTimed: whether the answer says so itself.
  init(outcome: JSONValue, request: JSONValue?, customID: String, at time: Instant, isTimed: Bool) {
    let response = outcome["response"] ?? .null
    let answer = response["body"] ?? .null
    let body = request?["body"] ?? .null
    // The same call has the same name whether or not its request is known.
    let name =
      outcome["id"]?.text ?? response["request_id"]?.text ?? answer["id"]?.text
      ?? "\(customID) \(time.nanoseconds)"
    let url = request?["url"]?.text
    let fault = OpenAIBatchFault(outcome)
    var span = JSONObject()
    span["traceId"] = .string(String(SHA256Digest(of: "openai-batch trace \(name)").description.prefix(32)))
    span["spanId"] = .string(String(SHA256Digest(of: "openai-batch span \(name)").description.prefix(16)))
    let operation = OpenAIBatchCall.operation(url: url, answer)
    span["name"] = .string(operation)
    span["startTimeUnixNano"] = .string(String(time.nanoseconds))
    if let end = OpenAIBatchCall.instant(answer["completed_at"]), isTimed, end >= time {
      span["endTimeUnixNano"] = .string(String(end.nanoseconds))
    }
    var attributes = JSONObject()
    func put(_ key: String, _ value: JSONValue?) {
      guard let value, value != .null, value != .string("") else { return }
      attributes[key] = value
    }
    put("tally.kind", .string(operation == "responses" ? "chat" : operation))
    put("openai.batch.custom_id", .string(customID))
    put("openai.batch.id", outcome["id"])
    put("openai.batch.url", url.map(JSONValue.string))
    put("openai.request_id", response["request_id"])
    put("http.response.status_code", response["status_code"])
    put("gen_ai.request.model", body["model"])
    put("gen_ai.response.model", answer["model"])
    put("gen_ai.response.id", answer["id"])
    put("tally.usage", answer["usage"])
    // What a batch costs is the batch's price, whatever tier the answer names.
    put("openai.response.service_tier", "batch")
    if let tier = answer["service_tier"], tier != "batch" { put("openai.batch.reported_service_tier", tier) }
    put("openai.response.system_fingerprint", answer["system_fingerprint"])
    put("error.type", fault.map { .string($0.type) })
    for (key, value) in OpenAIBatchRequest.attributes(body) { put(key, value) }
    for (key, value) in OpenAIBatchAnswer.attributes(answer) { put(key, value) }
    span["attributes"] = .array(OTLPAttributeList.of(attributes))
    var status = JSONObject()
    status["code"] = .integer(fault == nil ? 0 : 2)
    status["message"] = fault?.message.map(JSONValue.string)
    span["status"] = .object(status)
    export = OpenAIBatchCall.export(.object(span))
  }

  private static func export(_ span: JSONValue) -> String {
    let export: JSONValue = ["resourceSpans": [["scopeSpans": [["spans": [span]]]]]]
    // All numbers in it came out of JSON.
    return (try? export.line()) ?? "{}"
  }

  /// What kind of call it was, by where it was sent, else by what came back.
  private static func operation(url: String?, _ answer: JSONValue) -> String {
    let end = url?.split(separator: "?").first?.split(separator: "/").suffix(2).joined(separator: "/") ?? ""
    if end.hasSuffix("chat/completions") { return "chat" }
    if end.hasSuffix("completions") { return "completion" }
    if end.hasSuffix("responses") { return "responses" }
    if end.hasSuffix("embeddings") { return "embeddings" }
    switch answer["object"]?.text {
    case "chat.completion"?: return "chat"
    case "response"?: return "responses"
    case "text_completion"?: return "completion"
    case "list"? where answer["data"]?.elements.first?["object"] == "embedding": return "embeddings"
    default: return "other"
    }
  }

  // MARK: Time

  /// When an answer says that it was made.
  static func time(of outcome: JSONValue) -> Instant? {
    let answer = outcome["response"]?["body"]
    return instant(answer?["created"]) ?? instant(answer?["created_at"])
  }

  /// Seconds since 1970.
  private static func instant(_ value: JSONValue?) -> Instant? {
    guard let seconds = value?.real, seconds >= 100_000_000, seconds < 9_000_000_000 else { return nil }
    return Instant(nanoseconds: Int64(seconds) * 1_000_000_000)
  }
}

/// Why a call of a batch failed.
struct OpenAIBatchFault {
  let type: String
  let message: String?

  /// Nil when it did not fail.
  init?(_ outcome: JSONValue) {
    let answer = outcome["response"]?["body"]
    let status = outcome["response"]?["status_code"]?.whole
    let failed = status.map { $0 >= 400 } ?? false
    // The row's own error: the request was never made, since the batch expired or was cancelled.
    let row: JSONValue? = if case .object? = outcome["error"] { outcome["error"] } else { nil }
    let body: JSONValue? = if case .object? = answer?["error"] { answer?["error"] } else { nil }
    guard failed || row != nil || body != nil else { return nil }
    let error = row ?? body
    type =
      error?["code"]?.text ?? error?["code"]?.whole.map { String($0) } ?? error?["type"]?.text
      ?? status.map { String($0) } ?? "error"
    message = error?["message"]?.text
  }
}
