/// A person's decision to live with a check's verdict on a subject for a while. An expired waiver restores the verdict.
public struct Waiver: Sendable, Equatable {
  /// No waiver lasts longer.
  public static let longestDays: Int64 = 30

  public var check: String
  public var subject: String
  public var owner: String
  public var reason: String
  public var at: Instant
  public var expiresAt: Instant

  public init(check: String, subject: String, owner: String, reason: String, at: Instant, expiresAt: Instant) {
    self.check = check
    self.subject = subject
    self.owner = owner
    self.reason = reason
    self.at = at
    self.expiresAt = expiresAt
  }

  public var json: JSONValue {
    var object = JSONObject()
    object["check"] = .string(check)
    object["subject"] = .string(subject)
    object["owner"] = .string(owner)
    object["reason"] = .string(reason)
    object["at"] = .string(at.description)
    object["expires_at"] = .string(expiresAt.description)
    return .object(object)
  }

  /// Half-open: [at, expiresAt).
  public func isInForce(at instant: Instant) -> Bool { at <= instant && instant < expiresAt }
}
