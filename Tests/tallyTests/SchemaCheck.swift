import Foundation

/// The part of JSON Schema that our schemas use: types, required keys, properties, items, constants, choices and local
/// references. Keys that a schema does not know are faults here, so that a new key cannot go undocumented.
struct SchemaCheck {
  let root: JSON

  init(_ name: String) throws {
    root = try JSON(
      Data(contentsOf: Tally.root.appendingPathComponent("Documentation/schemas/\(name).json")))
  }

  /// Schemas inside another document.
  init(root: JSON) { self.root = root }

  /// What is wrong with a document that one of the schemas inside is about.
  func faults(_ document: JSON, _ schema: JSON) -> [String] { faults(document, schema, at: "$") }

  /// What is wrong with a document; empty when nothing is.
  func faults(_ document: JSON) -> [String] { faults(document, root, at: "$") }

  private func faults(_ value: JSON, _ schema: JSON, at place: String) -> [String] {
    if let reference = schema["$ref"].string {
      return faults(value, resolved(reference), at: place)
    }
    var found: [String] = []
    if case .object(let keys) = schema, let constant = keys["const"], constant != value {
      found.append("\(place) is not the constant")
    }
    if case .array(let choices) = schema["enum"], !choices.contains(value) {
      found.append("\(place) is no choice: \(value)")
    }
    for key in ["anyOf", "oneOf"] {
      if case .array(let choices) = schema[.key(key)],
        !choices.contains(where: { faults(value, $0, at: place).isEmpty })
      {
        found.append("\(place) fits no alternative: \(value)")
      }
    }
    let types = schema["type"].string.map { [$0] } ?? schema["type"].list.compactMap(\.string)
    if !types.isEmpty, !types.contains(where: { fits(value, $0) }) {
      found.append("\(place) is not \(types): \(value)")
    }
    if let least = schema["minimum"].number, let number = value.number, number < least {
      found.append("\(place) is below \(least)")
    }
    if let most = schema["maximum"].number, let number = value.number, number > most {
      found.append("\(place) is above \(most)")
    }
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        found += faults(element, schema["items"], at: "\(place)[\(index)]")
      }
    case .object(let members): found += faults(members: members, schema, at: place)
    default: break
    }
    return found
  }

  private func faults(members: [String: JSON], _ schema: JSON, at place: String) -> [String] {
    var found = schema["required"].list.compactMap(\.string).filter { members[$0] == nil }
      .map { "\(place) lacks \($0)" }
    guard case .object(let properties) = schema["properties"] else { return found }
    for (key, member) in members {
      if let property = properties[key] {
        found += faults(member, property, at: "\(place).\(key)")
      } else if schema["additionalProperties"].bool != true {
        found.append("\(place).\(key) is not in the schema")
      }
    }
    return found
  }

  private func resolved(_ reference: String) -> JSON {
    reference.split(separator: "/").dropFirst().reduce(root) { $0[.key(String($1))] }
  }

  private func fits(_ value: JSON, _ type: String) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("string", .string), ("array", .array),
      ("object", .object):
      true
    case ("integer", .number(let number)): number == number.rounded()
    default: false
    }
  }
}
