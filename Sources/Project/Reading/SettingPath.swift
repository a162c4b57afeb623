/// Where a setting is in the tree of settings: `suites.triage.metrics[0].min_effect`.
struct SettingPath: Sendable, Hashable, CustomStringConvertible {
  let description: String

  static let root = SettingPath(description: "")

  /// The setting of a key or an id below this one; ids with unusual characters are quoted.
  func key(_ name: String) -> SettingPath {
    let isPlain =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
          || byte == 0x2D
      }
    let shown = isPlain ? name : quoted(name)
    return SettingPath(description: description.isEmpty ? shown : "\(description).\(shown)")
  }

  /// An element of the list at this path.
  func element(_ place: Int) -> SettingPath {
    SettingPath(description: "\(description)[\(place)]")
  }

  /// ` in suites.triage`, or nothing at the root.
  var inside: String { description.isEmpty ? "" : " in \(description)" }
}
