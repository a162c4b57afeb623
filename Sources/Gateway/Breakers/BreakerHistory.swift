internal import Guards
public import Records
public import Store

/// How breakers last changed by themselves, as servers wrote it down (`BreakerJournal`).
public enum BreakerHistory {
  /// The last change of one breaker.
  public struct Entry: Sendable, Equatable {
    public let name: String
    /// `closed`, `open` or `half_open`.
    public let state: String
    public let at: Instant
    public let reason: String?

    /// What is said of it to whoever may see it.
    public var json: JSONObject {
      var object = JSONObject()
      object["name"] = .string(name)
      object["state"] = .string(state)
      object["at"] = .string(at.description)
      object["reason"] = reason.map(JSONValue.string)
      return object
    }
  }

  /// Changes that are looked at, the newest ones.
  private static let most = 2_000

  /// The last change of each breaker among the newest changes, by name. Several servers of a ledger have breakers of their own: it is
  /// the change of whichever wrote last.
  public static func last(_ snapshot: Snapshot) throws -> [Entry] {
    var seen: Set<String> = []
    var entries: [Entry] = []
    try GuardChange.newest(of: snapshot, atOnce: most) { changes in
      for change in changes {
        guard let state = change.to, let name = GuardChange.facts(BreakerJournal.subject, of: change)?["name"]?.text,
          seen.insert(name).inserted
        else { continue }
        entries.append(Entry(name: name, state: state, at: change.at, reason: change.reason))
      }
      return true
    }
    return entries.sorted { $0.name < $1.name }
  }
}
