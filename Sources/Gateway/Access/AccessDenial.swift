public import Records

/// Why a request was not let in, as it is answered: 401 when nobody knows who asks, 403 when who asks may not.
///
/// Nothing of what was shown is repeated: whoever swaps name and token would find the token in a log.
public struct AccessDenial: Error, Sendable, Equatable {
  public enum Reason: String, Sendable, CaseIterable {
    /// No token was shown.
    case missing
    /// Something was shown that is neither Bearer nor Basic with a password.
    case unreadable
    /// No key has this token.
    case unknown
    /// The token is that of another key than the one that was named.
    case mismatch
    case expired
    case revoked
    /// The key lets do other things.
    case scope
    /// The key is bound to a tenant, and what was asked is everybody's.
    case tenant
  }

  public let reason: Reason
  /// What is wrong and what to do.
  public let message: String
  /// What is missing, of a key that lacks it.
  public let scope: AccessScope?

  private init(_ reason: Reason, _ message: String, scope: AccessScope? = nil) {
    self.reason = reason
    self.message = message
    self.scope = scope
  }

  init(_ reason: Reason) {
    let message =
      switch reason {
      case .missing:
        "This server asks for a key. Send its token as 'Authorization: Bearer TOKEN', as the password of Basic "
          + "authentication, or as x-api-key; `tally key create` makes one."
      case .unreadable:
        "The Authorization header cannot be used. Send 'Bearer TOKEN', or Basic with the key's name as user and the "
          + "token as password."
      case .unknown:
        "No key of this server has this token. `tally key list` lists the keys, `tally key create` makes one."
      case .mismatch:
        "The token is not that of the key that is named as user. Send a key's name with its own token, or no name."
      case .expired, .revoked, .scope, .tenant: "The key does not open this."
      }
    self.init(reason, message)
  }

  static func expired(_ key: AccessKey, _ end: Instant) -> AccessDenial {
    AccessDenial(
      .expired, "The key '\(key.name)' ended at \(end). `tally key create` makes another, under another name.")
  }

  static func revoked(_ key: AccessKey, _ end: Instant) -> AccessDenial {
    AccessDenial(
      .revoked, "The key '\(key.name)' was revoked at \(end). `tally key create` makes another, under another name.")
  }

  static func scope(_ scope: AccessScope, of key: AccessKey) -> AccessDenial {
    AccessDenial(
      .scope,
      "This asks for the scope '\(scope.rawValue)'; the key '\(key.name)' has \(key.scopeText). Use a key that has it: "
        + "`tally key create NAME --scope \(scope.rawValue)` makes one.", scope: scope)
  }

  static func tenant(_ tenant: String, of key: AccessKey) -> AccessDenial {
    AccessDenial(
      .tenant,
      "This is about all tenants, and the key '\(key.name)' is bound to '\(tenant)'. Use a key that is bound to none.")
  }

  /// Whether it is known who asked.
  public var isForbidden: Bool { reason == .scope || reason == .tenant }

  public var answer: Answer {
    var error = JSONObject()
    error["code"] = .string(isForbidden ? "FORBIDDEN" : "UNAUTHENTICATED")
    error["message"] = .string(message)
    error["missing_scope"] = scope.map { .string($0.rawValue) }
    var whole = JSONObject()
    whole["error"] = .object(error)
    var answer = Answer(status: isForbidden ? 403 : 401, json: whole)
    answer.challenges = challenges
    return answer
  }

  /// RFC 6750, section 3: the error is said only of what was shown.
  private var challenges: [String] {
    switch reason {
    case .missing: ["Bearer realm=\"tally\"", "Basic realm=\"tally\", charset=\"UTF-8\""]
    case .unreadable, .unknown, .mismatch, .expired, .revoked:
      ["Bearer realm=\"tally\", error=\"invalid_token\"", "Basic realm=\"tally\", charset=\"UTF-8\""]
    case .scope:
      ["Bearer realm=\"tally\", error=\"insufficient_scope\"" + (scope.map { ", scope=\"\($0.rawValue)\"" } ?? "")]
    case .tenant: ["Bearer realm=\"tally\", error=\"insufficient_scope\""]
    }
  }
}
