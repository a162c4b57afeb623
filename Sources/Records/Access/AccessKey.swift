/// A key to a server as the ledger knows it: everything about it but the token, of which only the SHA-256 is kept.
public struct AccessKey: Sendable, Equatable {
  /// What a key is worth at some instant.
  public enum State: String, Sendable {
    case active, expired, revoked
  }

  /// Names one key for ever: the name of a revoked one is not given again, so that records that say it stay true.
  public var name: String
  public var scopes: Set<AccessScope>
  /// Whose records it may bring and see; nil is everybody's.
  public var tenant: String?
  /// Who answers for it.
  public var team: String?
  public var createdAt: Instant
  /// Nil is never.
  public var expiresAt: Instant?
  /// Why its calls pass what guards would refuse: it is a break-glass key. Nil for all others.
  public var breakGlass: String?
  public var revokedAt: Instant?
  /// The beginning of the hour in which it was last used; nil is never.
  public var usedAt: Instant?

  public init(name: String, scopes: Set<AccessScope>, createdAt: Instant) {
    self.name = name
    self.scopes = scopes
    self.createdAt = createdAt
  }

  /// Half-open, as waivers are: at the instant of its end it is over. A revoked key is so at once, whatever the clock of
  /// whoever revoked it said.
  public func state(at instant: Instant) -> State {
    if revokedAt != nil { return .revoked }
    if let expiresAt, expiresAt <= instant { return .expired }
    return .active
  }

  /// Whether its scopes let do what a scope lets do; `admin` lets do everything.
  public func allows(_ scope: AccessScope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

  /// Its scopes, as people write them: `ingest,read`.
  public var scopeText: String { scopes.sorted().map(\.rawValue).joined(separator: ",") }

  /// Whether its calls pass what guards would refuse.
  public var breaksGlass: Bool { breakGlass != nil }

  /// Longest name, in characters.
  public static let longestName = 64

  /// What is wrong with a name, in a sentence; nil when nothing is.
  ///
  /// A name is the user name of HTTP's Basic authentication, which ends at a colon, and is printed in tables and records.
  public static func problem(ofName name: String) -> String? {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    guard isPlain, (1...longestName).contains(name.utf8.count) else {
      return "A key's name is 1 to \(longestName) letters, digits, '-', '_' and '.'"
    }
    // Names are shown everywhere; a token that was mistaken for one would be, too.
    return name.hasPrefix(AccessToken.prefix) ? "A key's name does not begin with \(AccessToken.prefix)" : nil
  }
}

extension AccessKey {
  /// What is said of it to whoever may see it; there is no secret in it.
  /// - Parameter instant: when it is `active`, `expired` or `revoked`.
  public func json(at instant: Instant) -> JSONObject {
    var object = facts
    object["state"] = .string(state(at: instant).rawValue)
    object["created_at"] = .string(createdAt.description)
    object["revoked_at"] = revokedAt.map { .string($0.description) }
    object["used_at"] = usedAt.map { .string($0.description) }
    return object
  }

  /// What does not change in its life.
  public var facts: JSONObject {
    var object = JSONObject()
    object["name"] = .string(name)
    object["scopes"] = .array(scopes.sorted().map { .string($0.rawValue) })
    object["tenant"] = tenant.map(JSONValue.string)
    object["team"] = team.map(JSONValue.string)
    object["expires_at"] = expiresAt.map { .string($0.description) }
    object["break_glass"] = breakGlass.map(JSONValue.string)
    return object
  }
}

extension AccessKey {
  /// How long a break-glass key lasts at most: what is an emergency for longer is a rule that is wrong.
  public static let longestBreakGlass = Duration.seconds(86_400)

  /// What is wrong with a break-glass key, in a sentence; nil when nothing is, and for other keys.
  public var breakGlassProblem: String? {
    guard let breakGlass else { return nil }
    guard scopes.isSubset(of: [.call, .decide]) else {
      return "A break-glass key passes the guards of calls and does nothing else: its scopes are call and decide"
    }
    // A word is none that helps who asks later.
    guard breakGlass.split(separator: " ").count >= 2 else {
      return "A break-glass key has a reason, in a few words, for the people who read it later"
    }
    guard let expiresAt else { return "A break-glass key ends by itself, within 24 hours" }
    guard createdAt < expiresAt, createdAt.duration(to: expiresAt) <= AccessKey.longestBreakGlass else {
      return "A break-glass key lasts 24 hours at most: a limit that is wrong for longer is to be changed in tally.yaml"
    }
    return nil
  }
}
