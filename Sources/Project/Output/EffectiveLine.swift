/// One setting as it holds: its path, its value, and where that comes from.
public struct EffectiveLine: Sendable, Hashable, CustomStringConvertible {
  /// `suites.triage.metrics[0].min_effect`.
  public let path: String
  /// As it is written in YAML; `~` when there is none.
  public let value: String
  /// Where the value comes from.
  public let origin: SettingOrigin

  /// `suites.triage.floor = 0.8   # tally.yaml:12`.
  public var description: String { "\(path) = \(value)   # \(origin)" }
}

extension Setting {
  /// What cannot be taken apart further, with its path below this setting: scalars, nothing, and lists of scalars.
  var leaves: [(path: String, value: Setting)] {
    var found: [(String, Setting)] = []
    collect(at: .root, into: &found)
    return found
  }

  private func collect(at path: SettingPath, into found: inout [(String, Setting)]) {
    switch self {
    case .mapping(let members):
      for member in members { member.value.collect(at: path.key(member.key), into: &found) }
    case .list(let elements) where elements.contains(where: \.isMapping):
      for (place, element) in elements.enumerated() { element.collect(at: path.element(place), into: &found) }
    default: found.append((path.description, self))
    }
  }

  private var isMapping: Bool { if case .mapping = self { true } else { false } }
}

extension Project {
  /// Every setting that holds, defaults included, with where its value comes from: the sections of the file, and then
  /// the thresholds of every check.
  ///
  /// - Parameter policies: the catalogue that the project was loaded with.
  public func effective(policies: PolicyCatalogue) -> [EffectiveLine] {
    var sections = self
    sections.policies = PolicyOverrides()
    let settings = Shape<Project>.object.show(sections).leaves.map { leaf in
      EffectiveLine(path: leaf.path, value: leaf.value.line, origin: provenance.origin(of: leaf.path))
    }
    return settings + policies.types.flatMap { lines(of: $0) }
  }

  private func lines<Policy: CheckPolicy>(of type: Policy.Type) -> [EffectiveLine] {
    let section = SettingPath.root.key("policies").key(Policy.check)
    return policy(type).lines.map {
      EffectiveLine(path: "\(section).\($0.path)", value: $0.value, origin: $0.origin)
    }
  }
}
