internal import Records

/// Keeps the entries of an upstream's prompt cache apart, each tenant's from those of all others: an entry that one tenant's prompt has made
/// would tell another, by the time that an answer takes, what was asked.
///
/// What is sent is HMAC-SHA256 of whose the call is, and of the caller's own value where it gave one, under a secret: nobody who calls can
/// say the value of another tenant, and calls that a caller wants to be near each other stay so.
///
/// | whose it is | scope | what is sent |
/// |---|---|---|
/// | a key's tenant, with `isolation: shared` | shared | the caller's own value, as it came, or nothing |
/// | a key's tenant | tenant | by tenant |
/// | a key of no tenant, and the call states one | stated | by key and tenant: anybody can state one |
/// | a key of no tenant | key | by key |
/// | nobody's, where no keys are asked for | anybody | one of its own; by tenant, where the call states one |
public struct CacheSalt: Sendable {
  /// Where a request says what its cache entries are found by.
  public enum Member: String, Sendable, CaseIterable {
    /// OpenAI's: calls with the same value go to the same machine, where their prompts are cached. At most 64 characters.
    case promptCacheKey = "prompt_cache_key"
    /// vLLM's: only calls with the same value share cached blocks.
    case cacheSalt = "cache_salt"

    /// Whether an API knows it. OpenAI's embeddings refuse members that they do not know.
    func isKnown(to endpoint: CallEndpoint) -> Bool {
      switch endpoint {
      case .chat, .responses: true
      case .embeddings: self == .cacheSalt
      case .messages: false
      }
    }
  }

  /// What a call's cache entries are found by.
  public struct Key: Sendable, Equatable {
    /// What is sent; nil leaves the request as it is.
    let value: String?
    /// Of what the upstream is told; nil where that is nothing.
    let sha256: SHA256Digest?
    let scope: String
  }

  public let member: Member
  private let secret: String
  /// Tenants whose entries may be anybody's who shares.
  private let sharing: Set<String>

  /// - Parameter sharing: tenants with `isolation: shared`.
  public init(_ member: Member, secret: String, sharing: Set<String> = []) {
    self.member = member
    self.secret = secret
    self.sharing = Set(sharing.map(\.identifier))
  }

  /// - Throws: `CallRefusal` where the request says it twice, or in a way that cannot be exchanged.
  func key(for call: CallSpan) throws(CallRefusal) -> Key? {
    guard member.isKnown(to: call.request.endpoint) else { return nil }
    let own = try call.request.cacheKey(member)
    let (scope, names) = CacheSalt.owner(of: call)
    if scope == "tenant", sharing.contains(names[0]) {
      return Key(value: nil, sha256: own.map { SHA256Digest(of: $0) }, scope: "shared")
    }
    // Lengths before texts: no two lists of texts are the same bytes.
    let parts = [scope] + names + (own.map { ["own", $0] } ?? [])
    let message = parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
    let value = "\(MessageCode.sha256(of: message, key: secret))"
    return Key(value: value, sha256: SHA256Digest(of: value), scope: scope)
  }

  private static func owner(of call: CallSpan) -> (scope: String, names: [String]) {
    if let tenant = call.principal.tenant { return ("tenant", [tenant.identifier]) }
    let key = call.principal.key?.name
    if let stated = call.notes.tenant?.identifier {
      return (key == nil ? "anybody" : "stated", [key ?? "", stated])
    }
    return key.map { ("key", [$0]) } ?? ("anybody", [])
  }
}
