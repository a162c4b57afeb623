internal import Records
internal import Store

/// What a guard of this server changed by itself, as a record of kind `change`.
struct GuardChange {
  static let surface = "infrastructure"
  static let actor = "tally serve"

  let from: String
  let to: String
  let reason: String?
  let at: Instant
  /// What changed, as `attributes` names it, and how it stands.
  let subject: (name: String, facts: JSONObject)

  var record: ChangeRecord {
    var change = ChangeRecord(surface: GuardChange.surface, actor: GuardChange.actor, at: at)
    (change.from, change.to, change.reason) = (from, to, reason)
    var attributes = JSONObject()
    attributes[subject.name] = .object(subject.facts)
    change.attributes = try? JSONValue.object(attributes).canonical()
    return change
  }

  /// The newest changes first, until a page of them is enough.
  /// - Parameters:
  ///   - size: changes of a page.
  ///   - isEnough: is given the changes of a page; those that are no guard's are not among them.
  static func newest(
    of snapshot: Snapshot, atOnce size: Int, until isEnough: ([ChangeRecord]) throws -> Bool
  ) throws {
    var question = PageQuestion(.change)
    question.matches = [("surface", surface), ("actor", actor)]
    question.limit = size
    repeat {
      let page = try snapshot.page(question)
      let changes = page.records.compactMap { entry -> ChangeRecord? in
        guard case .change(let change) = entry.record else { return nil }
        return change
      }
      guard try !isEnough(changes) else { return }
      question.before = page.next
    } while question.before != nil
  }

  /// What a change says of its subject; nil where it is about something else.
  static func facts(_ name: String, of change: ChangeRecord) -> JSONValue? {
    change.attributes.flatMap { try? JSONValue(parsing: $0) }?[name]
  }
}
