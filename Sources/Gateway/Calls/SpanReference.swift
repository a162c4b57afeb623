/// Where the ledger has a call: what replies to its caller name, those that refuse it too.
public struct SpanReference: Sendable, Equatable {
  /// 32 and 16 hexadecimal digits.
  public let traceID: String
  public let spanID: String

  public init(traceID: String, spanID: String) {
    self.traceID = traceID
    self.spanID = spanID
  }
}
