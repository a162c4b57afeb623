public import Records

/// `people.<person>`: somebody who may answer for things.
public struct PersonSettings: Configurable {
  /// Whether they are here.
  public var isActive = true
  /// From then on they are gone; nil when no such day is known.
  public var until: Instant?
  /// When somebody last confirmed all this.
  public var attestedAt: Instant?
  /// What they do when they are on call; runbooks name these roles.
  public var oncallRoles: [String] = []

  public init() {}

  public static let keys: [Key<PersonSettings>] = [
    Key("active", \.isActive, .flag, "Whether they are here"),
    Key("until", \.until, .optional(.date), "From then on they are gone"),
    Key("attested_at", \.attestedAt, .optional(.date), "When somebody last confirmed it"),
    Key("oncall_roles", \.oncallRoles, .list(of: .text), "What they do when they are on call; runbooks name these"),
  ]
}

/// `teams.<team>`: a team that may answer for things.
public struct TeamSettings: Configurable {
  /// Whether it exists.
  public var isActive = true
  /// When somebody last confirmed it.
  public var attestedAt: Instant?

  public init() {}

  public static let keys: [Key<TeamSettings>] = [
    Key("active", \.isActive, .flag, "Whether it exists"),
    Key("attested_at", \.attestedAt, .optional(.date), "When somebody last confirmed it"),
  ]
}

/// `accounts.<account>`: an account at a cloud provider.
public struct AccountSettings: Configurable {
  /// The person or team that answers for what nothing else names an owner of.
  public var owner: String?
  /// Who pays.
  public var costCenter: String?
  /// Such as prod, staging or sandbox.
  public var environment: String?
  /// When it is to be closed, or its need confirmed.
  public var expiresAt: Instant?

  public init() {}

  public static let keys: [Key<AccountSettings>] = [
    Key("owner", \.owner, .optional(.text), "The person or team that answers for it"),
    Key("cost_center", \.costCenter, .optional(.text), "Who pays"),
    Key("env", \.environment, .optional(.text), "Such as prod, staging or sandbox"),
    Key("expires_at", \.expiresAt, .optional(.date), "When it is to be closed, or its need confirmed"),
  ]
}
