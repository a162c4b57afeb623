internal import Records

/// One judgement of a value by a schema, which may take so many steps.
struct SchemaJudge {
  typealias Verdict = JSONSchema.Verdict

  private let root: JSONValue
  private var steps: Int
  private var depth = 0
  /// Whether the schema says that it is of a draft in which nothing beside `$ref` counts.
  private let isOld: Bool

  private static let old = ["draft-03", "draft-04", "draft-06", "draft-07"]

  /// Schemas within schemas that are followed.
  private static let deepest = 128

  init(_ root: JSONValue, steps: Int) {
    self.root = root
    self.steps = steps
    isOld = root["$schema"]?.text.map { text in SchemaJudge.old.contains { text.contains($0) } } ?? false
  }

  mutating func verdict(on value: JSONValue) -> Verdict {
    let verdict = judge(root, value, isRoot: true)
    // What was not found for want of steps may be there.
    return steps >= 0 ? verdict : .unknown
  }

  private mutating func spend(_ count: Int) -> Bool {
    steps -= count
    return steps >= 0
  }

  private mutating func judge(_ schema: JSONValue, _ value: JSONValue, isRoot: Bool = false) -> Verdict {
    guard spend(1), depth < SchemaJudge.deepest else { return .unknown }
    switch schema {
    case .bool(let allows): return Verdict(allows)
    case .object(let object):
      // References within it are about another document.
      guard isRoot || find("$id", in: object) == nil else { return .unknown }
      depth += 1
      defer { depth -= 1 }
      if isOld, let reference = find("$ref", in: object) { return judge(reference: reference, value) }
      var verdict = Verdict.holds
      for member in object.members {
        guard spend(1) else { return .unknown }
        verdict = verdict.and(judge(member, of: object, value))
        // OpenAPI's way to allow null is heeded by some.
        if verdict == .broken {
          return value == .null && find("nullable", in: object) == .bool(true) ? .unknown : .broken
        }
      }
      return verdict
    default: return .unknown
    }
  }

  private mutating func judge(_ member: JSONObject.Member, of schema: JSONObject, _ value: JSONValue) -> Verdict {
    let limit = member.value
    switch member.key {
    case "type": return judge(type: limit, value)
    case "enum": return judge(oneOf: limit, value)
    case "const": return equal(limit, value)
    case "allOf", "anyOf", "oneOf": return judge(combined: member, value)
    case "not": return judge(limit, value).negated
    case "if": return judge(condition: limit, schema, value)
    case "$ref": return judge(reference: limit, value)
    case "$dynamicRef", "$recursiveRef": return .unknown
    default: break
    }
    switch value {
    case .object(let object): return judge(member, of: schema, object)
    case .array(let elements): return judge(member, of: schema, elements)
    case .string(let text): return judge(member, text)
    case .number, .integer: return judge(member, number: value)
    case .null, .bool: return .holds
    }
  }

  // MARK: Any value

  private mutating func judge(type: JSONValue, _ value: JSONValue) -> Verdict {
    let names: [JSONValue]
    switch type {
    case .string: names = [type]
    case .array(let elements): names = elements
    default: return .unknown
    }
    guard spend(names.count / 8) else { return .unknown }
    var isKnown = true
    for name in names {
      switch name.text.flatMap({ SchemaJudge.isOfType($0, value) }) {
      case true?: return .holds
      case false?: break
      case nil: isKnown = false
      }
    }
    return isKnown ? .broken : .unknown
  }

  private static func isOfType(_ name: String, _ value: JSONValue) -> Bool? {
    switch (name, value) {
    case ("null", .null), ("boolean", .bool), ("object", .object), ("array", .array), ("string", .string),
      ("number", .number), ("number", .integer), ("integer", .integer):
      true
    case ("integer", .number(let number)): number.rounded() == number
    case ("null", _), ("boolean", _), ("object", _), ("array", _), ("string", _), ("number", _), ("integer", _): false
    default: nil
    }
  }

  private mutating func judge(oneOf values: JSONValue, _ value: JSONValue) -> Verdict {
    guard case .array(let values) = values else { return .unknown }
    var verdict = Verdict.broken
    for candidate in values {
      switch equal(candidate, value) {
      case .holds: return .holds
      case .unknown: verdict = .unknown
      case .broken: break
      }
    }
    return verdict
  }

  private mutating func judge(combined member: JSONObject.Member, _ value: JSONValue) -> Verdict {
    guard case .array(let schemas) = member.value, !schemas.isEmpty else { return .unknown }
    var kept = 0
    var unknown = 0
    for schema in schemas {
      let verdict = judge(schema, value)
      switch verdict {
      case .holds: kept += 1
      case .unknown: unknown += 1
      case .broken: if member.key == "allOf" { return .broken }
      }
      if kept > 0, member.key == "anyOf" { return .holds }
      if kept > 1, member.key == "oneOf" { return .broken }
    }
    if unknown > 0 { return .unknown }
    return member.key == "allOf" ? .holds : Verdict(kept > 0)
  }

  private mutating func judge(condition: JSONValue, _ schema: JSONObject, _ value: JSONValue) -> Verdict {
    func branch(_ key: String, _ judge: inout SchemaJudge) -> Verdict {
      judge.find(key, in: schema).map { judge.judge($0, value) } ?? .holds
    }
    switch judge(condition, value) {
    case .holds: return branch("then", &self)
    case .broken: return branch("else", &self)
    case .unknown:
      let (then, other) = (branch("then", &self), branch("else", &self))
      return then == other ? then : .unknown
    }
  }

  // MARK: References

  private mutating func judge(reference: JSONValue, _ value: JSONValue) -> Verdict {
    guard let text = reference.text, text.hasPrefix("#"), spend(1 + text.utf8.count / 16) else { return .unknown }
    if text == "#" { return judge(root, value, isRoot: true) }
    guard text.hasPrefix("#/"), let schema = target(text.dropFirst(2)) else { return .unknown }
    return judge(schema, value)
  }

  /// Nil where nothing is there, or it is part of another document.
  private mutating func target(_ pointer: Substring) -> JSONValue? {
    guard let pointer = SchemaJudge.unescaped(pointer) else { return nil }
    var place = root
    for (number, token) in pointer.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
      if number > 0, case .object(let object) = place, find("$id", in: object) != nil { return nil }
      let name = String(token).replacing("~1", with: "/").replacing("~0", with: "~")
      switch place {
      case .object(let object):
        guard let next = find(name, in: object) else { return nil }
        place = next
      case .array(let elements):
        guard let index = Int(name), "\(index)" == name, elements.indices.contains(index) else { return nil }
        place = elements[index]
      default: return nil
      }
    }
    return place
  }

  /// Without the escapes of URIs.
  private static func unescaped(_ text: Substring) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2)
      guard digits.count == 2, let code = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
      bytes.append(code)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  // MARK: Objects

  /// The value of a key, spelled just so: `JSONObject` takes two ways to write an accent for one. Nil also where the steps are used up.
  private mutating func find(_ key: String, in object: JSONObject) -> JSONValue? {
    guard spend(1 + object.members.count / 8) else { return nil }
    return object.members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  private mutating func judge(_ member: JSONObject.Member, of schema: JSONObject, _ object: JSONObject) -> Verdict {
    let limit = member.value
    switch member.key {
    case "properties":
      guard case .object(let properties) = limit else { return .unknown }
      var verdict = Verdict.holds
      for property in properties.members {
        if let value = find(property.key, in: object) { verdict = verdict.and(judge(property.value, value)) }
        if verdict == .broken { return .broken }
      }
      return steps >= 0 ? verdict : .unknown
    case "required":
      guard case .array(let names) = limit else { return .unknown }
      var isKnown = true
      for name in names {
        guard let name = name.text else {
          isKnown = false
          continue
        }
        if find(name, in: object) == nil { return steps >= 0 ? .broken : .unknown }
      }
      return isKnown ? .holds : .unknown
    case "additionalProperties": return judge(others: limit, schema, object)
    case "minProperties", "maxProperties": return judge(member, count: object.members.count)
    case "patternProperties":
      guard case .object(let patterns) = limit else { return .unknown }
      return patterns.members.isEmpty || object.members.isEmpty ? .holds : .unknown
    case "propertyNames", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedProperties":
      return .unknown
    default: return .holds
    }
  }

  private mutating func judge(others limit: JSONValue, _ schema: JSONObject, _ object: JSONObject) -> Verdict {
    let properties: JSONObject
    switch find("properties", in: schema) {
    case nil: properties = JSONObject()
    case .object(let declared)?: properties = declared
    default: return .unknown
    }
    let mayMatch = find("patternProperties", in: schema).map { $0 != .object(JSONObject()) } ?? false
    var verdict = Verdict.holds
    for member in object.members where find(member.key, in: properties) == nil {
      guard steps >= 0 else { return .unknown }
      let own = judge(limit, member.value)
      verdict = verdict.and(mayMatch && own == .broken ? .unknown : own)
      if verdict == .broken { return .broken }
    }
    return steps >= 0 ? verdict : .unknown
  }

  // MARK: Arrays

  private mutating func judge(_ member: JSONObject.Member, of schema: JSONObject, _ elements: [JSONValue]) -> Verdict {
    let limit = member.value
    var verdict = Verdict.holds
    switch member.key {
    case "items":
      // In older drafts a list says what `prefixItems` says now.
      if case .array = limit { return .unknown }
      for element in elements.dropFirst(find("prefixItems", in: schema)?.elements.count ?? 0) {
        verdict = verdict.and(judge(limit, element))
        if verdict == .broken { return .broken }
      }
      return verdict
    case "prefixItems":
      guard case .array(let schemas) = limit else { return .unknown }
      for (schema, element) in zip(schemas, elements) { verdict = verdict.and(judge(schema, element)) }
      return verdict
    case "minItems", "maxItems": return judge(member, count: elements.count)
    case "uniqueItems":
      guard let wants = limit.truth else { return .unknown }
      return wants ? areUnique(elements) : .holds
    case "contains", "unevaluatedItems", "additionalItems": return .unknown
    default: return .holds
    }
  }

  private mutating func areUnique(_ elements: [JSONValue]) -> Verdict {
    var verdict = Verdict.holds
    for place in elements.indices {
      for other in elements[..<place] {
        verdict = verdict.and(equal(other, elements[place]).negated)
        guard verdict != .broken, steps >= 0 else { return steps >= 0 ? verdict : .unknown }
      }
    }
    return verdict
  }

  // MARK: Texts and numbers

  private mutating func judge(_ member: JSONObject.Member, _ text: String) -> Verdict {
    switch member.key {
    case "minLength", "maxLength":
      guard spend(text.utf8.count / 64) else { return .unknown }
      return judge(member, count: text.unicodeScalars.count)
    case "pattern", "format", "contentEncoding", "contentMediaType", "contentSchema": return .unknown
    default: return .holds
    }
  }

  private func judge(_ member: JSONObject.Member, count: Int) -> Verdict {
    guard let limit = member.value.whole, limit >= 0 else { return .unknown }
    return Verdict(member.key.hasPrefix("min") ? count >= limit : count <= limit)
  }

  private func judge(_ member: JSONObject.Member, number: JSONValue) -> Verdict {
    let keys = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
    switch member.key {
    case "multipleOf": return SchemaNumber.divides(member.value, number)
    case "format": return .unknown
    case _ where keys.contains(member.key):
      guard let order = SchemaNumber.order(number, member.value) else { return .unknown }
      if order == 0 {
        guard member.key.hasPrefix("exclusive") else { return .holds }
        return SchemaNumber.isRough(number) || SchemaNumber.isRough(member.value) ? .unknown : .broken
      }
      return Verdict(member.key.lowercased().hasSuffix("minimum") ? order > 0 : order < 0)
    default: return .holds
    }
  }

  // MARK: Equality

  /// Whether two values are the same: numbers by their amount, objects whatever their order.
  private mutating func equal(_ left: JSONValue, _ right: JSONValue) -> Verdict {
    guard spend(1) else { return .unknown }
    switch (left, right) {
    case (.null, .null): return .holds
    case (.bool(let left), .bool(let right)): return Verdict(left == right)
    case (.string(let left), .string(let right)):
      guard left.utf8.count == right.utf8.count else { return .broken }
      guard spend(left.utf8.count / 64) else { return .unknown }
      return Verdict(left.utf8.elementsEqual(right.utf8))
    case (.array(let left), .array(let right)):
      guard left.count == right.count else { return .broken }
      var verdict = Verdict.holds
      for (left, right) in zip(left, right) {
        verdict = verdict.and(equal(left, right))
        if verdict == .broken { return .broken }
      }
      return verdict
    case (.object(let left), .object(let right)):
      guard left.members.count == right.members.count else { return .broken }
      var verdict = Verdict.holds
      for member in left.members {
        guard let other = find(member.key, in: right) else { return steps >= 0 ? .broken : .unknown }
        verdict = verdict.and(equal(member.value, other))
        if verdict == .broken { return .broken }
      }
      return verdict
    default:
      guard let order = SchemaNumber.order(left, right) else { return .broken }
      guard order == 0 else { return .broken }
      return SchemaNumber.isRough(left) || SchemaNumber.isRough(right) ? .unknown : .holds
    }
  }
}
