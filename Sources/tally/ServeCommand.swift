import ArgumentParser
import Checks
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
    abstract:
      "Take traces and other records over HTTP and gRPC into the ledger, durable before they are acknowledged; call models for others and record that.",
    discussion: """
      Without more, it listens on this machine only and lets in everybody there,
      until the ledger has a key; from then on it asks for one. To take records
      from others, make keys and give it a certificate, or put a proxy that ends
      TLS before it:

        tally key create support-bot --scope ingest
        tally serve --host 0.0.0.0 --tls-certificate cert.pem --tls-key key.pem
        tally serve --host 10.0.0.5 --insecure-http

        POST /v1/traces        OpenTelemetry (OTLP/HTTP): protobuf or JSON, gzip
        POST /v1/logs          results of evaluations, as OpenTelemetry sends them
        POST /api/v1/records   records as JSON lines, as `tally ingest` reads them
        POST /api/public/…     what Langfuse's SDKs (3 or later) send: traces, scores
        GET  /api/v1/…         spans, traces, findings, records of any kind, as JSON:
                               /api/v1/openapi.json describes it (scope read)
        POST /v1/chat/completions, /v1/responses, /v1/embeddings, /v1/messages
                               calls of models at the upstreams of tally.yaml, each
                               one recorded; GET /v1/models lists them (scope call)
        GET  /api/v1/schedule  what runs by the clock, and which alerts are open
        GET  /healthz /readyz  for whoever watches the process
        GET  /metrics          for Prometheus (scope read; POST: ingest)
        gRPC on port 4317      OpenTelemetry (OTLP/gRPC): traces, evaluations

      Keys come as `Authorization: Bearer TOKEN`, as Basic authentication with the
      key's name as user, or as x-api-key.

      Where there are prices, in tally.yaml (prices, models) or with --prices,
      calls of models get their cost in the commit that stores them. The tables
      are read once, at the start. What tally.yaml says under redaction is taken
      out before anything is stored.

      What is accepted goes on to those whom tally.yaml names in forward, from a
      spool in the ledger, until they have it.

      Applications call models through it when their base URL is this server's
      (http://127.0.0.1:4318/v1, or without /v1 for Anthropic's SDKs) and
      tally.yaml says who runs them:

        upstreams:
          openai: {url: "https://api.openai.com/v1", key: {env: OPENAI_API_KEY}}

      It runs checks by the clock, and tells Slack, PagerDuty, Alertmanager or a
      webhook what changes, as tally.yaml says under schedule and notify.

      An answer of 200 to a delivery means: on the disk. 429 and 503 mean: nothing
      was stored, send it again after Retry-After seconds. Ends on SIGTERM or
      Ctrl-C, after the requests that it has begun; on SIGHUP it reads its
      certificate again.
      """)

  @Option(help: "The port to listen on; 0 takes any free one.")
  var port = 4318

  @Option(
    help: "The port for OTLP/gRPC; 0 takes any free one. Without it 4317, or none where --port names another than 4318."
  )
  var grpcPort: Int?

  @Option(
    help: ArgumentHelp("The address to listen on; 0.0.0.0 and :: are all of this machine's.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(
    help: ArgumentHelp(
      "Speak TLS (1.2 or later): the certificate, then those of its authorities, as PEM.", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("The certificate's private key, as PEM without a passphrase.", valueName: "file"))
  var tlsKey: String?

  @Flag(help: "Speak plain HTTP where others reach it: a proxy before it ends TLS.")
  var insecureHttp = false

  @OptionGroup var prices: PricesOption
  @OptionGroup var place: LedgerOption

  func validate() throws {
    for (option, port) in [("--port", port), ("--grpc-port", grpcPort ?? 0)] where !(0...65_535).contains(port) {
      throw ValidationError("\(option) takes a number from 0 to 65535.")
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key belong together: give both.")
    }
    guard tlsCertificate == nil || !insecureHttp else {
      throw ValidationError("--insecure-http is for a server without a certificate; leave it out.")
    }
    guard !host.isEmpty else { throw ValidationError("--host takes an address, such as 0.0.0.0.") }
  }

  func run() async throws {
    do {
      let (pricing, redactor) = (try prices.pricing(), try ProjectOption.redactor())
      let targets = try ForwardTargets.ofNearestProject()
      let calling = try Upstreams.ofNearestProject(pricing)
      let scheduling = try Schedules.ofNearestProject()
      let ledger = try await place.open(create: true)
      if let pricing {
        let now = SystemClock.now()
        let tables = pricing.book.tables.map { $0.artifact(at: now) }
        try await ledger.append(source: "tally \(Version.current)") { appender in
          for table in tables { try appender.append(table) }
        }
      }
      var options = LedgerServer.Options()
      (options.host, options.port) = (host, port)
      options.grpcPort = grpcPort ?? (port == 4318 ? 4317 : nil)
      options.allowsPlainHTTP = insecureHttp
      if let tlsCertificate, let tlsKey { options.tls = TLSFiles(certificate: tlsCertificate, key: tlsKey) }
      var logger = Logger(label: "tally") { StreamLogHandler.standardError(label: $0) }
      logger.logLevel = .warning
      let location = ledger.location
      let server = LedgerServer(
        ledger, options: options, reception: Reception(redactor: redactor, pricing: pricing),
        forwarding: ForwardTargets.forwarding(targets), calling: calling, scheduling: scheduling,
        checks: Catalogue.checks.map {
          CheckSummary(id: $0.id, question: $0.question, manual: Catalogue.manual(of: $0.id))
        },
        logger: logger, clock: SystemClock.now)
      try await server.run { start in
        let keys = start.asksForKeys ? ", for those who have a key" : ""
        var lines = ["listening on \(start.scheme)://\(start.address), ledger \(location)\(keys)"]
        if let redactor { lines.append("before anything is stored, tally.yaml \(redactor.summary)") }
        lines += targets.map(ForwardTargets.sentence)
        lines += calling.map(Upstreams.sentences) ?? []
        lines += scheduling.map(Schedules.sentences) ?? []
        Terminal.note(lines.map { "tally: \($0)" }.joined(separator: "\n"))
      } onStartGRPC: { start in
        let security = start.scheme == "https" ? " with TLS" : ""
        Terminal.note("tally: listening for OTLP/gRPC on \(start.address)\(security)")
      }
      try ledger.close()
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }
}
