public import Records

/// `tenants.<tenant>`: a customer whose calls, words and money are kept apart from those of others.
public struct TenantSettings: Configurable {
  /// What of a tenant's words may lie beside those of others in caches and indexes.
  public enum Isolation: String, CaseIterable, Sendable {
    /// Caches may be shared with all who share.
    case shared
    /// One cache, whose entries are found by the tenant only.
    case salted
    /// Nothing of it is anybody else's.
    case dedicated
  }

  public var plan: String?
  /// What the tenant pays in the time that is judged.
  public var revenue: Money?
  /// Of input and output together; nil sets no limit.
  public var tokensPerMinute: Int?
  public var callsPerMinute: Int?
  /// Calls that may be under way at once; nil sets no limit.
  public var concurrency: Int?
  /// Its part of what is scarce, against those of others.
  public var weight = 1.0
  public var isolation = Isolation.salted
  /// The least share of its answers that must be right.
  public var qualityFloor: Double?
  /// Texts that are planted in its data and nobody else may ever be told.
  public var canaries: [String] = []

  public init() {}

  public static let keys: [Key<TenantSettings>] = [
    Key("plan", \.plan, .optional(.text), "What it has booked"),
    Key("revenue", \.revenue, .optional(.money), "What it pays in the time that is judged, such as 99 USD"),
    Key(
      "tokens_per_minute", \.tokensPerMinute, .optional(.count(atLeast: 1)),
      "Tokens that its calls may use a minute, in and out; as many at once after a minute of silence"),
    Key(
      "calls_per_minute", \.callsPerMinute, .optional(.count(atLeast: 1)),
      "Calls that it may make a minute; as many at once after a minute of silence"),
    Key("concurrency", \.concurrency, .optional(.count(atLeast: 1)), "Calls that it may have under way at once"),
    Key("weight", \.weight, .number(in: 0.001...1_000), "Its part of what is scarce, against the weights of others"),
    Key(
      "isolation", \.isolation, .choice,
      "Whether its entries in caches are anybody's (shared), found by it only (salted) or on machines of its own (dedicated)"
    ),
    Key("quality_floor", \.qualityFloor, .optional(.share), "The least share of its answers that must be right"),
    Key(
      "canaries", \.canaries, .list(of: .text),
      "Texts planted in its data, of 8 characters at least, that no other tenant may ever be told"),
  ]

  /// Shorter ones come up by chance.
  private static let shortestCanary = 8

  public func faults() -> [Fault] {
    guard canaries.contains(where: { $0.count < TenantSettings.shortestCanary }) else { return [] }
    return [
      Fault(
        key: "canaries",
        problem: "a canary of fewer than \(TenantSettings.shortestCanary) characters comes up by chance",
        remedy: "Plant a longer one that nobody would write, such as 16 random letters.")
    ]
  }
}
