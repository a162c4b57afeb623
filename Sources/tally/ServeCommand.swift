import ArgumentParser
import Glibc
import Logging
import Pricing
import Server
import Store

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Take traces and other records over HTTP into the ledger, durable before they are acknowledged.",
    discussion: """
      Listens on this machine only: put a proxy with TLS and keys before it to
      take records from others.

        POST /v1/traces        OpenTelemetry (OTLP/HTTP): protobuf or JSON, gzip
        POST /v1/logs          results of evaluations, as OpenTelemetry sends them
        POST /api/v1/records   records as JSON lines, as `tally ingest` reads them
        POST /api/public/…     what Langfuse's SDKs (3 or later) send: traces, scores
        GET  /healthz /readyz  for whoever watches the process
        GET  /metrics          for Prometheus

      Where there are prices, in tally.yaml (prices, models) or with --prices,
      calls of models get their cost in the commit that stores them. The tables
      are read once, at the start.

      What is accepted goes on to those whom tally.yaml names in forward, from a
      spool in the ledger, until they have it.

      An answer of 200 means: on the disk. 429 and 503 mean: nothing was stored,
      send it again after Retry-After seconds. Ends on SIGTERM or Ctrl-C, after
      the requests that it has begun.
      """)

  @Option(help: "The port to listen on; 0 takes any free one.")
  var port = 4318

  @OptionGroup var prices: PricesOption
  @OptionGroup var place: LedgerOption

  func validate() throws {
    guard (0...65_535).contains(port) else { throw ValidationError("--port takes a number from 0 to 65535.") }
  }

  func run() async throws {
    do {
      let pricing = try prices.pricing()
      let targets = try ForwardTargets.ofNearestProject()
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
      var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
      logger.logLevel = .warning
      let location = ledger.location
      let server = LedgerServer(
        ledger, options: options, pricing: pricing, forwarding: ForwardTargets.forwarding(targets), logger: logger,
        clock: SystemClock.now)
      try await server.run { port in
        let start = "tally: listening on http://127.0.0.1:\(port), ledger \(location)"
        Terminal.note(([start] + targets.map { "tally: \(ForwardTargets.sentence($0))" }).joined(separator: "\n"))
      }
      try ledger.close()
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }
}
