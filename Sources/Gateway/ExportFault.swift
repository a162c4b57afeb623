/// Why an export over gRPC was not kept, as its client is told.
public struct ExportFault: Error, Sendable {
  /// What it would be over HTTP.
  public let status: Int
  /// The number of gRPC's status code.
  public let code: Int
  /// What is wrong and what to do.
  public let message: String
  /// The whole as a `google.rpc.Status`, for the metadata `grpc-status-details-bin`; with when to try again, where that helps.
  public let details: [UInt8]

  /// Codes by the OTLP specification, "OTLP/gRPC", "Failures": `UNAVAILABLE` is sent again, after the delay of its `RetryInfo`; the
  /// others are not. An export that is too large is `RESOURCE_EXHAUSTED` without that information, so that nobody repeats it.
  /// - Parameters:
  ///   - answer: what it would be over HTTP.
  ///   - message: what is wrong and what to do.
  public init(_ answer: Answer, _ message: String) {
    status = answer.status
    code =
      switch answer.status {
      case 400, 415: 3  // INVALID_ARGUMENT
      case 401: 16  // UNAUTHENTICATED
      case 403: 7  // PERMISSION_DENIED
      case 413: 8  // RESOURCE_EXHAUSTED
      case 429, 503: 14  // UNAVAILABLE
      default: 13  // INTERNAL
      }
    self.message = message
    var whole = ProtobufMessage()
    whole.append(1, number: code)
    whole.append(2, text: message)
    if let seconds = answer.retryAfter {
      var delay = ProtobufMessage()
      delay.append(1, number: seconds)
      var retry = ProtobufMessage()
      retry.append(1, message: delay)
      var detail = ProtobufMessage()
      detail.append(1, text: "type.googleapis.com/google.rpc.RetryInfo")
      detail.append(2, message: retry)
      whole.append(3, message: detail)
    }
    details = whole.bytes
  }
}
