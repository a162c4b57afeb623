public import Records

/// What names an intent: the same step of the same item, with the same tool and arguments, has one key, whoever asks, in
/// whatever order the arguments come, and however their texts and numbers are spelt. Whatever bears a key may take effect once.
///
/// SHA-256 of the JSON Canonicalization Scheme (RFC 8785) of `[run, item, step, tool, arguments]`, all texts and keys in
/// Unicode's normal form C.
public enum IntentKey {
  /// Arguments that differ from call to call and mean nothing.
  public static let usuallyVolatile = ["request_id", "timestamp", "now", "nonce", "trace_id"]

  /// Nil where the arguments have no canonical form, such as a number beyond what JSON can say. O(length).
  /// - Parameter volatile: top-level arguments that are left out.
  public static func digest(
    run: String, item: String, step: String, tool: String, arguments: JSONValue, volatile: Set<String>
  ) -> SHA256Digest? {
    let intent = JSONValue.array(
      [.string(run), .string(item), .string(step), .string(tool), stable(arguments, without: volatile)])
    return (try? normalised(intent).canonical()).map { SHA256Digest(of: $0) }
  }

  /// The arguments as every spelling of them gives; nil where they have no canonical form.
  public static func canonical(_ arguments: JSONValue, without volatile: Set<String>) -> String? {
    try? normalised(stable(arguments, without: volatile)).canonical()
  }

  private static func stable(_ arguments: JSONValue, without volatile: Set<String>) -> JSONValue {
    guard case .object(let object) = arguments else { return arguments }
    var kept = JSONObject()
    for member in object.members where !volatile.contains(member.key.identifier) { kept[member.key] = member.value }
    return .object(kept)
  }

  private static func normalised(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(text.identifier)
    case .array(let elements): return .array(elements.map(normalised))
    case .object(let object):
      var result = JSONObject()
      for member in object.members { result[member.key.identifier] = normalised(member.value) }
      return .object(result)
    case .null, .bool, .number, .integer: return value
    }
  }
}
