/// Why a call went wrong, as the span's `error_type` says it where the reply says nothing closer.
public enum CallFault: String, Error, Sendable, CaseIterable {
  /// Nobody answers at the upstream's address, or nobody knows the address.
  case connectFailed = "connect_failed"
  case connectTimeout = "connect_timeout"
  /// The connection came about, and no trust.
  case tlsFailed = "tls_failed"
  case firstByteTimeout = "first_byte_timeout"
  case idleTimeout = "idle_timeout"
  /// The upstream broke off, before its reply or in it.
  case upstreamReset = "upstream_reset"
  case clientDisconnected = "client_disconnected"
  /// The caller stopped reading.
  case clientStalled = "client_stalled"
  /// A stream in which something is no event of its API.
  case malformedStream = "malformed_stream"
  /// A stream that ended properly, but before it said so.
  case truncatedStream = "truncated_stream"
  /// A reply that is no JSON of its API.
  case malformedReply = "malformed_reply"
  /// A success without anything in it.
  case emptyReply = "empty_reply"
  /// It held what another tenant alone may be told, and was kept back from there on.
  case leak = "LEAK"
  /// It was too long to be looked at for that.
  case uncheckedReply = "unchecked_reply"

  /// What a caller is told who waits for an answer.
  /// - Parameter upstream: as `tally.yaml` calls it.
  public func refusal(_ upstream: Upstream) -> CallRefusal {
    let name = upstream.name
    switch self {
    case .connectFailed:
      return CallRefusal(status: 502, code: rawValue, message: "The upstream '\(name)' cannot be reached.")
    case .tlsFailed:
      return CallRefusal(
        status: 502, code: rawValue, message: "The upstream '\(name)' shows no certificate that can be trusted.")
    case .connectTimeout:
      return CallRefusal(
        status: 504, code: rawValue,
        message: "The upstream '\(name)' took no connection within \(upstream.connectTimeout).")
    case .firstByteTimeout:
      return CallRefusal(
        status: 504, code: rawValue,
        message: "The upstream '\(name)' did not begin to answer within \(upstream.firstByteTimeout).")
    case .idleTimeout:
      return CallRefusal(
        status: 504, code: rawValue,
        message: "The upstream '\(name)' said nothing more for \(upstream.idleTimeout).")
    case .clientDisconnected, .clientStalled:
      // Nobody reads it; nginx's word for it counts.
      return CallRefusal(status: 499, code: rawValue, message: "The caller has gone.")
    case .leak:
      return CallRefusal(
        status: 502, code: rawValue,
        message: "The reply held words that must not leave another tenant's data, and is kept back.")
    case .uncheckedReply:
      return CallRefusal(
        status: 502, code: rawValue,
        message: """
          The reply of the upstream '\(name)' cannot be looked at for words of other tenants: it is too long, there is no room for it, \
          it says too much at once, or nobody here can expand it.
          """)
    default:
      return CallRefusal(status: 502, code: rawValue, message: "The upstream '\(name)' broke off its answer.")
    }
  }
}
