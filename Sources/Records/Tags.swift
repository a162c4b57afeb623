/// Open segmentation labels, string to string, in one canonical spelling: JSON with sorted keys.
///
/// Equal tags have equal text, so that a ledger stores each combination once.
public struct Tags: Sendable, Hashable {
  /// `{}` when there are none.
  public let canonical: String

  public init() {
    canonical = "{}"
  }

  /// - Parameter values: later values win where a key occurs twice.
  public init(_ values: [(String, String)]) {
    guard !values.isEmpty else {
      canonical = "{}"
      return
    }
    var object = JSONObject()
    for (key, value) in values { object[key] = .string(value) }
    // Only numbers can fail to have a canonical form, and there are none.
    canonical = (try? JSONValue.object(object).canonical()) ?? "{}"
  }

  public init(_ values: [String: String]) {
    self.init(values.map { ($0.key, $0.value) })
  }

  /// Text that `canonical` once gave.
  public init(canonical: String) {
    self.canonical = canonical
  }

  public var isEmpty: Bool { canonical == "{}" }

  /// Parses on each call: O(length). Empty if the text is no object of strings.
  public var values: [String: String] {
    guard !isEmpty, case .object(let object)? = try? JSONValue(parsing: canonical) else { return [:] }
    var values: [String: String] = [:]
    for member in object.members {
      if case .string(let text) = member.value { values[member.key] = text }
    }
    return values
  }
}
