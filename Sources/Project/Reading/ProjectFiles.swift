/// Reads a project's files and puts them together as one mapping, every node with the place where it stands.
struct ProjectFiles {
  private(set) var errors: [ProjectError] = []
  /// The files in the order in which they were first named.
  private(set) var order: [String: Int] = [:]
  private var sections: [Section] = []
  private var open: [(path: String, file: String)] = []
  private var done: Set<String> = []

  /// One key at the top of the files, with the entries of all of them.
  private struct Section {
    let key: String
    let location: FileLocation
    var value: YAMLNode
    var entries: [String: FileLocation]
  }

  /// The sections of all files in one mapping. What is wrong is in `errors`.
  mutating func read(_ file: String) -> YAMLNode {
    do {
      try read(file, canonical: FileAccess.canonical(file) ?? file)
    } catch {
      errors.append(ProjectError(file: file, problem: "cannot be read: \(error.problem)"))
    }
    return merged(file)
  }

  /// The same for a text that is in memory already; it may include files relative to the working directory.
  mutating func read(text: [UInt8], named file: String) -> YAMLNode {
    take(text, file)
    return merged(file)
  }

  private func merged(_ file: String) -> YAMLNode {
    let entries = sections.map { YAMLNode.Entry(key: $0.key, location: $0.location, value: $0.value) }
    return YAMLNode(.mapping(entries), at: FileLocation(file: file, line: 1, column: 1))
  }

  private mutating func read(_ file: String, canonical: String) throws(FileAccess.Failure) {
    let bytes = try FileAccess.bytes(of: file, atMost: YAMLReader.mostBytes)
    open.append((canonical, file))
    take(bytes, file)
    open.removeLast()
    done.insert(canonical)
  }

  private mutating func take(_ bytes: [UInt8], _ file: String) {
    order[file] = order[file] ?? order.count
    let (root, errors) = YAMLReader.read(bytes, file: file)
    self.errors += errors
    guard let root, !root.isNull else { return }
    guard case .mapping(let entries) = root.content else {
      let problem = "a project file must be a mapping of sections, found \(root.found)"
      self.errors.append(
        ProjectError(root.location, problem: problem, remedy: "Write for example: suites: {triage: {}}"))
      return
    }
    for entry in entries where entry.key != "include" { merge(entry) }
    if let include = root["include"] { follow(include.value, from: file) }
  }

  private mutating func merge(_ entry: YAMLNode.Entry) {
    var places: [String: FileLocation] = [:]
    if case .mapping(let entries) = entry.value.content {
      for entry in entries { places[entry.key] = entry.location }
    }
    guard let index = sections.firstIndex(where: { $0.key == entry.key }) else {
      sections.append(Section(key: entry.key, location: entry.location, value: entry.value, entries: places))
      return
    }
    if entry.value.isNull { return }
    if sections[index].value.isNull {
      sections[index].value = entry.value
      sections[index].entries = places
      return
    }
    guard case .mapping(let known) = sections[index].value.content, case .mapping(let more) = entry.value.content else {
      let problem = "\(quoted(entry.key)) is set in two files; it is already set at \(sections[index].location)"
      errors.append(ProjectError(entry.location, problem: problem, remedy: "Keep one of the two."))
      return
    }
    var entries = known
    for added in more {
      if let first = sections[index].entries[added.key] {
        let path = SettingPath.root.key(entry.key).key(added.key)
        let problem = "\(path) is set in two files; it is already set at \(first)"
        errors.append(ProjectError(added.location, problem: problem, remedy: "Keep one of the two."))
      } else {
        sections[index].entries[added.key] = added.location
        entries.append(added)
      }
    }
    sections[index].value = YAMLNode(.mapping(entries), at: sections[index].value.location)
  }

  private mutating func follow(_ node: YAMLNode, from file: String) {
    let patterns: [YAMLNode]
    switch node.content {
    case .sequence(let elements): patterns = elements
    case .scalar where node.isNull: patterns = []
    default: patterns = [node]
    }
    for pattern in patterns {
      guard case .scalar(let text, _) = pattern.content, !text.isEmpty, !pattern.isNull,
        !text.unicodeScalars.contains("\0")
      else {
        errors.append(
          ProjectError(
            pattern.location, problem: "include must be a path, a pattern or a list of them, found \(pattern.found)",
            remedy: "Write for example: teams/*.yaml"))
        continue
      }
      follow(text, pattern.location, from: file)
    }
  }

  private mutating func follow(_ pattern: String, _ location: FileLocation, from file: String) {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    do {
      let paths = try IncludePatterns.paths(of: pattern, in: folder)
      if paths.isEmpty {
        let place = folder.isEmpty ? "this folder" : quoted(folder)
        errors.append(
          ProjectError(
            location, problem: "no file fits the include \(quoted(pattern))",
            remedy: "It is looked for in \(place), where the including file is."))
      }
      for path in paths { include(path, location) }
    } catch {
      errors.append(ProjectError(location, problem: "include \(quoted(pattern)): \(error.problem)"))
    }
  }

  private mutating func include(_ path: String, _ location: FileLocation) {
    let canonical = FileAccess.canonical(path) ?? path
    if let start = open.firstIndex(where: { $0.path == canonical }) {
      let chain = (open[start...].map(\.file) + [path]).joined(separator: " → ")
      errors.append(
        ProjectError(
          location, problem: "files include each other in a circle: \(chain)", remedy: "Remove one of these includes."))
      return
    }
    // A file that two patterns fit is read once.
    if done.contains(canonical) { return }
    guard order.count < IncludePatterns.mostFiles, open.count < YAMLReader.deepest else {
      errors.append(ProjectError(location, problem: "more included files than \(IncludePatterns.mostFiles)"))
      return
    }
    do {
      try read(path, canonical: canonical)
    } catch {
      errors.append(ProjectError(location, problem: "the included file \(quoted(path)) \(error.problem)"))
    }
  }
}
