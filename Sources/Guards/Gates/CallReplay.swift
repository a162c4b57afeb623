public import Records

/// What the guards in the path of calls have refused in a time, and what those that only watch would have:
/// `tally gate calls --replay 7d`.
public struct CallReplay: Sendable, Equatable {
  /// A call as far as guards said something of it in its span.
  public struct Note: Sendable {
    public let at: Instant
    public let feature: String
    /// `attributes` of the span.
    public let attributes: JSONObject
    /// `error_type` of the span.
    public let errorType: String?

    public init(at: Instant, feature: String, attributes: JSONObject, errorType: String?) {
      self.at = at
      self.feature = feature
      self.attributes = attributes
      self.errorType = errorType
    }
  }

  /// What one rule did.
  public struct Row: Sendable, Equatable {
    /// `budget keys`, `freeze feature:bot`, `tenant tokens`, `failure budget refunds`, `breaker`.
    public var rule: String
    /// Calls that passed because the rule only watched.
    public var observed = 0
    /// Calls that it refused.
    public var refused = 0
    /// Calls of either kind by feature.
    public var features: [String: Int] = [:]
    public var last: Instant

    /// The feature with most of them; of equals, the first by its bytes.
    public var mostly: String? {
      features.max { left, right in
        left.value == right.value
          ? right.key.utf8.lexicographicallyPrecedes(left.key.utf8) : left.value < right.value
      }?.key
    }
  }

  /// What break-glass keys passed of one rule.
  public struct BrokenRow: Sendable, Equatable {
    /// As that of `Row`.
    public let rule: String
    /// Calls that it would have refused.
    public var passed = 0
    /// Calls by key.
    public var keys: [String: Int] = [:]
    public var last: Instant
  }

  /// Half-open: [from, to).
  public let from: Instant
  public let to: Instant
  /// Calls that were recorded, refused or not.
  public let calls: Int64
  /// Calls of which at least one rule would have refused each, and calls that were.
  public private(set) var wouldRefuse = 0
  public private(set) var refused = 0
  /// The most frequent first.
  public var rows: [Row] {
    found.values.sorted { ($1.observed + $1.refused, $0.rule) < ($0.observed + $0.refused, $1.rule) }
  }
  /// Calls with a break-glass key, and those of them that passed something.
  public private(set) var glassCalls = 0
  public private(set) var glassPassed = 0
  /// What such calls passed; the most frequent first. None of them is in `rows` for it: nobody refused them, and nothing only watched.
  public var brokenRows: [BrokenRow] {
    broken.values.sorted { ($1.passed, $0.rule) < ($0.passed, $1.rule) }
  }
  private var found: [String: Row] = [:]
  private var broken: [String: BrokenRow] = [:]

  public init(from: Instant, to: Instant, calls: Int64) {
    self.from = from
    self.to = to
    self.calls = calls
  }

  /// Counts what guards said of a call. O(rules that did).
  public mutating func add(_ note: Note) {
    func words(_ key: String) -> [String] { (note.attributes[key]?.elements ?? []).compactMap(\.text) }
    var observed = Set(words("budgets_observed").map { "budget \($0)" })
    observed.formUnion(words("freezes_observed").map { "freeze \($0)" })
    observed.formUnion(words("tenants_observed").map { "tenant \($0)" })
    observed.formUnion(words("failure_budgets_observed").map { "failure budget \($0)" })
    let glass = note.attributes[CallReplay.glass].flatMap { BreakGlass($0) }
    if let glass { add(glass, note) }
    // It passed an open breaker: that only watches, or it would not have; unless its key broke the glass.
    let hasForced = glass?.passed.contains { $0.by == .breaker } ?? false
    if note.attributes["breaker"]?.text == "open", !hasForced { observed.insert("breaker") }
    for rule in observed { count(rule, note, \.observed) }
    if !observed.isEmpty { wouldRefuse += 1 }
    guard let rule = CallReplay.refusing(note) else { return }
    count(rule, note, \.refused)
    refused += 1
  }

  private mutating func add(_ glass: BreakGlass, _ note: Note) {
    glassCalls += 1
    if !glass.passed.isEmpty { glassPassed += 1 }
    for rule in Set(glass.passed.map(\.rule)) {
      var row = broken[rule] ?? BrokenRow(rule: rule, last: note.at)
      row.passed += 1
      row.keys[glass.key, default: 0] += 1
      row.last = max(row.last, note.at)
      broken[rule] = row
    }
  }

  private mutating func count(_ rule: String, _ note: Note, _ path: WritableKeyPath<Row, Int>) {
    var row = found[rule] ?? Row(rule: rule, last: note.at)
    row[keyPath: path] += 1
    row.features[note.feature, default: 0] += 1
    row.last = max(row.last, note.at)
    found[rule] = row
  }

  /// Where the spans of calls with a break-glass key say what they passed.
  public static let glass = "break_glass"

  /// Words that spans of refused calls bear as `error_type`.
  public static let refusals = [
    "budget_exceeded", "UNBOUNDED_CALL", "UNPRICED_MODEL", "budget_unavailable", "FROZEN", "TENANT_QUOTA", "NO_TENANT",
    "LEAK", "failure_budget_spent", "failure_budget_unavailable", "NEEDS_APPROVAL",
  ]

  /// Words that spans bear as `error_type` of calls of which nobody was asked.
  public static let neverAsked = Set(refusals).subtracting(["LEAK"]).union(["breaker_open", "too_busy", "drill"])

  /// The rule that refused a call; nil where none did.
  private static func refusing(_ note: Note) -> String? {
    guard let error = note.errorType, refusals.contains(error) else { return nil }
    if let budget = note.attributes["budget"]?.text { return "budget \(budget)" }
    if let budget = note.attributes["failure_budget"]?.text { return "failure budget \(budget)" }
    switch error {
    case "FROZEN": return "freeze"
    case "TENANT_QUOTA": return note.attributes["tenant_limit"]?.text.map { "tenant \($0)" } ?? "tenant"
    case "NO_TENANT": return "tenant NO_TENANT"
    case "LEAK": return "canary"
    // An agent's own action that waited for a person: no guard of calls.
    case "NEEDS_APPROVAL": return nil
    case "failure_budget_spent", "failure_budget_unavailable": return "failure budget"
    default: return "budget"
    }
  }
}
