import ArgumentParser
import Gateway
import Glibc
import Logging
import Pricing
import Redaction
import Server
import Store

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Take traces and other records over HTTP and gRPC into the ledger, durable before they are acknowledged.",
    discussion: """
      Listens on this machine only: put a proxy with TLS and keys before it to
      take records from others.

        POST /v1/traces        OpenTelemetry (OTLP/HTTP): protobuf or JSON, gzip
        POST /v1/logs          results of evaluations, as OpenTelemetry sends them
        POST /api/v1/records   records as JSON lines, as `tally ingest` reads them
        POST /api/public/…     what Langfuse's SDKs (3 or later) send: traces, scores
        GET  /healthz /readyz  for whoever watches the process
        GET  /metrics          for Prometheus
        gRPC on port 4317      OpenTelemetry (OTLP/gRPC): traces, evaluations

      Where there are prices, in tally.yaml (prices, models) or with --prices,
      calls of models get their cost in the commit that stores them. The tables
      are read once, at the start. What tally.yaml says under redaction is taken
      out before anything is stored.

      An answer of 200 means: on the disk. 429 and 503 mean: nothing was stored,
      send it again after Retry-After seconds. Ends on SIGTERM or Ctrl-C, after
      the requests that it has begun.
      """)

  @Option(help: "The port to listen on; 0 takes any free one.")
  var port = 4318

  @Option(
    help: "The port for OTLP/gRPC; 0 takes any free one. Without it 4317, or none where --port names another than 4318."
  )
  var grpcPort: Int?

  @OptionGroup var prices: PricesOption
  @OptionGroup var place: LedgerOption

  func validate() throws {
    for (option, port) in [("--port", port), ("--grpc-port", grpcPort ?? 0)] where !(0...65_535).contains(port) {
      throw ValidationError("\(option) takes a number from 0 to 65535.")
    }
  }

  func run() async throws {
    do {
      let (pricing, redactor) = (try prices.pricing(), try ProjectOption.redactor())
      let ledger = try await place.open(create: true)
      if let pricing {
        let now = SystemClock.now()
        let tables = pricing.book.tables.map { $0.artifact(at: now) }
        try await ledger.append(source: "tally \(Version.current)") { appender in
          for table in tables { try appender.append(table) }
        }
      }
      var options = LedgerServer.Options()
      options.port = port
      options.grpcPort = grpcPort ?? (port == 4318 ? 4317 : nil)
      var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
      logger.logLevel = .warning
      let location = ledger.location
      let server = LedgerServer(
        ledger, options: options, reception: Reception(redactor: redactor, pricing: pricing), logger: logger,
        clock: SystemClock.now)
      try await server.run { port in
        Terminal.note("tally: listening on http://127.0.0.1:\(port), ledger \(location)")
        if let redactor { Terminal.note("tally: before anything is stored, tally.yaml \(redactor.summary)") }
      } onStartGRPC: { port in
        Terminal.note("tally: listening for OTLP/gRPC on 127.0.0.1:\(port)")
      }
      try ledger.close()
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }
}
