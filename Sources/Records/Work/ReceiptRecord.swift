/// Proof of one effect: what was made, under which key, and what was read back from the outside.
public struct ReceiptRecord: Sendable, Equatable {
  public static let origins: Set<String> = ["real", "placeholder", "synthetic"]

  public var receiptID = ""
  /// Of the item, where items of several runs bear the same id.
  public var runID: String?
  public var itemID = ""
  public var attemptID = ""
  public var stepID: String?
  public var outputName: String?
  public var at = Instant(nanoseconds: 0)
  /// Key of the intent: equal for every try at the same effect.
  public var idempotencyKey: String?
  /// The effect as the other side calls it: the charge, the object.
  public var effectReference: String?
  public var objectKey: String?
  public var sha256: String?
  public var bytes: Int64?
  public var mediaType: String?
  /// Whether the effect was a real one.
  public var origin: String?
  /// The post-condition: canonical JSON of {at, ok, exists, bytes, sha256, expected, observed}.
  public var readBack: String?
  public var fence: Int64?
  /// The receipt that this one replaces.
  public var supersedes: String?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension ReceiptRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .receipt }
  public var record: Record { .receipt(self) }

  public static let declaration: [RecordField<ReceiptRecord>] = [
    RecordField("receipt_id", .identifier(\.receiptID)),
    RecordField("run_id", .identifierIfAny(\.runID)),
    RecordField("item_id", .identifier(\.itemID)),
    RecordField("attempt_id", .identifier(\.attemptID)),
    RecordField("step_id", .termIfAny(\.stepID)),
    RecordField("output_name", .termIfAny(\.outputName)),
    RecordField("at", .time(\.at)),
    RecordField("idempotency_key", .identifierIfAny(\.idempotencyKey)),
    RecordField("effect_ref", .identifierIfAny(\.effectReference)),
    RecordField("object_key", .identifierIfAny(\.objectKey)),
    RecordField("sha256", .digestIfAny(\.sha256)),
    RecordField("bytes", .count(\.bytes)),
    RecordField("media_type", .termIfAny(\.mediaType)),
    RecordField("origin", .choiceIfAny(\.origin, of: ReceiptRecord.origins)),
    RecordField("read_back", .object(\.readBack)),
    RecordField("fence", .count(\.fence)),
    RecordField("supersedes", .identifierIfAny(\.supersedes)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<ReceiptRecord>.Path<Instant>) {
    ("at", \.at)
  }
}
