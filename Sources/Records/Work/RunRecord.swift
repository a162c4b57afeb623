/// A piece of batch work, made from a manifest that no longer changes.
///
/// How it stands is derived from the receipts of its items; what the worker says about itself is a claim.
public struct RunRecord: Sendable, Equatable {
  public var runID = ""
  /// The run that this one goes on with after its manifest was changed.
  public var parentRunID: String?
  public var manifestSHA256 = ""
  /// What the worker says.
  public var statusClaimed: String?
  /// How often it should run, in seconds; nil for work that is not scheduled.
  public var periodSeconds: Double?
  public var runtimeID: String?
  public var runtimeFingerprint: String?
  public var configSHA256: String?
  /// When it was made, or closed where `attributes` say so.
  public var at = Instant(nanoseconds: 0)
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension RunRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .run }
  public var record: Record { .run(self) }

  public static let declaration: [RecordField<RunRecord>] = [
    RecordField("run_id", .identifier(\.runID)),
    RecordField("parent_run_id", .identifierIfAny(\.parentRunID)),
    RecordField("manifest_sha256", .digest(\.manifestSHA256)),
    RecordField("status_claimed", .choiceIfAny(\.statusClaimed, of: AttemptRecord.statuses)),
    RecordField("period_s", .duration(\.periodSeconds)),
    RecordField("runtime_id", .termIfAny(\.runtimeID)),
    RecordField("runtime_fingerprint", .digestIfAny(\.runtimeFingerprint)),
    RecordField("config_sha256", .digestIfAny(\.configSHA256)),
    RecordField("at", .stamp(\.at)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<RunRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
