public import Records

/// What an incident must say before it may be closed or dismissed.
///
/// A field is missing when it is absent, blank, or a word for nothing: "n/a", "none", "unknown", "tbd". `bad_rate` must be x/n with
/// n ≥ 1, and `regression_item_id` an item that is in a suite. What the incident itself has a field for (`bad_x` and `bad_n`,
/// `cohort`, `regression_item_id`) need not be repeated in its closure. Who dismisses one must know its rate, and nothing else.
public enum IncidentClosure {
  /// With which whoever closes it too early is refused.
  public static let refusal = "INCIDENT_INCOMPLETE"

  public static let usualFields = [
    "prompt_sha256", "model_served", "route_slice", "judge_config", "index_state", "tool_schema_versions",
    "traffic_mix", "cohort", "bad_rate", "regression_item_id",
  ]

  static let rateField = "bad_rate"
  static let item = "regression_item_id"

  /// The fields that a state asks for; none while the incident is open.
  public static func required(_ fields: [String], of incident: IncidentRecord) -> [String] {
    switch incident.state {
    case "closed": fields
    case "dismissed": fields.filter { $0 == rateField }
    default: []
    }
  }

  /// Of some fields those that are missing, in their order.
  /// - Parameter isInSuite: whether a suite has an item of this id.
  public static func missing(
    _ fields: [String], of incident: IncidentRecord, isInSuite: (String) throws -> Bool
  ) rethrows -> [String] {
    let closure = incident.closure.flatMap { try? JSONValue(parsing: $0) }
    return try fields.filter { field in
      switch field {
      case rateField: return !isRate(closure?[rateField]) && !isRate(incident)
      case item:
        let named = [closure?[item]?.text, incident.regressionItemID].compactMap { $0 }.filter { !isNothing($0) }
        return try !named.contains(where: isInSuite)
      case "cohort":
        return isBlank(closure?[field]) && isBlank(incident.cohort.flatMap { try? JSONValue(parsing: $0) })
      default: return isBlank(closure?[field])
      }
    }
  }

  private static func isBlank(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null?: true
    case .string(let text)?: isNothing(text)
    case .array(let elements)?: elements.isEmpty
    case .object(let object)?: object.members.isEmpty
    case .bool?, .number?, .integer?: false
    }
  }

  private static func isNothing(_ text: String) -> Bool {
    let folded = trimmed(text).lowercased()
    return folded.isEmpty || ["n/a", "none", "unknown", "tbd"].contains(folded)
  }

  private static func trimmed(_ text: some StringProtocol) -> Substring {
    let start = text.drop { $0.isWhitespace }
    return Substring(start[..<(start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)])
  }

  /// Bad answers and all that were looked at, of "9/50"; nil where it is none.
  public static func rate(_ text: String) -> (bad: Int, total: Int)? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { trimmed($0) }
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let bad = Int(parts[0]), let total = Int(parts[1]), total >= 1, bad <= total
    else { return nil }
    return (bad, total)
  }

  private static func isRate(_ value: JSONValue?) -> Bool { value?.text.flatMap { rate($0) } != nil }

  private static func isRate(_ incident: IncidentRecord) -> Bool {
    guard let bad = incident.badCount, let total = incident.badTotal else { return false }
    return total >= 1 && bad <= total
  }
}
