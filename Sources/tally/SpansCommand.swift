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

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "One trace as a tree: what called what, which model answered, where the answer came from.",
    discussion: """
      Examples:
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736 --content
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736 --format json
      """)

  @Argument(help: "The id of the trace; `tally spans` shows some.")
  var id: String

  @Option(help: "text, or json: a record a line, as `tally ingest` reads them.")
  var format = SpansCommand.Format.text

  @Flag(help: "Show what was said too: prompts, answers, arguments and results.")
  var content = false

  @OptionGroup var place: LedgerOption

  func run() async throws {
    do {
      let ledger = try await place.open(create: false)
      let (id, content) = (id, content)
      let (spans, priced, annotations, said) = try await ledger.read { snapshot in
        let spans = try snapshot.spans(ofTrace: id)
        let annotations = spans.isEmpty ? [] : try snapshot.annotations(on: [id] + spans.map(\.spanID))
        return (
          spans, try PricedTrace(spans, snapshot), annotations, content ? try SpanWords(spans, snapshot) : SpanWords()
        )
      }
      try ledger.close()
      guard !spans.isEmpty else {
        Terminal.note("tally: \(ledger.location) has no trace '\(id)'; `tally spans` lists the newest ones")
        throw ExitCode(64)
      }
      switch format {
      case .json:
        let lines =
          try spans.map { try said.line($0).canonical() } + annotations.map { try $0.json.canonical() }
          + priced.costs.map { try $0.json.canonical() }
        try Terminal.write(lines.joined(separator: "\n"))
      case .text:
        try Terminal.write(
          TraceText(
            trace: id, spans: spans, costs: priced.costs, tables: priced.tables, annotations: annotations,
            said: said.texts, options: .forTable(show: spans.count)
          ).text)
      }
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }
}

/// What the spans of a trace cost, and what the tables of those prices are called.
private struct PricedTrace: Sendable {
  let costs: [CostRecord]
  private(set) var tables: [String: String] = [:]

  init(_ spans: [SpanRecord], _ snapshot: Snapshot) throws {
    costs = try snapshot.costs(of: spans).compactMap(\.self)
    for version in Set(costs.compactMap(\.priceVersion)) {
      tables[version] = try snapshot.artifactName(sha256: version)
    }
  }
}
