extension JSONPart {
  /// The steps of `normalizer`; none if it is null.
  func normalizers() throws(TokenizerError) -> [Normalizer] {
    if isAbsent { return [] }
    let type = try type()
    switch type {
    case "NFC": return [.nfc]
    case "Lowercase": return [.lowercase]
    case "Prepend": return [.prepend(Array(try self["prepend"].text().utf8))]
    case "Replace":
      let pattern = try self["pattern"].literal()
      return [.replace(pattern, by: Array(try self["content"].text().utf8))]
    case "Sequence":
      var all: [Normalizer] = []
      for step in try self["normalizers"].elements() { all += try step.normalizers() }
      return all
    default: throw self["type"].unsupported("the normalizer \"\(type)\"")
    }
  }

  /// The text of a pattern `{"String": …}`.
  func literal() throws(TokenizerError) -> [UInt8] {
    guard self["Regex"].isAbsent else { throw self["Regex"].unsupported("a regular expression here") }
    let literal = Array(try self["String"].text().utf8)
    guard !literal.isEmpty else { throw self["String"].wrong("expected a text that is not empty") }
    return literal
  }
}
