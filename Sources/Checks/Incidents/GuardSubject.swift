import Guards
import Records
import Store

/// What a change of a guard of calls is about.
///
/// All guards change one surface, and what they change it to is a state ("open", "spent"): without its subject, the breakers of three
/// models read as one thing that happened three times.
enum GuardSubject: Equatable {
  /// `UPSTREAM/MODEL`, or `UPSTREAM` for all its models.
  case breaker(String)
  /// Of `feature:NAME` or `model:NAME`.
  case freeze(of: String)
  /// - Parameter end: when it would end by itself; nil where this is its end.
  case drill(String, keys: [String], end: Instant?)
  /// Of `feature:NAME` or `agent:NAME`.
  case failureBudget(String, of: String)

  private static let surface = "infrastructure"

  /// - Returns: nil where a change is no guard's.
  init?(_ change: ChangeRecord) {
    guard change.surface == GuardSubject.surface,
      let attributes = change.attributes.flatMap({ try? JSONValue(parsing: $0) })
    else { return nil }
    if let name = attributes["breaker"]?["name"]?.text {
      self = .breaker(name)
    } else if let name = attributes["freeze"]?["name"]?.text {
      self = .freeze(of: name)
    } else if let drill = attributes["drill"], let name = drill["name"]?.text {
      self = .drill(
        name, keys: (drill["keys"]?.elements ?? []).compactMap(\.text),
        end: drill["until"]?.text.flatMap { Instant($0) })
    } else if let facts = attributes["failure_budget"], let name = facts["budget"]?.text,
      let subject = facts["subject"]?.text
    {
      self = .failureBudget(name, of: subject)
    } else {
      return nil
    }
  }

  /// "breaker local/llama", "freeze of feature support".
  var words: String {
    switch self {
    case .breaker(let name): return "breaker \(name)"
    case .freeze(let subject): return "freeze of \(GuardSubject.plain(subject))"
    case .drill(let name, let keys, _):
      return "drill \(name) for \(keys.count == 1 ? "key" : "keys") \(NumberWords.list(keys))"
    case .failureBudget(let name, let subject): return "failure budget \(name) of \(GuardSubject.plain(subject))"
    }
  }

  /// Whether the change may have made answers of a feature worse: it is about no other feature, and a drill began that the feature's
  /// calls met. Spans do not say whose key they came with, but which drill they met.
  /// - Parameters:
  ///   - feature: nil is all of them.
  ///   - start: when it was changed.
  func mayHaveHarmed(_ feature: String?, from start: Instant, _ ledger: Snapshot) throws -> Bool {
    switch self {
    case .breaker: return true
    case .freeze(let subject), .failureBudget(_, let subject):
      guard let feature, case .feature(let other)? = CallFreeze.Subject(subject) else { return true }
      return other == feature
    case .drill(let name, _, let end):
      guard let end else { return false }
      var question = SpanQuestion(
        since: start, until: min(end, ledger.asOf), fields: SpanFields(), attributes: ["drill"])
      question.feature = feature
      question.attribute = ("drill", name)
      var isMet = false
      try ledger.forEachSpan(question) { span in
        guard !isMet, let attributes = span.attributes.flatMap({ try? JSONValue(parsing: $0) }) else { return }
        isMet = attributes["drill"]?.text == name
      }
      return isMet
    }
  }

  /// "feature support" of `feature:support`.
  private static func plain(_ subject: String) -> String {
    subject.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).joined(separator: " ")
  }
}
