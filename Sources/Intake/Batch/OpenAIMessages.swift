import Records

/// Messages in the schema of the GenAI conventions, in which spans hold them, as OpenAI's APIs take them: the way back of `MessageWriter`.
///
/// Thoughts stay behind: neither API takes them as words. A part that has no counterpart ends it: half a request would be another one.
enum OpenAIMessages {
  typealias Omission = OpenAIBatchExport.Omission

  /// The messages of a chat.
  static func chat(_ input: JSONValue) throws(Omission) -> [JSONValue] {
    if case .string = input { return [["role": "user", "content": input]] }
    guard case .array(let messages) = input, !messages.isEmpty else { throw .untranslatable }
    var result: [JSONValue] = []
    for message in messages { result += try one(message) }
    return result
  }

  /// System instructions that stand apart, as the message before all others.
  static func instructions(_ value: JSONValue?) throws(Omission) -> [JSONValue] {
    guard let text = try text(value) else { return [] }
    return [["role": "system", "content": text]]
  }

  /// A text, or the texts of a list of parts, as one.
  static func text(_ value: JSONValue?) throws(Omission) -> JSONValue? {
    switch value {
    case nil, .null?: return nil
    case .string?: return value
    case .array(let parts)?:
      var texts: [String] = []
      for part in parts {
        guard let text = part.text ?? part["content"]?.text ?? part["text"]?.text else { throw .untranslatable }
        texts.append(text)
      }
      return .string(texts.joined(separator: "\n"))
    default: throw .untranslatable
    }
  }

  /// A text, texts or tokens: what embeddings and completions take.
  static func plain(_ value: JSONValue) throws(Omission) -> JSONValue {
    switch value {
    case .string: return value
    case .array(let elements) where !elements.isEmpty:
      for element in elements {
        switch element {
        case .string, .integer, .array: continue
        default: throw .untranslatable
        }
      }
      return value
    default: throw .untranslatable
    }
  }

  // MARK: Messages

  /// A message as one or, where it holds the answers of several tools, as several.
  private static func one(_ message: JSONValue) throws(Omission) -> [JSONValue] {
    guard case .object(var object) = message, let role = message["role"]?.text else { throw .untranslatable }
    guard case .array(let parts)? = object["parts"] else {
      guard object["content"] != nil || object["tool_calls"] != nil else { throw .untranslatable }
      return [message]
    }
    object["parts"] = nil
    object["finish_reason"] = nil
    var content: [JSONValue] = []
    var calls: [JSONValue] = []
    var answers: [JSONValue] = []
    for part in parts {
      switch part["type"]?.text {
      case "tool_call"?: calls.append(call(part))
      case "tool_call_response"?: answers.append(try answer(part))
      case "reasoning"?: continue
      default: content.append(try self.content(part))
      }
    }
    if !answers.isEmpty, content.isEmpty, calls.isEmpty { return answers }
    var result = JSONObject()
    result["role"] = .string(role)
    result["content"] = content.isEmpty ? .null : joined(content)
    for member in object.members where member.key != "role" { result[member.key] = member.value }
    if !calls.isEmpty { result["tool_calls"] = .array(calls) }
    return answers + [.object(result)]
  }

  /// One text alone as a text.
  private static func joined(_ content: [JSONValue]) -> JSONValue {
    if content.count == 1, content[0]["type"] == "text", let text = content[0]["text"] { return text }
    return .array(content)
  }

  private static func content(_ part: JSONValue) throws(Omission) -> JSONValue {
    switch part["type"]?.text {
    case "text"?:
      if let text = part["content"] ?? part["text"] { return ["type": "text", "text": text] }
    case "refusal"?:
      if let text = part["content"] ?? part["refusal"] { return ["type": "refusal", "refusal": text] }
    case "uri"? where part["modality"] == "image":
      if let uri = part["uri"] { return ["type": "image_url", "image_url": ["url": uri]] }
    case "blob"? where part["modality"] == "image":
      if let type = part["mime_type"]?.text, let bytes = part["content"]?.text {
        return ["type": "image_url", "image_url": ["url": .string("data:\(type);base64,\(bytes)")]]
      }
    case "image_url"?, "input_audio"?, "file"?: return part
    default: break
    }
    throw .untranslatable
  }

  private static func call(_ part: JSONValue) -> JSONValue {
    [
      "id": part["id"] ?? .null, "type": "function",
      "function": ["name": part["name"] ?? .null, "arguments": quoted(part["arguments"] ?? .object(JSONObject()))],
    ]
  }

  private static func answer(_ part: JSONValue) throws(Omission) -> JSONValue {
    guard let id = part["id"], let response = part["response"] ?? part["result"] else { throw .untranslatable }
    return ["role": "tool", "tool_call_id": id, "content": quoted(response)]
  }

  /// A text as it is, all else as JSON in a text.
  private static func quoted(_ value: JSONValue) -> JSONValue {
    if case .string = value { return value }
    return .string((try? value.line()) ?? "null")
  }

  // MARK: Responses

  /// The input of a response: a text as it is, messages as its items.
  static func items(_ input: JSONValue) throws(Omission) -> JSONValue {
    guard case .array(let elements) = input else {
      if case .string = input { return input }
      throw .untranslatable
    }
    var items: [JSONValue] = []
    for element in elements {
      // Items that are no messages stand as they came.
      guard case .array(let parts)? = element["parts"], let role = element["role"] else {
        items.append(element)
        continue
      }
      var content: [JSONValue] = []
      for part in parts {
        switch part["type"]?.text {
        case "text"?:
          let type: JSONValue = role == "assistant" ? "output_text" : "input_text"
          content.append(["type": type, "text": part["content"] ?? part["text"] ?? .null])
        case "tool_call"?:
          items.append([
            "type": "function_call", "call_id": part["id"] ?? .null, "name": part["name"] ?? .null,
            "arguments": quoted(part["arguments"] ?? .object(JSONObject())),
          ])
        case "tool_call_response"?:
          items.append([
            "type": "function_call_output", "call_id": part["id"] ?? .null,
            "output": quoted(part["response"] ?? part["result"] ?? .null),
          ])
        case "reasoning"?: continue
        case "input_image"?, "input_file"?, "input_audio"?: content.append(part)
        default: throw .untranslatable
        }
      }
      if !content.isEmpty { items.append(["role": role, "content": .array(content)]) }
    }
    guard !items.isEmpty else { throw .untranslatable }
    return .array(items)
  }

  // MARK: Tools

  /// Definitions of tools, as chat has them (in `function`) or as responses do (flat).
  static func tools(_ value: JSONValue?, nested: Bool) throws(Omission) -> JSONValue? {
    guard let value, value != .null else { return nil }
    guard case .array(let tools) = value else { throw .untranslatable }
    var result: [JSONValue] = []
    for tool in tools { result.append(try self.tool(tool, nested: nested)) }
    return .array(result)
  }

  private static func tool(_ tool: JSONValue, nested: Bool) throws(Omission) -> JSONValue {
    guard case .object(var flat) = tool else { throw .untranslatable }
    let type = tool["type"]?.text ?? "function"
    if case .object(let function)? = tool["function"] {
      if nested { return tool }
      flat = function
    } else if type != "function", tool["input_schema"] == nil {
      // Tools of OpenAI's own, which only responses have.
      guard !nested else { throw .untranslatable }
      return tool
    }
    guard flat["name"]?.text != nil else { throw .untranslatable }
    if let schema = flat["input_schema"] {
      flat["input_schema"] = nil
      flat["parameters"] = schema
    }
    flat["type"] = nil
    guard !nested else { return ["type": "function", "function": .object(flat)] }
    var result = JSONObject()
    result["type"] = "function"
    for member in flat.members { result[member.key] = member.value }
    return .object(result)
  }
}
