internal import Records

/// Puts the events of a stream together into what would have been answered without streaming.
protocol StreamAssembly: Sendable {
  /// Takes one event, and says whether it holds a word of the answer.
  mutating func receive(_ event: JSONValue) -> Bool
  /// Whether the stream said that it is complete.
  var isComplete: Bool { get }
  /// What has been said so far; nil when nothing was.
  var reply: JSONObject? { get }
}

extension JSONObject {
  /// Members that something has that is put together: looking one up is O(n), and whoever answers chooses how many there are.
  private static let most = 128

  /// Sets a member; one more than there may be is left out.
  mutating func put(_ value: JSONValue, at key: String) {
    guard members.count < JSONObject.most || self[key] != nil else { return }
    self[key] = value
  }

  /// Appends to a text, which is made where there is none. O(text), however long the text has become.
  mutating func append(_ text: String, to key: String) {
    guard case .string(var whole)? = self[key] else { return put(.string(text), at: key) }
    // Nobody else may hold the text, or it would be copied.
    self[key] = .null
    whole += text
    self[key] = .string(whole)
  }

  /// Takes a value out, to be changed and set again without being copied.
  mutating func take(_ key: String) -> JSONValue? {
    guard let value = self[key] else { return nil }
    self[key] = .null
    return value
  }

  /// Members of another object replace those of the same keys.
  mutating func merge(_ other: JSONValue?) {
    guard case .object(let other)? = other else { return }
    for member in other.members where member.value != .null { put(member.value, at: member.key) }
  }
}

extension JSONValue {
  var members: JSONObject { if case .object(let object) = self { object } else { JSONObject() } }
}

/// Elements that come in parts, each part with the number of its element.
struct NumberedParts: Sendable {
  private var elements: [(number: Int64, object: JSONObject)] = []

  /// Elements that a stream may have: a number beyond is not believed.
  private static let most = 4_096

  var isEmpty: Bool { elements.isEmpty }

  /// Changes an element, which is made where it is not there.
  mutating func update(_ number: Int64, _ change: (inout JSONObject) -> Void) {
    if let place = elements.firstIndex(where: { $0.number == number }) {
      change(&elements[place].object)
    } else if elements.count < NumberedParts.most {
      var object = JSONObject()
      change(&object)
      elements.append((number, object))
    }
  }

  var numbers: [Int64] { elements.map(\.number) }

  /// In the order of their numbers.
  var list: [JSONValue] { elements.sorted { $0.number < $1.number }.map { .object($0.object) } }
}
