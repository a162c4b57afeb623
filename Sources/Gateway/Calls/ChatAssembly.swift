internal import Records

/// The chunks of OpenAI's chat completions: `choices[].delta`, usage in a chunk of its own, `[DONE]` at the end.
struct ChatAssembly: StreamAssembly {
  private var head = JSONObject()
  private var choices: [(number: Int64, finish: JSONValue?, message: JSONObject, calls: NumberedParts)] = []
  private var hasEnd = false

  /// Choices that a call may have: a number beyond is not believed.
  private static let most = 1_024

  /// The last chunk has a reason for the end of each choice; `[DONE]` follows where servers follow OpenAI that far.
  var isComplete: Bool { hasEnd || !choices.isEmpty && choices.allSatisfy { $0.finish != nil } }

  mutating func end() { hasEnd = true }

  /// Whether a chunk says nothing but what was used: OpenAI adds it where `include_usage` asks for it.
  static func isUsageAlone(_ chunk: JSONValue) -> Bool {
    guard case .array(let choices)? = chunk["choices"], choices.isEmpty, case .object? = chunk["usage"] else {
      return false
    }
    return true
  }

  mutating func receive(_ chunk: JSONValue) -> Bool {
    for key in ["id", "created", "model", "service_tier", "system_fingerprint", "usage", "error"] {
      if let value = chunk[key], value != .null { head[key] = value }
    }
    var says = false
    for choice in chunk["choices"]?.elements ?? [] {
      guard let place = place(choice["index"]?.whole ?? 0) else { continue }
      if let reason = choice["finish_reason"], reason != .null { choices[place].finish = reason }
      let delta = choice["delta"] ?? .null
      says = add(delta, to: place) || says
    }
    return says
  }

  private mutating func place(_ number: Int64) -> Int? {
    if let place = choices.firstIndex(where: { $0.number == number }) { return place }
    guard choices.count < ChatAssembly.most else { return nil }
    choices.append((number, nil, JSONObject(), NumberedParts()))
    return choices.count - 1
  }

  private mutating func add(_ delta: JSONValue, to place: Int) -> Bool {
    var says = false
    for member in delta.members.members {
      switch (member.key, member.value) {
      case ("tool_calls", .array(let calls)):
        for (position, call) in calls.enumerated() {
          says = true
          choices[place].calls.update(call["index"]?.whole ?? Int64(position)) { ChatAssembly.add(call, to: &$0) }
        }
      case ("role", let role): choices[place].message["role"] = role
      case (let key, .string(let text)):
        says = says || !text.isEmpty
        choices[place].message.append(text, to: key)
      case (_, .null): continue
      case (let key, let value): choices[place].message.put(value, at: key)
      }
    }
    return says
  }

  /// The name and the id come once, the arguments in pieces.
  private static func add(_ call: JSONValue, to whole: inout JSONObject) {
    for key in ["id", "type"] where call[key]?.text?.isEmpty == false { whole[key] = call[key] }
    var function = whole.take("function")?.members ?? JSONObject()
    if let name = call["function"]?["name"]?.text, !name.isEmpty { function["name"] = .string(name) }
    if let piece = call["function"]?["arguments"]?.text { function.append(piece, to: "arguments") }
    whole["function"] = .object(function)
  }

  var reply: JSONObject? {
    guard !head.members.isEmpty || !choices.isEmpty else { return nil }
    var reply = head
    reply["object"] = .string("chat.completion")
    reply["choices"] = .array(
      choices.sorted { $0.number < $1.number }.map { choice in
        var message = choice.message
        if message["role"] == nil { message["role"] = .string("assistant") }
        if message["content"] == nil { message["content"] = .null }
        if !choice.calls.isEmpty { message["tool_calls"] = .array(choice.calls.list) }
        var object = JSONObject()
        object["index"] = .integer(choice.number)
        object["message"] = .object(message)
        object["finish_reason"] = choice.finish ?? .null
        return .object(object)
      })
    return reply
  }
}
