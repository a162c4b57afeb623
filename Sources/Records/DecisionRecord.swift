/// Why something is built as it is: what was asked, what was chosen, and when to ask again.
public struct DecisionRecord: Sendable, Equatable {
  public var decisionID = ""
  public var question = ""
  public var choice = ""
  /// Canonical JSON of a list of {option, why_not}.
  public var alternatives: String?
  public var constraints: [String] = []
  public var evidenceReferences: [String] = []
  public var revisitWhen: String?
  public var madeBy: String?
  public var owner: String?
  public var paths: [String] = []
  public var components: [String] = []
  public var supersedes: [String] = []
  /// Mined, or written down afterwards.
  public var isInferred: Bool?
  /// Canonical JSON of a list of {person, at, score}.
  public var explainedBy: String?
  public var at = Instant(nanoseconds: 0)
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension DecisionRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .decision }
  public var record: Record { .decision(self) }

  public static let declaration: [RecordField<DecisionRecord>] = [
    RecordField("decision_id", .identifier(\.decisionID)),
    RecordField("question", .text(\.question)),
    RecordField("choice", .text(\.choice)),
    RecordField("alternatives", .list(\.alternatives)),
    RecordField("constraints", .texts(\.constraints)),
    RecordField("evidence_refs", .texts(\.evidenceReferences)),
    RecordField("revisit_when", .textIfAny(\.revisitWhen)),
    RecordField("made_by", .termIfAny(\.madeBy)),
    RecordField("owner", .termIfAny(\.owner)),
    RecordField("paths", .texts(\.paths)),
    RecordField("components", .texts(\.components)),
    RecordField("supersedes", .texts(\.supersedes)),
    RecordField("inferred", .flag(\.isInferred)),
    RecordField("explained_by", .list(\.explainedBy)),
    RecordField("at", .stamp(\.at)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<DecisionRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
