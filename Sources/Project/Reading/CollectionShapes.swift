import Records

extension Shape {
  /// A value or `~`, which stands for none.
  public static func optional<Wrapped>(_ shape: Shape<Wrapped>) -> Shape where Value == Wrapped? {
    Shape(
      read: { node, current, reading in
        if node.isNull { return .some(nil) }
        return shape.read(node, current ?? nil, reading).map(Optional.some)
      },
      show: { $0.map(shape.show) ?? .unset },
      schema: { shape.schema($0).orNull },
      known: shape.known)
  }

  /// A list. A list that is given replaces the one before.
  public static func list<Element: Sendable>(of element: Shape<Element>, atLeast least: Int = 0) -> Shape
  where Value == [Element] {
    Shape(
      read: { node, _, reading in
        guard case .sequence(let nodes) = node.content, nodes.count >= least else {
          reading.refuse(node, expected: least > 0 ? "a list of at least \(least)" : "a list", example: nil)
          return nil
        }
        var values: [Element] = []
        for (place, node) in nodes.enumerated() {
          guard let value = element.read(node, nil, reading.at(reading.path.element(place))) else { continue }
          values.append(value)
        }
        return values.count == nodes.count ? values : nil
      },
      show: { .list($0.map(element.show)) },
      schema: { catalogue in
        var schema = JSONObject(["type": "array", "items": .object(element.schema(catalogue))])
        if least > 0 { schema["minItems"] = .integer(Int64(least)) }
        return schema
      },
      known: element.known)
  }

  /// One value, or a list of several; nothing is none.
  public static func oneOrMore<Element: Sendable>(of element: Shape<Element>) -> Shape where Value == [Element] {
    let list = Shape.list(of: element)
    return Shape(
      read: { node, current, reading in
        if node.isNull { return [] }
        if case .sequence = node.content { return list.read(node, current, reading) }
        return element.read(node, nil, reading).map { [$0] }
      },
      show: { $0.isEmpty ? .unset : $0.count == 1 ? element.show($0[0]) : list.show($0) },
      schema: { catalogue in
        let schemas: [JSONValue] = [
          .object(element.schema(catalogue)), .object(list.schema(catalogue)), ["type": "null"],
        ]
        return JSONObject(["anyOf": .array(schemas)])
      },
      known: element.known)
  }

  /// A mapping from ids to values. Ids that are given change the value that is there, and leave the others.
  ///
  /// - Parameter name: what the ids name, for messages: `suites.<suite>`.
  public static func map<Element: Sendable & Equatable>(of element: Shape<Element>, named name: String) -> Shape
  where Value == NamedEntries<Element> {
    Shape(
      read: { node, current, reading in
        var values = current ?? NamedEntries()
        if node.isNull { return values }
        guard case .mapping(let entries) = node.content else {
          reading.refuse(node, expected: "a mapping from the id of each \(name)", example: nil)
          return nil
        }
        for entry in entries {
          guard Shape<String>.isID(entry, name, reading) else { continue }
          let path = reading.path.key(entry.key)
          reading.log.note(path, at: entry.location)
          if let value = element.read(entry.value, values[entry.key], reading.at(path)) {
            values.set(entry.key, to: value)
          }
        }
        return values
      },
      show: { .mapping($0.map { Setting.Member(key: $0.id, value: element.show($0.value)) }) },
      schema: { catalogue in
        JSONObject([
          "type": ["object", "null"], "propertyNames": ["minLength": 1],
          "additionalProperties": .object(element.schema(catalogue)),
        ])
      },
      known: { path, catalogue in element.known("\(path).<\(name)>", catalogue) })
  }

  /// Tags and the values that they must have: `{intent: refund, channel: email}`.
  public static func tags(atLeast least: Int = 0) -> Shape where Value == NamedEntries<String> {
    let tags = map(of: Shape<String>.text, named: "tag")
    return Shape(
      read: { node, _, reading in
        // Tags that are given replace the ones before: together they are one condition.
        guard let values = tags.read(node, nil, reading) else { return nil }
        if values.count >= least { return values }
        // A mapping whose tags were refused has said so already.
        if node.isNull || node.height == 0 {
          reading.refuse(node, expected: "tags with their values", example: "{intent: refund}")
        }
        return nil
      },
      show: tags.show,
      schema: { catalogue in
        var schema = tags.schema(catalogue)
        if least > 0 {
          schema["type"] = "object"
          schema["minProperties"] = .integer(Int64(least))
        }
        return schema
      })
  }
}

extension Shape<String> {
  static func isID(_ entry: YAMLNode.Entry, _ name: String, _ reading: Reading) -> Bool {
    let isNamed = !entry.key.isEmpty && !entry.key.unicodeScalars.contains { $0.properties.generalCategory == .control }
    if !isNamed {
      reading.log.report(
        ProjectError(
          entry.location,
          problem: "the id of a \(name) must be text without control characters, found \(quoted(entry.key))"))
    }
    return isNamed
  }
}
