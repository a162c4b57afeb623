@testable import Project
import Records

/// The part of JSON Schema that the schema of `tally.yaml` uses. A keyword that is not known here is a fault, so that
/// nothing in the schema goes unchecked.
struct SchemaCheck {
  let root: JSONValue

  /// What is wrong with a document; empty when nothing is.
  func faults(_ value: JSONValue) -> [String] { faults(value, root, at: "$") }

  private func faults(_ value: JSONValue, _ schema: JSONValue, at place: String) -> [String] {
    guard case .object(let keywords) = schema else { return ["\(place): no schema"] }
    return keywords.members.flatMap { faults(value, $0.key, $0.value, schema, at: place) }
  }

  private func faults(
    _ value: JSONValue, _ keyword: String, _ limit: JSONValue, _ schema: JSONValue, at place: String
  ) -> [String] {
    func fault(_ isFine: Bool) -> [String] { isFine ? [] : ["\(place): \(keyword) \(limit), found \(value)"] }
    switch keyword {
    case "$schema", "$defs", "title", "description", "default": return []
    case "additionalProperties":
      return members(value).filter { schema["properties"]?[$0.key] == nil }.flatMap { member in
        limit == false
          ? ["\(place).\(member.key) is not in the schema"] : faults(member.value, limit, at: "\(place).\(member.key)")
      }
    case "$ref": return faults(value, resolved(limit), at: place)
    case "type":
      // A type that is named twice makes a schema invalid.
      guard Set(list(limit)).count == list(limit).count else { return ["\(place): repeated types \(limit)"] }
      return fault(list(limit).contains { fits(value, $0) })
    case "enum": return fault(list(limit).contains(value))
    case "anyOf": return fault(list(limit).contains { faults(value, $0, at: place).isEmpty })
    case "minimum": return fault(compare(value, limit) { $0 >= $1 })
    case "maximum": return fault(compare(value, limit) { $0 <= $1 })
    case "exclusiveMinimum": return fault(compare(value, limit) { $0 > $1 })
    case "exclusiveMaximum": return fault(compare(value, limit) { $0 < $1 })
    case "minLength":
      return fault(text(value).map { compare(.integer(Int64($0.unicodeScalars.count)), limit, >=) } ?? true)
    case "pattern":
      guard let text = text(value), let pattern = self.text(limit) else { return [] }
      guard let regex = try? Regex(pattern) else { return ["\(place): bad pattern \(pattern)"] }
      return fault((try? regex.firstMatch(in: text)) != nil)
    case "items":
      guard case .array(let elements) = value else { return [] }
      return elements.enumerated().flatMap { faults($1, limit, at: "\(place)[\($0)]") }
    case "minItems":
      guard case .array(let elements) = value else { return [] }
      return fault(compare(.integer(Int64(elements.count)), limit, >=))
    case "minProperties": return fault(compare(.integer(Int64(members(value).count)), limit, >=) || !isObject(value))
    case "required": return isObject(value) ? fault(list(limit).allSatisfy { value[text($0) ?? ""] != nil }) : []
    case "propertyNames": return members(value).flatMap { faults(.string($0.key), limit, at: place) }
    case "properties":
      return members(value).flatMap { member in
        limit[member.key].map { faults(member.value, $0, at: "\(place).\(member.key)") } ?? []
      }
    default: return ["\(place): the keyword \(keyword) is not known"]
    }
  }

  private func compare(_ value: JSONValue, _ limit: JSONValue, _ holds: (Double, Double) -> Bool) -> Bool {
    guard let value = number(value), let limit = number(limit) else { return true }
    return holds(value, limit)
  }

  private func number(_ value: JSONValue) -> Double? {
    switch value {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  private func text(_ value: JSONValue) -> String? { if case .string(let text) = value { text } else { nil } }
  private func list(_ value: JSONValue) -> [JSONValue] {
    if case .array(let values) = value { values } else { [value] }
  }
  private func isObject(_ value: JSONValue) -> Bool { if case .object = value { true } else { false } }
  private func members(_ value: JSONValue) -> [JSONObject.Member] {
    if case .object(let object) = value { object.members } else { [] }
  }

  private func resolved(_ reference: JSONValue) -> JSONValue {
    (text(reference) ?? "").split(separator: "/").dropFirst().reduce(root) { $0[String($1)] ?? .null }
  }

  private func fits(_ value: JSONValue, _ type: JSONValue) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("number", .number), ("number", .integer), ("integer", .integer),
      ("string", .string), ("array", .array), ("object", .object):
      true
    default: false
    }
  }
}

extension YAMLNode {
  /// The document as an editor sees it: typed by the core schema of YAML 1.2.
  var json: JSONValue {
    switch content {
    case .sequence(let elements): return .array(elements.map(\.json))
    case .mapping(let entries):
      var object = JSONObject()
      for entry in entries { object[entry.key] = entry.value.json }
      return .object(object)
    case .scalar(let text, isPlain: false): return .string(text)
    case .scalar(let text, isPlain: true):
      if isNull { return .null }
      if ["true", "True", "TRUE"].contains(text) { return true }
      if ["false", "False", "FALSE"].contains(text) { return false }
      if text.wholeMatch(of: /[-+]?[0-9]+/) != nil, let value = Int64(text) { return .integer(value) }
      if text.wholeMatch(of: /[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/) != nil {
        let padded = text.hasPrefix(".") ? "0" + text : text
        if let value = Double(padded) { return .number(value) }
      }
      return .string(text)
    }
  }
}
