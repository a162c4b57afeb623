internal import Records

/// A value of a `tokenizer.json` with its place, for reading the small parts and saying where they are wrong.
struct JSONPart {
  let value: JSONValue
  let path: String
  let file: String

  subscript(key: String) -> JSONPart {
    JSONPart(value: value[key] ?? .null, path: path.isEmpty ? key : "\(path).\(key)", file: file)
  }

  var isAbsent: Bool { value == .null }

  func wrong(_ problem: String, remedy: String? = nil) -> TokenizerError {
    TokenizerError(file: file, path: path, problem: problem, remedy: remedy)
  }

  /// An error about something that tokenizers does and this does not.
  func unsupported(_ what: String) -> TokenizerError {
    wrong(
      "\(what) is not supported",
      remedy: "Counts with another tokenizer would be wrong; use the provider's own count for this model")
  }

  /// The elements of an array; none if it is absent.
  func elements() throws(TokenizerError) -> [JSONPart] {
    switch value {
    case .null: return []
    case .array(let values):
      return values.enumerated().map { JSONPart(value: $1, path: "\(path)[\($0)]", file: file) }
    default: throw wrong("expected a list")
    }
  }

  func text() throws(TokenizerError) -> String {
    guard let text = value.text else { throw wrong("expected a text") }
    return text
  }

  /// A truth value; `absent` if there is none.
  func truth(ifAbsent absent: Bool) throws(TokenizerError) -> Bool {
    if isAbsent { return absent }
    guard let truth = value.truth else { throw wrong("expected true or false") }
    return truth
  }

  func tokenID() throws(TokenizerError) -> TokenID {
    guard let whole = value.whole, let id = TokenID(exactly: whole) else {
      throw wrong("expected a whole number from 0 to \(TokenID.max)")
    }
    return id
  }

  /// What kind of step this is.
  func type() throws(TokenizerError) -> String { try self["type"].text() }
}
