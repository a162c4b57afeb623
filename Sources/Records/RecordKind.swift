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
    }
  }

  public init?(name: String) {
    guard let kind = RecordKind.allCases.first(where: { $0.name == name }) else { return nil }
    self = kind
  }
}
