public import Guards
public import Records

/// One thing that a target is told: that a finding began, changed, goes on or is over.
///
/// It waits in the spool as it is here, without anybody's secrets; the target's own form is made when it is sent.
public struct Notice: Sendable, Equatable {
  public enum Event: String, Sendable, CaseIterable {
    case open, change, remind, resolve
    /// Somebody tries whether it arrives.
    case test
  }

  /// The same whenever it is sent again.
  public internal(set) var id = ""
  public var event: Event
  /// Names the ledger.
  public var origin: String
  /// The schedule that ran.
  public var schedule: String
  public var check: String
  /// Empty for the check itself.
  public var subject: String
  /// What is told; of what is over, what was told last.
  public var condition: NoticeCondition
  /// What was told before, of a change.
  public var was: NoticeCondition?
  /// Why it is over.
  public var ending: NoticeState.Ending?
  public var sentence: String
  public var next = ""
  public var owner: String?
  public var waiver: Waiver?
  /// The finding's record.
  public var finding: String?
  public var at: Instant
  public var openedAt: Instant
  /// From when on the finding proves nothing any more.
  public var expiresAt: Instant?

  public init(
    _ event: Event, origin: String, schedule: String, check: String, subject: String, condition: NoticeCondition,
    sentence: String, at: Instant, openedAt: Instant
  ) {
    (self.event, self.origin, self.schedule, self.check, self.subject) = (event, origin, schedule, check, subject)
    (self.condition, self.sentence, self.at, self.openedAt) = (condition, sentence, at, openedAt)
    let text = "\(dedupKey)\n\(event.rawValue)\n\(at.nanoseconds)"
    id = String(SHA256Digest(of: text).description.prefix(32))
  }

  /// The same for all that is ever told of a check and a subject of a ledger.
  public var dedupKey: String {
    let parts: [JSONValue] = [.string(origin), .string(check), .string(subject)]
    // Texts always have a canonical form.
    let text = (try? JSONValue.array(parts).canonical()) ?? ""
    return "tally-" + SHA256Digest(of: text).description.prefix(40)
  }

  /// What shows more of it on a command line.
  public var command: String { check == Notice.runs ? "tally check" : "tally check \(check)" }

  /// What the failure of a run as a whole is told as: the subject is the schedule.
  public static let runs = "schedule"
}
