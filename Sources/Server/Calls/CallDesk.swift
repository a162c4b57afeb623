internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
internal import Logging
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

  let calling: Calling
  let clients: UpstreamClients
  let bodies: BodyReader
  let recorder: CallRecorder
  let departures: Departures
  let breakers: Breakers
  let counts = CallCounts()
  let clock: @Sendable () -> Instant

  /// What every call is answered where `tally.yaml` names no upstream.
  static let none = CallRefusal(
    status: 404, code: "no_upstream",
    message:
      "No models are called here: tally.yaml names no upstreams. Name one: upstreams: {openai: {url: https://…}}.")

  func answer(
    _ request: Request, _ context: ServerContext, _ endpoint: CallEndpoint, from principal: Principal
  ) async -> Response {
    await bodies.reading(request, isExpanded: true) { body in
      do throws(CallRefusal) {
        return try await call(request, context.channel, endpoint, body, from: principal)
      } catch {
        return Response(error.answer(endpoint.dialect))
      }
    }
  }

  private func call(
    _ request: Request, _ channel: any Channel, _ endpoint: CallEndpoint, _ body: Body, from principal: Principal
  ) async throws(CallRefusal) -> Response {
    let fields = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
    let notes = CallNotes { name in fields.first { $0.name == name }?.value }
    if let refusal = principal.refusal(of: notes) { throw refusal }
    let bytes: [UInt8]
    switch body {
    case .success(let read): bytes = read
    case .failure(let fault): throw CallRefusal(fault.answer, fault.message)
    }
    let asked = try CallRequest(endpoint, bytes)
    let way = try calling.plan.way(of: asked.model, endpoint.dialect)
    return try await answer(
      Asking(
        request: request, channel: channel, fields: fields, notes: notes, asked: asked, principal: principal,
        traceID: notes.traceID ?? calling.id(words: 2)), by: way)
  }

  /// Asks one upstream.
  func attempt(_ asking: Asking, _ place: Attempt.Place, _ way: CallPlan.Way) async throws(CallRefusal) -> Attempt {
    let (request, channel, fields) = (asking.request, asking.channel, asking.fields)
    let (asked, notes, principal) = (asking.asked, asking.notes(place), asking.principal)
    let endpoint = asked.endpoint
    let (order, place) = (place, try await recorder.enter(bytes: asked.body.count))
    var span = CallSpan(
      request: asked, notes: notes, principal: principal, upstream: way.upstream,
      traceID: asking.traceID, spanID: calling.id(words: 1), startedAt: clock())
    (span.passage, span.degraded) = (order.passage, order.degraded)
    let exchange: UpstreamExchange
    do {
      exchange = try clients.begin(
        way.upstream, .POST, path: endpoint.upstreamPath + CallDesk.query(request),
        headers: CallHeaders.outgoing(fields, to: way.upstream, passesKey: order.passesKey),
        body: asked.outgoing(model: way.model, asksForUsage: true), onStall: { channel.close(promise: nil) })
    } catch {
      recorder.leave(place)
      return .failed(.failure(error.refusal(way.upstream)))
    }
    let session = CallSession(span, exchange, in: place, at: self, on: channel)
    do {
      let head = try await exchange.head()
      guard !order.isLast, Attempt.mayFail(head) else { return .answered(reply(head, session, asked, span)) }
      return try await withhold(head, session, asked, span)
    } catch {
      let fault = error as? CallFault ?? .upstreamReset
      session.end(fault)
      // Who has gone needs nobody else.
      let hasGone = fault == .clientDisconnected || fault == .clientStalled
      if !hasGone, session.outcome?.isFailure == true { return .failed(.failure(fault.refusal(way.upstream))) }
      throw fault.refusal(way.upstream)
    }
  }

  /// Whether the caller's own key goes on: where this server asks for none and has none, it is the upstream's.
  func passesKey(to upstream: Upstream, _ principal: Principal) -> Bool {
    upstream.headers.isEmpty && principal.key == nil
  }

  private static func query(_ request: Request) -> String { request.uri.query.map { "?\($0)" } ?? "" }

  /// - Parameter before: what has come of it already.
  func reply(
    _ head: HTTPResponseHead, _ session: CallSession, _ asked: CallRequest, _ span: CallSpan,
    after before: [ByteBuffer]? = nil
  ) -> Response {
    let strips = asked.lacksUsage
    if before == nil { session.begin(head, strips: strips) }
    let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
    let isChanged = strips && type.hasPrefix("text/event-stream")
    let headers = CallDesk.headers(head, span, isChanged: isChanged)
    let length = isChanged ? nil : head.headers.first(name: "content-length").flatMap { Int($0) }
    return Response(
      status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase), headers: headers,
      body: ResponseBody(contentLength: length) { writer in
        for piece in before ?? [] where piece.readableBytes > 0 { try await writer.write(piece) }
        try await CallDesk.pump(session, to: &writer)
      })
  }

  static func headers(_ head: HTTPResponseHead, _ span: CallSpan, isChanged: Bool) -> HTTPFields {
    var headers = HTTPFields()
    let incoming = head.headers.map { (name: $0.name, value: $0.value) }
    for (name, value) in CallHeaders.incoming(incoming, isChanged: isChanged) {
      if let name = HTTPField.Name(name), name != .contentLength { headers.append(HTTPField(name: name, value: value)) }
    }
    for (name, value) in [
      ("x-tally-trace-id", span.traceID), ("x-tally-span-id", span.spanID), ("x-tally-degraded", span.degraded),
    ] {
      if let name = HTTPField.Name(name), let value { headers[name] = value }
    }
    return headers
  }

  /// Hands the reply on, piece by piece. What breaks off here breaks off there: no caller takes a part for the whole.
  private static func pump(_ session: CallSession, to writer: inout any ResponseBodyWriter) async throws {
    do {
      while let piece = try await session.exchange.next() {
        let piece = session.pass(piece)
        guard piece.readableBytes > 0 else { continue }
        do { try await writer.write(piece) } catch { throw CallFault.clientDisconnected }
      }
      let rest = session.rest()
      do {
        if rest.readableBytes > 0 { try await writer.write(rest) }
        // What was said is whole, also where the caller is gone before its end.
        session.end(nil)
        try await writer.finish(nil)
      } catch { throw CallFault.clientDisconnected }
    } catch {
      let fault = error as? CallFault ?? .upstreamReset
      let complaint = session.complaint(fault)
      // A caller that does not read must not hold up the span.
      session.end(fault)
      if let complaint { try? await writer.write(complaint) }
      throw fault
    }
  }

  // MARK: Models

  /// `GET /v1/models`. Where models have routes, those are the answer; where everything goes to one upstream, its own list is.
  func models(_ request: Request, _ context: ServerContext, from principal: Principal) async -> Response {
    let dialect: CallDialect =
      HTTPField.Name("anthropic-version").flatMap { request.headers[$0] } == nil ? .openai : .anthropic
    guard calling.plan.routes.isEmpty else { return Response(ModelList.answer(calling.plan, dialect)) }
    do throws(CallRefusal) {
      let way = try calling.plan.way(of: "", dialect)
      return try await ask(way.upstream, request, context.channel, from: principal)
    } catch {
      return Response(error.answer(dialect))
    }
  }

  private func ask(
    _ upstream: Upstream, _ request: Request, _ channel: any Channel, from principal: Principal
  ) async throws(CallRefusal) -> Response {
    let fields = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
    do {
      let exchange = try clients.begin(
        upstream, .GET, path: (upstream.dialect == .anthropic ? "/v1" : "") + "/models" + CallDesk.query(request),
        headers: CallHeaders.outgoing(fields, to: upstream, passesKey: passesKey(to: upstream, principal)), body: [],
        onStall: {})
      departures.watch(channel) { exchange.cancel(.clientDisconnected) }
      defer { departures.forget(channel) }
      let head = try await exchange.head()
      var body = ByteBuffer()
      while let piece = try await exchange.next() {
        body.writeImmutableBuffer(piece)
        guard body.readableBytes <= CallDesk.listLimit else {
          exchange.cancel(.upstreamReset)
          throw CallFault.malformedReply
        }
      }
      var headers = HTTPFields()
      headers[.contentType] = head.headers.first(name: "content-type")
      return Response(
        status: .init(code: Int(head.status.code), reasonPhrase: head.status.reasonPhrase), headers: headers,
        body: .init(byteBuffer: body))
    } catch {
      throw (error as? CallFault ?? .upstreamReset).refusal(upstream)
    }
  }

  /// Bytes of a list of models that are kept in memory.
  private static let listLimit = 8 << 20
}
