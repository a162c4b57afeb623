/// A YAML value with its place. Scalars keep the text as it was written: what it means is decided by who reads it.
struct YAMLNode: Sendable {
  enum Content: Sendable {
    /// A plain scalar is one without quotes: only those can be numbers, flags or nothing.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([Entry])
  }

  /// One key of a mapping; the key is NFC.
  struct Entry: Sendable {
    let key: String
    let location: FileLocation
    let value: YAMLNode
  }

  let content: Content
  let location: FileLocation
  /// How many nodes are visited when this one is walked, aliases repeated; saturating.
  let weight: Int
  /// How many levels there are below; 0 for a scalar.
  let height: Int

  init(_ content: Content, at location: FileLocation) {
    self.content = content
    self.location = location
    let children: [YAMLNode] =
      switch content {
      case .scalar: []
      case .sequence(let elements): elements
      case .mapping(let entries): entries.map(\.value)
      }
    var weight = 1
    var height = 0
    for child in children {
      weight = min(weight + child.weight, YAMLReader.mostNodes + 1)
      height = max(height, child.height + 1)
    }
    self.weight = weight
    self.height = height
  }

  /// Whether this is `~`, `null` or nothing at all.
  var isNull: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// The value of a key, when this is a mapping that has it.
  subscript(key: String) -> Entry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key == key }
  }

  /// Where the part of this is written that steps lead to, or what is written of the way there. A scalar is pointed at itself, and
  /// whatever is larger by its key.
  func location(below steps: [Fault.Step]) -> FileLocation {
    var node = self
    var place: FileLocation = location
    for step in steps {
      switch (step, node.content) {
      case (.key(let key), .mapping):
        guard let entry = node[key] else { return place }
        node = entry.value
        place = node.height == 0 && !node.isNull ? node.location : entry.location
      case (.element(let index), .sequence(let elements)):
        guard elements.indices.contains(index) else { return place }
        node = elements[index]
        place = node.location
      default: return place
      }
    }
    return place
  }

  /// What this is, for messages: `'0.x'`, `a list`, `nothing`.
  var found: String {
    if isNull { return "nothing" }
    return switch content {
    case .scalar(let text, isPlain: true): quoted(text)
    case .scalar(let text, isPlain: false): "the text \(quoted(text))"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}

extension YAMLNode: Equatable {
  /// Whether two nodes say the same, wherever they stand.
  static func == (left: YAMLNode, right: YAMLNode) -> Bool {
    if left.isNull, right.isNull { return true }
    return switch (left.content, right.content) {
    case (.scalar(let one, let isPlain), .scalar(let other, let isOtherPlain)): one == other && isPlain == isOtherPlain
    case (.sequence(let one), .sequence(let other)): one == other
    case (.mapping(let one), .mapping(let other)):
      one.count == other.count && zip(one, other).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }
}
