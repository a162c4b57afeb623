internal import Guards
public import Records

/// The form of a notice that webhooks get, and that waits in the spool: `tally.notice/1`.
extension Notice {
  public static let schema = "tally.notice/1"

  public var json: JSONValue {
    var object = JSONObject()
    object["schema"] = .string(Notice.schema)
    object["id"] = .string(id)
    object["event"] = .string(event.rawValue)
    object["dedup_key"] = .string(dedupKey)
    object["origin"] = .string(origin)
    object["schedule"] = .string(schedule)
    object["check"] = .string(check)
    object["subject"] = .string(subject)
    object["verdict"] = .string(condition.verdict.rawValue)
    object["code"] = .string(condition.code)
    if let was {
      var before = JSONObject()
      before["verdict"] = .string(was.verdict.rawValue)
      before["code"] = .string(was.code)
      object["was"] = .object(before)
    }
    object["resolved"] = ending.map { .string($0.rawValue) }
    object["sentence"] = .string(sentence)
    object["next"] = .string(next)
    object["owner"] = owner.map(JSONValue.string)
    object["waiver"] = waiver?.json
    object["finding_id"] = finding.map(JSONValue.string)
    object["command"] = .string(command)
    object["at"] = .string(at.description)
    object["opened_at"] = .string(openedAt.description)
    object["expires_at"] = expiresAt.map { .string($0.description) }
    return .object(object)
  }

  /// Reads what `json` wrote; nil when a field is missing or of another kind.
  public init?(json: JSONValue) {
    func text(_ key: String) -> String? { json[key]?.text }
    func instant(_ key: String) -> Instant? { text(key).flatMap { Instant($0) } }
    guard text("schema") == Notice.schema, let event = text("event").flatMap(Event.init(rawValue:)),
      let origin = text("origin"), let schedule = text("schedule"), let check = text("check"),
      let subject = text("subject"), let condition = NoticeCondition(json), let sentence = text("sentence"),
      let at = instant("at"), let openedAt = instant("opened_at")
    else { return nil }
    self.init(
      event, origin: origin, schedule: schedule, check: check, subject: subject, condition: condition,
      sentence: sentence, at: at, openedAt: openedAt)
    was = json["was"].flatMap { NoticeCondition($0) }
    ending = text("resolved").flatMap(NoticeState.Ending.init(rawValue:))
    next = text("next") ?? ""
    owner = text("owner")
    waiver = json["waiver"].flatMap { Waiver($0) }
    finding = text("finding_id")
    expiresAt = instant("expires_at")
  }
}

extension NoticeCondition {
  fileprivate init?(_ json: JSONValue) {
    guard let verdict = json["verdict"]?.text.flatMap(Finding.Verdict.init(rawValue:)), let code = json["code"]?.text
    else { return nil }
    self.init(verdict, code)
  }
}

extension Waiver {
  fileprivate init?(_ json: JSONValue) {
    guard let check = json["check"]?.text, let subject = json["subject"]?.text, let owner = json["owner"]?.text,
      let reason = json["reason"]?.text, let at = json["at"]?.text.flatMap({ Instant($0) }),
      let end = json["expires_at"]?.text.flatMap({ Instant($0) })
    else { return nil }
    self.init(check: check, subject: subject, owner: owner, reason: reason, at: at, expiresAt: end)
  }
}
