public import Records

/// What a person says of a breaker for a while: it is open, or closed, whatever the calls say.
///
/// It ends by itself: what somebody did in a bad night and forgot does not stay for ever.
public struct BreakerHold: Sendable, Hashable {
  public enum Position: String, Sendable, CaseIterable {
    /// Nobody is let in.
    case open
    /// Everybody is.
    case closed
  }

  public let position: Position
  public let reason: String
  /// Who said so.
  public let actor: String
  public let at: Instant
  public let expiresAt: Instant

  /// Days that a hold lasts at most.
  public static let longestDays: Int64 = 30

  public init(_ position: Position, reason: String, actor: String, at: Instant, expiresAt: Instant) {
    self.position = position
    self.reason = reason
    self.actor = actor
    self.at = at
    self.expiresAt = expiresAt
  }

  /// Half-open, as waivers are: at the instant of its end it is over.
  public func isOver(at instant: Instant) -> Bool { expiresAt <= instant }
}

extension BreakerHold {
  /// What is said of it to whoever may see it.
  /// - Parameter name: of the breaker or the upstream.
  public func json(name: String) -> JSONObject {
    var object = JSONObject()
    object["name"] = .string(name)
    object["position"] = .string(position.rawValue)
    object["reason"] = .string(reason)
    object["actor"] = .string(actor)
    object["at"] = .string(at.description)
    object["expires_at"] = .string(expiresAt.description)
    return object
  }
}
