public import Records

/// The value of a setting, however it is typed: what is printed, hashed and put into the schema as a default.
public indirect enum Setting: Sendable, Hashable {
  /// No value: `~`.
  case unset
  /// A number, a flag or a text, with how it is written in YAML.
  case value(JSONValue, literal: String)
  case list([Setting])
  case mapping([Member])

  /// One key of a mapping.
  public struct Member: Sendable, Hashable {
    /// The key as it is, without quotes.
    public let key: String
    /// Its value.
    public let value: Setting
  }

  /// The value as JSON; money, durations and dates are texts as in YAML.
  public var json: JSONValue {
    switch self {
    case .unset: return .null
    case .value(let value, _): return value
    case .list(let elements): return .array(elements.map(\.json))
    case .mapping(let members):
      var object = JSONObject()
      for member in members { object[member.key] = member.value.json }
      return .object(object)
    }
  }

  /// On one line: `0.95`, `[a, b]`, `{read: 0}`, `~`.
  public var line: String {
    switch self {
    case .unset: "~"
    case .value(_, let literal): literal
    case .list(let elements): "[\(elements.map(\.line).joined(separator: ", "))]"
    case .mapping(let members):
      "{\(members.map { "\(YAMLText.literal($0.key)): \($0.value.line)" }.joined(separator: ", "))}"
    }
  }
}
