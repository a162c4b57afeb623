/// What a span costs by some prices, or why that is not known.
///
/// Narrow, since prices change and spans do not: pricing a span anew writes another of these, and the newest counts. What the
/// exporter itself said about the cost stays with the span.
public struct CostRecord: Sendable, Equatable {
  public var traceID: String
  public var spanID: String
  /// When the span started.
  public var at: Instant
  /// Nil when the cost is unknown, which is not nothing.
  public var amount: Money?
  /// The SHA-256 of the table whose prices these are, in hexadecimal; nil when no table knows the model.
  public var priceVersion: String?
  /// Why the cost is unknown; nil when it is known.
  public var reason: String?

  public init(traceID: String, spanID: String, at: Instant) {
    self.traceID = traceID
    self.spanID = spanID
    self.at = at
  }

  /// Whether two say the same cost, whichever prices they rest on.
  public func costsTheSame(as other: CostRecord) -> Bool { amount == other.amount && reason == other.reason }
}
