extension Setting {
  /// The setting as YAML that reads back as the same; what is unset and what is empty is left out.
  ///
  /// The first line continues where the caller stands (after `key:` or `-`).
  func print(indent: Int, into text: inout String) {
    let margin = String(repeating: " ", count: indent)
    switch self {
    case .mapping(let members):
      text += "\n"
      for member in members where !member.value.isEmpty {
        text += "\(margin)\(YAMLText.literal(member.key)):"
        member.value.print(indent: indent + 2, into: &text)
      }
    case .list(let elements) where !elements.isEmpty:
      text += "\n"
      for element in elements {
        text += "\(margin)-"
        element.print(indent: indent + 2, into: &text)
      }
    default: text += " \(line)\n"
    }
  }

  /// Whether it says nothing: unset. An empty list or mapping may differ from a default and is said.
  private var isEmpty: Bool { self == .unset }
}

extension Project {
  /// The project in one file of YAML, defaults written out, that reads back as the same project.
  public var yaml: String {
    var text = ""
    Shape<Project>.object.show(self).print(indent: 0, into: &text)
    return String(text.dropFirst())
  }
}
