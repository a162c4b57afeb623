public import Records

/// What a target's answer to a delivery means.
///
/// Source: OTLP specification 1.x, "OTLP/HTTP Response", https://opentelemetry.io/docs/specs/otlp/: 429, 502, 503 and 504
/// are to be sent again. Beyond it, what speaks of the address or the key and not of the delivery is kept as well: whoever
/// mends `tally.yaml` shall not have lost what came meanwhile.
public enum ForwardVerdict: Sendable, Equatable {
  /// The target has it.
  case sent
  /// It takes nothing now: send it again, not before so long.
  case away(retryAfter: Duration?)
  /// Its server failed on it, which may be the delivery's fault: send it again, but not for ever.
  case failed
  /// It does not take this delivery, now or later.
  case refused

  /// Attempts after which what a target's server fails on is given up.
  public static let mostFailures = 10
  /// However long a target asks to be left alone.
  public static let longestWait = Duration.seconds(3600)

  /// - Parameters:
  ///   - status: of HTTP.
  ///   - retryAfter: the header of that name: seconds, or a date.
  public init(status: Int, retryAfter: String? = nil, now: Instant) {
    switch status {
    case 200..<300: self = .sent
    case 408, 429, 502, 503, 504: self = .away(retryAfter: retryAfter.flatMap { ForwardVerdict.wait($0, now: now) })
    // Somewhere else, no key, no such path: nothing that is sent there now arrives.
    case 300..<400, 401, 404, 405, 407: self = .away(retryAfter: nil)
    case 500...: self = .failed
    default: self = .refused
    }
  }

  static func wait(_ text: String, now: Instant) -> Duration? {
    if let seconds = Int64(text), seconds >= 0 { return min(.seconds(min(seconds, 86_400)), longestWait) }
    guard let date = HTTPDate.instant(text) else { return nil }
    return max(.zero, min(.nanoseconds(date.nanoseconds - now.nanoseconds), longestWait))
  }
}

/// A date as HTTP writes it: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  static func instant(_ text: String) -> Instant? {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
      parts[1].utf8.count == 2, parts[3].utf8.count == 4
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Instant("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
