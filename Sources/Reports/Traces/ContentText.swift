internal import Records

/// What was said, for people: messages as `role: text`, anything else as its JSON.
enum ContentText {
  /// - Parameter json: canonical JSON of a content.
  static func lines(_ json: String) -> [String] {
    guard let value = try? Records.JSONValue(parsing: json) else { return [json] }
    if case .array(let messages) = value, !messages.isEmpty, messages.allSatisfy({ $0["role"]?.text != nil }) {
      return messages.flatMap(message)
    }
    return [value.text ?? json]
  }

  private static func message(_ message: Records.JSONValue) -> [String] {
    let role = message["role"]?.text ?? ""
    let parts = message["parts"]?.elements ?? []
    let said = parts.isEmpty ? [message["content"]?.text ?? ""] : parts.map(part)
    return said.map { "\(role): \($0)" }
  }

  private static func part(_ part: Records.JSONValue) -> String {
    switch part["type"]?.text {
    case "tool_call":
      let arguments = part["arguments"].flatMap { try? $0.canonical() } ?? ""
      return "calls \(part["name"]?.text ?? "a tool")(\(arguments))"
    case "tool_call_response":
      return "gets \(part["result"].flatMap { $0.text ?? (try? $0.canonical()) } ?? "nothing")"
    default:
      return part["content"]?.text ?? (try? part.canonical()) ?? ""
    }
  }
}
