internal import Gateway
internal import Guards
internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import Records
internal import Store

/// Answers calls of models by asking the upstreams that `tally.yaml` names.
///
/// What a caller sends goes on as it is, with the upstream's key, and what the upstream says comes back as it is, piece by piece.
struct CallDesk: Sendable {
  /// What a key must let do.
  static let demand = Routes.Demand(.call, heedsTenant: true)

  /// What a request wants of it.
  enum Work: Sendable, Equatable {
    case call(CallEndpoint)
    /// `GET /v1/models`.
    case models
  }

  let calling: Calling
  let upstreams: UpstreamPools
  let access: AccessControl
  let bodies: BodyReader
  let metrics: RequestMetrics
  let recorder: CallRecorder
  let breakers: Breakers
  let orders: Orders
  /// Nil where there are none.
  let failures: FailureDesk?
  /// Reads calls that have ended, and words on them; nil where nobody wants to know.
  let endedCalls: LedgerWatch?
  /// Nil where there are none.
  let budgets: CallBudgets?
  /// Nil where none are declared.
  let tenants: CallTenants?
  let queues: CallQueues
  let leaks: LeakJournal
  /// What is decided for other gateways, by the same budgets and breakers.
  let decisions: DecisionDesk
  let counts = CallCounts()
  let clock: @Sendable () -> Instant

  static let modelsPath = "/v1/models"

  /// What every call is answered where `tally.yaml` names no upstream.
  static let none = CallRefusal(
    status: 404, code: "no_upstream",
    message:
      "No models are called here: tally.yaml names no upstreams. Name one: upstreams: {openai: {url: https://…}}.")

  static func misspelled(_ path: String) -> CallRefusal {
    CallRefusal(status: 404, code: "no_such_path", message: "Calls go to \(path), written just so.")
  }

  /// What a request wants of it; nil where that is nothing.
  func work(for request: HTTPRequest) -> Work? {
    guard let path = request.path?.prefix(while: { $0 != "?" }), path.hasPrefix("/v1/") else { return nil }
    switch request.method {
    case .post: return CallEndpoint.allCases.first { $0.path == path }.map { .call($0) }
    case .get: return path == CallDesk.modelsPath ? .models : nil
    default: return nil
    }
  }

  func answer(_ caller: CallerExchange, _ work: Work) async {
    let dialect = CallDesk.dialect(caller, work)
    let status: Int
    do throws(CallRefusal) {
      let principal = try await principal(caller)
      switch work {
      case .call(let endpoint): status = try await call(caller, endpoint, from: principal)
      case .models: status = try await models(caller, dialect, from: principal)
      }
    } catch {
      caller.answer(error.answer(dialect))
      status = error.status
    }
    let path = if case .call(let endpoint) = work { endpoint.path } else { CallDesk.modelsPath }
    metrics.count(.init(path: path, status: status))
  }

  private static func dialect(_ caller: CallerExchange, _ work: Work) -> CallDialect {
    switch work {
    case .call(let endpoint): endpoint.dialect
    case .models: caller.header("anthropic-version") == nil ? .openai : .anthropic
    }
  }

  private func principal(_ caller: CallerExchange) async throws(CallRefusal) -> Principal {
    let entry = await access.enter(
      authorization: caller.header("authorization"), apiKey: caller.header("x-api-key"), to: CallDesk.demand)
    switch entry {
    case .success(let principal): return principal
    case .failure(let refusal): throw CallRefusal(refusal.answer, refusal.message)
    }
  }

  // MARK: Calls

  private func call(
    _ caller: CallerExchange, _ endpoint: CallEndpoint, from principal: Principal
  ) async throws(CallRefusal) -> Int {
    let fields = caller.request.headerFields.map { (name: $0.name.canonicalName, value: $0.value) }
    let notes = CallNotes { name in fields.first { $0.name == name }?.value }
    if let refusal = principal.refusal(of: notes) { throw refusal }
    let (body, room) = await bodies.body(of: caller)
    let bytes: [UInt8]
    switch body {
    case .success(let read): bytes = read
    case .failure(let fault): throw CallRefusal(fault.answer, fault.message)
    }
    let asked = try await CallDesk.request(endpoint, bytes)
    let way = try calling.plan.way(of: asked.model, endpoint.dialect)
    return try await answer(
      Asking(
        caller: caller, fields: fields, notes: notes, asked: asked, principal: principal,
        traceID: notes.traceID ?? calling.id(words: 2), room: room), by: way)
  }

  private static func request(_ endpoint: CallEndpoint, _ bytes: [UInt8]) async throws(CallRefusal) -> CallRequest {
    guard bytes.count > CallDesk.long else { return try CallRequest(endpoint, bytes) }
    // Who reads a long one on an event loop lets all its other callers wait.
    return try await withTaskExecutorPreference(globalConcurrentExecutor) { () async throws(CallRefusal) in
      try CallRequest(endpoint, bytes)
    }
  }

  /// Does what reads the body of a call: of a long one, not on the event loop.
  private static func aside<Found: Sendable>(
    _ span: inout CallSpan, _ read: @Sendable (inout CallSpan) async throws(CallRefusal) -> Found
  ) async throws(CallRefusal) -> Found {
    guard span.request.body.count > CallDesk.long else { return try await read(&span) }
    let given = span
    let (told, found) = await withTaskExecutorPreference(globalConcurrentExecutor) {
      () -> (CallSpan, Result<Found, CallRefusal>) in
      var told = given
      do throws(CallRefusal) {
        let found = try await read(&told)
        return (told, .success(found))
      } catch {
        return (told, .failure(error))
      }
    }
    span = told
    return try found.get()
  }

  /// Bytes that take some tenths of a millisecond to read.
  private static let long = 128 << 10

  /// Asks one upstream.
  func attempt(_ asking: Asking, _ order: Attempt.Place, _ way: CallPlan.Way) async throws(CallRefusal) -> Attempt {
    let (caller, asked) = (asking.caller, asking.asked)
    let place = try await recorder.enter(bytes: asked.body.count)
    // From now on the place counts the bytes of the body.
    asking.room.release()
    var span = CallSpan(
      request: asked, notes: asking.notes(order), principal: asking.principal, upstream: way.upstream,
      traceID: asking.traceID, spanID: calling.id(words: 1), startedAt: clock())
    (span.passage, span.degraded) = (order.passage, order.degraded)
    (span.isKept, span.upstreamModel) = (place.isKept, way.model)
    let came = NIODeadline.now()
    order.passage?.mark(&span)
    span.usesCallersKey = order.passesKey && asking.hasKey
    var pass: TenantPass?
    var ticket: CallBudgets.Ticket?
    let seat = queues.place(for: span)
    do throws(CallRefusal) {
      try await CallDesk.aside(&span) { [orders, failures] span throws(CallRefusal) in
        try span.salt()
        try orders.desk.heedFreezes(&span)
        try failures?.heed(&span)
      }
      // What stands in for a call that failed in a drill does not fail too.
      if order.degraded == nil, let drill = orders.desk.drill(for: &span) {
        span.drill = drill.name
        if let attempt = try await meet(drill, &span, order, in: place, for: caller) { return attempt }
      }
      pass = try tenants?.admit(&span)
      ticket = try await CallDesk.aside(&span) { [budgets] span throws(CallRefusal) in
        try await budgets?.reserve(&span, model: way.model ?? asked.model)
      }
      if let seat { try await take(seat, for: &span, caller) }
    } catch {
      order.passage?.abandon()
      pass?.abandon()
      if let ticket { budgets?.withdraw(ticket) }
      // Nobody was asked, and that somebody wanted to ask is worth knowing; and how long that was kept waiting.
      span.elapsed = Duration.nanoseconds((NIODeadline.now() - came).nanoseconds) - (span.queued ?? .zero)
      span.refusal = error
      recorder.record(span, in: place)
      throw error.naming(span)
    }
    decisions.glass.note(span.glass)
    let exchange: UpstreamExchange
    do throws(CallFault) {
      // It may have gone while it waited; nobody is asked for it.
      guard !caller.isGone else { throw .clientDisconnected }
      exchange = try upstreams.pool(way.upstream, on: caller.loop).begin(
        .POST, path: asked.endpoint.upstreamPath + caller.query,
        headers: CallHeaders.outgoing(asking.fields, to: way.upstream, passesKey: order.passesKey),
        body: asked.outgoing(model: way.model, asksForUsage: true, cap: span.outputCap, cache: span.cacheMember),
        onStall: { caller.breakOff() })
    } catch {
      order.passage?.abandon()
      pass?.abandon()
      seat?.abandon()
      recorder.leave(place)
      if let ticket { budgets?.withdraw(ticket) }
      guard error != .clientDisconnected else { throw error.refusal(way.upstream) }
      return .failed(.refusal(error.refusal(way.upstream)))
    }
    let session = CallSession(
      span, exchange, in: place, .init(ticket: ticket, pass: pass, seat: seat), at: self, for: caller)
    let head: HTTPResponseHead
    do {
      head = try await exchange.readHead()
      if !order.isLast, Attempt.mayFail(head) { return try await withhold(head, session, span, caller) }
    } catch {
      let fault = error as? CallFault ?? .upstreamReset
      session.end(fault)
      // Who has gone needs nobody else.
      let hasGone = fault == .clientDisconnected || fault == .clientStalled
      let refusal = fault.refusal(way.upstream).naming(span)
      if !hasGone, session.outcome?.isFailure == true { return .failed(.refusal(refusal)) }
      throw refusal
    }
    session.begin(head, strips: asked.lacksUsage)
    if session.holdsWhole {
      do throws(CallRefusal) { return try await hold(head, session, span, caller) } catch { throw error.naming(span) }
    }
    let isChanged =
      (asked.lacksUsage || session.holds)
      && head.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") ?? false
    caller.begin(CallDesk.head(head, span, isChanged: isChanged))
    await pump(session, to: caller)
    return .answered(Int(head.status.code))
  }

  /// Whether the caller's own key goes on: where this server asks for none and has none, it is the upstream's.
  func passesKey(to upstream: Upstream, _ principal: Principal) -> Bool {
    upstream.headers.isEmpty && principal.key == nil
  }

  /// - Parameter isChanged: whether its body changes on the way.
  static func head(_ head: HTTPResponseHead, _ span: CallSpan, isChanged: Bool) -> HTTPResponse {
    var fields = HTTPFields()
    let incoming = head.headers.map { (name: $0.name, value: $0.value) }
    for (name, value) in CallHeaders.incoming(incoming, isChanged: isChanged) {
      if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
    }
    fields.name(span.reference)
    if let degraded = span.degraded, let name = CallDesk.degradedField { fields[name] = degraded }
    if let drill = span.drill, let name = CallDesk.drillField { fields[name] = drill }
    if let codes = span.glass?.codes, !codes.isEmpty, let name = CallDesk.glassField {
      fields[name] = codes.joined(separator: ", ")
    }
    return HTTPResponse(
      status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase), headerFields: fields)
  }

  private static let degradedField = HTTPField.Name("x-tally-degraded")
  private static let drillField = HTTPField.Name("x-tally-drill")
  private static let glassField = HTTPField.Name("x-tally-break-glass")

  /// Hands the reply on, piece by piece. What breaks off here breaks off there: no caller takes a part for the whole.
  /// - Parameter before: what has come of it already.
  func pump(_ session: CallSession, to caller: CallerExchange, after before: ByteBuffer? = nil) async {
    do {
      if let before { try await caller.send(before) }
      while let piece = try await session.exchange.next({ caller.flush() }) {
        let piece = session.pass(piece)
        if piece.readableBytes > 0 { try await caller.send(piece) }
        try session.checkWatch()
      }
      let rest = session.rest()
      try session.checkWatch()
      if rest.readableBytes > 0 { try await caller.send(rest) }
      await session.readAhead()
      // What was said is whole, also where the caller is gone before its end.
      session.end(nil)
      caller.end()
    } catch {
      let fault = error as? CallFault ?? .clientDisconnected
      let complaint = session.complaint(fault)
      session.end(fault)
      caller.breakOff(saying: complaint)
    }
  }

  // MARK: Models

  /// Where models have routes, those are the answer; where everything goes to one upstream, its own list is.
  private func models(
    _ caller: CallerExchange, _ dialect: CallDialect, from principal: Principal
  ) async throws(CallRefusal) -> Int {
    let answer =
      if calling.plan.routes.isEmpty {
        try await ask(try calling.plan.way(of: "", dialect).upstream, caller, from: principal)
      } else {
        ModelList.answer(calling.plan, dialect)
      }
    caller.answer(answer)
    return answer.status
  }

  private func ask(
    _ upstream: Upstream, _ caller: CallerExchange, from principal: Principal
  ) async throws(CallRefusal) -> Answer {
    let fields = caller.request.headerFields.map { (name: $0.name.canonicalName, value: $0.value) }
    do {
      let exchange = try upstreams.pool(upstream, on: caller.loop).begin(
        .GET, path: (upstream.dialect == .anthropic ? "/v1" : "") + "/models" + caller.query,
        headers: CallHeaders.outgoing(fields, to: upstream, passesKey: passesKey(to: upstream, principal)), body: [],
        onStall: {})
      caller.watch { exchange.cancel(.clientDisconnected) }
      defer {
        caller.forget()
        exchange.cancel(.clientDisconnected)
      }
      let head = try await exchange.readHead()
      var body: [UInt8] = []
      while let piece = try await exchange.next() {
        body += piece.readableBytesView
        guard body.count <= CallDesk.listLimit else { throw CallFault.malformedReply }
      }
      return Answer(
        status: Int(head.status.code), contentType: head.headers.first(name: "content-type"), body: body)
    } catch {
      throw (error as? CallFault ?? .upstreamReset).refusal(upstream)
    }
  }

  /// Bytes of a list of models that are kept in memory.
  private static let listLimit = 8 << 20
}
