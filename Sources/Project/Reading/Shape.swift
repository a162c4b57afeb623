import Records

/// How values of one type are read from YAML, written again, and described to editors.
///
/// All settings are made of these: `.share`, `.optional(.text)`, `.list(of: .text)`, `.map(of: .object, named: "suite")`.
public struct Shape<Value: Sendable>: Sendable {
  /// Reads a node. The second argument is the value that is there already: mappings change the keys that they name and
  /// leave the others. Nil when the node was refused; why is in the log.
  let read: @Sendable (YAMLNode, Value?, Reading) -> Value?
  let show: @Sendable (Value) -> Setting
  let schema: @Sendable (PolicyCatalogue) -> JSONObject
  /// The keys inside of values of this shape, given the path of the value.
  let known: @Sendable (String, PolicyCatalogue) -> [KnownKey]

  init(
    read: @escaping @Sendable (YAMLNode, Value?, Reading) -> Value?, show: @escaping @Sendable (Value) -> Setting,
    schema: @escaping @Sendable (PolicyCatalogue) -> JSONObject,
    known: @escaping @Sendable (String, PolicyCatalogue) -> [KnownKey] = { _, _ in [] }
  ) {
    self.read = read
    self.show = show
    self.schema = schema
    self.known = known
  }

  /// A value that is one scalar of YAML.
  ///
  /// - Parameters:
  ///   - expected: what it must be, after "must be".
  ///   - example: a literal that is read.
  ///   - parse: from the text and whether it is without quotes; nil when it is no such value.
  init(
    expected: String, example: String, schema: JSONObject,
    parse: @escaping @Sendable (String, _ isPlain: Bool) -> Value?, show: @escaping @Sendable (Value) -> Setting
  ) {
    self.init(
      read: { node, _, reading in
        guard case .scalar(let text, let isPlain) = node.content, !node.isNull, let value = parse(text, isPlain) else {
          reading.refuse(node, expected: expected, example: example)
          return nil
        }
        return value
      },
      show: show, schema: { _ in schema })
  }
}

extension JSONObject {
  init(_ members: KeyValuePairs<String, JSONValue>) {
    self.init()
    for (key, value) in members { self[key] = value }
  }

  /// The schema that also accepts nothing.
  var orNull: JSONObject {
    var schema = self
    switch schema["type"] {
    case .string(let type)?: schema["type"] = [.string(type), "null"]
    case .array(let types)?: schema["type"] = .array(types.contains("null") ? types : types + ["null"])
    default: return JSONObject(["anyOf": [.object(self), ["type": "null"]]])
    }
    if case .array(let choices)? = schema["enum"] { schema["enum"] = .array(choices + [.null]) }
    return schema
  }
}
