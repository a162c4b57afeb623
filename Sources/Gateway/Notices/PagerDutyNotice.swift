internal import Guards
internal import Records

/// An event for PagerDuty's Events API v2.
///
/// Source: "Send an alert event", https://developer.pagerduty.com/docs/send-alert-event, and the "PD-CEF" fields there: a summary of at
/// most 1024 characters, a source, a severity of four; one incident for each `dedup_key` (at most 255 characters), which `resolve` ends.
/// A trigger that repeats the key adds to the incident that is open.
enum PagerDutyNotice {
  private static let longestSummary = 1_024

  static func json(_ notice: Notice, routingKey: String, link: String?) -> JSONValue {
    var event = JSONObject()
    event["routing_key"] = .string(routingKey)
    event["event_action"] = .string(notice.event == .resolve ? "resolve" : "trigger")
    event["dedup_key"] = .string(notice.dedupKey)
    event["payload"] = .object(payload(notice))
    event["client"] = .string("Tallystick")
    if let page = notice.link(at: link) {
      event["client_url"] = .string(page)
      var link = JSONObject()
      link["href"] = .string(page)
      link["text"] = .string("Findings")
      event["links"] = .array([.object(link)])
    }
    return .object(event)
  }

  private static func payload(_ notice: Notice) -> JSONObject {
    let headline = "\(notice.headline()) (\(notice.topic))"
    var payload = JSONObject()
    payload["summary"] = .string(
      headline.unicodeScalars.count > longestSummary
        ? String(String.UnicodeScalarView(headline.unicodeScalars.prefix(longestSummary - 1))) + "…" : headline)
    payload["source"] = .string(notice.subject.isEmpty ? notice.check : notice.subject)
    payload["severity"] = .string(severity(notice))
    payload["timestamp"] = .string(notice.at.description)
    payload["component"] = .string(notice.check)
    payload["group"] = .string(notice.schedule)
    payload["class"] = .string(notice.condition.code)
    payload["custom_details"] = notice.json
    return payload
  }

  private static func severity(_ notice: Notice) -> String {
    if notice.event == .test { return "info" }
    switch notice.condition.verdict {
    case .fail: return "critical"
    case .unknown: return "error"
    case .warn: return "warning"
    case .pass: return "info"
    }
  }
}
