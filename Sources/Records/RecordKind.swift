/// What a record states. The raw value is the kind's number in the ledger: it never changes and is never used again.
public enum RecordKind: Int64, Sendable, CaseIterable {
  /// One scored output in an evaluation.
  case trial = 1
  /// A judgement on a subject by a person, a model or code.
  case annotation = 2
  /// One immutable version of a thing, named by the sha256 of its bytes.
  case artifact = 3
  /// One operation of an AI system.
  case span = 4
  /// Something was changed.
  case change = 5
  /// What a check said.
  case finding = 6
  /// A person's decision to live with a finding for a while.
  case waiver = 7
  /// One line of what something cost.
  case charge = 8
  /// A piece of batch work, made from a manifest.
  case run = 9
  /// One unit of a run's manifest.
  case item = 10
  /// One try at an item.
  case attempt = 11
  /// Proof of one effect.
  case receipt = 12
  /// One event in the holding of a scarce resource.
  case lease = 13
  /// A sign of life.
  case heartbeat = 14
  /// One event of an episode in which a system failed at a rate.
  case incident = 15
  /// Why something is built as it is.
  case decision = 16
  /// What a span costs by some prices.
  case cost = 17

  /// The kind's word in files, SQL and messages.
  public var name: String {
    switch self {
    case .trial: "trial"
    case .annotation: "annotation"
    case .artifact: "artifact"
    case .span: "span"
    case .change: "change"
    case .finding: "finding"
    case .waiver: "waiver"
    case .charge: "charge"
    case .run: "run"
    case .item: "item"
    case .attempt: "attempt"
    case .receipt: "receipt"
    case .lease: "lease"
    case .heartbeat: "heartbeat"
    case .incident: "incident"
    case .decision: "decision"
    case .cost: "cost"
    }
  }

  public init?(name: String) {
    guard let kind = RecordKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
