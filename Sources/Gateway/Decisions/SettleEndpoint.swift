internal import Guards
internal import Intake
internal import Records
internal import Store

/// `POST /api/v1/settle`: how a call ended that another gateway made, at whichever server of the ledger it asked.
///
/// The first to say it is heard; saying it again changes nothing, and the answer says so. The call becomes a span, as one that was
/// made here.
public struct SettleEndpoint: Sendable {
  private let desk: DecisionDesk

  public init(_ desk: DecisionDesk) { self.desk = desk }

  /// - Parameter principal: who tells. One whose key is bound to a tenant knows only what was decided for that.
  public func answer(_ body: Body, from principal: Principal) async -> Answer {
    do {
      let told = try SettleRequest(body)
      let decision = try await desk.budgets.ledger.decision(told.id)
      guard let decision, principal.tenant == nil || principal.tenant == decision.tenant,
        let facts = DecisionFacts(parsing: decision.facts)
      else { throw SettleEndpoint.unknown(told.id) }
      let call = try call(told, decision, facts, principal)
      if decision.settledAt != nil { return await again(desk.passages.take(told.id), told, call, facts) }
      var measured = call
      // Only what is all there can be counted.
      if !told.holdsAllThatWasSaid, !SettleEndpoint.saysUsage(told, facts) { measured.observation.reply = nil }
      let used = desk.budgets.used(
        of: facts.promises.map { ($0.budget, $0.unit) }, model: facts.model, measured, wasSent: told.wasSent)
      // Taken before it is asked: whoever says the same meanwhile finds nothing to end.
      let held = desk.passages.take(told.id)
      let ending: CallDecision.Ending
      do {
        ending = try await desk.budgets.ledger.settle(decision: told.id, used)
      } catch {
        if let held { desk.passages.keep(held, told.id, until: decision.expiresAt) }
        throw error
      }
      switch ending {
      case .unknown: throw SettleEndpoint.unknown(told.id)
      case .already: return await again(held, told, call, facts)
      case .settled: letGo(held, told, call, facts)
      case .expired: break
      }
      return SettleEndpoint.answer(told.id, ending, used, facts, isRecorded: await record(call, told))
    } catch {
      return Answer(problem: error)
    }
  }

  /// It was said before. Where that was not heard of here to its end (the ledger's answer was lost, after it was written), what let
  /// the call in is still held, and it has no span yet.
  private func again(
    _ held: DecisionPassages.Held?, _ told: SettleRequest, _ call: CallSpan, _ facts: DecisionFacts
  ) async -> Answer {
    guard let held else {
      return SettleEndpoint.answer(told.id, .already, [:], facts, isRecorded: false)
    }
    letGo(held, told, call, facts)
    return SettleEndpoint.answer(told.id, .already, [:], facts, isRecorded: await record(call, told))
  }

  /// Tells what let the call in how it ended.
  private func letGo(_ held: DecisionPassages.Held?, _ told: SettleRequest, _ call: CallSpan, _ facts: DecisionFacts) {
    // Whoever asked nobody says nothing of anybody.
    guard told.wasSent else {
      held?.pass?.abandon()
      return
    }
    held?.pass?.end(used: ReplySubstance.used(told.reply(of: facts.endpoint)?["usage"], facts.endpoint))
    (held?.passage ?? desk.breakers.witness(CallBreakers.Key(facts.upstream, facts.model)))?.end(call)
  }

  private static func unknown(_ id: String) -> Problem {
    Problem.missing(
      "UNKNOWN_DECISION",
      "Nothing was decided here under '\(id)', or it is forgotten: a day after it has expired. Say the id that /decide answered."
    )
  }

  private static func saysUsage(_ told: SettleRequest, _ facts: DecisionFacts) -> Bool {
    if case .object? = told.reply(of: facts.endpoint)?["usage"] { true } else { false }
  }

  /// The call as it was seen by whoever made it.
  private func call(
    _ told: SettleRequest, _ decision: CallDecision, _ facts: DecisionFacts, _ principal: Principal
  ) throws -> CallSpan {
    var request = told.request ?? JSONObject()
    request["model"] = .string(facts.model)
    if told.isStream { request["stream"] = .bool(true) }
    let body: CallRequest
    do { body = try CallRequest(facts.endpoint, Array(try JSONValue.object(request).line().utf8)) } catch {
      throw Problem.parameter("request", "MEMBER", "'request' is no request of '\(facts.endpoint.word)': \(error).")
    }
    let ids = decision.id.split(separator: "-", maxSplits: 1).map(String.init)
    var call = CallSpan(
      request: body, notes: facts.notes, principal: principal,
      upstream: desk.upstream(facts.upstream, facts.endpoint.dialect), traceID: ids.first ?? "",
      spanID: ids.count > 1 ? ids[1] : "", startedAt: facts.startedAt)
    call.statedProvider = facts.provider
    call.statedCost = told.cost
    call.observedBudgets = facts.observed
    call.glass = facts.glass
    call.observedTenantLimits = facts.observedTenantLimits
    call.observedFailureBudgets = facts.observedFailureBudgets
    (call.spentFailureBudgets, call.approver) = (facts.spentFailureBudgets, facts.approver)
    call.cap = facts.cap.map { .init(budget: $0.budget, tokens: $0.tokens) }
    call.breakerWord = facts.breaker
    call.elapsed = told.latency ?? max(.zero, facts.startedAt.duration(to: desk.clock()))
    call.timeToFirst = told.timeToFirst
    call.retryAfter = told.retryAfter
    call.status = told.status ?? (told.fault == nil ? 200 : nil)
    call.observation.fault = told.fault
    if let reply = told.reply(of: facts.endpoint) {
      call.observation.reply = Array(try JSONValue.object(reply).line().utf8)
      // Only what the provider said says how it does; of counts alone nothing can be missing.
      if told.isWholeReply || reply["error"] != nil {
        call.observation.substance = ReplySubstance(.object(reply), facts.endpoint)
      }
    }
    return call
  }

  /// - Returns: whether it becomes a span: what was never asked is none, and under `on_ledger_pressure` some are let go.
  private func record(_ call: CallSpan, _ told: SettleRequest) async -> Bool {
    guard told.wasSent, let place = try? await desk.recorder.enter(bytes: call.request.body.count) else { return false }
    desk.recorder.record(call, in: place)
    return place.isKept
  }

  /// - Parameter used: what is known of it; the rest is all that was promised.
  private static func answer(
    _ id: String, _ ending: CallDecision.Ending, _ used: [String: Int128], _ facts: DecisionFacts, isRecorded: Bool
  ) -> Answer {
    var answer = JSONObject()
    answer["id"] = .string(id)
    answer["result"] = .string(ending.rawValue)
    answer["is_recorded"] = .bool(isRecorded)
    answer["budgets"] = .array(
      ending != .settled
        ? []
        : facts.promises.map { promise in
          var object = JSONObject()
          object["budget"] = .string(promise.budget)
          object["subject"] = .string(promise.subject)
          object["unit"] = .string(promise.unit.word)
          object["spent"] = .string(promise.unit.text(used[promise.budget] ?? promise.amount))
          return .object(object)
        })
    return Answer(status: 200, json: answer)
  }
}
