public import Records

/// A notice as its target takes it over HTTP.
public struct NoticeRequest: Sendable {
  /// What is added to the target's address.
  public let path: String
  /// Beside the target's own.
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  /// - Parameter now: when it is sent, which a signature covers.
  public init(_ notice: Notice, to target: NoticeTarget, now: Instant) {
    let json =
      switch target.kind {
      case .slack: SlackNotice.json(notice, link: target.link)
      case .pagerduty: PagerDutyNotice.json(notice, routingKey: target.key ?? "", link: target.link)
      case .alertmanager: AlertmanagerNotice.json(notice, link: target.link)
      case .webhook: notice.json
      }
    // Only a number that is not finite cannot be written, and notices hold none.
    let text = (try? json.line()) ?? "{}"
    body = Array(text.utf8)
    path = target.kind == .alertmanager ? "/api/v2/alerts" : ""
    guard target.kind == .webhook else {
      headers = []
      return
    }
    var headers = [(name: "tally-notice-id", value: notice.id)]
    if let key = target.key {
      headers.append((name: "tally-signature", value: NoticeRequest.signature(of: body, key: key, at: now)))
    }
    self.headers = headers
  }

  /// `t=SECONDS,v1=HEX`: the HMAC-SHA256 of the seconds since 1970, a full stop and the body. Whoever checks it refuses what is more than
  /// some minutes old, so that nobody sends it again later.
  static func signature(of body: [UInt8], key: String, at now: Instant) -> String {
    let seconds = now.nanoseconds / 1_000_000_000
    let code = MessageCode.sha256(of: Array("\(seconds).".utf8) + body, key: key)
    return "t=\(seconds),v1=\(code)"
  }
}
