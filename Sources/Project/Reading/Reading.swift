/// What is collected while nodes become values: all problems, and where every value stands.
final class ReadingLog {
  /// After so many errors, more help nobody.
  static let mostErrors = 100

  private(set) var errors: [ProjectError] = []
  private(set) var locations: [String: FileLocation] = [:]

  private var known: [KnownKey]?

  /// All keys of a project; gathered when the first unknown key is met.
  func knownKeys(_ catalogue: PolicyCatalogue) -> [KnownKey] {
    let keys = known ?? KnownKey.all(catalogue)
    known = keys
    return keys
  }

  var isFull: Bool { errors.count >= ReadingLog.mostErrors }

  func report(_ error: ProjectError) {
    if !isFull { errors.append(error) }
  }

  func note(_ path: SettingPath, at location: FileLocation) { locations[path.description] = location }
}

/// What a shape knows while it reads a node: the path it stands at, and where to report.
///
/// Passed down by value; the log is shared by one reading.
struct Reading {
  let path: SettingPath
  let catalogue: PolicyCatalogue
  let log: ReadingLog

  init(path: SettingPath = .root, catalogue: PolicyCatalogue, log: ReadingLog) {
    self.path = path
    self.catalogue = catalogue
    self.log = log
  }

  func at(_ path: SettingPath) -> Reading {
    Reading(path: path, catalogue: catalogue, log: log)
  }

  /// Reports that a value is not what it must be: what was expected, what was found, and an example.
  func refuse(_ node: YAMLNode, expected: String, example: String?) {
    let remedy = example.map { "Write for example: \($0)" }
    log.report(
      ProjectError(node.location, problem: "\(path) must be \(expected), found \(node.found)", remedy: remedy))
  }

  /// Reports a key that nobody knows, with the nearest that somebody does.
  func refuse(unknown entry: YAMLNode.Entry, known: [String]) {
    // Looking for a remedy is the costly part.
    if log.isFull { return }
    let remedy: String?
    if let nearest = Spelling.nearest(to: entry.key, in: known) {
      remedy = "Did you mean '\(nearest)'?"
    } else if let home = log.knownKeys(catalogue).first(where: {
      $0.name == entry.key && $0.section != path.description
    }
    ) {
      remedy = "'\(home.name)' belongs \(home.section.isEmpty ? "at the top of the file" : "in \(home.section)")."
    } else if known.count <= 40 {
      remedy = "Known here: \(known.joined(separator: ", "))."
    } else {
      remedy = nil
    }
    log.report(
      ProjectError(entry.location, problem: "unknown key \(quoted(entry.key))\(path.inside)", remedy: remedy))
  }
}

/// A key with the section that it belongs to, such as `suites.<suite>.metrics`.
struct KnownKey: Sendable {
  let name: String
  let section: String

  /// All keys of a project, in the order of its sections.
  static func all(_ catalogue: PolicyCatalogue) -> [KnownKey] {
    Project.keys.flatMap { $0.known("", catalogue) }
  }
}
