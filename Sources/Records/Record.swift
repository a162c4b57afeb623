/// A record of any kind: what readers make, deliveries carry and the ledger takes.
public enum Record: Sendable, Equatable {
  case trial(TrialRecord)
  case annotation(AnnotationRecord)
  case artifact(ArtifactRecord)
  case span(SpanRecord)
  case change(ChangeRecord)
  case charge(ChargeRecord)
  case run(RunRecord)
  case item(ItemRecord)
  case attempt(AttemptRecord)
  case receipt(ReceiptRecord)
  case lease(LeaseRecord)
  case heartbeat(HeartbeatRecord)
  case incident(IncidentRecord)
  case decision(DecisionRecord)
  case cost(CostRecord)
  case finding(Finding)
  case waiver(Waiver)

  public var kind: RecordKind {
    switch self {
    case .trial: .trial
    case .annotation: .annotation
    case .artifact: .artifact
    case .span: .span
    case .change: .change
    case .charge: .charge
    case .run: .run
    case .item: .item
    case .attempt: .attempt
    case .receipt: .receipt
    case .lease: .lease
    case .heartbeat: .heartbeat
    case .incident: .incident
    case .decision: .decision
    case .cost: .cost
    case .finding: .finding
    case .waiver: .waiver
    }
  }

  /// When what it states happened.
  public var time: Instant {
    switch self {
    case .trial(let record): record.at
    case .annotation(let record): record.at
    case .artifact(let record): record.at
    case .span(let record): record.startedAt
    case .change(let record): record.at
    case .charge(let record): record.time
    case .run(let record): record.time
    case .item(let record): record.time
    case .attempt(let record): record.time
    case .receipt(let record): record.time
    case .lease(let record): record.time
    case .heartbeat(let record): record.time
    case .incident(let record): record.time
    case .decision(let record): record.time
    case .cost(let record): record.time
    case .finding(let record): record.at
    case .waiver(let record): record.at
    }
  }

  /// The record in the form that `tally.records/1` has; nil for the kinds that the ledger's own checks make.
  public var native: (any NativeRecord)? {
    switch self {
    case .trial(let record): record
    case .annotation(let record): record
    case .artifact(let record): record
    case .span(let record): record
    case .change(let record): record
    case .charge(let record): record
    case .run(let record): record
    case .item(let record): record
    case .attempt(let record): record
    case .receipt(let record): record
    case .lease(let record): record
    case .heartbeat(let record): record
    case .incident(let record): record
    case .decision(let record): record
    case .cost(let record): record
    case .finding, .waiver: nil
    }
  }

  /// The record as an object, its kind first: a line of `tally.records/1` where there is one, and what a check said or
  /// somebody waived in the words in which they are printed.
  public var document: JSONObject {
    var document = JSONObject()
    document["kind"] = .string(kind.name)
    let whole: JSONValue? =
      switch self {
      case .finding(let finding): finding.json
      case .waiver(let waiver): waiver.json
      default: native.map { .object($0.fields) }
      }
    if case .object(let fields) = whole {
      for member in fields.members { document[member.key] = member.value }
    }
    return document
  }
}
