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
        tally spans --agent refunds --kind tool --since 2026-03-01T14:02:00Z \\
          --until 2026-03-01T17:05:00Z           what did it do then?

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
    help: """
      Only those of an agent, with what each changes, whether it was intended and approved, and the receipt that proves it.
      """)
  var agent: String?

  @Option(
    help: ArgumentHelp("Only those that started since: 90s, 24h, 7d (ago), 2026-03-01…", valueName: "time"),
    transform: Since.parse)
  var since: Since?

  @Option(
    help: ArgumentHelp("Only those that started before: 24h (ago), 2026-04-01…", valueName: "time"),
    transform: Since.parse)
  var until: Since?

  @Option(help: "How many at most.")
  var limit = 50

  @Option(help: "text, or json: a record a line, as `tally ingest` reads them.")
  var format = Format.text

  @OptionGroup var place: LedgerOption

  func validate() throws {
    guard (1...1_000_000).contains(limit) else { throw ValidationError("--limit takes a number from 1 to 1000000.") }
    try Since.checkWindow(since, until: until)
  }

  func run() async throws {
    do {
      let ledger = try await place.open(create: false)
      let (question, agent, format) = (question(now: SystemClock.now()), agent, format)
      let declared = agent == nil || format == .json ? [:] : try AgentActions.declaredEffects()
      let (nothing, options) = ("No such spans in \(ledger.location).", ReportOptions.forTable(show: limit))
      let text = try await ledger.read { snapshot in
        let spans = try snapshot.newest(question).compactMap { if case .span(let span) = $0 { span } else { nil } }
        let costs = try snapshot.costs(of: spans)
        return switch format {
        case .json:
          try (spans.map(\.json) + costs.compactMap { $0?.json }).map { try $0.canonical() }.joined(separator: "\n")
        case .text where spans.isEmpty: nothing
        case .text where agent != nil:
          ActionsText(try AgentActions(spans, costs, declared, snapshot).actions, options: options).text
        case .text: SpansText(spans, costs: costs, options: options).text
        }
      }
      try ledger.close()
      try Terminal.write(text)
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func question(now: Instant) -> PageQuestion {
    var question = PageQuestion(.span)
    question.since = since?.instant(now: now)
    question.until = until?.instant(now: now)
    question.limit = limit
    let fields = [
      ("feature", feature), ("model", model), ("status", status?.rawValue), ("kind", kind), ("tenant", tenant),
      ("session", session), ("user", user), ("agent", agent),
    ]
    question.matches = fields.compactMap { field, value in value.map { (field, $0) } }
    return question
  }

  private static func status(_ text: String) throws -> SpanRecord.Status {
    guard let status = SpanRecord.Status(rawValue: text) else {
      throw ValidationError("'\(text)' is no status: write ok, error or timeout.")
    }
    return status
  }
}
