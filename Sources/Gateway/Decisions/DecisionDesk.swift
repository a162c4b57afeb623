public import Records

/// What decisions for other gateways are made of: that of the calls that this server makes itself.
public struct DecisionDesk: Sendable {
  let plan: CallPlan
  let budgets: CallBudgets
  let breakers: CallBreakers
  let orders: OrderDesk
  let passages: DecisionPassages
  let tenants: CallTenants?
  let failures: FailureDesk?
  /// What break-glass keys passed, of decisions and of calls.
  public let glass = BreakGlassCounts()
  let recorder: CallRecorder
  /// Hexadecimal digits that nobody can foresee, 16 for each word.
  let id: @Sendable (_ words: Int) -> String
  let clock: @Sendable () -> Instant

  public init(
    _ plan: CallPlan, _ budgets: CallBudgets, _ breakers: CallBreakers, _ orders: OrderDesk, _ recorder: CallRecorder,
    tenants: CallTenants? = nil, failures: FailureDesk? = nil, id: @escaping @Sendable (_ words: Int) -> String,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.plan = plan
    self.budgets = budgets
    self.breakers = breakers
    self.orders = orders
    self.recorder = recorder
    self.tenants = tenants
    self.failures = failures
    self.id = id
    self.clock = clock
    passages = DecisionPassages(clock: clock)
  }

  /// Returns when every call that has ended is settled, or cannot be.
  public func drain() async { await budgets.drain() }

  /// Who is asked: one that `tally.yaml` names, or one that only the other gateway knows.
  func upstream(_ name: String, _ dialect: CallDialect) -> Upstream {
    plan.upstreams.first { $0.name == name && $0.dialect == dialect }
      ?? Upstream(name: name, url: "", dialect: dialect, headers: [])
  }
}

extension Answer {
  /// Where `tally.yaml` says nothing that could be decided.
  public static let nothingToDecide = Problem(
    status: 404, code: "NOTHING_TO_DECIDE",
    detail: "tally.yaml names no budgets, no breakers and no upstreams, so that nothing is decided here. Name budgets."
  ).answer
}
