import Records

/// Thresholds as they are written in one place: the `policies` of the file or of a subject, still by check.
///
/// They become values when a check asks for its policy; reading the project has shown already that they will.
public struct PolicyOverrides: Sendable, Equatable {
  /// The thresholds of one check, or of `default`.
  struct Block: Sendable, Equatable {
    let check: String
    /// Such as `suites.triage.policies.eval-power`.
    let path: SettingPath
    let node: YAMLNode

    /// Whether two blocks say the same, for whatever subject.
    static func == (left: Block, right: Block) -> Bool { left.check == right.check && left.node == right.node }
  }

  let blocks: [Block]

  /// No thresholds.
  public init() {
    blocks = []
  }

  init(blocks: [Block]) {
    self.blocks = blocks
  }

  /// The ids of the checks that something is written for.
  public var checks: [String] { blocks.map(\.check).filter { $0 != PolicyOverrides.shared } }

  /// The block whose keys all checks take over.
  static let shared = "default"

  func block(_ check: String) -> Block? {
    blocks.first { $0.check == check }
  }
}

extension Shape where Value == PolicyOverrides {
  /// Thresholds by check. Here only the checks' names are judged; the thresholds are when all places are read.
  static func policies(withDefault: Bool) -> Shape {
    Shape(
      read: { node, _, reading in
        if node.isNull { return PolicyOverrides() }
        guard case .mapping(let entries) = node.content else {
          reading.refuse(node, expected: "a mapping from checks to their thresholds", example: nil)
          return nil
        }
        let known = (withDefault ? [PolicyOverrides.shared] : []) + reading.catalogue.checks
        var blocks: [PolicyOverrides.Block] = []
        for entry in entries {
          let path = reading.path.key(entry.key)
          if known.contains(entry.key) {
            blocks.append(PolicyOverrides.Block(check: entry.key, path: path, node: entry.value))
          } else {
            reading.log.report(unknownCheck(entry, known, reading))
          }
        }
        return PolicyOverrides(blocks: blocks)
      },
      show: { overrides in
        .mapping(overrides.blocks.map { Setting.Member(key: $0.check, value: Setting(written: $0.node)) })
      },
      schema: { catalogue in
        var properties = JSONObject()
        if withDefault { properties[PolicyOverrides.shared] = .object(DefaultPolicy.schema(catalogue)) }
        for check in catalogue.checks { properties[check] = ["$ref": .string("#/$defs/\(check)")] }
        return JSONObject([
          "type": ["object", "null"], "additionalProperties": false, "properties": .object(properties),
        ])
      },
      known: { path, catalogue in
        // Subjects repeat the keys of the file's own block, which is the place to name.
        guard withDefault else { return [] }
        return DefaultPolicy.keys.map { KnownKey(name: $0.name, section: "\(path).\(PolicyOverrides.shared)") }
          + catalogue.types.flatMap { knownKeys(of: $0, "\(path).\($0.check)", catalogue) }
      })
  }

  private static func knownKeys<Policy: CheckPolicy>(
    of type: Policy.Type, _ path: String, _ catalogue: PolicyCatalogue
  ) -> [KnownKey] {
    type.keys.flatMap { $0.known(path, catalogue) }
  }

  private static func unknownCheck(_ entry: YAMLNode.Entry, _ known: [String], _ reading: Reading) -> ProjectError {
    let remedy: String
    if let nearest = Spelling.nearest(to: entry.key, in: known) {
      remedy = "Did you mean '\(nearest)'?"
    } else if DefaultPolicy.keys.contains(where: { $0.name == entry.key }) {
      remedy = "Thresholds stand below the check they are for; '\(entry.key)' belongs in policies.default."
    } else {
      remedy = "Known checks: \(reading.catalogue.checks.joined(separator: ", "))."
    }
    return ProjectError(
      entry.location, problem: "unknown check \(quoted(entry.key)) in \(reading.path)", remedy: remedy)
  }
}

extension Setting {
  /// What a node says, untyped: as it is written.
  init(written node: YAMLNode) {
    switch node.content {
    case .scalar where node.isNull: self = .value(.null, literal: "~")
    case .scalar(let text, isPlain: true): self = .value(.string(text), literal: text)
    case .scalar(let text, isPlain: false): self = .value(.string(text), literal: YAMLText.quoted(text))
    case .sequence(let elements): self = .list(elements.map(Setting.init(written:)))
    case .mapping(let entries):
      self = .mapping(entries.map { Member(key: $0.key, value: Setting(written: $0.value)) })
    }
  }
}
