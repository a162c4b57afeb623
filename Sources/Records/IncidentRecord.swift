/// One event of an episode in which a system failed at a rate: it was opened, triaged, closed or dismissed.
///
/// Of an incident's events the newest says how it stands.
public struct IncidentRecord: Sendable, Equatable {
  public static let states: Set<String> = ["open", "triaged", "closed", "dismissed"]
  public static let severities: Set<String> = ["SEV1", "SEV2", "SEV3", "SEV4"]

  public var incidentID = ""
  /// What made it known.
  public var signal: String?
  public var feature = ""
  public var tenant: String?
  public var owner: String?
  public var state = ""
  public var severity: String?
  /// 1 to 4.
  public var harm: Int64?
  public var affectedShare: Double?
  public var isIrreversible: Bool?
  public var onsetAt: Instant?
  public var openedAt: Instant?
  public var closedAt: Instant?
  /// The part of the system that had changed.
  public var surfaceFound: String?
  public var changeID: String?
  /// Bad answers among `badTotal`.
  public var badCount: Int64?
  public var badTotal: Int64?
  /// Who was met: canonical JSON of an object.
  public var cohort: String?
  /// The case that now stands in a suite because of it.
  public var regressionItemID: String?
  /// What the system was when it was closed: canonical JSON of an object.
  public var closure: String?
  public var at = Instant(nanoseconds: 0)
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension IncidentRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .incident }
  public var record: Record { .incident(self) }

  public static let declaration: [RecordField<IncidentRecord>] = [
    RecordField("incident_id", .identifier(\.incidentID)),
    RecordField("signal", .termIfAny(\.signal)),
    RecordField("feature", .term(\.feature)),
    RecordField("tenant", .termIfAny(\.tenant)),
    RecordField("owner", .termIfAny(\.owner)),
    RecordField("state", .choice(\.state, of: IncidentRecord.states)),
    RecordField("severity", .choiceIfAny(\.severity, of: IncidentRecord.severities)),
    RecordField("harm", .count(\.harm)),
    RecordField("affected_share", .share(\.affectedShare)),
    RecordField("irreversible", .flag(\.isIrreversible)),
    RecordField("onset_at", .timeIfAny(\.onsetAt)),
    RecordField("opened_at", .timeIfAny(\.openedAt)),
    RecordField("closed_at", .timeIfAny(\.closedAt)),
    RecordField("surface_found", .choiceIfAny(\.surfaceFound, of: ChangeRecord.surfaces)),
    RecordField("change_id", .identifierIfAny(\.changeID)),
    RecordField("bad_x", .count(\.badCount)),
    RecordField("bad_n", .count(\.badTotal)),
    RecordField("cohort", .object(\.cohort)),
    RecordField("regression_item_id", .identifierIfAny(\.regressionItemID)),
    RecordField("closure", .object(\.closure)),
    RecordField("at", .time(\.at)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<IncidentRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
