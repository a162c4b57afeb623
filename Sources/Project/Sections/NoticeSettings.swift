/// `notify.<target>`: somebody who is told when a finding of a schedule changes.
public struct NoticeSettings: Configurable {
  /// What is told.
  public enum Verdict: String, CaseIterable, Sendable {
    case fail, unknown, warn
  }

  /// The address of an incoming webhook of Slack, which is a secret.
  public var slack: SecretSettings?
  /// The routing key of an integration of PagerDuty.
  public var pagerduty: SecretSettings?
  /// Alertmanager's address.
  public var alertmanager: String?
  /// An address that gets JSON.
  public var webhook: String?
  /// What signs it.
  public var secret: SecretSettings?
  /// Where PagerDuty takes events.
  public var url: String?
  public var headers = NamedEntries<SecretSettings>()
  public var verdicts: [Verdict] = [.fail, .unknown]
  public var checks: [String] = []
  public var subjects: [String] = []
  public var runs = 1
  public var wellRuns = 1
  public var reminder: Duration?
  public var link: String?
  public var timeout = Duration.seconds(10)

  public init() {}

  public static let keys: [Key<NoticeSettings>] = [
    Key("slack", \.slack, .optional(.secret), "An incoming webhook of Slack: {env: VARIABLE} or {file: PATH}"),
    Key("pagerduty", \.pagerduty, .optional(.secret), "A routing key of PagerDuty's Events API v2, as env or file"),
    Key("alertmanager", \.alertmanager, .optional(.webAddress), "Alertmanager's address, without /api/v2/alerts"),
    Key("webhook", \.webhook, .optional(.webAddress), "An address that gets each notice as JSON (tally.notice/1)"),
    Key("secret", \.secret, .optional(.secret), "What signs a webhook's notices (HMAC-SHA256), as env or file"),
    Key("url", \.url, .optional(.webAddress), "Where PagerDuty takes events, in place of events.pagerduty.com"),
    Key(
      "headers", \.headers, .map(of: .secret, named: "header"),
      "Headers of every request to webhook or alertmanager, each {env: VARIABLE} or {file: PATH}"),
    Key("on", \.verdicts, .list(of: .choice, atLeast: 1), "The verdicts that are told: fail, unknown, warn"),
    Key("checks", \.checks, .list(of: .check), "The checks that are told of; all when left out"),
    Key("subjects", \.subjects, .list(of: .text), "The subjects, by name or beginning (support-*); all when left out"),
    Key("for", \.runs, .count(atLeast: 1), "So many runs in a row must say it before it is told"),
    Key("resolve_after", \.wellRuns, .count(atLeast: 1), "So many runs in a row must be well before it is over"),
    Key(
      "repeat_every", \.reminder, .optional(.duration),
      "How long until what stays is told again; never when left out, each hour for alertmanager"),
    Key("link", \.link, .optional(.webAddress), "The address at which people reach this server, for links"),
    Key("timeout", \.timeout, .shortDuration, "How long one request may take"),
  ]

  public func faults() -> [Fault] {
    let kinds = [
      ("slack", slack != nil), ("pagerduty", pagerduty != nil), ("alertmanager", alertmanager != nil),
      ("webhook", webhook != nil),
    ].filter(\.1).map(\.0)
    var faults: [Fault] = []
    if kinds.count != 1 {
      faults.append(
        Fault(
          key: kinds.last ?? "slack",
          problem: kinds.isEmpty ? "it says nowhere who is told" : "it is both \(kinds[0]) and \(kinds[1])",
          remedy: "Write one of slack, pagerduty, alertmanager and webhook."))
    }
    if secret != nil, webhook == nil {
      faults.append(Fault(key: "secret", problem: "only a webhook is signed", remedy: "Leave it out."))
    }
    if url != nil, pagerduty == nil {
      faults.append(Fault(key: "url", problem: "only pagerduty has a url of its own", remedy: "Leave it out."))
    }
    if !headers.isEmpty, slack != nil || pagerduty != nil {
      faults.append(
        Fault(key: "headers", problem: "only webhook and alertmanager take headers", remedy: "Leave them out."))
    }
    if alertmanager?.hasSuffix("/api/v2/alerts") == true {
      faults.append(
        Fault(
          key: "alertmanager", problem: "the address ends with /api/v2/alerts, which is added to it",
          remedy: "Leave it out: write http://alertmanager:9093."))
    }
    if let place = subjects.first(where: { $0.dropLast().contains("*") }) {
      faults.append(Fault(key: "subjects", problem: "\(quoted(place)) has a * that is not at its end"))
    }
    return faults
      + HeaderNames.faults(
        headers.ids, taken: secret == nil ? nil : "tally-signature",
        problem: "tally-signature is made of secret already")
  }
}
