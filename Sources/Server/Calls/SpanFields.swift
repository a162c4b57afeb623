internal import Gateway
internal import HTTPTypes

extension HTTPFields {
  private static let traceField = HTTPField.Name("x-tally-trace-id")
  private static let spanField = HTTPField.Name("x-tally-span-id")

  /// Names the span that a reply is about; nothing where there is none.
  mutating func name(_ span: SpanReference?) {
    guard let span else { return }
    if let name = HTTPFields.traceField { self[name] = span.traceID }
    if let name = HTTPFields.spanField { self[name] = span.spanID }
  }
}
