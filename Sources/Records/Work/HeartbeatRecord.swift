/// A worker's or a device's sign of life, with how far it has come.
public struct HeartbeatRecord: Sendable, Equatable {
  public var at = Instant(nanoseconds: 0)
  /// A marker that changes when something was done; a log line is none.
  public var progress: String?
  public var runID: String?
  public var itemID: String?
  public var attemptID: String?
  public var runtimeID: String?
  public var resource: String?
  public var phase: String?
  public var usedBytes: Int64?
  public var freeBytes: Int64?
  public var totalBytes: Int64?
  /// The device, by a hash that names nobody.
  public var deviceSHA256: String?
  public var ensemble: String?
  public var memoryBytes: Int64?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension HeartbeatRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .heartbeat }
  public var record: Record { .heartbeat(self) }

  public static let declaration: [RecordField<HeartbeatRecord>] = [
    RecordField("at", .time(\.at)),
    RecordField("progress", .identifierIfAny(\.progress)),
    RecordField("run_id", .identifierIfAny(\.runID)),
    RecordField("item_id", .identifierIfAny(\.itemID)),
    RecordField("attempt_id", .identifierIfAny(\.attemptID)),
    RecordField("runtime_id", .termIfAny(\.runtimeID)),
    RecordField("resource", .termIfAny(\.resource)),
    RecordField("phase", .termIfAny(\.phase)),
    RecordField("used_bytes", .count(\.usedBytes)),
    RecordField("free_bytes", .count(\.freeBytes)),
    RecordField("total_bytes", .count(\.totalBytes)),
    RecordField("device_sha256", .digestIfAny(\.deviceSHA256)),
    RecordField("ensemble", .termIfAny(\.ensemble)),
    RecordField("ram_bytes", .count(\.memoryBytes)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<HeartbeatRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
