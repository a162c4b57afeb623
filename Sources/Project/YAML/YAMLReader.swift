/// One YAML document as nodes with places. Aliases are resolved; what a settings file has no use for is refused.
struct YAMLReader: ~Copyable {
  /// How many nodes a file may have, each alias counting as often as it is used.
  static let mostNodes = 100_000
  /// How deep values may be nested.
  static let deepest = 64
  /// How large a file may be, in bytes.
  static let mostBytes = 4 << 20

  private let file: String
  private var events: YAMLEvents
  private var anchors: [String: YAMLNode] = [:]
  private var nodes = 0
  /// What does not keep the rest of the file from being read.
  private var errors: [ProjectError] = []

  /// The root of the document, nil when there is none, and what is wrong: with a broken file one error and no root.
  static func read(_ bytes: [UInt8], file: String) -> (root: YAMLNode?, errors: [ProjectError]) {
    let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    guard String(validating: bytes, as: UTF8.self) != nil else {
      let offset = UTF8Prefix.length(bytes)
      return (
        nil,
        [ProjectError(place(bytes, offset, file), problem: "invalid UTF-8", remedy: "Save the file as UTF-8.")]
      )
    }
    return bytes.withUnsafeBytes { buffer in
      guard let events = YAMLEvents(buffer) else { return (nil, [ProjectError(file: file, problem: "out of memory")]) }
      var reader = YAMLReader(file: file, events: events)
      do {
        let root = try reader.document()
        return (root, reader.errors)
      } catch let error as ProjectError {
        return (nil, reader.errors + [error])
      } catch let failure as YAMLEvents.Failure {
        let location =
          failure.byteOffset.map { place(bytes, $0, file) }
          ?? FileLocation(file: file, line: failure.line + 1, column: failure.column + 1)
        return (nil, reader.errors + [ProjectError(location, problem: "no YAML: \(failure.problem)")])
      } catch {
        return (nil, reader.errors + [ProjectError(file: file, problem: "not readable as YAML")])
      }
    }
  }

  private init(file: String, events: consuming YAMLEvents) {
    self.file = file
    self.events = events
  }

  private static func place(_ bytes: [UInt8], _ offset: Int, _ file: String) -> FileLocation {
    let before = bytes.prefix(offset)
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    // A byte that continues a character begins no column.
    let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
    return FileLocation(file: file, line: before.count { $0 == 0x0A } + 1, column: column)
  }

  private mutating func next() throws -> (event: YAMLEvents.Event, location: FileLocation) {
    let (event, line, column) = try events.next()
    return (event, FileLocation(file: file, line: line + 1, column: column + 1))
  }

  private mutating func document() throws -> YAMLNode? {
    _ = try next()
    guard case .documentStart = try next().event else { return nil }
    let (event, location) = try next()
    let root = try node(event, location, depth: 0)
    _ = try next()
    let (end, second) = try next()
    if case .documentStart = end {
      errors.append(
        ProjectError(
          second, problem: "a second document begins here", remedy: "Keep one; use 'include' for more files."))
    }
    return root
  }

  private mutating func node(_ event: YAMLEvents.Event, _ location: FileLocation, depth: Int) throws -> YAMLNode {
    try count(1, at: location)
    guard depth <= YAMLReader.deepest else { throw tooDeep(location) }
    switch event {
    case .scalar(let text, let isPlain, let decoration):
      return register(YAMLNode(.scalar(text, isPlain: isPlain), at: location), decoration)
    case .alias(let name): return try resolved(name, location, depth: depth)
    case .sequenceStart(let decoration):
      return register(YAMLNode(.sequence(try sequence(depth: depth)), at: location), decoration)
    case .mappingStart(let decoration):
      return register(YAMLNode(.mapping(try mapping(depth: depth)), at: location), decoration)
    default: throw ProjectError(location, problem: "expected a value")
    }
  }

  private mutating func count(_ more: Int, at location: FileLocation) throws {
    nodes += more
    guard nodes <= YAMLReader.mostNodes else {
      throw ProjectError(
        location, problem: "more than \(YAMLReader.mostNodes) values, aliases counted as often as they are used",
        remedy: "Split the file with 'include', or use fewer aliases.")
    }
  }

  private func tooDeep(_ location: FileLocation) -> ProjectError {
    ProjectError(location, problem: "nested deeper than \(YAMLReader.deepest) levels")
  }

  private mutating func register(_ node: YAMLNode, _ decoration: YAMLEvents.Decoration) -> YAMLNode {
    if let tag = decoration.tag {
      let shown = tag.replacingPrefix("tag:yaml.org,2002:", with: "!!")
      errors.append(
        ProjectError(
          node.location, problem: "the tag \(quoted(shown)) has no meaning here",
          remedy: "Leave it out; put text in quotes where it could be a number."))
    }
    if let anchor = decoration.anchor { anchors[anchor] = node }
    return node
  }

  private mutating func resolved(_ name: String, _ location: FileLocation, depth: Int) throws -> YAMLNode {
    guard let node = anchors[name] else {
      throw ProjectError(
        location, problem: "the alias \(quoted("*" + name)) names no anchor that ends before it",
        remedy: Spelling.nearest(to: name, in: anchors.keys.sorted()).map { "Did you mean '*\($0)'?" })
    }
    try count(node.weight - 1, at: location)
    guard depth + node.height <= YAMLReader.deepest else { throw tooDeep(location) }
    return node
  }

  private mutating func sequence(depth: Int) throws -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let (event, location) = try next()
      if case .sequenceEnd = event { return elements }
      elements.append(try node(event, location, depth: depth + 1))
    }
  }

  private mutating func mapping(depth: Int) throws -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var seen: [String: Int] = [:]
    while true {
      let (event, location) = try next()
      if case .mappingEnd = event { return entries }
      let key = try node(event, location, depth: depth + 1)
      let (valueEvent, valueLocation) = try next()
      let value = try node(valueEvent, valueLocation, depth: depth + 1)
      guard case .scalar(let text, let isPlain) = key.content else {
        errors.append(ProjectError(location, problem: "a key must be text, found \(key.found)"))
        continue
      }
      let name = normalized(text)
      if let first = seen.updateValue(location.line, forKey: name) {
        seen[name] = first
        errors.append(
          ProjectError(
            location, problem: "the key \(quoted(name)) is repeated; it is already on line \(first)",
            remedy: "Remove or rename one of the two."))
      } else if isPlain, name == "<<" {
        errors.append(
          ProjectError(
            location, problem: "the merge key '<<' has no meaning here",
            remedy: "Write the keys out, or alias the whole mapping."))
      } else {
        entries.append(YAMLNode.Entry(key: name, location: location, value: value))
      }
    }
  }
}
