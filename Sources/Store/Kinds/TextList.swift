import Records

/// A list of texts as it lies in a column: a JSON array, null when it is empty.
enum TextList {
  static func json(_ texts: [String]) -> String? {
    texts.isEmpty ? nil : try? JSONValue.array(texts.map(JSONValue.string)).canonical()
  }

  static func texts(_ json: String?) -> [String] {
    guard let json, case .array(let values)? = try? JSONValue(parsing: json) else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }
}
