import ArgumentParser
import Checks
import Pricing
import Project
import Records
import Store

struct RepriceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reprice",
    abstract: "What the recorded calls cost by the prices of now: new costs replace old ones, which stay on record.",
    discussion: """
      Examples:
        tally reprice                                 by the tables of tally.yaml
        tally reprice --since 30d --prices prices.json
        tally reprice --since 2026-03-01 --dry-run    what would change

      The tables are those of --prices, else those of tally.yaml:
        prices:
          - {path: prices/2025-03.json, from: 2025-03-01}
          - {path: prices/2025-09.json, from: 2025-09-01}
        models:
          my-model: {price: {input_per_mtok: 2.50 USD, output_per_mtok: 10 USD}}

      Only calls of models cost: spans of kind chat, completion, embeddings and
      rerank. What has no price has an unknown cost, never nothing, and is
      counted by its reason. A cost that comes out the same is left as it is:
      repeating the command writes nothing. What an exporter itself stated
      about the cost stays with the span.

      Exit code 0: done. 64: usage, or a table that cannot be read; nothing was
      written. 73, 74: the ledger cannot be opened, or not be written.
      """)

  @Option(
    help: ArgumentHelp("Only calls that began since then: 24h, 7d, 2026-03-01…", valueName: "time"),
    transform: Since.parse)
  var since: Since?

  @Option(help: ArgumentHelp("Only calls that began before then.", valueName: "time"), transform: Since.parse)
  var until: Since?

  @Flag(help: "Say what would change, and write nothing.")
  var dryRun = false

  @Option(help: "text or json.")
  var format = IngestCommand.Format.text

  @OptionGroup var prices: PricesOption
  @OptionGroup var project: ProjectOption
  @OptionGroup var place: LedgerOption

  /// Spans that are looked at together, and committed together where their costs change.
  private static let pageSize = 4_096

  func validate() throws { try Since.checkWindow(since, until: until) }

  func run() async throws {
    do {
      let (declared, file) = try loadedProject()
      guard let pricing = try prices.pricing(declared, file: file) else {
        Terminal.note(
          """
          tally: there are no prices. Name a table with --prices, or write it in tally.yaml (prices: [prices.json]); \
          prices of your own go under models.
          """)
        throw ExitCode(64)
      }
      let ledger = try await place.open(at: place.location(declared, file: file), create: false)
      let report = try await reprice(ledger, pricing)
      try ledger.close()
      try Terminal.write(format == .json ? report.json.rendered() : report.text)
    } catch let code as ExitCode {
      throw code
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func loadedProject() throws -> (Project?, String?) {
    guard let file = project.file else { return (nil, nil) }
    return (try Project.load(file: file, policies: Catalogue.policies), file)
  }

  private func reprice(_ ledger: Ledger, _ pricing: SpanPricing) async throws -> RepriceReport {
    let now = SystemClock.now()
    let (first, last) = (since.flatMap { $0.instant(now: now) }, until.flatMap { $0.instant(now: now) })
    var report = RepriceReport(
      ledger: LedgerOption.shown(ledger.location), isDryRun: dryRun, since: first, until: last,
      tables: pricing.book.tables)
    var row: Int64? = 0
    var progress = RepriceProgress()
    defer { progress.finish() }
    let kinds = SpanPricing.kinds.sorted()
    while let after = row {
      let (page, costs) = try await ledger.read { snapshot in
        let page = try snapshot.spans(
          ofKinds: kinds, since: first, until: last, after: after, limit: RepriceCommand.pageSize)
        return (page, try snapshot.costs(of: page.spans))
      }
      row = page.next
      let changed = report.add(page.spans, costs, pricing)
      progress.say(report.calls)
      guard !dryRun, !changed.isEmpty else { continue }
      let tables = report.newTables(of: changed).map { $0.artifact(at: now) }
      let receipt = try await ledger.append(source: "tally \(Version.current)") { appender in
        for table in tables { try appender.append(table) }
        for cost in changed { try appender.append(cost) }
      }
      report.note(receipt)
    }
    return report
  }
}

/// Says how far it is, once it takes longer than a second.
struct RepriceProgress {
  private let start = ContinuousClock.now
  private var hasSpoken = false

  mutating func say(_ calls: Int) {
    guard Terminal.showsProgress, ContinuousClock.now - start > .seconds(1) else { return }
    Terminal.put("\r\u{1B}[Ktally: \(calls) calls priced", to: 2)
    hasSpoken = true
  }

  func finish() {
    if hasSpoken { Terminal.put("\r\u{1B}[K", to: 2) }
  }
}
