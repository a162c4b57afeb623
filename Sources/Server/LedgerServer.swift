public import Gateway
internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import HummingbirdTLS
public import Logging
internal import NIOCore
public import Records
internal import ServiceLifecycle
public import Store

/// Takes records over HTTP into a ledger until it is told to stop.
///
/// On SIGTERM or SIGINT it accepts no more connections, answers what it has begun, and returns: whoever called it closes
/// the ledger then. On SIGHUP it reads its certificate again.
public struct LedgerServer: Sendable {
  public struct Options: Sendable {
    public var host = "127.0.0.1"
    /// 0 takes any free one.
    public var port = 4318
    /// Where exports over gRPC are taken; 0 takes any free port, nil takes none.
    public var grpcPort: Int?
    /// Nil speaks plain HTTP.
    public var tls: TLSFiles?
    /// Speaks plain HTTP also where others reach it: a proxy before it ends TLS.
    public var allowsPlainHTTP = false
    /// Largest body in bytes, before and after it is decompressed.
    public var bodyLimit = 32 << 20
    /// Bytes of bodies that may be in memory at once, compressed and decompressed; more are turned away with 429.
    public var bodyRoom = 256 << 20
    /// Seconds without a byte after which a connection is closed.
    public var idleSeconds = 60

    public init() {}

    var isLoopback: Bool { Exposure.isLoopback(host) }
  }

  /// What it does once it listens.
  public struct Start: Sendable {
    /// `https` with a certificate, `http` without.
    public let scheme: String
    /// Such as `0.0.0.0:4318`.
    public let address: String
    /// Whether requests must show a key.
    public let asksForKeys: Bool
  }

  private let options: Options
  private let ledger: Ledger
  private let group: GroupCommit
  private let logger: Logger
  private let reception: Reception
  private let forwards: ForwardDesk
  private let clock: @Sendable () -> Instant
  private let checks: [CheckSummary]
  private let calling: Calling?
  private let recorder: CallRecorder?
  private let notices: ScheduleDesk

  /// - Parameters:
  ///   - reception: what is done to deliveries before they are kept.
  ///   - forwarding: who gets what is accepted too; nil for nobody.
  ///   - calling: whose models are called; nil for nobody's.
  ///   - scheduling: what runs by the clock, and who is told; nil for nothing.
  ///   - checks: what the API says can be judged.
  ///   - clock: gives the time of what comes without one, and tells when keys end.
  public init(
    _ ledger: Ledger, options: Options, reception: Reception = Reception(), forwarding: Forwarding? = nil,
    calling: Calling? = nil, scheduling: Scheduling? = nil, checks: [CheckSummary] = [], logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) {
    notices = ScheduleDesk(scheduling, logger: logger)
    self.checks = checks
    self.reception = reception
    self.options = options
    self.ledger = ledger
    self.logger = logger
    self.clock = clock
    let forwards = ForwardDesk(forwarding, logger: logger)
    self.forwards = forwards
    let group = GroupCommit(ledger) { forwards.spooled($0) }
    self.group = group
    self.calling = calling
    recorder = calling.map { calling in
      CallRecorder(
        group, reception, pressure: calling.pressure, places: calling.places, bytes: calling.bytes,
        onLoss: { logger.error("the span of a call could not be written: \($0)") })
    }
  }

  /// - Parameters:
  ///   - onStart: is called once it listens.
  ///   - onStartGRPC: once it listens for gRPC, where it does.
  /// - Throws: `ExposureError`, `TLSError`, `ListenError` or `LedgerError` instead of listening.
  public func run(
    onStart: @escaping @Sendable (Start) -> Void, onStartGRPC: @escaping @Sendable (Start) -> Void = { _ in }
  ) async throws {
    try await refuseExposure()
    try await forwards.sayWhoIsMissing(ledger)
    try await notices.sayWhoIsMissing(ledger)
    let identity = try options.tls.map { try ServerIdentity($0) }
    let access = AccessControl(ledger, alwaysAsks: !options.isLoopback, clock: clock)
    let asksForKeys = try await access.asksForKeys()
    let start: @Sendable (Int) -> Start = { [options] port in
      Start(
        scheme: options.tls == nil ? "http" : "https", address: Exposure.authority(options.host, port),
        asksForKeys: asksForKeys)
    }
    let metrics = RequestMetrics()
    let bodies = BodyReader(limit: options.bodyLimit, room: options.bodyRoom)
    let asksNobody = forwards.plan.targets.isEmpty && notices.plan.targets.isEmpty
    let client = asksNobody ? nil : ForwardClient(clock: clock)
    let desk = try desk(bodies, access, metrics)
    var services: [any Service] = []
    if let identity { services.append(await IdentityReload(identity, logger: logger)) }
    if let port = options.grpcPort {
      services.append(
        GRPCExports(
          endpoints: [.traces, .logs].map { ($0, exports($0)) }, bodies: bodies, metrics: metrics, access: access,
          identity: identity, options: options, port: port, onStart: { onStartGRPC(start($0)) }))
    }
    if let desk {
      // What was said before it began holds from the first call on.
      let watches = [desk.breakers.holds, desk.orders.watch] + (desk.endedCalls.map { [$0] } ?? [])
      for watch in watches { await watch.refresh() }
      services.append(LedgerFollower(watches))
    }
    if let client { services += forwards.services(ledger, client) + notices.senders(ledger, client) }
    if let scheduler = notices.scheduler(ledger) { services.append(scheduler) }
    let plain = ServerChannel.builder(idleTimeout: .seconds(options.idleSeconds), desk)
    let application = Application(
      router: router(metrics, bodies, access, client, desk),
      server: try identity.map { try .tls(plain, tlsConfiguration: $0.configuration) } ?? plain,
      configuration: .init(address: .hostname(options.host, port: options.port), serverName: "tally"),
      services: services, onServerRunning: { onStart(start($0.localAddress?.port ?? 0)) }, logger: logger)
    do {
      try await serve(application)
    } catch {
      try? await end(desk, client)
      throw error
    }
    try await end(desk, client)
    await access.settle()
  }

  /// Every call has been answered, or broken off; what they were is still being written.
  private func end(_ desk: CallDesk?, _ client: ForwardClient?) async throws {
    await recorder?.drain()
    await desk?.decisions.drain()
    await desk?.breakers.journal.drain()
    await desk?.leaks.drain()
    desk?.upstreams.shutdown()
    try await client?.shutdown()
  }

  private func serve(_ application: some ApplicationProtocol) async throws {
    let address = Exposure.authority(options.host, options.port)
    do {
      try await application.runService()
    } catch let error as IOError {
      throw ListenError(address: address, option: "--port", problem: error.errnoCode)
    } catch is SocketAddressError {
      throw ListenError(address: address, option: "--port", problem: EADDRNOTAVAIL)
    }
  }

  /// - Throws: `ExposureError` where others would reach a server that nobody may use, or that talks to them in plain text.
  private func refuseExposure() async throws {
    guard !options.isLoopback else { return }
    var problems: [ExposureError.Problem] = []
    if options.tls == nil, !options.allowsPlainHTTP { problems.append(.plain) }
    let now = clock()
    if try await !ledger.keys().values.contains(where: { $0.state(at: now) == .active }) { problems.append(.noKey) }
    guard problems.isEmpty else {
      throw ExposureError(address: Exposure.authority(options.host, options.port), problems: problems)
    }
  }

  private func desk(_ bodies: BodyReader, _ access: AccessControl, _ metrics: RequestMetrics) throws -> CallDesk? {
    guard let calling, let recorder else { return nil }
    let known = calling.budgets
    let budgets = CallBudgets(
      known.entries, ledger, known.models, patience: known.patience, process: calling.id(words: 2), clock: clock)
    let breakers = LedgerServer.breakers(calling.breakers, ledger, group, reception, logger, clock: clock)
    let tenants = calling.tenants.map { tenants in
      CallTenants(tenants.mode, tenants.entries, canaries: tenants.canaries, clock: clock)
    }
    let leaks = LeakJournal(group, reception) { [logger] in
      logger.error("the incident of a leak could not be written: \($0)")
    }
    let orders = LedgerServer.orders(calling, ledger, clock: clock)
    let failures = LedgerServer.failures(calling.failures, clock: clock)
    let listeners: [any EndedCallListener] = (failures.map { [$0] } ?? []) + (breakers.judges.map { [$0] } ?? [])
    return CallDesk(
      calling: calling, upstreams: try UpstreamPools(calling.plan), access: access, bodies: bodies, metrics: metrics,
      recorder: recorder, breakers: breakers, orders: orders, failures: failures,
      endedCalls: LedgerServer.endedCalls(
        listeners, ledger, afterwards: failures.map { LedgerServer.journal(of: $0, ledger, reception, logger) }),
      budgets: known.entries.isEmpty ? nil : budgets,
      tenants: tenants, queues: CallQueues(calling.plan.upstreams, calling.room, tenants), leaks: leaks,
      decisions: DecisionDesk(
        calling.plan, budgets, breakers.all, orders.desk, recorder, tenants: tenants, failures: failures,
        id: { calling.id(words: $0) }, clock: clock),
      clock: clock)
  }

  // MARK: Routes

  private func router(
    _ metrics: RequestMetrics, _ bodies: BodyReader, _ access: AccessControl, _ client: ForwardClient?,
    _ desk: CallDesk?
  ) -> Router<ServerContext> {
    let router = Router(context: ServerContext.self)
    router.add(middleware: MetricsMiddleware(metrics: metrics))
    let routes = Routes(router, access: access, bodyLimit: options.bodyLimit)
    addOthers(routes, bodies, client)
    addIntake(routes, bodies)
    addCalls(routes, desk)
    addBreakers(routes, desk)
    addOrders(routes, desk)
    addTenants(routes, desk)
    addFailures(routes, desk)
    addDecisions(routes, bodies, desk)
    addSchedule(routes, ScheduleEndpoint(ledger, notices.plan, clock: clock))
    addReading(
      routes, ReadingEndpoint(ledger, checks: checks),
      BudgetEndpoint(ledger, calling?.budgets.entries ?? [], clock: clock))
    addOperation(routes, metrics, access, desk)
    return router
  }

  /// What it answers to, such as `GET /healthz`; the API's document lists the same.
  public var routes: [String] {
    let access = AccessControl(ledger, alwaysAsks: true, clock: clock)
    let bodies = BodyReader(limit: options.bodyLimit, room: options.bodyRoom)
    return router(RequestMetrics(), bodies, access, nil, nil).routes.map { "\($0.method) \($0.path)" }
  }

  /// The paths of Langfuse that nobody here answers.
  private func addOthers(_ routes: Routes, _ bodies: BodyReader, _ client: ForwardClient?) {
    // An SDK asks whether its key is good, and makes links to the pages of the project that it is told of. It is told of one
    // that is nobody's where it may not see the target's.
    let projects = Routes.Demand(nil, heedsTenant: true)
    guard let client, let target = forwards.upstream else {
      routes.others(UpstreamProxy.prefix) { UpstreamProxy.none($0) }
      return routes.on(.get, UpstreamProxy.projects, projects) { _, _, _ in Response(LangfuseEndpoint.projects) }
    }
    let proxy = UpstreamProxy(target: target, client: client, bodies: bodies, onward: reception.onward)
    routes.others(UpstreamProxy.prefix, UpstreamProxy.demand) { await proxy.answer($0, from: $1) }
    routes.on(.get, UpstreamProxy.projects, projects) { request, _, principal in
      guard principal.tenant == nil else { return Response(LangfuseEndpoint.projects) }
      return await proxy.answer(request, from: principal)
    }
  }

  private func exports(_ signal: OTLPEndpoint.Signal) -> OTLPEndpoint {
    OTLPEndpoint(group, signal, reception, forwards: forwards.plan)
  }

  /// What takes records.
  private func addIntake(_ routes: Routes, _ bodies: BodyReader) {
    let ingest = Routes.Demand(.ingest, heedsTenant: true)
    let records = RecordsEndpoint(group, reception)
    routes.on(.post, "/api/v1/records", ingest) { request, _, principal in
      await bodies.answer(request) { await records.receive($0, from: principal) }
    }
    let langfuse = LangfuseEndpoint(group, reception, forwards: forwards.plan, clock: clock)
    routes.on(.post, "/api/public/scores", ingest) { request, _, principal in
      await bodies.answer(request) { await langfuse.receiveScores($0, from: principal) }
    }
    routes.on(.post, "/api/public/ingestion", ingest) { request, _, principal in
      await bodies.answer(request) { await langfuse.receiveEvents($0, from: principal) }
    }
    for (path, signal) in [
      ("/v1/traces", OTLPEndpoint.Signal.traces), ("/v1/logs", .logs), ("/api/public/otel/v1/traces", .traces),
    ] {
      let exports = exports(signal)
      routes.on(.post, path, ingest) {
        exports.refuse($0, $1, contentType: $2.headers[.contentType])
      } answer: { request, _, principal in
        await bodies.answer(request) {
          await exports.receive($0, contentType: request.headers[.contentType], from: principal)
        }
      }
    }
  }

  /// What says how the server does.
  private func addOperation(_ routes: Routes, _ metrics: RequestMetrics, _ access: AccessControl, _ desk: CallDesk?) {
    routes.open("/healthz") { Answer(status: 200, text: "ok\n") }
    routes.open("/readyz") { [ledger, logger] in await LedgerServer.readiness(of: ledger, logger) }
    routes.on(.get, "/metrics", Routes.Demand(.read)) { [group, ledger, forwards, notices] _, _, _ in
      let statistics = group.statistics
      let text =
        MetricsText.text(metrics.counts, statistics, access.failures)
        + (await forwards.metrics(ledger, statistics.spool))
        + (await notices.metrics(ledger))
        + (desk.map { CallMetricsText.text($0.counts, $0.recorder.statistics, $0.budgets) } ?? "")
        + (desk.map { BreakGlassMetricsText.text($0.decisions.glass) } ?? "")
        + (desk.map { OrderMetricsText.text($0.orders.desk) } ?? "")
        + (desk?.failures.map { FailureMetricsText.text($0) } ?? "")
        + (desk.map { BreakerMetricsText.text($0.breakers) } ?? "")
        + (desk.map { TenantMetricsText.text($0.tenants, $0.queues.all) } ?? "")
      return Response(Answer(status: 200, text: text, version: "0.0.4"))
    }
  }

  /// Ready is: the ledger can be read. Anybody may ask; why it cannot, with addresses and names, is for the log.
  private static func readiness(of ledger: Ledger, _ logger: Logger) async -> Answer {
    do {
      let status = try await ledger.status()
      return Answer(status: 200, text: "ready at commit \(status.commits)\n")
    } catch {
      logger.warning("not ready: \(error)")
      return Answer(status: 503, code: "NOT_READY", message: "The ledger cannot be read; the server's log says why.")
    }
  }
}

/// Nobody can listen at an address.
public struct ListenError: Error, CustomStringConvertible {
  let address: String
  /// Which option names another port.
  let option: String
  let problem: CInt

  public var description: String {
    let remedy =
      switch problem {
      case EADDRINUSE: "another process listens there. Stop it, or choose a port with \(option) (0 takes any free one)"
      case EADDRNOTAVAIL: "this machine has no such address. Name one of its own with --host; 0.0.0.0 is all of them"
      default: String(cString: strerror(problem))
      }
    return "cannot listen on \(address): \(remedy)"
  }
}
