import Records

/// What a request of OpenAI's API asks for, as attributes of its span.
enum OpenAIBatchRequest {
  /// Members that are no parameters: they have attributes of their own.
  private static let apart: Set<String> = [
    "model", "messages", "input", "prompt", "instructions", "tools", "user", "metadata",
  ]

  static func attributes(_ body: JSONValue) -> [(String, JSONValue)] {
    guard case .object(let members) = body else { return [] }
    var attributes: [(String, JSONValue)] = []
    func put(_ key: String, _ value: JSONValue?) {
      if let value = value.flatMap(OpenAIBatchRequest.text) { attributes.append((key, value)) }
    }
    put("gen_ai.input.messages", body["messages"])
    put("input.value", body["input"] ?? body["prompt"])
    put("gen_ai.system_instructions", body["instructions"])
    put("gen_ai.tool.definitions", body["tools"])
    if let user = body["user"]?.text { attributes.append(("user.id", .string(user))) }
    // Flat, so that --feature-attribute openai.metadata.NAME and the like find it.
    if case .object(let metadata)? = body["metadata"] {
      for member in metadata.members { attributes.append(("openai.metadata.\(member.key)", member.value)) }
    }
    var parameters = JSONObject()
    for member in members.members where !apart.contains(member.key) { parameters[member.key] = member.value }
    if !parameters.members.isEmpty { put("llm.invocation_parameters", .object(parameters)) }
    return attributes
  }

  /// A text as it is, all else as JSON in a text; nil for null.
  static func text(_ value: JSONValue) -> JSONValue? {
    switch value {
    case .null: nil
    case .string: value
    default: (try? value.line()).map(JSONValue.string)
    }
  }
}

/// What a model answered, as attributes of its span. Vectors are left out: they are no words, and of no use to a check.
enum OpenAIBatchAnswer {
  static func attributes(_ answer: JSONValue) -> [(String, JSONValue)] {
    let messages: [JSONValue]
    let reasons: [JSONValue]
    if answer["output"] != nil {
      messages = response(answer).map { [$0] } ?? []
      reasons = reason(ofResponse: answer).map { [.string($0)] } ?? []
    } else {
      let choices = answer["choices"]?.elements ?? []
      messages = choices.compactMap(message)
      reasons = choices.compactMap { choice in choice["finish_reason"]?.text.map(JSONValue.string) }
    }
    var attributes: [(String, JSONValue)] = []
    if !messages.isEmpty, let text = OpenAIBatchRequest.text(.array(messages)) {
      attributes.append(("gen_ai.output.messages", text))
    }
    if !reasons.isEmpty { attributes.append(("gen_ai.response.finish_reasons", .array(reasons))) }
    return attributes
  }

  /// The message of a choice, of chat or of a completion of text.
  private static func message(_ choice: JSONValue) -> JSONValue? {
    var message = JSONObject()
    if case .object(let object)? = choice["message"] {
      message = object
    } else if let text = choice["text"] {
      message["role"] = "assistant"
      message["content"] = text
    } else {
      return nil
    }
    message["role"] = message["role"] ?? "assistant"
    message["content"] = message["content"] ?? .null
    if let refusal = message["refusal"]?.text {
      message["content"] = .array(
        parts(message["content"] ?? .null) + [["type": "refusal", "refusal": .string(refusal)]])
      message["refusal"] = nil
    }
    message["finish_reason"] = choice["finish_reason"]
    return .object(message)
  }

  private static func parts(_ content: JSONValue) -> [JSONValue] {
    switch content {
    case .string: [["type": "text", "text": content]]
    case .array(let parts): parts
    default: []
    }
  }

  /// The items of a response as one message: texts, thoughts, calls, and what else there is as it is.
  private static func response(_ answer: JSONValue) -> JSONValue? {
    var content: [JSONValue] = []
    var calls: [JSONValue] = []
    for item in answer["output"]?.elements ?? [] {
      switch item["type"]?.text {
      case "message"?: content += parts(item["content"] ?? .null)
      case "function_call"?:
        calls.append([
          "id": item["call_id"] ?? item["id"] ?? .null, "type": "function",
          "function": ["name": item["name"] ?? .null, "arguments": item["arguments"] ?? .null],
        ])
      case "reasoning"?:
        for part in item["summary"]?.elements ?? [] {
          if let text = part["text"] { content.append(["type": "reasoning", "text": text]) }
        }
      default: content.append(item)
      }
    }
    guard !content.isEmpty || !calls.isEmpty else { return nil }
    var message = JSONObject()
    message["role"] = "assistant"
    message["content"] = .array(content)
    if !calls.isEmpty { message["tool_calls"] = .array(calls) }
    message["finish_reason"] = reason(ofResponse: answer).map(JSONValue.string)
    return .object(message)
  }

  private static func reason(ofResponse answer: JSONValue) -> String? {
    if let reason = answer["incomplete_details"]?["reason"]?.text { return reason }
    let called = answer["output"]?.elements.contains { $0["type"] == "function_call" } ?? false
    let status = answer["status"]?.text
    return called && status == "completed" ? "tool_calls" : status
  }
}
