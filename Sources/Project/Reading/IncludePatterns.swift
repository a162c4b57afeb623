import Records

/// The files that the patterns of `include` name.
enum IncludePatterns {
  static let schema = JSONObject([
    "anyOf": [
      ["type": "string", "minLength": 1],
      ["type": "array", "items": ["type": "string", "minLength": 1]],
      ["type": "null"],
    ]
  ])

  /// The existing paths that a pattern fits, sorted by their bytes. `*` stands for any letters of a name and `?` for one;
  /// a name that begins with a dot is fitted only by a pattern that does.
  static func paths(of pattern: String, in folder: String) throws(FileAccess.Failure) -> [String] {
    let start = pattern.hasPrefix("/") ? "/" : folder
    var found = [start]
    let components = pattern.split(separator: "/").map(String.init)
    for component in components {
      var next: [String] = []
      for path in found {
        let prefix = path.isEmpty || path.hasSuffix("/") ? path : path + "/"
        if !component.contains(where: { $0 == "*" || $0 == "?" }) {
          if FileAccess.exists(prefix + component) { next.append(prefix + component) }
          continue
        }
        // A name that is no folder fits nothing below it.
        guard let names = try? FileAccess.names(in: path.isEmpty ? "." : path) else { continue }
        next += names.filter { fits(Array($0.unicodeScalars), Array(component.unicodeScalars)) }.map { prefix + $0 }
        guard next.count <= mostFiles else { throw FileAccess.Failure(problem: "more than \(mostFiles) files fit") }
      }
      found = next
    }
    return found
  }

  /// How many files a project may consist of.
  static let mostFiles = 1_000

  /// Whether a name fits a pattern; at most O(m·n), since only the last `*` is ever retried.
  static func fits(_ name: [Unicode.Scalar], _ pattern: [Unicode.Scalar]) -> Bool {
    if name.first == ".", pattern.first != "." { return false }
    var (place, at) = (0, 0)
    var retry: (place: Int, at: Int)?
    while place < name.count {
      if at < pattern.count, pattern[at] == "*" {
        retry = (place, at + 1)
        at += 1
      } else if at < pattern.count, pattern[at] == "?" || pattern[at] == name[place] {
        place += 1
        at += 1
      } else if let last = retry {
        retry = (last.place + 1, last.at)
        (place, at) = (last.place + 1, last.at)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == "*" }
  }
}
