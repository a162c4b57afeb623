import ArgumentParser
import Checks
import Records
import Reports
import Store

struct TraceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "One trace as a tree: what called what, which model answered, where the answer came from.",
    discussion: """
      Examples:
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736 --content
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736 --format json
        tally trace 4bf92f3577b34da6a3ce929d0e0e4736 --format provenance

      Of each answer it says what the ledger knows of where it came from: the
      prompt, the index, the chunks and the versions of their documents (out of
      date or not), which of them were in the context, which claims they support,
      why a wrong answer was wrong, and whether it can be made again: exactly,
      degraded (something beside prompt, model and index is missing), or not.
      `tally explain answer-provenance` says which records it needs for that.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, provenance }

  @Argument(help: "The id of the trace; `tally spans` shows some.")
  var id: String

  @Option(
    help: """
      text; json: a record a line, as `tally ingest` reads them; or provenance: where its answers came from, as one \
      JSON document.
      """)
  var format = Format.text

  @Flag(help: "Show what was said too: prompts, answers, arguments and results.")
  var content = false

  @OptionGroup var place: LedgerOption

  func run() async throws {
    do {
      let ledger = try await place.open(create: false)
      let (id, content) = (id, content)
      let (spans, priced, annotations, said, origins) = try await ledger.read { snapshot in
        let spans = try snapshot.spans(ofTrace: id)
        let annotations = spans.isEmpty ? [] : try snapshot.annotations(on: [id] + spans.map(\.spanID))
        return (
          spans, try PricedTrace(spans, snapshot), annotations, content ? try SpanWords(spans, snapshot) : SpanWords(),
          try AnswerOrigins.of(spans, snapshot)
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
            said: said.texts, origins: origins, options: .forTable(show: spans.count)
          ).text)
      case .provenance:
        let document: JSONValue = ["trace_id": .string(id), "answers": .array(origins.map(\.json))]
        try Terminal.write(document.rendered())
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
