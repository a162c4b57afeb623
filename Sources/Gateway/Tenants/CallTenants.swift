public import Guards
public import Records
internal import Synchronization

/// What tenants may use of this server: who is one, and what each has left.
///
/// A call is let in by one short look under one lock; nobody waits, and no disk is asked. Of tokens an estimate is taken: a token for
/// every four bytes of the request, and what it says that the answer may have; when the call has ended, what it used takes the place
/// of that. What is left is this server's own, and begins full when it starts.
public final class CallTenants: Sendable {
  public struct Entry: Sendable, Equatable {
    public let name: String
    public let rule: TenantRule

    public init(_ name: String, _ rule: TenantRule) {
      self.name = name
      self.rule = rule
    }
  }

  /// How a tenant stands, for those who watch.
  public struct Reading: Sendable {
    public let entry: Entry
    public let underWay: Int
    public let left: [TenantRule.Limit: Int64]
    /// Calls that were let in, were refused, and would have been where limits only observe.
    public let calls: Int
    public let refused: Int
    public let observed: Int
    /// Replies in which a canary of another tenant was found.
    public let leaks: Int
  }

  private struct Standing {
    var meter: TenantMeter
    var calls = 0
    var refused = 0
    var observed = 0
    var leaks = 0
  }

  private struct State {
    var standings: [String: Standing] = [:]
    /// Calls of nobody who is declared.
    var refused = 0
    var observed = 0
  }

  /// `NO_TENANT` in the words of spans.
  static let unknownTenant = "NO_TENANT"
  static let quota = "TENANT_QUOTA"

  public let mode: TenantRule.Mode
  public let entries: [Entry]
  public let canaries: CanaryList
  private let rules: [String: TenantRule]
  private let clock: @Sendable () -> Instant
  private let state: Mutex<State>

  public init(
    _ mode: TenantRule.Mode, _ entries: [Entry], canaries: CanaryList = CanaryList([]),
    clock: @escaping @Sendable () -> Instant
  ) {
    self.mode = mode
    self.entries = entries
    self.canaries = canaries
    self.clock = clock
    rules = Dictionary(entries.map { ($0.name, $0.rule) }) { first, _ in first }
    let now = clock()
    state = Mutex(State(standings: rules.mapValues { Standing(meter: TenantMeter($0, at: now)) }))
  }

  /// Calls of nobody who is declared: refused, and let pass where limits only observe.
  public var nobodys: (refused: Int, observed: Int) { state.withLock { ($0.refused, $0.observed) } }

  func rule(of tenant: String?) -> TenantRule? { tenant.flatMap { rules[$0] } }

  // MARK: Calls

  /// Asks whether a tenant may make a call now. O(1).
  /// - Parameters:
  ///   - call: is told what only watched, and what its break-glass key passes: that takes what every other call takes, and the tenant
  ///     owes it.
  ///   - estimate: tokens that it may use; nil is what its request tells.
  ///   - believes: whether whoever asks says for whom, and has verified that itself.
  /// - Throws: `CallRefusal`, 401 `NO_TENANT` or 429 `TENANT_QUOTA`.
  public func admit(
    _ call: inout CallSpan, estimate: Int64? = nil, believes: Bool = false
  ) throws(CallRefusal) -> TenantPass? {
    guard mode != .off else { return nil }
    let verified = call.principal.tenant ?? (believes ? call.notes.tenant : nil)
    // Who only watches takes a call at its word.
    guard let tenant = verified ?? (mode == .observe ? call.notes.tenant : nil), let rule = rules[tenant] else {
      return try refuseNobody(verified, &call)
    }
    if verified == nil { call.observedTenantLimits.append(CallTenants.unknownTenant) }
    let told = call.request.estimate.input.addingReportingOverflow(call.request.estimate.output)
    let estimate = estimate ?? (told.overflow ? .max : told.partialValue)
    let now = clock()
    let forces = mode == .enforce && call.glass != nil
    let (answer, passed) = state.withLock { state in
      let fresh = Standing(meter: TenantMeter(rule, at: now))
      return CallTenants.admit(estimate, rule, mode, now, forces: forces, &state.standings[tenant, default: fresh])
    }
    if let passed { _ = call.breaks(.tenant, CallTenants.quota, passed.limit.rawValue) }
    switch answer {
    case .granted(let grant): return TenantPass(tenant, grant, self)
    case .refused(let refusal):
      guard mode == .enforce else {
        call.observedTenantLimits.append(refusal.limit.rawValue)
        return nil
      }
      throw CallTenants.refusal(tenant, rule, refusal, estimate, now)
    }
  }

  private static func admit(
    _ estimate: Int64, _ rule: TenantRule, _ mode: TenantRule.Mode, _ now: Instant, forces: Bool,
    _ standing: inout Standing
  ) -> (TenantMeter.Answer, passed: TenantMeter.Refusal?) {
    var answer = standing.meter.admit(estimate, rule, at: now)
    var passed: TenantMeter.Refusal?
    if forces, case .refused(let refusal) = answer {
      passed = refusal
      answer = .granted(standing.meter.force(estimate, at: now))
    }
    switch answer {
    case .granted: standing.calls += 1
    case .refused where mode == .enforce: standing.refused += 1
    case .refused: standing.observed += 1
    }
    return (answer, passed)
  }

  private func refuseNobody(_ tenant: String?, _ call: inout CallSpan) throws(CallRefusal) -> TenantPass? {
    guard mode == .enforce else {
      state.withLock { $0.observed += 1 }
      call.observedTenantLimits.append(CallTenants.unknownTenant)
      return nil
    }
    if call.breaks(.tenant, CallTenants.unknownTenant, CallTenants.unknownTenant) { return nil }
    state.withLock { $0.refused += 1 }
    let message =
      tenant.map { "tally.yaml does not name the tenant '\($0)' under tenants, and calls of others are refused." }
      ?? "Calls are made for a tenant here, and this one shows no key that is bound to one: tally key create NAME --scope call --tenant …"
    throw CallRefusal(status: 401, code: CallTenants.unknownTenant, message: message)
  }

  /// A call has ended.
  /// - Parameter actual: tokens that it used; nil where nobody knows.
  func end(_ tenant: String, _ grant: TenantMeter.Grant, actual: Int64?, wasMade: Bool) {
    let now = clock()
    state.withLock { state in
      if wasMade {
        state.standings[tenant]?.meter.end(grant, actual: actual, at: now)
      } else {
        state.standings[tenant]?.meter.abandon(grant, at: now)
      }
    }
  }

  /// Which words are looked for in what a tenant is told; nil where there are none.
  public func order(for call: CallSpan) -> CanaryOrder? {
    guard mode != .off, !canaries.isEmpty else { return nil }
    let tenant = call.principal.tenant ?? (mode == .observe ? call.notes.tenant : nil)
    return CanaryOrder(list: canaries, tenant: tenant, holds: mode == .enforce)
  }

  /// A canary of another tenant was found in what a tenant is told.
  public func noteLeak(to tenant: String?) {
    guard let tenant else { return }
    state.withLock { $0.standings[tenant]?.leaks += 1 }
  }

  // MARK: Readings

  /// In the order of the file.
  public func readings() -> [Reading] {
    let now = clock()
    return state.withLock { state in
      entries.compactMap { entry in
        guard var standing = state.standings[entry.name] else { return nil }
        var left: [TenantRule.Limit: Int64] = [:]
        for limit in TenantRule.Limit.allCases { left[limit] = standing.meter.left(of: limit, entry.rule, at: now) }
        return Reading(
          entry: entry, underWay: standing.meter.underWay, left: left, calls: standing.calls,
          refused: standing.refused, observed: standing.observed, leaks: standing.leaks)
      }
    }
  }

  private static func refusal(
    _ tenant: String, _ rule: TenantRule, _ refusal: TenantMeter.Refusal, _ estimate: Int64, _ now: Instant
  ) -> CallRefusal {
    let amount = rule.amount(of: refusal.limit) ?? 0
    let wait = refusal.until.map { now.duration(to: $0) + .nanoseconds(999_999_999) } ?? .seconds(1)
    let seconds = Int(max(1, wait.components.seconds))
    let (limit, needed): (String, Int64) =
      switch refusal.limit {
      case .tokens: ("\(amount) tokens a minute", estimate)
      case .calls: (amount == 1 ? "1 call a minute" : "\(amount) calls a minute", 1)
      case .concurrency: (amount == 1 ? "1 call at once" : "\(amount) calls at once", 1)
      }
    let left = refusal.left < 0 ? "\(-refusal.left) more were used" : "\(refusal.left) are left"
    let what = refusal.limit == .tokens ? ", and this call may use about \(estimate)" : ""
    let when = refusal.until == nil ? "Ask again when one has ended." : "Ask again in \(seconds) s."
    var answer = CallRefusal(
      status: 429, code: quota, message: "The tenant '\(tenant)' may use \(limit); \(left)\(what). \(when)",
      retryAfter: seconds)
    var object = JSONObject()
    object["tenant"] = .string(tenant)
    object["limit"] = .string(refusal.limit.rawValue)
    object["amount"] = .integer(amount)
    object["left"] = .integer(refusal.left)
    object["needed"] = .integer(needed)
    object["until"] = refusal.until.map { .string($0.description) }
    answer.quota = object
    return answer
  }
}

/// A call that its tenant's limits have let in, until it has ended. However it ends, it ends once.
public final class TenantPass: Sendable {
  public let tenant: String
  private let grant: TenantMeter.Grant
  private let tenants: CallTenants
  private let hasEnded = Mutex(false)

  init(_ tenant: String, _ grant: TenantMeter.Grant, _ tenants: CallTenants) {
    self.tenant = tenant
    self.grant = grant
    self.tenants = tenants
  }

  deinit { end(actual: nil, wasMade: true) }

  /// The call is not made, and counts as none.
  public func abandon() { end(actual: 0, wasMade: false) }

  /// The call has ended.
  public func end(_ call: CallSpan) { end(used: call.used) }

  func end(used: (input: Int64, output: Int64)?) {
    let sum = used.map { $0.input.addingReportingOverflow($0.output) }
    end(actual: sum.map { $0.overflow ? .max : $0.partialValue }, wasMade: true)
  }

  private func end(actual: Int64?, wasMade: Bool) {
    let isFirst = hasEnded.withLock { hasEnded in
      defer { hasEnded = true }
      return !hasEnded
    }
    if isFirst { tenants.end(tenant, grant, actual: actual, wasMade: wasMade) }
  }
}
