import Project
import Records

/// Who answers for a line of a bill, and whether they can.
struct OwnerDirectory {
  /// Why nobody answers, in the order in which it is asked.
  enum Flaw: String, CaseIterable {
    case noOwner = "NO_OWNER"
    case placeholder = "PLACEHOLDER"
    case notInDirectory = "NOT_IN_DIRECTORY"
    case inactive = "INACTIVE"
    case attestationExpired = "ATTESTATION_EXPIRED"
  }

  struct Answer: Equatable {
    /// As it is written; nil where nothing names one.
    var owner: String?
    /// Nil: a living owner.
    var flaw: Flaw?
    /// Since when the flaw is there, where the directory says so.
    var since: Instant?
  }

  private struct Entry {
    var flaw: Flaw?
    var since: Instant?
  }

  private let ownerTags: [String]
  private let placeholders: Set<String>
  private let entries: [String: Entry]
  private let accounts: [String: String]

  /// - Parameter asOf: "now".
  init(_ project: Project, _ policy: CloudOwnership.Policy, asOf: Instant) {
    ownerTags = policy.ownerTags.map(\.identifier)
    placeholders = Set(policy.placeholders.map(OwnerDirectory.folded))
    var entries: [String: Entry] = [:]
    func add(_ id: String, isActive: Bool, until: Instant?, attestedAt: Instant?) {
      let name = OwnerDirectory.folded(id)
      let gone = until.flatMap { $0 <= asOf ? $0 : nil }
      var entry = Entry()
      if !isActive || gone != nil {
        entry = Entry(flaw: .inactive, since: gone)
      } else if let at = attestedAt, at <= asOf {
        if at.days(to: asOf).isAbove(Double(policy.attestDays)) {
          entry = Entry(flaw: .attestationExpired, since: at.adding(days: Int64(policy.attestDays)))
        }
      } else {
        // Never confirmed: a date that is still to come confirms nothing.
        entry = Entry(flaw: .attestationExpired)
      }
      // A name that two entries share is owned if one of them lives.
      if let known = entries[name], known.flaw == nil { return }
      entries[name] = entry
    }
    for person in project.people {
      add(person.id, isActive: person.value.isActive, until: person.value.until, attestedAt: person.value.attestedAt)
    }
    for team in project.teams {
      add(team.id, isActive: team.value.isActive, until: nil, attestedAt: team.value.attestedAt)
    }
    self.entries = entries
    accounts = Dictionary(
      project.accounts.map { ($0.id, $0.value.owner ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  var isEmpty: Bool { entries.isEmpty }

  /// In normal form C, without white space around it, without case: `upper` then `lower`, which also makes one of `ß` and
  /// `SS`, and of the two small sigmas.
  static func folded(_ text: String) -> String {
    let trimmed = text.identifier.drop { $0.isWhitespace }
    guard let last = trimmed.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return trimmed[...last].uppercased().lowercased().identifier
  }

  /// The first text that is not empty decides: the line's own, then the tags in their order, then the account's. A wrong
  /// one is not rescued by a later one.
  func answer(owner: String?, tags: Tags, account: String) -> Answer {
    let values = ownerTags.isEmpty || tags.isEmpty ? [:] : tags.values
    let candidates = [owner] + ownerTags.map { values[$0] } + [accounts[account]]
    for case let text? in candidates {
      let name = OwnerDirectory.folded(text)
      guard !name.isEmpty else { continue }
      if placeholders.contains(name) { return Answer(owner: text, flaw: .placeholder) }
      guard let entry = entries[name] else { return Answer(owner: text, flaw: .notInDirectory) }
      return Answer(owner: text, flaw: entry.flaw, since: entry.since)
    }
    return Answer(flaw: .noOwner)
  }
}
