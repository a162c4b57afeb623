/// What a call that was made with a break-glass key has passed of the guards that would have refused it.
///
/// In an emergency somebody must get through: past an exhausted budget, an open breaker, a freeze. That is what such a key is for, and
/// nothing of it happens unseen: the call's span says which guards it passed.
public struct BreakGlass: Sendable, Hashable {
  /// What stands in the way of calls.
  public enum Guard: String, Sendable, CaseIterable {
    case budget, breaker, drill, freeze, tenant
    case failureBudget = "failure_budget"

    /// As people read it.
    var word: String { self == .failureBudget ? "failure budget" : rawValue }
  }

  /// A guard that was passed.
  public struct Passed: Sendable, Hashable {
    public let by: Guard
    /// The code of the refusal that did not happen: `budget_exceeded`, `FROZEN`.
    public let code: String
    /// Which of its kind: a budget's name, `feature:bot`, `open/gpt-4o`.
    public let name: String

    public init(_ by: Guard, _ code: String, _ name: String) {
      self.by = by
      self.code = code
      self.name = name
    }

    /// As people read it: `budget keys`, `freeze feature:bot`.
    public var rule: String { "\(by.word) \(name)" }
  }

  /// The key's name.
  public let key: String
  /// In the order in which they were asked; empty where nothing stood in the way.
  public var passed: [Passed] = []

  public init(key: String) { self.key = key }

  /// Codes of what was passed, each once.
  public var codes: [String] {
    passed.reduce(into: []) { codes, next in if !codes.contains(next.code) { codes.append(next.code) } }
  }
}

extension BreakGlass {
  public var json: JSONObject {
    var object = JSONObject()
    object["key"] = .string(key)
    object["passed"] = .array(
      passed.map { passed in
        var object = JSONObject()
        object["code"] = .string(passed.code)
        object["guard"] = .string(passed.by.rawValue)
        object["name"] = .string(passed.name)
        return .object(object)
      })
    return object
  }

  /// - Returns: nil for what is none; of guards that this version does not know, nothing is said.
  public init?(_ value: JSONValue) {
    guard let key = value["key"]?.text else { return nil }
    self.init(key: key)
    passed = (value["passed"]?.elements ?? []).compactMap { passed in
      guard let word = passed["guard"]?.text.flatMap({ Guard(rawValue: $0) }), let code = passed["code"]?.text,
        let name = passed["name"]?.text
      else { return nil }
      return Passed(word, code, name)
    }
  }
}
