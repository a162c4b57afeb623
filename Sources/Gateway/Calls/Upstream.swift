/// Somebody who runs models and is called by this server.
public struct Upstream: Sendable {
  /// As `tally.yaml` calls it.
  public let name: String
  /// What the paths of calls are added to, without a slash at the end.
  public let url: String
  public let dialect: CallDialect
  /// What every request carries. The values are secrets: they are neither printed nor logged.
  public let headers: [(name: String, value: String)]
  /// The PEM file of the authorities that its certificate must come from; nil is those that the machine trusts.
  public let authorities: String?
  /// How long a connection may take to come about.
  public let connectTimeout: Duration
  /// How long it may take from the request to the head of the reply.
  public let firstByteTimeout: Duration
  /// How long a reply that has begun may be silent.
  public let idleTimeout: Duration
  /// How long the first word of a stream may take before its call counts as failed; it goes on all the same. Nil is for ever.
  public let slowFirstToken: Duration?
  /// Calls that may be under way there at once; nil sets no limit.
  public let concurrency: Int?
  /// Keeps its prompt cache apart by tenant; nil leaves that to callers.
  public let cacheSalt: CacheSalt?

  public init(
    name: String, url: String, dialect: CallDialect, headers: [(name: String, value: String)],
    authorities: String? = nil, connectTimeout: Duration = .seconds(5), firstByteTimeout: Duration = .seconds(600),
    idleTimeout: Duration = .seconds(120), slowFirstToken: Duration? = nil,
    concurrency: Int? = nil, cacheSalt: CacheSalt? = nil
  ) {
    self.name = name
    self.url = url
    self.dialect = dialect
    self.headers = headers
    self.authorities = authorities
    self.connectTimeout = connectTimeout
    self.firstByteTimeout = firstByteTimeout
    self.idleTimeout = idleTimeout
    self.slowFirstToken = slowFirstToken
    self.concurrency = concurrency
    self.cacheSalt = cacheSalt
  }
}

/// Where calls that name a model go.
public struct CallRoute: Sendable, Equatable {
  /// Whom to ask when that fails.
  public struct Fallback: Sendable, Equatable {
    public let upstream: String
    /// The name that the upstream knows; nil is the caller's.
    public let model: String?

    public init(upstream: String, model: String? = nil) {
      self.upstream = upstream
      self.model = model
    }
  }

  /// The name of a model, or how names begin, with `*` at the end.
  public let name: String
  public let upstream: String
  /// The name that the upstream knows; nil is the caller's.
  public let model: String?
  /// In the order in which they are asked.
  public let fallbacks: [Fallback]

  public init(name: String, upstream: String, model: String? = nil, fallbacks: [Fallback] = []) {
    self.name = name
    self.upstream = upstream
    self.model = model
    self.fallbacks = fallbacks
  }

  /// How names begin that the route takes; nil for a route of one name.
  var prefix: Substring? { name.hasSuffix("*") ? name.dropLast() : nil }
}

/// Which model is called where.
public struct CallPlan: Sendable {
  /// Where a call goes.
  public struct Way: Sendable {
    public let upstream: Upstream
    /// The name that the upstream knows; nil is the caller's.
    public let model: String?
    /// Where it goes when that fails, one after the other.
    public var fallbacks: [Way] = []
  }

  public let upstreams: [Upstream]
  public let routes: [CallRoute]

  public init(_ upstreams: [Upstream] = [], routes: [CallRoute] = []) {
    self.upstreams = upstreams
    self.routes = routes
  }

  /// The way of a call: a route of this very name, else of those whose beginning fits the longest, else, without any routes, the
  /// only upstream that speaks the dialect.
  /// - Throws: `CallRefusal` when there is none.
  public func way(of model: String, _ dialect: CallDialect) throws(CallRefusal) -> Way {
    let able = upstreams.filter { $0.dialect == dialect }
    guard !able.isEmpty else {
      throw CallRefusal(
        status: 404, code: "no_upstream",
        message: "No upstream in tally.yaml speaks \(dialect.rawValue). Name one under upstreams.")
    }
    if routes.isEmpty {
      guard able.count == 1 else {
        throw CallRefusal(
          status: 404, code: "model_not_found",
          message:
            "tally.yaml names several upstreams that speak \(dialect.rawValue), and no routes. Name the models under routes."
        )
      }
      return Way(upstream: able[0], model: nil)
    }
    func fits(_ route: CallRoute) -> Upstream? { able.first { $0.name == route.upstream } }
    func way(_ route: CallRoute, _ upstream: Upstream) -> Way {
      let fallbacks = route.fallbacks.compactMap { fallback in
        able.first { $0.name == fallback.upstream }.map { Way(upstream: $0, model: fallback.model) }
      }
      return Way(upstream: upstream, model: route.model, fallbacks: fallbacks)
    }
    if let route = routes.first(where: { $0.name == model }) {
      if let upstream = fits(route) { return way(route, upstream) }
      throw CallRefusal(
        status: 404, code: "model_not_found",
        message: """
          The model '\(model)' is called at '\(route.upstream)', which does not speak \(dialect.rawValue). Call it by the other \
          API.
          """)
    }
    let open = routes.filter { $0.prefix.map { model.hasPrefix($0) } ?? false && fits($0) != nil }
    if let route = open.max(by: { $0.name.utf8.count < $1.name.utf8.count }), let upstream = fits(route) {
      return way(route, upstream)
    }
    throw CallRefusal(
      status: 404, code: "model_not_found",
      message: "tally.yaml has no route for the model '\(model)'. Name it under routes, or ask GET /v1/models.")
  }

  /// Names that can be called, with who runs them.
  public var models: [(name: String, upstream: String)] {
    routes.filter { $0.prefix == nil }.map { ($0.name, $0.upstream) }
  }
}
