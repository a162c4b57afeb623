/// `upstreams.<upstream>`: somebody who runs models, whom `tally serve` calls for others.
public struct UpstreamSettings: Configurable {
  /// Whose API it speaks.
  public enum Dialect: String, CaseIterable, Sendable {
    /// OpenAI's, as vLLM, llama.cpp, Ollama, Azure and most others do.
    case openai
    /// Anthropic's.
    case anthropic
  }

  public var url = ""
  public var dialect = Dialect.openai
  /// What it is called with.
  public var key: SecretSettings?
  /// Headers of every request, for servers that ask for others than a key.
  public var headers = NamedEntries<SecretSettings>()
  /// The file with the authorities that its certificate must come from; nil is those that the machine trusts.
  public var authorities: String?
  /// How long a connection may take to come about.
  public var connectTimeout = Duration.seconds(5)
  /// How long it may take from the request to the head of the reply.
  public var firstByteTimeout = Duration.seconds(600)
  /// How long a reply that has begun may be silent.
  public var idleTimeout = Duration.seconds(120)
  /// How long the first word of a stream may take before its call counts as failed; nil is for ever.
  public var slowFirstToken: Duration?
  /// Calls that may be under way there at once; nil sets no limit. Others wait, each tenant for its part.
  public var concurrency: Int?
  /// The member of a request by which its prompt cache is kept apart; nil leaves that to callers.
  public var cacheSalt: CacheMember?
  /// What nobody who calls knows, and the values of that member are made with.
  public var cacheSecret: SecretSettings?

  public enum CacheMember: String, CaseIterable, Sendable {
    case promptCacheKey = "prompt_cache_key"
    case cacheSalt = "cache_salt"
  }

  public init() {}

  public static let keys: [Key<UpstreamSettings>] = [
    Key(
      "url", \.url, .webAddress,
      "Its address, as SDKs call the base URL: with /v1 for openai, without for anthropic", required: true),
    Key("dialect", \.dialect, .choice, "Whose API it speaks: openai or anthropic"),
    Key("key", \.key, .optional(.secret), "Its key: {env: VARIABLE} or {file: PATH}"),
    Key(
      "headers", \.headers, .map(of: .secret, named: "header"),
      "Headers of every request, each {env: VARIABLE} or {file: PATH}"),
    Key(
      "ca", \.authorities, .optional(.path),
      "The authorities that its certificate must come from, in place of the machine's: a PEM file, relative to the project file"
    ),
    Key("connect_timeout", \.connectTimeout, .shortDuration, "How long a connection may take to come about"),
    Key("first_byte_timeout", \.firstByteTimeout, .shortDuration, "How long its reply may take to begin"),
    Key("idle_timeout", \.idleTimeout, .shortDuration, "How long a reply that has begun may be silent"),
    Key(
      "slow_first_token", \.slowFirstToken, .optional(.shortDuration),
      "From when on breakers count a stream that has not begun as failed; it goes on all the same"),
    Key(
      "concurrency", \.concurrency, .optional(.count(atLeast: 1)),
      "Calls that may be under way there at once; others wait, and whichever tenant has had the least is next"),
    Key(
      "cache_salt", \.cacheSalt, .optional(.choice),
      "The member that keeps its prompt cache apart by tenant: prompt_cache_key (OpenAI) or cache_salt (vLLM)"),
    Key(
      "cache_secret", \.cacheSecret, .optional(.secret),
      "What its values are made with, by HMAC-SHA256: {env: VARIABLE} or {file: PATH}"),
  ]

  public func faults() -> [Fault] {
    var faults: [Fault] = []
    let added = ["/chat/completions", "/responses", "/embeddings", "/messages", "/models"]
    if let path = added.first(where: { url.hasSuffix($0) }) {
      faults.append(
        Fault(
          key: "url", problem: "the address ends with \(path), which is added to it",
          remedy: "Leave it out: write the address that SDKs call the base URL."))
    } else if dialect == .anthropic, url.hasSuffix("/v1") {
      faults.append(
        Fault(
          key: "url", problem: "the address ends with /v1, which is added to it",
          remedy: "Leave it out: https://api.anthropic.com."))
    }
    if authorities != nil, !url.hasPrefix("https://") {
      faults.append(
        Fault(
          key: "ca", problem: "nothing is asked for a certificate there",
          remedy: "Write the address with https://, or leave ca out."))
    }
    if cacheSalt != nil, cacheSecret == nil {
      faults.append(
        Fault(
          key: "cache_salt", problem: "without a secret, everybody could make the values of every tenant",
          remedy: "Add cache_secret: {env: VARIABLE} or {file: PATH}."))
    }
    if cacheSecret != nil, cacheSalt == nil {
      faults.append(
        Fault(
          key: "cache_secret", problem: "nothing is made with it",
          remedy: "Add cache_salt: prompt_cache_key or cache_salt, or leave it out."))
    }
    if cacheSalt != nil, dialect == .anthropic {
      faults.append(
        Fault(
          key: "cache_salt", problem: "Anthropic's API has no member for it",
          remedy: "Leave it out: its caches are found by what a request marks with cache_control."))
    }
    return faults
      + HeaderNames.faults(
        headers.ids, taken: key == nil ? nil : keyHeader, problem: "\(keyHeader) is made of key already")
  }

  /// The header that carries the key.
  public var keyHeader: String { dialect == .openai ? "authorization" : "x-api-key" }
}

/// `routes.<model>`: where calls go that name a model; a name may end with `*`, for all that begin so.
public struct RouteSettings: Configurable {
  public var upstream = ""
  /// The name that the upstream knows; nil is the caller's.
  public var model: String?
  /// Who is asked when that fails before its reply has begun, one after the other.
  public var fallbacks: [FallbackSettings] = []

  public init() {}

  public static let keys: [Key<RouteSettings>] = [
    Key("upstream", \.upstream, .id, "Who is called: one of upstreams", required: true),
    Key("model", \.model, .optional(.text), "The model's name there; else the one that was asked for"),
    Key("fallbacks", \.fallbacks, .list(of: .object), "Who is asked when that fails before its reply has begun"),
  ]

  public func faults() -> [Fault] {
    var seen = [FallbackSettings(upstream, model)]
    for (place, fallback) in fallbacks.enumerated() {
      if seen.contains(fallback) {
        return [
          Fault(
            key: "fallbacks", below: [.element(place)],
            problem: "\(quoted(fallback.upstream)) would be asked for the same model twice",
            remedy: "Name another upstream, or another model.")
        ]
      }
      seen.append(fallback)
    }
    return []
  }
}

/// One of `routes.<model>.fallbacks`.
public struct FallbackSettings: Configurable {
  public var upstream = ""
  /// The name that the upstream knows; nil is the caller's.
  public var model: String?

  public init() {}

  init(_ upstream: String, _ model: String?) {
    self.upstream = upstream
    self.model = model
  }

  public static let keys: [Key<FallbackSettings>] = [
    Key("upstream", \.upstream, .id, "Who is called: one of upstreams, of the same dialect", required: true),
    Key("model", \.model, .optional(.text), "The model's name there; else the one that was asked for"),
  ]
}

/// `gateway`: how calls of models are written down, and who waits.
public struct GatewaySettings: Configurable {
  /// What happens to a call for whose span there is no room.
  public enum Pressure: String, CaseIterable, Sendable {
    case wait, shed, refuse
  }

  public var pressure = Pressure.wait
  public var calls = 4_096
  public var bytes = ByteSize.mebibytes(256)
  /// How long a call may take before budgets count what it was promised as spent: nobody will say any more what it used.
  public var longestCall = Duration.seconds(6 * 3_600)
  /// Of all calls, those that may be made a second time.
  public var fallbackShare = 0.2
  /// What becomes of calls beyond the limits of `tenants`. A new rule observes.
  public var tenants = TenantMode.observe
  /// Calls that may wait for a place at an upstream, and for how long.
  public var mostWaiting = 1_024
  public var longestWait = Duration.seconds(30)

  public enum TenantMode: String, CaseIterable, Sendable {
    case off, observe, enforce
  }

  public init() {}

  public static let keys: [Key<GatewaySettings>] = [
    Key(
      "on_ledger_pressure", \.pressure, .choice,
      "When the ledger cannot keep up, calls wait, go on without a span (shed) or are refused"),
    Key("max_calls", \.calls, .count(atLeast: 1), "Calls that may be under way or wait for the disk"),
    Key("max_bytes", \.bytes, .byteSize, "Bytes of their requests"),
    Key(
      "longest_call", \.longestCall, .shortDuration,
      "When budgets count as spent what a call was promised whose process has died"),
    Key(
      "max_fallback_share", \.fallbackShare, .share,
      "The share of calls within ten seconds that may be made again at a fallback; ten in any case"),
    Key(
      "tenants", \.tenants, .choice,
      "Calls beyond what tenants allow: off, observe (they pass and are counted) or enforce"),
    Key("max_waiting", \.mostWaiting, .count, "Calls that may wait for an upstream with a concurrency"),
    Key("longest_wait", \.longestWait, .shortDuration, "How long they wait before they are refused"),
  ]
}
