/// What a span costs by some prices, or why that is not known.
///
/// Narrow, since prices change and spans do not: pricing a span anew writes another of these, and the newest counts. What the
/// exporter itself said about the cost stays with the span.
public struct CostRecord: Sendable, Equatable {
  public var traceID = ""
  public var spanID = ""
  /// In 10⁻¹² of the currency; nil when the cost is unknown, which is not nothing.
  public var units: Int128?
  /// ISO 4217; nil when the cost is unknown.
  public var currency: String?
  /// The SHA-256 of the table whose prices these are, in hexadecimal; nil when no table knows the model.
  public var priceVersion: String?
  /// Why the cost is unknown; nil when it is known.
  public var reason: String?
  /// When the span started.
  public var at = Instant(nanoseconds: 0)

  public init() {}

  public init(traceID: String, spanID: String, at: Instant) {
    self.traceID = traceID
    self.spanID = spanID
    self.at = at
  }

  /// Nil when the cost is unknown.
  public var amount: Money? {
    get {
      guard let units, let currency else { return nil }
      return Money(units: units, currency: currency)
    }
    set {
      units = newValue?.units
      currency = newValue?.currency
    }
  }

  /// Whether two say the same cost, whichever prices they rest on.
  public func costsTheSame(as other: CostRecord) -> Bool { amount == other.amount && reason == other.reason }
}

extension CostRecord: DeclaredRecord {
  public static var recordKind: RecordKind { .cost }
  public var record: Record { .cost(self) }

  public static let declaration: [RecordField<CostRecord>] = [
    RecordField("trace_id", .identifier(\.traceID)),
    RecordField("span_id", .identifier(\.spanID)),
    RecordField("amount", .amount(\.units)),
    RecordField("currency", .termIfAny(\.currency)),
    RecordField("price_version", .termIfAny(\.priceVersion)),
    RecordField("reason", .termIfAny(\.reason)),
    RecordField("at", .time(\.at)),
  ]

  public static var timeField: (name: String, path: RecordField<CostRecord>.Path<Instant>) { ("at", \.at) }
}
