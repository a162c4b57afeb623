import Records

/// The thresholds that hold for a check and its subject, and where each of them comes from.
public struct EffectivePolicy<Policy: CheckPolicy>: Sendable, Equatable {
  /// The thresholds.
  public private(set) var value = Policy()
  private var origins: [String: SettingOrigin] = [:]

  init() {}

  /// Where a threshold comes from, by its path in the policy: `alpha`, `breaker.audit_min`.
  public func origin(of path: String) -> SettingOrigin { origins[path] ?? .builtIn }

  /// All thresholds with their values and origins, in the order of the policy's keys; nested ones by path.
  public var lines: [EffectiveLine] {
    Shape<Policy>.object.show(value).leaves.map {
      EffectiveLine(path: $0.path, value: $0.value.line, origin: origin(of: $0.path))
    }
  }

  /// The canonical JSON (RFC 8785) of all thresholds, defaults included: equal policies have equal texts, wherever their
  /// values come from. Hash it to say under which policy something was found.
  ///
  /// Throws when a default of the policy is no finite number; what is read from a file always is.
  public var canonicalJSON: String {
    get throws(JSONValue.Unrepresentable) { try Shape<Policy>.object.show(value).json.canonical() }
  }

  /// Takes over what is written in a block. What is no threshold of the policy is left out: reading the project has
  /// refused it.
  mutating func apply(_ block: PolicyOverrides.Block?, section: String?) {
    guard let block else { return }
    let log = ReadingLog()
    let node = block.check == PolicyOverrides.shared ? Policy.shared(block.node) : block.node
    let reading = Reading(catalogue: PolicyCatalogue([]), log: log)
    guard let value = Policy.read(node, onto: value, reading) else { return }
    self.value = value
    for (path, location) in log.locations {
      // A list that is replaced takes the origins of its elements with it.
      origins = origins.filter { !$0.key.hasPrefix(path + "[") }
      origins[path] = .written(location, section: section)
    }
    for (path, location) in log.locations where path.contains("[") {
      origins[path] = .written(location, section: section)
    }
  }
}

extension CheckPolicy {
  /// Of `policies.default` the keys that this policy has too.
  static func shared(_ node: YAMLNode) -> YAMLNode {
    guard case .mapping(let entries) = node.content else { return node }
    let names = Set(keys.map(\.name))
    return YAMLNode(.mapping(entries.filter { names.contains($0.key) }), at: node.location)
  }
}

extension Project {
  /// The thresholds of a check for a subject: built-in defaults, then `policies.default`, then `policies.<check>`, then
  /// what the subject overrides, later ones winning.
  ///
  /// - Parameter subject: the `policies` of the subject, such as `suite.policies`; several in the order in which they win.
  public func policy<Policy: CheckPolicy>(
    _ type: Policy.Type, subject: [PolicyOverrides] = []
  ) -> EffectivePolicy<Policy> {
    var effective = EffectivePolicy<Policy>()
    effective.apply(policies.block(PolicyOverrides.shared), section: "policies.default")
    effective.apply(policies.block(Policy.check), section: nil)
    for overrides in subject {
      let block = overrides.block(Policy.check)
      effective.apply(block, section: block?.path.description)
    }
    return effective
  }
}
