import Records

/// A type that is read from a mapping of `tally.yaml`.
///
/// Its keys are declared once; reading with positions, refusing unknown keys, defaults, the JSON Schema, printing and
/// where each value came from all follow from that declaration. `init()` is the value of an empty mapping.
public protocol Configurable: Sendable, Equatable {
  init()
  /// In the order in which they are printed and documented; names differ.
  static var keys: [Key<Self>] { get }
  /// What is wrong between the keys of a value, such as a warning limit above a failure limit; usually nothing.
  func faults() -> [Fault]
}

extension Configurable {
  public func faults() -> [Fault] { [] }
}

/// Something that is wrong between the keys of a value.
public struct Fault: Sendable, Equatable {
  /// A step from a setting to one inside of it.
  public enum Step: Sendable, Hashable {
    /// A key, or the id of an entry.
    case key(String)
    /// A place in a list, from 0.
    case element(Int)
  }

  /// The key that is pointed at when it is given, else the mapping is.
  public let key: String
  /// What inside of the key's value is at fault. As much of the way as is written is pointed at; nothing is the value itself.
  public let below: [Step]
  /// What is wrong, in lower case, without a full stop.
  public let problem: String
  /// What the user can do, as a whole sentence.
  public let remedy: String?

  /// A fault of a key.
  public init(key: String, below: [Step] = [], problem: String, remedy: String? = nil) {
    self.key = key
    self.below = below
    self.problem = problem
    self.remedy = remedy
  }
}

/// One key of a mapping: its name, its place in the Swift value, its shape, and one line of documentation.
public struct Key<Root: Sendable>: Sendable {
  /// As it is written in YAML: lower case, words joined by `_`.
  public let name: String
  /// One line for editors and manuals: what it decides, with its unit.
  public let documentation: String
  let isRequired: Bool
  let read: @Sendable (YAMLNode, inout Root, Reading) -> Void
  let show: @Sendable (Root) -> Setting
  let schema: @Sendable (Root, PolicyCatalogue) -> JSONObject
  let known: @Sendable (String, PolicyCatalogue) -> [KnownKey]

  /// A key whose value is stored at a key path.
  ///
  /// - Parameter required: whether a mapping without the key is refused; then `Root()` holds a placeholder.
  public init<Value>(
    _ name: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ shape: Shape<Value>,
    _ documentation: String, required: Bool = false
  ) {
    self.name = name
    self.documentation = documentation
    isRequired = required
    read = { node, root, reading in
      if let value = shape.read(node, root[keyPath: path], reading) {
        root[keyPath: path] = value
        reading.log.note(reading.path, at: node.location)
      }
    }
    show = { shape.show($0[keyPath: path]) }
    schema = { root, catalogue in
      var schema = shape.schema(catalogue)
      schema["description"] = .string(documentation)
      switch shape.show(root[keyPath: path]) {
      case .value(let value, _) where !required: schema["default"] = value
      case .list(let elements) where !required: schema["default"] = .array(elements.map(\.json))
      default: break
      }
      return schema
    }
    known = { section, catalogue in
      let inside = shape.known(section.isEmpty ? name : "\(section).\(name)", catalogue)
      return [KnownKey(name: name, section: section)] + inside
    }
  }

  /// A key that somebody else reads.
  init(reserved name: String, schema: JSONObject, _ documentation: String) {
    self.name = name
    self.documentation = documentation
    isRequired = false
    read = { _, _, _ in }
    show = { _ in .unset }
    self.schema = { _, _ in
      var schema = schema
      schema["description"] = .string(documentation)
      return schema
    }
    known = { section, _ in [KnownKey(name: name, section: section)] }
  }
}

extension Shape where Value: Configurable {
  /// A mapping with the keys of its type.
  public static var object: Shape {
    Shape(
      read: { node, current, reading in Value.read(node, onto: current ?? Value(), reading) },
      show: { value in .mapping(Value.keys.map { Setting.Member(key: $0.name, value: $0.show(value)) }) },
      schema: Value.schema,
      known: { path, catalogue in Value.keys.flatMap { $0.known(path, catalogue) } })
  }
}

extension Configurable {
  /// Reads the keys that a mapping gives onto a value. What could be read is in the result even if something could not.
  static func read(_ node: YAMLNode, onto value: Self, _ reading: Reading) -> Self? {
    var value = value
    let entries: [YAMLNode.Entry]
    switch node.content {
    case .mapping(let given): entries = given
    case .scalar where node.isNull: entries = []
    default:
      let keys = Self.keys.prefix(3).map { "\($0.name): …" }.joined(separator: ", ")
      reading.refuse(node, expected: "a mapping", example: "{\(keys)}")
      return nil
    }
    let errors = reading.log.errors.count
    for entry in entries {
      if let key = Self.keys.first(where: { $0.name == entry.key }) {
        key.read(entry.value, &value, reading.at(reading.path.key(entry.key)))
      } else {
        reading.refuse(unknown: entry, known: Self.keys.map(\.name))
      }
    }
    for key in Self.keys where key.isRequired && !entries.contains(where: { $0.key == key.name }) {
      reading.log.report(
        ProjectError(
          node.location, problem: "\(reading.path) lacks the key '\(key.name)'",
          remedy: "It says: \(key.documentation)."))
    }
    // Rules between keys are judged only where every key could be read.
    if reading.log.errors.count == errors {
      for fault in value.faults() {
        let given = entries.first { $0.key == fault.key }
        let location = given?.value.location(below: fault.below) ?? node.location
        let path = reading.path.description
        let problem = "\(path)\(path.isEmpty ? "" : ": ")\(fault.problem)"
        reading.log.report(ProjectError(location, problem: problem, remedy: fault.remedy))
      }
    }
    return value
  }

  @Sendable static func schema(_ catalogue: PolicyCatalogue) -> JSONObject {
    let root = Self()
    var properties = JSONObject()
    for key in keys { properties[key.name] = .object(key.schema(root, catalogue)) }
    let required = keys.filter(\.isRequired).map { JSONValue.string($0.name) }
    var schema = JSONObject([
      "type": required.isEmpty ? ["object", "null"] : "object", "additionalProperties": false,
      "properties": .object(properties),
    ])
    if !required.isEmpty { schema["required"] = .array(required) }
    return schema
  }
}
