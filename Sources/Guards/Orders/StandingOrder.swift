public import Records

/// Who ordered something for a while, why, and until when.
///
/// It ends by itself: what somebody did in a bad night and forgot does not stay for ever.
public struct StandingOrder: Sendable, Hashable {
  public let reason: String
  public let actor: String
  public let at: Instant
  public let expiresAt: Instant

  /// Days that an order lasts at most.
  public static let longestDays: Int64 = 30

  public init(reason: String, actor: String, at: Instant, expiresAt: Instant) {
    self.reason = reason
    self.actor = actor
    self.at = at
    self.expiresAt = expiresAt
  }

  /// Half-open, as waivers are: at the instant of its end it is over.
  public func isOver(at instant: Instant) -> Bool { expiresAt <= instant }

  func add(to object: inout JSONObject) {
    object["reason"] = .string(reason)
    object["actor"] = .string(actor)
    object["at"] = .string(at.description)
    object["expires_at"] = .string(expiresAt.description)
  }
}
