/// One try of a worker at an item or a step of it, and what the worker says came of it.
public struct AttemptRecord: Sendable, Equatable {
  public static let statuses: Set<String> = ["running", "succeeded", "degraded", "failed", "blocked", "cancelled"]

  public var attemptID = ""
  /// Of the item, where items of several runs bear the same id.
  public var runID: String?
  public var itemID = ""
  public var stepID: String?
  public var claimedAt = Instant(nanoseconds: 0)
  /// Of the last report; nil before any.
  public var statusClaimed: String?
  /// Canonical JSON of a list of {name, t0, t1, cold, synced}.
  public var phases: String?
  public var routeRequested: String?
  public var routeExecuted: String?
  public var configSHA256Requested: String?
  public var configSHA256Executed: String?
  /// The annotation in which a person chose another route.
  public var choiceReference: String?
  public var leaseID: String?
  /// Grows with every lease of the resource: what comes under an older one is late.
  public var fence: Int64?
  public var runtimeID: String?
  public var runtimeFingerprint: String?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension AttemptRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .attempt }
  public var record: Record { .attempt(self) }

  public static let declaration: [RecordField<AttemptRecord>] = [
    RecordField("attempt_id", .identifier(\.attemptID)),
    RecordField("run_id", .identifierIfAny(\.runID)),
    RecordField("item_id", .identifier(\.itemID)),
    RecordField("step_id", .termIfAny(\.stepID)),
    RecordField("claimed_at", .time(\.claimedAt)),
    RecordField("status_claimed", .choiceIfAny(\.statusClaimed, of: AttemptRecord.statuses)),
    RecordField("phases", .list(\.phases)),
    RecordField("route_requested", .termIfAny(\.routeRequested)),
    RecordField("route_executed", .termIfAny(\.routeExecuted)),
    RecordField("config_sha256_requested", .digestIfAny(\.configSHA256Requested)),
    RecordField("config_sha256_executed", .digestIfAny(\.configSHA256Executed)),
    RecordField("choice_ref", .identifierIfAny(\.choiceReference)),
    RecordField("lease_id", .identifierIfAny(\.leaseID)),
    RecordField("fence", .count(\.fence)),
    RecordField("runtime_id", .termIfAny(\.runtimeID)),
    RecordField("runtime_fingerprint", .digestIfAny(\.runtimeFingerprint)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<AttemptRecord>.Path<Instant>) {
    ("claimed_at", \.claimedAt)
  }
}
