/// What gateways add to the names of models.
enum NamePrefix {
  /// `openai/gpt-4o` is `gpt-4o` of `openai`; nil without a prefix.
  static func split(_ name: String) -> (prefix: String, rest: String)? {
    guard let slash = name.firstIndex(of: "/") else { return nil }
    let rest = name[name.index(after: slash)...]
    return slash == name.startIndex || rest.isEmpty ? nil : (String(name[..<slash]), String(rest))
  }

  /// `gpt-5.2-20251211` as `gpt-5.2-2025-12-11`; nil for a name without such a date.
  static func withDashedDate(_ name: String) -> String? {
    var parts = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    var isChanged = false
    for place in parts.indices.dropFirst() {
      let (date, tail) = head(parts[place])
      guard date.utf8.count == 8, date.utf8.allSatisfy({ (0x30...0x39).contains($0) }), date.hasPrefix("20") else {
        continue
      }
      let digits = Array(date)
      guard let month = Int(String(digits[4..<6])), let day = Int(String(digits[6..<8])), (1...12).contains(month),
        (1...31).contains(day)
      else { continue }
      parts[place] = "\(String(digits[..<4]))-\(String(digits[4..<6]))-\(String(digits[6...]))\(tail)"
      isChanged = true
    }
    return isChanged ? parts.joined(separator: "-") : nil
  }

  /// What stands before a colon, which OpenRouter's variants follow.
  private static func head(_ part: String) -> (Substring, Substring) {
    let end = part.firstIndex(of: ":") ?? part.endIndex
    return (part[..<end], part[end...])
  }
}
