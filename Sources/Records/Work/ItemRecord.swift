/// One unit of a run's manifest: what must exist when it is done.
public struct ItemRecord: Sendable, Equatable {
  /// Within its run.
  public var itemID = ""
  public var runID = ""
  /// Where in the manifest it stands; canonical JSON of an object.
  public var coordinates: String?
  public var seed: Int64?
  /// Steps that must each leave a receipt.
  public var declaredSteps: [String] = []
  /// Canonical JSON of a list of {name, object_key, media_type, min_bytes}.
  public var declaredOutputs: String?
  public var deadlineAt: Instant?
  /// In 10⁻¹² US dollars.
  public var budget: Int128?
  public var tags = Tags()
  public var at = Instant(nanoseconds: 0)
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension ItemRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .item }
  public var record: Record { .item(self) }

  public static let declaration: [RecordField<ItemRecord>] = [
    RecordField("item_id", .identifier(\.itemID)),
    RecordField("run_id", .identifier(\.runID)),
    RecordField("coordinates", .object(\.coordinates)),
    RecordField("seed", .integer(\.seed)),
    RecordField("declared_steps", .texts(\.declaredSteps)),
    RecordField("declared_outputs", .list(\.declaredOutputs)),
    RecordField("deadline_at", .timeIfAny(\.deadlineAt)),
    RecordField("budget_usd", .amount(\.budget)),
    RecordField("tags", .tags(\.tags)),
    RecordField("at", .stamp(\.at)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<ItemRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
