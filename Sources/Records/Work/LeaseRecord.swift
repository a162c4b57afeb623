/// One event in the holding of a scarce resource, such as a GPU's memory or a reviewer's time.
///
/// The resource is held over [granted, released).
public struct LeaseRecord: Sendable, Equatable {
  public static let weights: Set<String> = ["heavy", "light"]
  public static let states: Set<String> = [
    "requested", "waiting", "granted", "draining", "release_unverified", "released", "expired",
  ]

  public var leaseID = ""
  public var resource = ""
  /// Heavy leases exclude each other.
  public var weight: String?
  public var holder: String?
  public var runID: String?
  public var itemID: String?
  public var units: Double?
  public var estimatedBytes: Int64?
  public var state = ""
  public var at = Instant(nanoseconds: 0)
  /// After so many seconds without a sign of life the lease has expired.
  public var timeToLiveSeconds: Double?
  public var fence: Int64?
  public var isPreemptible: Bool?
  /// Measured at the event.
  public var usedBytes: Int64?
  public var totalBytes: Int64?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension LeaseRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .lease }
  public var record: Record { .lease(self) }

  public static let declaration: [RecordField<LeaseRecord>] = [
    RecordField("lease_id", .identifier(\.leaseID)),
    RecordField("resource", .term(\.resource)),
    RecordField("class", .choiceIfAny(\.weight, of: LeaseRecord.weights)),
    RecordField("holder", .termIfAny(\.holder)),
    RecordField("run_id", .identifierIfAny(\.runID)),
    RecordField("item_id", .identifierIfAny(\.itemID)),
    RecordField("units", .real(\.units)),
    RecordField("est_bytes", .count(\.estimatedBytes)),
    RecordField("state", .choice(\.state, of: LeaseRecord.states)),
    RecordField("at", .time(\.at)),
    RecordField("ttl_s", .duration(\.timeToLiveSeconds)),
    RecordField("fence", .count(\.fence)),
    RecordField("preemptible", .flag(\.isPreemptible)),
    RecordField("used_bytes", .count(\.usedBytes)),
    RecordField("total_bytes", .count(\.totalBytes)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<LeaseRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
