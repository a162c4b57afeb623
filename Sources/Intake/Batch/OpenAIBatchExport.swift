public import Records

/// Recorded calls of models as the input file of a batch: each call once more, as far as it was recorded.
///
/// The words are those that the ledger has: where redaction took something out before it was stored, its mark stands in the request.
public enum OpenAIBatchExport {
  /// Why a call is left out.
  public enum Omission: Error, Hashable, Sendable, CaseIterable {
    /// It is no chat, completion or embedding.
    case otherKind
    case noModel
    /// What was asked was never recorded.
    case unrecorded
    /// What was asked was recorded and is erased, or was never delivered.
    case gone
    /// There is something in it that no request of this API has.
    case untranslatable

    public var words: String {
      switch self {
      case .otherKind: "no call of a model"
      case .noModel: "without a model"
      case .unrecorded: "whose words were not recorded"
      case .gone: "whose words are gone"
      case .untranslatable: "that this API has no words for"
      }
    }
  }

  private static let chat = "/v1/chat/completions"

  /// A line of an input file, with its line end.
  /// - Parameters:
  ///   - id: becomes the `custom_id`.
  ///   - words: what was said in the span, by the names of its parts (`SpanContents.parts`).
  /// - Throws: `Omission`.
  public static func line(
    _ id: RecordID, _ span: SpanRecord, words: [(name: String, value: JSONValue)]
  ) throws(Omission) -> String {
    let url = try url(of: span)
    guard let model = span.modelRequested ?? span.modelServed else { throw .noModel }
    func word(_ name: String, _ sha256: SHA256Digest?) throws(Omission) -> JSONValue? {
      guard sha256 != nil else { return nil }
      guard let value = words.first(where: { $0.name == name })?.value else { throw .gone }
      return value
    }
    guard let input = try word("input", span.contents.input) else { throw .unrecorded }
    let instructions = try word("instructions", span.contents.instructions)
    let tools = try word("tools", span.contents.tools)
    var body = JSONObject()
    body["model"] = .string(model)
    switch url {
    case chat:
      body["messages"] = .array(
        try OpenAIMessages.instructions(instructions) + OpenAIMessages.chat(input))
      body["tools"] = try OpenAIMessages.tools(tools, nested: true)
    case "/v1/responses":
      body["instructions"] = try OpenAIMessages.text(instructions)
      body["input"] = try OpenAIMessages.items(input)
      body["tools"] = try OpenAIMessages.tools(tools, nested: false)
    case "/v1/embeddings": body["input"] = try OpenAIMessages.plain(input)
    default: body["prompt"] = try OpenAIMessages.plain(input)
    }
    addParameters(of: span, url, to: &body)
    body["user"] = span.userID.map(JSONValue.string)
    let line: JSONValue = [
      "custom_id": .string(id.description), "method": "POST", "url": .string(url), "body": .object(body),
    ]
    guard let text = try? line.line() else { throw .untranslatable }
    return text + "\n"
  }

  private static func url(of span: SpanRecord) throws(Omission) -> String {
    let reported = attributes(of: span)["openai.batch.url"]?.text
    switch span.spanKind {
    case "embeddings": return "/v1/embeddings"
    case "completion": return "/v1/completions"
    case "chat": return reported?.hasSuffix("/responses") ?? false ? "/v1/responses" : chat
    default: throw .otherKind
    }
  }

  private static func attributes(of span: SpanRecord) -> JSONObject {
    guard let text = span.attributes, case .object(let object)? = try? JSONValue(parsing: text) else {
      return JSONObject()
    }
    return object
  }

  /// Parameters that a batch does not take: it answers with whole files, at a price of its own.
  private static let live: Set<String> = ["stream", "stream_options", "service_tier", "model"]

  private static func addParameters(of span: SpanRecord, _ url: String, to body: inout JSONObject) {
    if let text = span.parameters, case .object(let parameters)? = try? JSONValue(parsing: text) {
      for member in parameters.members where body[member.key] == nil && !live.contains(member.key) {
        switch (member.key, member.value) {
        case ("max_tokens", _) where url == "/v1/responses": body["max_output_tokens"] = member.value
        // The conventions name the format alone.
        case ("response_format", .string(let word)):
          if word == "json" || word == "json_object" { body["response_format"] = ["type": "json_object"] }
        case ("encoding_formats", .array(let formats)): body["encoding_format"] = formats.first
        default: body[member.key] = member.value
        }
      }
    }
    var metadata = JSONObject()
    let prefix = "openai.metadata."
    for member in attributes(of: span).members where member.key.hasPrefix(prefix) {
      metadata[String(member.key.dropFirst(prefix.count))] = member.value
    }
    if !metadata.members.isEmpty { body["metadata"] = .object(metadata) }
  }
}
