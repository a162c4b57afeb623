internal import Guards
internal import Records

/// What a request says of the form of its answer, and of the arguments of its tools.
struct ReplyWishes {
  struct Schema {
    let schema: JSONSchema
    /// Whether the provider says that answers keep it; else it aims at that.
    let isPromised: Bool
  }

  private(set) var asksForJSON = false
  /// Of the answer.
  private(set) var schema: Schema?
  /// By name; those of which two have one name are left out.
  private(set) var tools: [String: Schema] = [:]

  /// O(the members that say so).
  init(_ request: CallRequest) {
    asksForJSON = request.asksForJSON
    switch request.endpoint {
    case .chat:
      let format = request.formMember("response_format")
      if format?["type"]?.text == "json_schema" { readFormat(format?["json_schema"]) }
      readTools(request.formMember("tools"), within: "function", "parameters")
      readTools(request.formMember("functions"), "parameters")
    case .responses:
      let format = request.formMember("text")?["format"]
      if format?["type"]?.text == "json_schema" { readFormat(format) }
      readTools(request.formMember("tools"), "parameters")
    case .messages:
      let format = request.formMember("output_config")?["format"] ?? request.formMember("output_format")
      if format?["type"]?.text == "json_schema", let schema = format?["schema"] {
        asksForJSON = true
        self.schema = Schema(schema: JSONSchema(schema), isPromised: true)
      }
      readTools(request.formMember("tools"), "input_schema")
    case .embeddings: break
    }
  }

  private mutating func readFormat(_ format: JSONValue?) {
    guard let schema = format?["schema"] else { return }
    self.schema = Schema(schema: JSONSchema(schema), isPromised: format?["strict"] == .bool(true))
  }

  private mutating func readTools(_ list: JSONValue?, within: String? = nil, _ key: String) {
    var seen = Set(tools.keys)
    for element in list?.elements ?? [] {
      guard let tool = within.map({ element[$0] }) ?? element, let name = tool["name"]?.text else { continue }
      // The provider's own tools have types of their own.
      guard ["function", "custom"].contains(element["type"]?.text ?? "function") else { continue }
      guard seen.insert(name).inserted else {
        tools[name] = nil
        continue
      }
      guard key == "input_schema" ? tool[key] != nil : element["type"]?.text != "custom" else { continue }
      // Without parameters there is an object all the same.
      tools[name] = Schema(
        schema: JSONSchema(tool[key] ?? .bool(true)), isPromised: tool["strict"] == .bool(true))
    }
  }
}
