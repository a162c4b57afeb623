/// One line of what something cost, with the columns of FOCUS that ownership and prices need.
///
/// Bills hold lines that are equal in everything: `chargeID` is what tells one from the next, and makes a line that is
/// delivered twice count once.
///
/// Source: FinOps Open Cost and Usage Specification (FOCUS) 1.2.
public struct ChargeRecord: Sendable, Equatable {
  public static let categories: Set<String> = ["Usage", "Purchase", "Credit", "Tax", "Adjustment"]

  /// The line in the bill.
  public var chargeID = ""
  /// SubAccountId, or the billing account where there is none.
  public var account = ""
  /// ServiceName.
  public var service: String?
  /// ResourceId.
  public var resource: String?
  public var tags = Tags()
  /// A person or a team, where the bill itself names one.
  public var owner: String?
  /// What is invoiced, in 10⁻¹² of the currency.
  public var billedCost: Int128?
  /// After commitments are spread over what uses them, in 10⁻¹² of the currency.
  public var effectiveCost: Int128?
  /// Three capital letters (ISO 4217).
  public var currency = ""
  /// The charge's period, half-open.
  public var periodFrom = Instant(nanoseconds: 0)
  public var periodTo: Instant?
  /// ConsumedQuantity, in `unit`.
  public var quantity: Double?
  public var unit: String?
  public var chargeCategory: String?
  /// `Correction` of an earlier period's charge; nil for the others.
  public var chargeClass: String?
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init() {}
}

extension ChargeRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .charge }
  public var record: Record { .charge(self) }

  public static let declaration: [RecordField<ChargeRecord>] = [
    RecordField("charge_id", .identifier(\.chargeID)),
    RecordField("account", .term(\.account)),
    RecordField("service", .termIfAny(\.service)),
    RecordField("resource", .identifierIfAny(\.resource)),
    RecordField("tags", .tags(\.tags)),
    RecordField("owner", .termIfAny(\.owner)),
    RecordField("billed_cost", .amount(\.billedCost)),
    RecordField("effective_cost", .amount(\.effectiveCost)),
    RecordField("currency", .term(\.currency)),
    RecordField("period_from", .time(\.periodFrom)),
    RecordField("period_to", .timeIfAny(\.periodTo)),
    RecordField("quantity", .real(\.quantity)),
    RecordField("unit", .termIfAny(\.unit)),
    RecordField("charge_category", .choiceIfAny(\.chargeCategory, of: ChargeRecord.categories)),
    RecordField("charge_class", .termIfAny(\.chargeClass)),
    RecordField("attributes", .object(\.attributes)),
  ]

  public static var timeField: (name: String, path: RecordField<ChargeRecord>.Path<Instant>) {
    ("period_from", \.periodFrom)
  }
}
