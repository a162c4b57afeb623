import Checks
import Gateway
import Guards
import Pricing
import Project
import Records
import Server

/// The upstreams of the project file, with their keys, and the routes to them.
enum Upstreams {
  /// Those of the nearest project file, and what guards calls, which other gateways may ask for; nil where it names nothing of that.
  /// - Throws: `ProjectErrors`, `ProjectSecret.Missing`: calling without a key what should be called with one helps nobody.
  /// - Parameter pricing: what calls cost; nil where nobody says.
  static func ofNearestProject(_ pricing: SpanPricing?) throws -> Calling? {
    guard let file = ProjectOption.nearest else { return nil }
    let project = try Project.load(file: file, policies: Catalogue.policies)
    guard
      !project.upstreams.isEmpty || !project.budgets.isEmpty || project.breakers != nil
        || !project.tenants.isEmpty || !project.failureBudgets.isEmpty
    else { return nil }
    let upstreams = try project.upstreams.map { entry in
      let path = "upstreams.\(entry.id)"
      func secret(_ settings: SecretSettings, _ key: String) throws -> String {
        let place = project.location(of: "\(path).\(key)").map { "\($0)" } ?? "\(path).\(key)"
        return try ProjectSecret.value(of: settings, beside: file, place: place)
      }
      let settings = entry.value
      var headers = try settings.headers.map { (name: $0.id, value: try secret($0.value, "headers.\($0.id)")) }
      if let key = settings.key {
        let value = try secret(key, "key")
        headers.append((name: settings.keyHeader, value: settings.dialect == .openai ? "Bearer \(value)" : value))
      }
      let salt = try settings.cacheSalt.flatMap { member in
        try settings.cacheSecret.map { try cacheSalt(member, secret($0, "cache_secret"), project, path) }
      }
      return Upstream(
        name: entry.id, url: settings.url, dialect: settings.dialect == .openai ? .openai : .anthropic,
        headers: headers, authorities: settings.authorities.map { ProjectOption.path($0, beside: file) },
        connectTimeout: settings.connectTimeout, firstByteTimeout: settings.firstByteTimeout,
        idleTimeout: settings.idleTimeout, slowFirstToken: settings.slowFirstToken,
        concurrency: settings.concurrency, cacheSalt: salt)
    }
    let routes = project.routes.map {
      CallRoute(
        name: $0.id, upstream: $0.value.upstream, model: $0.value.model,
        fallbacks: $0.value.fallbacks.map { .init(upstream: $0.upstream, model: $0.model) })
    }
    let pressure: CallRecorder.Pressure =
      switch project.gateway.pressure {
      case .wait: .wait
      case .shed: .shed
      case .refuse: .refuse
      }
    var calling = Calling(
      CallPlan(upstreams, routes: routes), pressure: pressure, places: project.gateway.calls,
      bytes: Int(project.gateway.bytes.bytes), budgets: budgets(project, pricing),
      random: { UInt64.random(in: .min ... .max) })
    calling.breakers = breakers(project)
    calling.tenants = tenants(project)
    calling.failures = failures(project)
    (calling.room.mostWaiting, calling.room.longestWait) = (project.gateway.mostWaiting, project.gateway.longestWait)
    return calling
  }

  /// Bytes of the shortest secret. Whoever knows the value of one tenant can try out shorter ones.
  private static let shortestSecret = 16

  private static func cacheSalt(
    _ member: UpstreamSettings.CacheMember, _ secret: String, _ project: Project, _ path: String
  ) throws -> CacheSalt {
    guard secret.utf8.count >= shortestSecret else {
      let place = project.location(of: "\(path).cache_secret").map { "\($0)" } ?? "\(path).cache_secret"
      throw ProjectSecret.Missing(
        place: place,
        problem:
          "a secret of fewer than \(shortestSecret) characters can be guessed. Make one with `openssl rand -hex 32`")
    }
    let sharing = project.tenants.filter { $0.value.isolation == .shared }.map(\.id)
    return CacheSalt(
      member == .cacheSalt ? .cacheSalt : .promptCacheKey, secret: secret, sharing: Set(sharing))
  }

  private static func budgets(_ project: Project, _ pricing: SpanPricing?) -> Calling.Budgets {
    var budgets = Calling.Budgets()
    guard !project.budgets.isEmpty else { return budgets }
    budgets.patience.call = project.gateway.longestCall
    budgets.models.pricing = pricing
    for model in project.models {
      if let most = model.value.capabilities.mostOutputTokens { budgets.models.mostOutput[model.id] = Int64(most) }
    }
    let counting = TokenCounting(project)
    budgets.models.count = { counting.count($0, of: $1) }
    budgets.entries = project.budgets.map { budget in
      let (name, settings) = (budget.id, budget.value)
      let (unit, limit): (BudgetRule.Unit, Int128) =
        if let money = settings.money {
          (.money(currency: money.currency), money.units)
        } else if let tokens = settings.tokens {
          (.tokens, Int128(tokens))
        } else {
          (.calls, Int128(settings.calls ?? 0))
        }
      // The words of both are the same.
      var entry = CallBudgets.Entry(
        BudgetRule(
          name: name, unit: unit, limit: limit, period: BudgetPeriod(rawValue: settings.period.rawValue) ?? .day,
          level: BudgetRule.Level(rawValue: settings.each.rawValue) ?? .all,
          mode: BudgetRule.Mode(rawValue: settings.mode.rawValue) ?? .enforce,
          onFailure: BudgetRule.Failure(rawValue: settings.onFailure.rawValue) ?? .closed))
      (entry.key, entry.tenant, entry.feature) = (settings.key, settings.tenant, settings.feature)
      (entry.model, entry.agent) = (settings.model, settings.agent)
      (entry.ceiling, entry.outputCap) = (settings.ceiling, settings.outputCap.map { Int64($0) })
      return entry
    }
    return budgets
  }

  private static func tenants(_ project: Project) -> Calling.Tenants? {
    guard !project.tenants.isEmpty else { return nil }
    var tenants = Calling.Tenants()
    // The words of both are the same.
    tenants.mode = TenantRule.Mode(rawValue: project.gateway.tenants.rawValue) ?? .observe
    tenants.entries = project.tenants.map { tenant in
      var rule = TenantRule()
      rule.tokensPerMinute = tenant.value.tokensPerMinute.map { Int64($0) }
      rule.callsPerMinute = tenant.value.callsPerMinute.map { Int64($0) }
      (rule.concurrency, rule.weight) = (tenant.value.concurrency, tenant.value.weight)
      return CallTenants.Entry(tenant.id, rule)
    }
    tenants.canaries = CanaryList(project.tenants.map { ($0.id, $0.value.canaries) })
    return tenants
  }

  private static func failures(_ project: Project) -> Calling.Failures {
    var failures = Calling.Failures()
    failures.readers = Set(project.tools.filter { $0.value.effect == .read }.map(\.id))
    for person in project.people where person.value.isActive { failures.people[person.id] = .some(person.value.until) }
    failures.entries = project.failureBudgets.map { budget in
      let settings = budget.value
      let subject: FailureRule.Subject =
        settings.agent.map { .agent($0) } ?? .feature(settings.feature ?? "")
      var rule = FailureRule(budget.id, subject, rate: settings.rate, period: settings.period)
      // The words of both are the same.
      rule.mode = FailureRule.Mode(rawValue: settings.mode.rawValue) ?? .observe
      rule.response = FailureRule.Response(rawValue: settings.response.rawValue) ?? .readOnly
      rule.onFailure = FailureRule.Failure(rawValue: settings.onFailure.rawValue) ?? .closed
      rule.confidence = settings.confidence
      let weights = settings.weights
      for (kind, weight) in [
        (FailureKind.error, weights.error), (.refused, weights.refused), (.empty, weights.empty),
        (.judgedBad, weights.judgedBad), (.unintended, weights.unintended),
      ] { rule.weights[kind] = weight }
      rule.burns =
        settings.windows?.map { FailureRule.Burn(long: $0.long, short: $0.short, rate: $0.burn) }
        ?? FailureRule.Burn.usual.filter { $0.long <= settings.period }
      var entry = FailureDesk.Entry(rule, judgements: settings.judgements)
      entry.since = settings.since
      return entry
    }
    return failures
  }

  private static func breakers(_ project: Project) -> Calling.Breakers {
    var breakers = Calling.Breakers()
    breakers.fallbackShare = project.gateway.fallbackShare
    guard let settings = project.breakers else { return breakers }
    // The words of both are the same.
    breakers.mode = BreakerRule.Mode(rawValue: settings.mode.rawValue) ?? .observe
    var rule = BreakerRule()
    (rule.window, rule.mostCalls, rule.minCalls) = (settings.window, settings.mostCalls, settings.minCalls)
    (rule.openRate, rule.confidence, rule.consecutive) = (settings.openRate, settings.confidence, settings.consecutive)
    (rule.openTime, rule.mostOpenTime, rule.probes) = (settings.openTime, settings.mostOpenTime, settings.probes)
    (rule.judgedWindow, rule.judgedRate) = (settings.judgedWindow, settings.judgedRate)
    breakers.rule = rule
    breakers.judges = settings.judgements
    breakers.countsMissedSchemas = settings.schemas == .all
    return breakers
  }

  /// What is said at the start.
  static func sentences(_ calling: Calling) -> [String] {
    calling.plan.upstreams.map { "calls models at \($0.name) (\($0.url)), which speaks \($0.dialect.rawValue)" }
  }
}
