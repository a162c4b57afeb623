internal import Guards
internal import Records

/// Alerts for Alertmanager's API v2, `POST /api/v2/alerts`.
///
/// Source: "Alerts API", https://prometheus.io/docs/alerting/latest/alerts_api/, and the OpenAPI document of the API,
/// https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml. Labels identify an alert, so that a change of severity
/// or code, by which people route, ends one alert and begins another, in one request. Without `endsAt` an alert would be over after
/// `resolve_timeout`: it ends when the finding proves nothing any more, or when it is over before.
enum AlertmanagerNotice {
  /// How long a test is shown.
  private static let testTime = Duration.seconds(300)

  static func json(_ notice: Notice, link: String?) -> JSONValue {
    var alerts: [JSONValue] = []
    if notice.event == .change, let was = notice.was {
      alerts.append(alert(notice, was, end: notice.at, link))
    }
    let end: Instant? =
      switch notice.event {
      case .resolve: notice.at
      case .test: notice.at.advanced(by: testTime)
      case .open, .change, .remind: notice.expiresAt
      }
    return .array(alerts + [alert(notice, notice.condition, end: end, link)])
  }

  private static func alert(_ notice: Notice, _ condition: NoticeCondition, end: Instant?, _ link: String?) -> JSONValue
  {
    var labels = JSONObject()
    labels["alertname"] = .string(notice.event == .test ? "TallystickTest" : "TallystickFinding")
    labels["check"] = .string(notice.check)
    labels["subject"] = .string(notice.subject)
    labels["severity"] = .string(severity(condition.verdict))
    labels["code"] = .string(condition.code)
    labels["origin"] = .string(notice.origin)
    var annotations = JSONObject()
    annotations["summary"] = .string(notice.headline())
    annotations["description"] = .string(notice.next)
    annotations["command"] = .string(notice.command)
    annotations["owner"] = notice.owner.map(JSONValue.string)
    var alert = JSONObject()
    alert["labels"] = .object(labels)
    alert["annotations"] = .object(annotations)
    alert["startsAt"] = .string(notice.openedAt.description)
    alert["endsAt"] = end.map { .string($0.description) }
    alert["generatorURL"] = notice.link(at: link).map(JSONValue.string)
    return .object(alert)
  }

  private static func severity(_ verdict: Finding.Verdict) -> String {
    switch verdict {
    case .fail: "critical"
    case .unknown: "error"
    case .warn: "warning"
    case .pass: "info"
    }
  }
}
