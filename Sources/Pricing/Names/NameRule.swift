public import Patterns

/// How a price table says which names of models or providers it means. Upper and lower case are the same: texts are in
/// lower case here, and so is what they are compared with.
public indirect enum NameRule: Sendable, Hashable {
  case equals(String)
  case startsWith(String)
  case endsWith(String)
  case contains(String)
  case pattern(Pattern)
  case any([NameRule])
  case all([NameRule])

  /// How deep rules may nest.
  public static let deepest = 32

  /// - Parameter name: in lower case.
  public func matches(_ name: String) -> Bool { matches(name[...].utf8) }

  private func matches(_ name: Substring.UTF8View) -> Bool {
    switch self {
    case .equals(let text): name.elementsEqual(text.utf8)
    case .startsWith(let text): name.starts(with: text.utf8)
    case .endsWith(let text): NameRule.ends(name, with: text.utf8)
    case .contains(let text): NameRule.holds(name, text.utf8)
    case .pattern(let pattern): pattern.matches(Array(name))
    case .any(let rules): rules.contains { $0.matches(name) }
    case .all(let rules): rules.allSatisfy { $0.matches(name) }
    }
  }

  private static func ends(_ name: Substring.UTF8View, with text: String.UTF8View) -> Bool {
    let (length, total) = (text.count, name.count)
    return total >= length && name.dropFirst(total - length).elementsEqual(text)
  }

  private static func holds(_ name: Substring.UTF8View, _ text: String.UTF8View) -> Bool {
    var rest = name
    while true {
      if rest.starts(with: text) { return true }
      guard !rest.isEmpty else { return false }
      rest = rest.dropFirst()
    }
  }
}
