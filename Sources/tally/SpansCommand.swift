import ArgumentParser
import Records
import Reports
import Store

struct SpansCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spans",
    abstract: "The operations that the ledger recorded last, newest first.",
    discussion: """
      Examples:
        tally spans --feature support-bot --status error --since 24h
        tally spans --model gpt-4o --limit 1000 --format json

      The cost is that by the prices that were asked last (`prices` is the
      beginning of their version); "unknown" where a call has no price, "*"
      where only its exporter stated one, "-" where nobody priced it.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "Only those of a feature.")
  var feature: String?

  @Option(help: "Only those that asked for a model, or that it answered.")
  var model: String?

  @Option(help: "Only those that ended so: ok, error or timeout.", transform: SpansCommand.status)
  var status: SpanRecord.Status?

  @Option(help: "Only those of a kind: chat, tool, retrieval…")
  var kind: String?

  @Option(help: "Only those of a tenant.")
  var tenant: String?

  @Option(help: "Only those of a session.")
  var session: String?

  @Option(help: "Only those of a user.")
  var user: String?

  @Option(
    help: ArgumentHelp("Only those that started in the last 90s, 15m, 24h, 7d…", valueName: "duration"),
    transform: SpansCommand.duration)
  var since: Duration?

  @Option(help: "How many at most.")
  var limit = 50

  @Option(help: "text, or json: a record a line, as `tally ingest` reads them.")
  var format = Format.text

  @OptionGroup var place: LedgerOption

  func validate() throws {
    guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 1000000.") }
  }

  func run() async throws {
    do {
      let ledger = try await place.open(create: false)
      var filter = SpanFilter()
      (filter.feature, filter.model, filter.status, filter.kind) = (feature, model, status, kind)
      (filter.tenant, filter.session, filter.user) = (tenant, session, user)
      filter.since = since.flatMap { SystemClock.now().advanced(by: .zero - $0) }
      let (wanted, limit) = (filter, limit)
      let (spans, costs) = try await ledger.read { snapshot in
        let spans = try snapshot.newestSpans(wanted, limit: limit)
        return (spans, try snapshot.costs(of: spans))
      }
      try ledger.close()
      switch format {
      case .json:
        let lines = try spans.map { try $0.json.canonical() } + costs.compactMap { try $0?.json.canonical() }
        try Terminal.write(lines.joined(separator: "\n"))
      case .text where spans.isEmpty: try Terminal.write("No such spans in \(ledger.location).")
      case .text: try Terminal.write(SpansText(spans, costs: costs, options: .forTable(show: limit)).text)
      }
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private static func status(_ text: String) throws -> SpanRecord.Status {
    guard let status = SpanRecord.Status(rawValue: text) else {
      throw ValidationError("'\(text)' is no status: write ok, error or timeout.")
    }
    return status
  }

  private static func duration(_ text: String) throws -> Duration {
    guard let duration = DurationText.parse(text) else {
      throw ValidationError("'\(text)' is no duration: write 90s, 15m, 24h or 7d.")
    }
    return duration
  }
}
