public import Gateway
internal import Glibc
internal import HTTPTypes
internal import Hummingbird
public import Logging
internal import NIOCore
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
    /// Where exports over gRPC are taken; 0 takes any free port, nil takes none.
    public var grpcPort: Int?
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
  private let reception: Reception
  private let clock: @Sendable () -> Instant

  /// - Parameters:
  ///   - reception: what is done to deliveries before they are kept.
  ///   - clock: gives the time of what comes without one.
  public init(
    _ ledger: Ledger, options: Options, reception: Reception = Reception(), logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) {
    self.reception = reception
    self.options = options
    self.ledger = ledger
    self.logger = logger
    self.clock = clock
    group = GroupCommit(ledger)
  }

  /// - Parameters:
  ///   - onStart: gets the port once it listens.
  ///   - onStartGRPC: gets that of gRPC, where there is one.
  public func run(
    onStart: @escaping @Sendable (_ port: Int) -> Void,
    onStartGRPC: @escaping @Sendable (_ port: Int) -> Void = { _ in }
  ) async throws {
    let metrics = RequestMetrics()
    let router = Router()
    router.add(middleware: MetricsMiddleware(metrics: metrics))
    let bodies = BodyReader(limit: options.bodyLimit, room: options.bodyRoom)
    let records = RecordsEndpoint(group, reception)
    router.post("/api/v1/records") { request, _ in
      await bodies.answer(request) { await records.receive($0) }
    }
    let langfuse = LangfuseEndpoint(group, reception, clock: clock)
    router.post("/api/public/scores") { request, _ in
      await bodies.answer(request) { await langfuse.receiveScores($0) }
    }
    router.post("/api/public/ingestion") { request, _ in
      await bodies.answer(request) { await langfuse.receiveEvents($0) }
    }
    router.get("/api/public/projects") { _, _ in Response(LangfuseEndpoint.projects) }
    for (path, signal) in [
      ("/v1/traces", OTLPEndpoint.Signal.traces), ("/v1/logs", .logs), ("/api/public/otel/v1/traces", .traces),
    ] {
      let exports = OTLPEndpoint(group, signal, reception)
      router.post(RouterPath(path)) { request, _ in
        await bodies.answer(request) { await exports.receive($0, contentType: request.headers[.contentType]) }
      }
    }
    router.get("/healthz") { _, _ in Response(Answer(status: 200, text: "ok\n")) }
    router.get("/readyz") { [ledger] _, _ in await LedgerServer.readiness(of: ledger) }
    router.get("/metrics") { [group] _, _ in
      Response(Answer(status: 200, text: MetricsText.text(metrics.counts, group.statistics), version: "0.0.4"))
    }
    var services: [any Service] = []
    if let port = options.grpcPort {
      services.append(
        GRPCExports(
          endpoints: [.traces, .logs].map { ($0, OTLPEndpoint(group, $0, reception)) }, bodies: bodies,
          metrics: metrics, options: options, port: port, onStart: onStartGRPC))
    }
    let application = Application(
      router: router, server: .http1(configuration: .init(idleTimeout: .seconds(Int64(options.idleSeconds)))),
      configuration: .init(address: .hostname(options.host, port: options.port), serverName: "tally"),
      services: services,
      onServerRunning: { onStart($0.localAddress?.port ?? 0) }, logger: logger)
    do {
      try await application.runService()
    } catch let error as IOError {
      throw ListenError(address: "\(options.host):\(options.port)", option: "--port", problem: error.errnoCode)
    }
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
  /// Which option names another port.
  let option: String
  let problem: CInt

  public var description: String {
    let remedy =
      problem == EADDRINUSE
      ? "another process listens there. Stop it, or choose a port with \(option) (0 takes any free one)"
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
