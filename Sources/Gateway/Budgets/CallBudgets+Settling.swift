internal import Guards
internal import Pricing
internal import Records
internal import Store
internal import Synchronization

extension CallBudgets {
  /// Says what a call used, beside everything else.
  /// - Parameter wasSent: whether what was asked has left.
  public func settle(_ ticket: Ticket, _ call: CallSpan, wasSent: Bool) {
    let work = Task { [self] in
      if await !settle(ticket, used(ticket, call, wasSent: wasSent)) { state.withLock { $0.statistics.unsettled += 1 } }
    }
    track(work)
  }

  /// What a call used of each budget; none is named of which nobody can say.
  func used(_ ticket: Ticket, _ call: CallSpan, wasSent: Bool) -> [String: Int128] {
    used(of: ticket.claims.map { ($0.rule.name, $0.rule.unit) }, model: ticket.model, call, wasSent: wasSent)
  }

  /// - Parameter model: the name that the upstream knows.
  func used(
    of budgets: [(name: String, unit: BudgetRule.Unit)], model: String, _ call: CallSpan, wasSent: Bool
  ) -> [String: Int128] {
    var used: [String: Int128] = [:]
    guard wasSent else {
      for budget in budgets { used[budget.name] = 0 }
      return used
    }
    let span = counted(call, model: model)
    // Providers bill no call that they refused.
    let isRefused = (call.status ?? 0) >= 400 && span?.inputTokens == nil && span?.outputTokens == nil
    // What broke off may have used more than it said until then.
    let isWhole = call.observation.fault == nil && call.observation.substance?.isError != true
    for budget in budgets {
      switch budget.unit {
      case .calls: used[budget.name] = 1
      case .tokens:
        if isRefused { used[budget.name] = 0 }
        if isWhole, let input = span?.inputTokens, input >= 0 {
          used[budget.name] = Int128(input) + Int128(max(0, span?.outputTokens ?? 0))
        }
      case .money(let currency):
        if isRefused { used[budget.name] = 0 }
        let costs = [span.flatMap { models.pricing?.cost(of: $0)?.amount }, call.statedCost].compactMap(\.self)
        if isWhole, let cost = costs.first(where: { $0.currency == currency }) { used[budget.name] = cost.units }
      }
    }
    return used
  }

  /// The span of a call; where a whole reply does not say what it used, with its tokens counted as the model counts them, when
  /// somebody says how that is.
  private func counted(_ call: CallSpan, model: String) -> SpanRecord? {
    let batch = call.batch
    guard case .span(var span)? = batch.records.last else { return nil }
    guard call.observation.fault == nil, (200..<300).contains(call.status ?? 0), call.observation.reply != nil,
      span.inputTokens == nil,
      // Of what is only referred to, or goes on behind the reply, nobody here can count the tokens.
      CallBound(call.request).input != nil
    else { return span }
    var (input, output): (Int64, Int64) = (0, 0)
    for part in SpanContents.parts {
      guard let sha256 = span.contents[keyPath: part.path],
        let content = batch.contents.first(where: { $0.sha256 == sha256 })
      else { continue }
      guard
        let tokens = (models.count(content.bytes, model) ?? models.count(content.bytes, call.request.model))
          .map({ Int64($0) })
      else { return span }
      if part.name == "output" { output += tokens } else { input += tokens }
    }
    span.inputTokens = input
    span.outputTokens = output
    return span
  }

  /// - Returns: whether the ledger knows it. What it never hears of is spent in the end: nothing is lost but what was promised
  ///   too much.
  @discardableResult
  func settle(_ ticket: Ticket, _ used: [String: Int128]) async -> Bool {
    for pause in [50, 500, 2_000, 0] {
      do {
        try await ledger.settle(hold: ticket.hold, used)
        return true
      } catch {
        if pause == 0 || state.withLock({ $0.isEnding }) { break }
        try? await Task.sleep(for: .milliseconds(pause))
      }
    }
    return false
  }

  /// Does something beside everything else that must be done before the end.
  func track(_ work: Task<Void, Never>) {
    let number = state.withLock { state in
      defer { state.next += 1 }
      state.settling[state.next] = work
      return state.next
    }
    Task { [self] in
      await work.value
      state.withLock { $0.settling[number] = nil }
    }
  }

  /// Returns when every call that has ended is settled, or cannot be.
  public func drain() async {
    state.withLock { $0.isEnding = true }
    while let task = state.withLock({ $0.settling.values.first }) { await task.value }
  }
}
