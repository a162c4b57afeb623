/// A record as a line of Tallystick's own format, `tally.records/1`: its kind and its fields, absent ones left out.
///
/// Reading the line gives an equal record. Money in other currencies than dollars has no field there.
public protocol NativeRecord {
  static var recordKind: RecordKind { get }

  /// The record among those of all kinds.
  var record: Record { get }

  /// The fields in the order in which people read them.
  var fields: JSONObject { get }
}

extension NativeRecord {
  /// The whole line as a value.
  public var json: JSONValue {
    var line = JSONObject()
    line["kind"] = .string(Self.recordKind.name)
    for member in fields.members { line[member.key] = member.value }
    return .object(line)
  }
}

/// Setting fields of a line; what is absent is not set.
extension JSONObject {
  mutating func set(_ key: String, _ value: String?) { self[key] = value.map(JSONValue.string) }
  mutating func set(_ key: String, _ value: Int64?) { self[key] = value.map(JSONValue.integer) }
  mutating func set(_ key: String, _ value: Double?) { self[key] = value.map(JSONValue.number) }
  mutating func set(_ key: String, _ value: Bool?) { self[key] = value.map(JSONValue.bool) }
  mutating func set(_ key: String, _ value: Instant?) { self[key] = value.map { .string($0.description) } }

  mutating func set(_ key: String, _ values: [String]) {
    if !values.isEmpty { self[key] = .array(values.map(JSONValue.string)) }
  }

  mutating func set(_ key: String, _ tags: Tags) {
    if !tags.isEmpty { set(key, canonical: tags.canonical) }
  }

  /// Canonical JSON, of which records hold some.
  mutating func set(_ key: String, canonical text: String?) {
    self[key] = text.flatMap { try? JSONValue(parsing: $0) }
  }

  /// A decimal text: an amount must not pass through a floating-point number.
  mutating func set(_ key: String, dollars money: Money?) {
    guard let money, money.currency == "USD" else { return }
    self[key] = .string(Money.decimal(money.units))
  }
}
