/// Reading a JSON value whose shape is expected: nil or nothing where it is another.
extension JSONValue {
  public var text: String? { if case .string(let text) = self { text } else { nil } }

  public var real: Double? {
    switch self {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  public var whole: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int64(exactly: value)
    default: nil
    }
  }

  public var truth: Bool? { if case .bool(let value) = self { value } else { nil } }

  /// The elements of an array; none for anything else.
  public var elements: [JSONValue] { if case .array(let values) = self { values } else { [] } }

  /// A number, nil when it has no place in JSON.
  public static func finite(_ value: Double) -> JSONValue? { value.isFinite ? .number(value) : nil }
}
