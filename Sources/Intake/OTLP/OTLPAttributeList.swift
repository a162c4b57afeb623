import Records

/// Attributes as OTLP/JSON writes them, for what is made into an export to be read as one.
enum OTLPAttributeList {
  /// The members of an object, each a key with its value.
  static func of(_ object: JSONObject) -> [JSONValue] {
    object.members.map { member in
      var attribute = JSONObject()
      attribute["key"] = .string(member.key)
      attribute["value"] = wire(member.value)
      return .object(attribute)
    }
  }

  private static func wire(_ value: JSONValue) -> JSONValue {
    var wire = JSONObject()
    switch value {
    case .null: break
    case .bool: wire["boolValue"] = value
    case .integer(let number): wire["intValue"] = .string(String(number))
    case .number: wire["doubleValue"] = value
    case .string: wire["stringValue"] = value
    case .array(let elements):
      var list = JSONObject()
      list["values"] = .array(elements.map(self.wire))
      wire["arrayValue"] = .object(list)
    case .object(let object):
      var map = JSONObject()
      map["values"] = .array(of(object))
      wire["kvlistValue"] = .object(map)
    }
    return .object(wire)
  }
}
