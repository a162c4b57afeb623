internal import Guards
internal import Intake
internal import Records
internal import Store

/// `POST /api/v1/decide`: whether another gateway may make a call, by the same budgets and breakers as calls of this server's path.
///
/// What a call is promised is durable before the answer leaves. A refusal is an answer too: 200, with what the other gateway is to
/// say. `POST /api/v1/settle` says how the call ended.
public struct DecideEndpoint: Sendable {
  let desk: DecisionDesk

  public init(_ desk: DecisionDesk) { self.desk = desk }

  /// - Parameter principal: who asks.
  public func answer(_ body: Body, from principal: Principal) async -> Answer {
    do {
      let asked = try DecideRequest(body, longest: desk.budgets.longest)
      if let refusal = principal.refusal(of: asked.notes) {
        throw Problem(status: 403, code: "FORBIDDEN", detail: refusal.message, parameter: "tenant")
      }
      return try await decide(asked, principal)
    } catch {
      return Answer(problem: error)
    }
  }

  private func decide(_ asked: DecideRequest, _ principal: Principal) async throws -> Answer {
    var call = CallSpan(
      request: asked.call, notes: asked.notes, principal: principal,
      upstream: desk.upstream(asked.upstream, asked.call.endpoint.dialect),
      traceID: asked.notes.traceID ?? desk.id(2), spanID: desk.id(1), startedAt: desk.clock())
    call.statedProvider = asked.provider
    let place: CallRecorder.Place
    do throws(CallRefusal) { place = try await desk.recorder.enter(bytes: asked.call.body.count) } catch {
      return DecideEndpoint.refused(error)
    }
    let key = CallBreakers.Key(asked.upstream, asked.call.model)
    switch desk.breakers.admit(key, urgency: call.glass == nil ? .usual : .insists) {
    case .passed(let passage):
      call.passage = passage
      passage?.mark(&call)
    case .refused(let refusal):
      desk.recorder.leave(place)
      return DecideEndpoint.refused(refusal)
    }
    let expiry = desk.budgets.expiry(in: asked.lifetime)
    let ticket: CallBudgets.Decided?
    var pass: TenantPass?
    do throws(CallRefusal) {
      try desk.orders.heedFreezes(&call)
      try desk.failures?.heed(&call, stated: asked.tools)
      pass = try desk.tenants?.admit(&call, estimate: asked.estimate, believes: principal.tenant == nil)
      ticket = try await desk.budgets.decide(&call, model: asked.call.model, asked.bound, until: expiry) {
        call, claims in
        CallDecision(
          id: call.hold, tenant: principal.tenant,
          facts: (try? JSONValue.object(DecisionFacts(call, claims).json).line()) ?? "{}", expiresAt: expiry)
      }
    } catch {
      // That somebody wanted to make the call is worth knowing, as it is of calls that are made here.
      call.refusal = error
      pass?.abandon()
      desk.recorder.record(call, in: place)
      return DecideEndpoint.refused(error)
    }
    desk.glass.note(call.glass)
    desk.recorder.leave(place)
    if let ticket, call.passage != nil || pass != nil {
      desk.passages.keep(.init(passage: call.passage, pass: pass), ticket.hold, until: expiry)
    }
    return allowed(call, ticket, until: expiry)
  }

  /// - Parameter ticket: nil where the ledger did not answer, and budgets let calls go on without it.
  private func allowed(_ call: CallSpan, _ ticket: CallBudgets.Decided?, until expiry: Instant) -> Answer {
    var answer = JSONObject()
    answer["decision"] = .string("allow")
    answer["id"] = ticket.map { .string($0.hold) } ?? .null
    answer["expires_at"] = ticket.map { _ in .string(expiry.description) } ?? .null
    answer["trace_id"] = .string(call.traceID)
    answer["span_id"] = .string(call.spanID)
    answer["budgets"] = .array((ticket?.claims ?? []).map { .object(DecisionFacts.Promise($0).json) })
    answer["observed"] = .array(call.observedBudgets.map(JSONValue.string))
    answer["tenants_observed"] = .array(call.observedTenantLimits.map(JSONValue.string))
    answer["failure_budgets_observed"] = .array(call.observedFailureBudgets.map(JSONValue.string))
    answer["failure_budgets_spent"] = .array(call.spentFailureBudgets.map(JSONValue.string))
    answer["break_glass"] = call.glass.map { .object($0.json) }
    answer["breaker"] = call.passage.map { .string($0.word ?? Breaker.State.closed.rawValue) } ?? .null
    if let cap = call.cap {
      var object = JSONObject()
      object["budget"] = .string(cap.budget)
      object["tokens"] = .integer(cap.tokens)
      object["member"] = .string(call.request.endpoint.limit)
      answer["output_cap"] = .object(object)
    }
    return Answer(status: 200, json: answer)
  }

  private static func refused(_ refusal: CallRefusal) -> Answer {
    var object = JSONObject()
    object["code"] = .string(refusal.code)
    object["message"] = .string(refusal.message)
    object["status"] = .integer(Int64(refusal.status))
    object["retry_after"] = refusal.retryAfter.map { .integer(Int64($0)) }
    object["budget"] = refusal.budget.map(JSONValue.object)
    object["quota"] = refusal.quota.map(JSONValue.object)
    object["failure_budget"] = refusal.failureBudget.map(JSONValue.object)
    var answer = JSONObject()
    answer["decision"] = .string("refuse")
    answer["refusal"] = .object(object)
    return Answer(status: 200, json: answer)
  }
}
