internal import Gateway
internal import Glibc
internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore
public import Pricing
public import Records
internal import ServiceLifecycle
public import Store

/// Takes records over HTTP into a ledger until it is told to stop.
///
/// On SIGTERM or SIGINT it accepts no more connections, answers what it has begun, and returns: whoever called it closes
/// the ledger then.
public struct LedgerServer: Sendable {
  public struct Options: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes any free one.
    public var port = 4318
    /// Largest body in bytes, before and after it is decompressed.
    public var bodyLimit = 32 << 20
    /// Bytes of bodies that may be in memory at once, compressed and decompressed; more are turned away with 429.
    public var bodyRoom = 256 << 20
    /// Seconds without a byte after which a connection is closed.
    public var idleSeconds = 60

    public init() {}
  }

  private let options: Options
  private let ledger: Ledger
  private let group: GroupCommit
  private let logger: Logger
  private let pricing: SpanPricing?
  private let forwards: ForwardDesk
  private let clock: @Sendable () -> Instant

  /// - Parameters:
  ///   - pricing: what prices spans in the commit that stores them; nil leaves them unpriced.
  ///   - forwarding: who gets what is accepted too; nil for nobody.
  ///   - clock: gives the time of what comes without one.
  public init(
    _ ledger: Ledger, options: Options, pricing: SpanPricing? = nil, forwarding: Forwarding? = nil, logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.pricing = pricing
    self.options = options
    self.ledger = ledger
    self.logger = logger
    self.clock = clock
    let forwards = ForwardDesk(forwarding, logger: logger)
    self.forwards = forwards
    group = GroupCommit(ledger) { forwards.spooled($0) }
  }

  /// - Parameter onStart: gets the port once it listens.
  public func run(onStart: @escaping @Sendable (_ port: Int) -> Void) async throws {
    try await forwards.sayWhoIsMissing(ledger)
    let metrics = RequestMetrics()
    let router = Router()
    router.add(middleware: MetricsMiddleware(metrics: metrics))
    let bodies = BodyReader(limit: options.bodyLimit, room: options.bodyRoom)
    let client = forwards.plan.targets.isEmpty ? nil : ForwardClient(clock: clock)
    let upstream = client.flatMap { client in forwards.upstream.map { ($0, client) } }
    router.add(middleware: UpstreamProxy(upstream: upstream, bodies: bodies))
    let records = RecordsEndpoint(group, pricing: pricing)
    router.post("/api/v1/records") { request, _ in
      await bodies.answer(request) { await records.receive($0) }
    }
    let langfuse = LangfuseEndpoint(group, forwards: forwards.plan, clock: clock)
    router.post("/api/public/scores") { request, _ in
      await bodies.answer(request) { await langfuse.receiveScores($0) }
    }
    router.post("/api/public/ingestion") { request, _ in
      await bodies.answer(request) { await langfuse.receiveEvents($0) }
    }
    // An SDK makes links to the pages of the project that it is told of.
    if upstream == nil { router.get("/api/public/projects") { _, _ in Response(LangfuseEndpoint.projects) } }
    for (path, signal) in [
      ("/v1/traces", OTLPEndpoint.Signal.traces), ("/v1/logs", .logs), ("/api/public/otel/v1/traces", .traces),
    ] {
      let exports = OTLPEndpoint(group, signal, pricing: pricing, forwards: forwards.plan)
      router.post(RouterPath(path)) { request, _ in
        await bodies.answer(request) { await exports.receive($0, contentType: request.headers[.contentType]) }
      }
    }
    router.get("/healthz") { _, _ in Response(Answer(status: 200, text: "ok\n")) }
    router.get("/readyz") { [ledger] _, _ in await LedgerServer.readiness(of: ledger) }
    router.get("/metrics") { [group, ledger, forwards] _, _ in
      let statistics = group.statistics
      let text =
        MetricsText.text(metrics.counts, statistics) + (await forwards.metrics(ledger, statistics.spool))
      return Response(Answer(status: 200, text: text, version: "0.0.4"))
    }
    var application = Application(
      router: router, server: .http1(configuration: .init(idleTimeout: .seconds(Int64(options.idleSeconds)))),
      configuration: .init(address: .hostname(options.host, port: options.port), serverName: "tally"),
      onServerRunning: { onStart($0.localAddress?.port ?? 0) }, logger: logger)
    if let client { application.services += forwards.services(ledger, client) }
    do {
      try await application.runService()
    } catch {
      try? await client?.shutdown()
      guard let error = error as? IOError else { throw error }
      throw ListenError(address: "\(options.host):\(options.port)", problem: error.errnoCode)
    }
    try await client?.shutdown()
  }

  /// Ready is: the ledger can be read.
  private static func readiness(of ledger: Ledger) async -> Response {
    do {
      let status = try await ledger.status()
      return Response(Answer(status: 200, text: "ready at commit \(status.commits)\n"))
    } catch {
      return Response(Answer(status: 503, code: "NOT_READY", message: "\(error)"))
    }
  }
}

/// Nobody can listen at an address.
public struct ListenError: Error, CustomStringConvertible {
  let address: String
  let problem: CInt

  public var description: String {
    let remedy =
      problem == EADDRINUSE
      ? "another process listens there. Stop it, or choose a port with --port (0 takes any free one)"
      : String(cString: strerror(problem))
    return "cannot listen on \(address): \(remedy)"
  }
}

extension Response {
  init(_ answer: Answer) {
    var headers = HTTPFields()
    if let type = answer.contentType { headers[.contentType] = type }
    if let seconds = answer.retryAfter { headers[.retryAfter] = "\(seconds)" }
    self.init(
      status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: answer.body)))
  }
}
