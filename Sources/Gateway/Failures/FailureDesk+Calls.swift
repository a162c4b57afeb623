internal import Guards
internal import Records
internal import Synchronization

/// What a spent failure budget lets a call do.
///
/// | the call | when_spent | mode | answer |
/// |---|---|---|---|
/// | of another feature or agent, or the budget is not spent | any | any | passes |
/// | offers no tool that changes something | any | any | passes; its span says that the budget is spent |
/// | offers one | read_only | enforce | 403 `failure_budget_spent` |
/// | offers one | approval | enforce | 403 `NEEDS_APPROVAL`, unless a person approves it: passes, and its span says who did |
/// | offers one | any | observe | passes; its span says what would have been |
/// | offers one, with a break-glass key | any | enforce | passes; its span says what it passed |
///
/// A tool changes something unless `tools` of `tally.yaml` says that its effect is `read`. Where nobody can say what has failed, a
/// budget with `on_failure: closed` refuses such calls with 503 `failure_budget_unavailable`; with `open`, what was known holds.
extension FailureDesk {
  /// Asks whether a call may be made now. O(budgets); only a call that a spent budget is about is read for its tools.
  /// - Parameters:
  ///   - call: is told what only watched, who approved it, and which budgets are spent.
  ///   - stated: names of the tools that it offers, where its request does not say.
  public func heed(_ call: inout CallSpan, stated: [String]? = nil) throws(CallRefusal) {
    let (feature, agent) = (call.feature, call.notes.agent)
    let concerned = entries.filter { $0.rule.subject.covers(feature: feature, agent: agent) }
    guard !concerned.isEmpty else { return }
    let (board, now) = (standings, clock())
    let isKnown = board.readAt.map { $0.duration(to: now) < FailureDesk.patience } ?? false
    var changing: [String]?
    for entry in concerned {
      let (rule, standing) = (entry.rule, board.standings[entry.rule.name])
      let isBlind = !isKnown && rule.onFailure == .closed
      guard isBlind || standing?.state == .spent else { continue }
      let tools = changing ?? (stated ?? OfferedTools.names(in: call.request.body)).filter { !readers.contains($0) }
      changing = tools
      if tools.isEmpty {
        if !isBlind { call.spentFailureBudgets.append(rule.name) }
        continue
      }
      if !isBlind, rule.response == .approval, let approver = call.notes.approver, mayApprove(approver, agent, now) {
        call.approver = approver
        call.spentFailureBudgets.append(rule.name)
        if rule.mode == .enforce { counts.withLock { $0.approved[rule.name, default: 0] += 1 } }
        continue
      }
      guard rule.mode == .enforce else {
        counts.withLock { $0.observed[rule.name, default: 0] += 1 }
        call.observedFailureBudgets.append(rule.name)
        continue
      }
      let code = isBlind ? CallRefusal.failuresUnknown : CallRefusal.code(spent: rule)
      if call.breaks(.failureBudget, code, rule.name) { continue }
      counts.withLock { $0.refused[rule.name, default: 0] += 1 }
      guard !isBlind, let standing, let reading = standing.reading else { throw CallRefusal(unreadable: rule) }
      // How others' calls fare is nothing for a tenant's key.
      let tells = call.principal.tenant == nil
      throw CallRefusal(rule, standing, tells ? reading : nil, tools, approver: call.notes.approver)
    }
  }

  /// Whether somebody is a person who is here, and not the agent itself.
  private func mayApprove(_ name: String, _ agent: String?, _ now: Instant) -> Bool {
    guard name != agent, let until = people[name] else { return false }
    return until.map { now < $0 } ?? true
  }
}

extension CallRefusal {
  static let failuresUnknown = "failure_budget_unavailable"

  static func code(spent rule: FailureRule) -> String {
    rule.response == .approval ? "NEEDS_APPROVAL" : "failure_budget_spent"
  }

  init(unreadable rule: FailureRule) {
    self.init(
      status: 503, code: CallRefusal.failuresUnknown,
      message:
        "The ledger cannot say how much of what \(rule.subject.text) does has failed, and the failure budget '\(rule.name)' lets no call change anything meanwhile. Ask again, or without tools that change something.",
      retryAfter: 1)
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    failureBudget = object
  }

  init(
    _ rule: FailureRule, _ standing: FailureDesk.Standing, _ reading: FailureMeter.Reading?, _ tools: [String],
    approver: String?
  ) {
    var message = "The failure budget '\(rule.name)' of \(rule.subject.text) is spent"
    if let reading {
      let (mean, low) = (FailureFigures.text(reading.mean ?? 0), FailureFigures.text(reading.low))
      message +=
        ": \(FailureFigures.text(rule.rate)) a call is tolerated in \(FailureFigures.text(rule.period)), and \(reading.calls == 1 ? "its call weighs" : "its \(reading.calls) calls weigh") \(mean) on average, at least \(low) (\(FailureFigures.text(rule.confidence * 100)) % confidence)"
    }
    message +=
      ". This call offers \(FailureFigures.list(tools)), and only calls without tools that change something are made"
    if rule.response == .approval {
      message += ", or those that a person approves (x-tally-approver)"
      if let approver { message += "; '\(approver)' is no person of tally.yaml who may" }
    }
    message += "."
    if let recovery = standing.recovery { message += " It moves on by \(recovery) if nothing more fails." }
    self.init(status: 403, code: CallRefusal.code(spent: rule), message: message)
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    object["subject"] = .string(rule.subject.text)
    object["rate"] = .number(rule.rate)
    object["per"] = .string(FailureFigures.text(rule.period))
    if let reading { FailureFigures.add(reading, to: &object) }
    object["confidence"] = .number(rule.confidence)
    object["since"] = standing.since.map { .string($0.description) }
    object["moves_on_at"] = standing.recovery.map { .string($0.description) }
    object["tools"] = .array(tools.map(JSONValue.string))
    failureBudget = object
  }
}
