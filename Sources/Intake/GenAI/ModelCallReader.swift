import Pricing
public import Records

/// Makes calls that were seen on the wire into what a span says of them: the same fields, by the same usage counts and
/// message forms, as spans that SDKs send.
///
/// `prompt_sha256` is that of what instructs the model: the system and developer messages, `instructions` or `system`, as
/// canonical JSON. `config_sha256` is that of `{"model", "parameters", "prompt_sha256", "tools"}`.
public struct ModelCallReader {
  let call: ModelCall
  let request = ValueTape()
  let reply = ValueTape()
  let scratch = ValueTape()
  let writer = CanonicalWriter()
  private let attributes = CanonicalObject()
  private let object = CanonicalObject()

  public init(_ call: ModelCall) {
    self.call = call
  }

  /// Fills in what the call says. O(bytes).
  /// - Parameter record: names, times and whose call it is are there already.
  /// - Returns: what was said.
  public func read(into record: inout SpanRecord) -> SpanContent {
    var content = SpanContent()
    content.traceID = record.traceID
    content.spanID = record.spanID
    record.spanKind = call.operation == .embeddings ? "embeddings" : "chat"
    call.request.withUnsafeBytes { bytes in
      if let root = request.append(json: BorrowedText(bytes)), request[root].kind == .map {
        readRequest(root, &record, &content)
      }
    }
    if let bytes = call.reply {
      bytes.withUnsafeBytes { bytes in
        if let root = reply.append(json: BorrowedText(bytes)), reply[root].kind == .map {
          readReply(root, &record, &content)
        }
      }
    }
    readFacts(&record)
    writer.removeAll()
    attributes.write(to: writer)
    record.attributes = writer.string()
    record.contents = content.hashes
    return content
  }

  func document(_ write: (CanonicalWriter) -> Void) -> SpanContent.Document {
    writer.removeAll()
    write(writer)
    return SpanContent.Document(json: writer.buffer)
  }

  static func text(_ tape: ValueTape, _ key: StaticString, of place: Int) -> String? {
    guard let member = tape.member(key, of: place), tape[member].kind == .text, !tape[member].text.isEmpty else {
      return nil
    }
    return tape[member].text.string
  }

  // MARK: The request

  /// Members that hold what is said, or of which the record has a field of its own.
  private static let noParameters: [StaticString] = [
    "messages", "input", "prompt", "system", "instructions", "tools", "functions", "model", "stream", "stream_options",
    "user", "safety_identifier", "metadata", "prediction",
  ]

  private func readRequest(_ root: Int, _ record: inout SpanRecord, _ content: inout SpanContent) {
    record.modelRequested = ModelCallReader.text(request, "model", of: root)
    if record.userID == nil {
      record.userID =
        ModelCallReader.text(request, "safety_identifier", of: root) ?? ModelCallReader.text(request, "user", of: root)
        ?? request.member("metadata", of: root).flatMap { ModelCallReader.text(request, "user_id", of: $0) }
    }
    readParameters(root, &record)
    let key: StaticString = call.operation == .chat || call.operation == .messages ? "messages" : "input"
    if let place = request.member(key, of: root), request[place].kind != .null {
      content.input = document { MessageWriter(writer: $0, scratch: scratch).write(request, place) }
    }
    if let place = request.member(call.operation == .messages ? "system" : "instructions", of: root),
      request[place].kind != .null
    {
      content.instructions = document { $0.append(request, place) }
      record.promptSHA256 = record.promptSHA256 ?? content.instructions?.sha256.description
    } else if record.promptSHA256 == nil, call.operation == .chat {
      record.promptSHA256 = instructingMessages(root)?.description
    }
    for key in ["tools", "functions"] as [StaticString] where content.tools == nil {
      guard let place = request.member(key, of: root), request[place].kind == .list else { continue }
      content.tools = document { $0.append(request, place) }
    }
    record.configSHA256 = configuration(record, content).description
  }

  private func readParameters(_ root: Int, _ record: inout SpanRecord) {
    object.removeAll()
    var place = root + 1
    while place < request[root].next {
      let node = request[place]
      if node.kind != .null, !ModelCallReader.noParameters.contains(where: { node.key.equals($0) }) {
        let member = place
        object.set(node.key) { $0.append(request, member) }
      }
      place = node.next
    }
    guard !object.isEmpty else { return }
    writer.removeAll()
    object.write(to: writer)
    record.parameters = writer.string()
  }

  /// The SHA-256 of the system and developer messages; nil when there are none.
  private func instructingMessages(_ root: Int) -> SHA256Digest? {
    guard let list = request.member("messages", of: root), request[list].kind == .list else { return nil }
    writer.removeAll()
    var place = list + 1
    while place < request[list].next {
      if let role = ModelCallReader.text(request, "role", of: place), role == "system" || role == "developer" {
        writer.append(writer.count == 0 ? "[" : ",")
        writer.append(request, place)
      }
      place = request[place].next
    }
    guard writer.count > 0 else { return nil }
    writer.append("]")
    return SHA256Digest(of: writer.buffer)
  }

  private func configuration(_ record: SpanRecord, _ content: SpanContent) -> SHA256Digest {
    object.removeAll()
    if let model = record.modelRequested { object.set("model") { $0.append(words: model) } }
    if let parameters = record.parameters { object.set("parameters") { $0.append(plain: parameters) } }
    if let prompt = record.promptSHA256 { object.set("prompt_sha256") { $0.append(words: prompt) } }
    if let tools = content.tools { object.set("tools") { $0.append(plain: tools.json) } }
    writer.removeAll()
    object.write(to: writer)
    return SHA256Digest(of: writer.buffer)
  }

  // MARK: The reply

  private func readReply(_ root: Int, _ record: inout SpanRecord, _ content: inout SpanContent) {
    if let error = reply.member("error", of: root), reply[error].kind == .map {
      record.errorType =
        ModelCallReader.text(reply, "code", of: error) ?? ModelCallReader.text(reply, "type", of: error)
      if let message = reply.member("message", of: error), reply[message].kind == .text {
        attributes.set("status_message") { $0.append(reply, message) }
      }
    }
    record.modelServed = ModelCallReader.text(reply, "model", of: root)
    if let id = reply.member("id", of: root), reply[id].kind == .text {
      attributes.set("response_id") { $0.append(reply, id) }
    }
    readUsage(root, &record)
    readEnd(root, &record)
    if let output = outputDocument(root, &record) { content.output = output }
  }

  private func readUsage(_ root: Int, _ record: inout SpanRecord) {
    var buckets = TokenBuckets()
    if let usage = reply.member("usage", of: root) {
      let convention: UsageConvention =
        switch call.operation {
        case .chat: .chat
        case .responses: .responses
        case .messages: .messages
        case .embeddings: .embeddings
        }
      buckets = ProviderUsage.buckets(reply, usage, as: convention) ?? buckets
      if reply[usage].kind == .map { attributes.set("usage") { $0.append(reply, usage) } }
    }
    if let tier = ModelCallReader.text(reply, "service_tier", of: root) { buckets.modes.set("service_tier", tier) }
    record.inputTokens = buckets.input
    record.outputTokens = buckets.output
    record.cachedTokens = buckets.cacheRead
    object.removeAll()
    buckets.write(to: object)
    if !object.isEmpty { attributes.set("tokens") { object.write(to: $0) } }
    if let billing = buckets.billing { attributes.set("billing") { $0.append(plain: billing) } }
  }

  private func readEnd(_ root: Int, _ record: inout SpanRecord) {
    guard let word = finishWord(root) else { return }
    let reason = SpanWords.finishReason(word)
    record.finishReason = reason
    if reason != word { attributes.set("finish_reasons") { $0.append(words: [word]) } }
    if SpanWords.isRefusal(reason) { record.refusal = true }
  }

  // MARK: Facts

  private func readFacts(_ record: inout SpanRecord) {
    attributes.set("provider") { $0.append(words: call.provider) }
    attributes.set("upstream") { $0.append(words: call.upstream) }
    if let model = call.upstreamModel { attributes.set("upstream_model") { $0.append(words: model) } }
    attributes.set("stream") { $0.append(call.isStream ? "true" : "false") }
    if let status = call.status { attributes.set("http_status") { $0.append(integer: Int64(status)) } }
    if let agent = call.agent { attributes.set("agent") { $0.append(words: agent) } }
    if let unread = call.unread { attributes.set("unread") { $0.append(words: unread) } }
    if let budget = call.budget { attributes.set("budget") { $0.append(words: budget) } }
    if !call.observedBudgets.isEmpty { attributes.set("budgets_observed") { $0.append(words: call.observedBudgets) } }
    if !call.observedFreezes.isEmpty { attributes.set("freezes_observed") { $0.append(words: call.observedFreezes) } }
    if let glass = call.glass { attributes.set("break_glass") { $0.append(glass) } }
    if let key = call.cacheKey { attributes.set("cache_key_sha256") { $0.append(words: "\(key)") } }
    if let scope = call.cacheScope { attributes.set("cache_scope") { $0.append(words: scope) } }
    if let drill = call.drill { attributes.set("drill") { $0.append(words: drill) } }
    if let limit = call.tenantLimit { attributes.set("tenant_limit") { $0.append(words: limit) } }
    if !call.observedTenantLimits.isEmpty {
      attributes.set("tenants_observed") { $0.append(words: call.observedTenantLimits) }
    }
    readFailureBudgets()
    if call.canaries > 0 { attributes.set("canaries") { $0.append(integer: Int64(call.canaries)) } }
    if let cap = call.cap {
      attributes.set("output_cap") { writer in
        writer.append("{\"budget\":")
        writer.append(words: cap.budget)
        writer.append(",\"tokens\":")
        writer.append(integer: cap.tokens)
        writer.append("}")
      }
    }
    if call.isHollow { attributes.set("empty") { $0.append("true") } }
    if let part = call.brokenSchema { attributes.set("schema_broken") { $0.append(words: part) } }
    if let part = call.missedSchema { attributes.set("schema_missed") { $0.append(words: part) } }
    if call.isUnasked {
      attributes.set("unasked") { $0.append("true") }
      record.inputTokens = 0
      record.outputTokens = 0
      // What a drill answers names the model, as an answer does; no model has served it.
      record.modelServed = nil
    }
    if let breaker = call.breaker { attributes.set("breaker") { $0.append(words: breaker) } }
    if let degraded = call.degraded { attributes.set("degraded") { $0.append(words: degraded) } }
    let times: [(StaticString, Duration?)] = [("ttft_ms", call.timeToFirst), ("queued_ms", call.queued)]
    for (name, time) in times {
      guard let (seconds, attoseconds) = time?.components else { continue }
      // To the microsecond.
      let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
      attributes.set(name) { $0.append(real: Double(microseconds) / 1_000) }
    }
    guard call.fault != nil || (call.status ?? 200) >= 400 || record.errorType != nil else { return }
    // What the upstream itself says is closer to the cause.
    record.errorType = record.errorType ?? call.fault ?? call.status.map { "http_\($0)" }
    record.status = record.errorType.map(SpanWords.isTimeout) == true || call.status == 504 ? .timeout : .error
  }

  private func readFailureBudgets() {
    if let budget = call.failureBudget { attributes.set("failure_budget") { $0.append(words: budget) } }
    let lists: [(StaticString, [String])] = [
      ("failure_budgets_observed", call.observedFailureBudgets), ("failure_budgets_spent", call.spentFailureBudgets),
    ]
    for (name, budgets) in lists where !budgets.isEmpty { attributes.set(name) { $0.append(words: budgets) } }
    if let approver = call.approver { attributes.set("approver") { $0.append(words: approver) } }
  }
}

extension CanonicalWriter {
  /// As `BreakGlass.json` says it.
  fileprivate func append(_ glass: BreakGlass) {
    append("{\"key\":")
    append(words: glass.key)
    append(",\"passed\":[")
    for (place, passed) in glass.passed.enumerated() {
      append(place > 0 ? ",{\"code\":" : "{\"code\":")
      append(words: passed.code)
      append(",\"guard\":")
      append(words: passed.by.rawValue)
      append(",\"name\":")
      append(words: passed.name)
      append("}")
    }
    append("]}")
  }

  /// A text in quotes.
  func append(words text: String) {
    var text = text
    text.withUTF8 { append(quoted: BorrowedText(UnsafeRawBufferPointer($0))) }
  }

  /// A list of texts.
  func append(words list: [String]) {
    append("[")
    for (place, text) in list.enumerated() {
      if place > 0 { append(",") }
      append(words: text)
    }
    append("]")
  }
}
