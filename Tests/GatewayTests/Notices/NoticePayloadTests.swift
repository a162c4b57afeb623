import Guards
import Records
import Testing

@testable import Gateway

/// The four forms of a notice, letter by letter.
struct NoticePayloadTests {
  private static let now = Instant("2026-03-01T12:00:00Z") ?? Instant(nanoseconds: 0)

  private static func notice(_ event: Notice.Event) -> Notice {
    var notice = Notice(
      event, origin: "5eed", schedule: "hourly", check: "eval-power", subject: "support <bot>",
      condition: NoticeCondition(.fail, "REGRESSED"), sentence: "support <bot> loses 3 points & more.", at: now,
      openedAt: Instant("2026-03-01T11:00:00Z") ?? now)
    notice.next = "Look at the slice refunds."
    notice.owner = "ada"
    notice.expiresAt = Instant("2026-03-31T12:00:00Z")
    notice.finding = "01JNXXXXXXXXXXXXXXXXXXXXXX"
    if event == .change { notice.was = NoticeCondition(.unknown, "TOO_FEW") }
    if event == .resolve { notice.ending = .cleared }
    return notice
  }

  private static func target(_ kind: NoticeTarget.Kind, key: String? = nil) -> NoticeTarget {
    var target = NoticeTarget(
      kind,
      at: ForwardTarget(
        name: "ops", url: "http://h", kind: .otlp, headers: [], proxies: false, spoolLimit: 0, timeout: .seconds(1)),
      key: key)
    target.link = "https://tally.example.org"
    return target
  }

  private static func body(_ event: Notice.Event, _ kind: NoticeTarget.Kind, key: String? = nil) -> String {
    String(decoding: NoticeRequest(notice(event), to: target(kind, key: key), now: now).body, as: UTF8.self)
  }

  @Test func slackGetsTheSentenceFirst() {
    let page = "https://tally.example.org/api/v1/findings?check=eval-power&amp;subject=support%20%3Cbot%3E"
    #expect(
      NoticePayloadTests.body(.open, .slack)
        == #"{"text":"*FAIL*: support &lt;bot&gt; loses 3 points &amp; more. [REGRESSED]\neval-power: support &lt;bot&gt;, owner ada\n"#
        + #"Next: Look at the slice refunds.\n`tally check eval-power` · <\#(page)|findings>"}"#)
    #expect(NoticePayloadTests.body(.change, .slack).contains(#"{"text":"*FAIL* (was UNKNOWN [TOO_FEW]): support"#))
    #expect(
      NoticePayloadTests.body(.remind, .slack).hasPrefix(#"{"text":"*Still FAIL* since 2026-03-01T11:00:00Z: sup"#))
    let over = NoticePayloadTests.body(.resolve, .slack)
    #expect(over.hasPrefix(#"{"text":"*RESOLVED* (was FAIL [REGRESSED]): support"#) && !over.contains("Next"))
    #expect(NoticePayloadTests.body(.test, .slack).hasPrefix(#"{"text":"*TEST*: support"#))
  }

  /// A text may mention nobody, whatever it says.
  @Test func slackTextsMentionNobody() throws {
    var notice = NoticePayloadTests.notice(.open)
    notice.sentence = "<!channel> <@U1> <https://evil.example|here>"
    let request = NoticeRequest(notice, to: NoticePayloadTests.target(.slack), now: NoticePayloadTests.now)
    let text = try #require(try JSONValue(parsing: request.body)["text"]?.text)
    #expect(text.hasPrefix("*FAIL*: &lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|here&gt; [REGRESSED]\n"))
  }

  @Test func pagerDutyGetsATriggerAndAResolve() throws {
    let key = NoticePayloadTests.notice(.open).dedupKey
    #expect(key.utf8.count <= 255)
    let opened = try JSONValue(parsing: NoticePayloadTests.body(.open, .pagerduty, key: "R0UT1NG"))
    let expected = try JSONValue(
      parsing: """
        {"routing_key": "R0UT1NG", "event_action": "trigger", "dedup_key": "\(key)",
         "payload": {"summary": "FAIL: support <bot> loses 3 points & more. [REGRESSED] (eval-power: support <bot>)",
          "source": "support <bot>", "severity": "critical", "timestamp": "2026-03-01T12:00:00Z", "component": "eval-power",
          "group": "hourly", "class": "REGRESSED", "custom_details": \(NoticePayloadTests.body(.open, .webhook))},
         "client": "Tallystick",
         "client_url": "https://tally.example.org/api/v1/findings?check=eval-power&subject=support%20%3Cbot%3E",
         "links": [{"href": "https://tally.example.org/api/v1/findings?check=eval-power&subject=support%20%3Cbot%3E",
          "text": "Findings"}]}
        """)
    #expect(opened == expected)
    let resolved = try JSONValue(parsing: NoticePayloadTests.body(.resolve, .pagerduty, key: "R0UT1NG"))
    #expect(resolved["event_action"] == "resolve" && resolved["dedup_key"] == .string(key))
    var long = NoticePayloadTests.notice(.open)
    long.sentence = String(repeating: "é", count: 4_000)
    let summary = try JSONValue(
      parsing: NoticeRequest(long, to: NoticePayloadTests.target(.pagerduty), now: NoticePayloadTests.now).body)[
        "payload"]?["summary"]?.text
    #expect(summary?.unicodeScalars.count == 1_024)
  }

  @Test func alertmanagerGetsLabelsAsIdentity() throws {
    func alert(_ severity: String, _ code: String, _ headline: String, end: String) -> String {
      """
      {"labels": {"alertname": "TallystickFinding", "check": "eval-power", "subject": "support <bot>",
        "severity": "\(severity)", "code": "\(code)", "origin": "5eed"},
       "annotations": {"summary": "\(headline): support <bot> loses 3 points & more.\(headline.hasPrefix("RES") ? "" : " [REGRESSED]")",
        "description": "Look at the slice refunds.", "command": "tally check eval-power", "owner": "ada"},
       "startsAt": "2026-03-01T11:00:00Z", "endsAt": "\(end)",
       "generatorURL": "https://tally.example.org/api/v1/findings?check=eval-power&subject=support%20%3Cbot%3E"}
      """
    }
    func parsed(_ event: Notice.Event) throws -> JSONValue {
      try JSONValue(parsing: NoticePayloadTests.body(event, .alertmanager))
    }
    #expect(
      try parsed(.open)
        == JSONValue(parsing: "[\(alert("critical", "REGRESSED", "FAIL", end: "2026-03-31T12:00:00Z"))]"))
    #expect(
      try parsed(.resolve)
        == JSONValue(
          parsing: "[\(alert("critical", "REGRESSED", "RESOLVED (was FAIL [REGRESSED])", end: "2026-03-01T12:00:00Z"))]"
        ))
    // What is routed by severity ends under the old one, and begins under the new.
    let changed = "FAIL (was UNKNOWN [TOO_FEW])"
    #expect(
      try parsed(.change)
        == JSONValue(
          parsing: """
            [\(alert("error", "TOO_FEW", changed, end: "2026-03-01T12:00:00Z")),
             \(alert("critical", "REGRESSED", changed, end: "2026-03-31T12:00:00Z"))]
            """))
    #expect(try parsed(.test).elements[0]["endsAt"] == "2026-03-01T12:05:00Z")
    let request = NoticeRequest(
      NoticePayloadTests.notice(.open), to: NoticePayloadTests.target(.alertmanager), now: NoticePayloadTests.now)
    #expect(request.path == "/api/v2/alerts" && request.headers.isEmpty)
  }

  @Test func webhooksGetTheNoticeAndASignature() throws {
    let notice = NoticePayloadTests.notice(.change)
    let expected = """
      {"schema":"tally.notice/1","id":"\(notice.id)","event":"change","dedup_key":"\(notice.dedupKey)","origin":"5eed",\
      "schedule":"hourly","check":"eval-power","subject":"support <bot>","verdict":"fail","code":"REGRESSED",\
      "was":{"verdict":"unknown","code":"TOO_FEW"},"sentence":"support <bot> loses 3 points & more.",\
      "next":"Look at the slice refunds.","owner":"ada","finding_id":"01JNXXXXXXXXXXXXXXXXXXXXXX",\
      "command":"tally check eval-power","at":"2026-03-01T12:00:00Z","opened_at":"2026-03-01T11:00:00Z",\
      "expires_at":"2026-03-31T12:00:00Z"}
      """
    #expect(try JSONValue(parsing: NoticePayloadTests.body(.change, .webhook)) == JSONValue(parsing: expected))
    let request = NoticeRequest(
      notice, to: NoticePayloadTests.target(.webhook, key: "hush"), now: NoticePayloadTests.now)
    #expect(
      request.headers.map(\.name) == ["tally-notice-id", "tally-signature"] && request.headers[0].value == notice.id)
    // The code itself is that of RFC 4231, test case 2.
    #expect(
      MessageCode.sha256(of: Array("what do ya want for nothing?".utf8), key: "Jefe").description
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    let signed = MessageCode.sha256(of: Array("1772366400.".utf8) + request.body, key: "hush")
    #expect(request.headers[1].value == "t=1772366400,v1=\(signed)")
    let bare = NoticeRequest(notice, to: NoticePayloadTests.target(.webhook), now: NoticePayloadTests.now)
    #expect(bare.headers.map(\.name) == ["tally-notice-id"])
  }

  @Test(arguments: Notice.Event.allCases) func whatWaitsIsReadAgain(_ event: Notice.Event) throws {
    var notice = NoticePayloadTests.notice(event)
    notice.waiver = Waiver(
      check: "eval-power", subject: "support <bot>", owner: "bob", reason: "known and small",
      at: NoticePayloadTests.now,
      expiresAt: NoticePayloadTests.now.adding(days: 7))
    #expect(Notice(json: try JSONValue(parsing: notice.json.line())) == notice)
    #expect(Notice(json: ["schema": "tally.notice/2"]) == nil)
  }

  /// One key for all that is told of a check and a subject, another for everything else.
  @Test func keysTellApartWhatIsAnother() {
    let notice = NoticePayloadTests.notice(.open)
    func key(_ origin: String, _ check: String, _ subject: String) -> String {
      Notice(
        .resolve, origin: origin, schedule: "x", check: check, subject: subject, condition: notice.condition,
        sentence: "", at: Instant(nanoseconds: 1), openedAt: Instant(nanoseconds: 0)
      ).dedupKey
    }
    #expect(key("5eed", "eval-power", "support <bot>") == notice.dedupKey)
    let others = [key("a", "b", "c"), key("ab", "", "c"), key("a", "bc", ""), key("a", "b", "c\""), key("", "ab", "c")]
    #expect(Set(others).count == others.count)
  }
}
