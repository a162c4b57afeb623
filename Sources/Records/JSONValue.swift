/// A JSON document as values, for small documents: schemas, policies, records that are hashed.
///
/// Reading result files is `Intake`'s, which does not build values. Numbers that were written without a fraction or an
/// exponent and fit 64 bits are `integer`; all others are `number`. `canonical()` renders both alike (RFC 8785).
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case integer(Int64)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Why a value has no JSON text, or no canonical one.
  public struct Unrepresentable: Error, Hashable, CustomStringConvertible {
    /// Such as `nan is no JSON number`.
    public let description: String
  }
}

/// The members of a JSON object, in the order in which they were added. A key is there once; looking one up is O(n).
public struct JSONObject: Sendable, Hashable {
  /// One key with its value.
  public struct Member: Sendable, Hashable {
    /// The key; unique in its object (up to Unicode's canonical equivalence, as Swift compares text).
    public let key: String
    /// The value.
    public var value: JSONValue
  }

  /// All members in order.
  public private(set) var members: [Member]

  /// An object without members.
  public init() {
    members = []
  }

  /// Members whose keys are known to differ from each other.
  init(unique members: [Member]) {
    self.members = members
  }

  /// The value of a key. Setting a new key appends it; setting nil removes it.
  public subscript(key: String) -> JSONValue? {
    get { members.first { $0.key == key }?.value }
    set {
      let place = members.firstIndex { $0.key == key }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(Member(key: key, value: value))
      case (nil, nil): break
      }
    }
  }
}

extension JSONValue {
  /// The value of a key of an object; nil when this is no object or has no such key.
  public subscript(key: String) -> JSONValue? {
    if case .object(let object) = self { object[key] } else { nil }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(nilLiteral: ()) { self = .null }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(integerLiteral value: Int64) { self = .integer(value) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(stringLiteral value: String) { self = .string(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// The last value of a key that is repeated stays.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
