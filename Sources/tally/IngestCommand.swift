import ArgumentParser
import Intake
import Records
import Store
import Synchronization

struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Store evaluation results and other records in the ledger. Storing twice stores once.",
    discussion: """
      Examples:
        tally ingest baseline.csv candidate.csv --suite support-bot
        tally ingest logs/                                a folder of logs
        tally ingest records.jsonl                        tally's own records
        tally ingest traces.jsonl traces.pb               spans of OpenTelemetry
        tally ingest observations.jsonl                   an export of Langfuse
        tally ingest input.jsonl output.jsonl             a batch of OpenAI's API
        tally ingest --langfuse https://cloud.langfuse.com --since 7d
        tally ingest run.jsonl --dry-run                  what would be stored
        zcat run.csv.gz | tally ingest - --suite qa --variant prod

      All files of one call become one commit: all of it is stored, or nothing.
      What is there already is not stored again; a changed row replaces the
      earlier one, which stays on record.

      Everything that `tally compare` reads is read, and JSON lines of tally's
      own records (tally.records/1), one record a line:
        {"kind":"trial","suite":"qa","item_id":"7","variant":"prod","score":1,
         "at":"2026-03-01T12:00:00Z"}
      Kinds are trial, annotation, artifact, span, change, charge, run, item,
      attempt, receipt, lease, heartbeat, incident, decision and cost.

      OpenTelemetry's exports (OTLP in JSON, JSON lines and protobuf) become
      spans, in whichever of the known conventions their attributes are; the
      results of evaluations in them become annotations. So do Langfuse's scores,
      and its observations spans: what its pages, batch exports (JSON, JSON lines)
      and API give. With --langfuse URL they are pulled from a running Langfuse,
      with the keys in LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY; pulled again,
      nothing is stored twice.

      The files of an OpenAI batch (input, output, errors), given in one call, are
      joined by custom_id: each answer is a span, priced as batch. Answers say
      when they were made, in seconds, and not how long that took: the span starts
      then and has no end. Those that say nothing (errors, embeddings) get --at,
      else the newest time among the others, else that of the file.

      Where there are prices, in tally.yaml (prices, models) or with --prices,
      calls of models get their cost in the same commit; what has no price has
      an unknown cost, never nothing. `tally reprice` prices them anew. What the
      input itself says of a call's cost, as an export does, stands.

      The suite and the variant of a trial: what the option says, else the row
      or the log; else the file's name is the variant and its folder's name the
      suite (the file's name, when rows name their variants).

      Exit code 0: committed. 64: usage or unreadable input, nothing stored.
      73: the ledger cannot be opened or made. 74: it cannot be written (the
      disk is full, another process keeps it locked); nothing was stored.
      """)

  @Argument(help: "Files, folders of them, or - for standard input.")
  var inputs: [String] = []

  @OptionGroup var place: LedgerOption
  @OptionGroup(title: "Langfuse") var pulling: LangfusePulling
  @OptionGroup(title: "Naming") var naming: IngestNaming
  @OptionGroup(title: "Reading") var reading: IngestReading
  @OptionGroup(title: "Prices") var prices: PricesOption

  @Flag(help: "Say what would be stored, and store nothing.")
  var dryRun = false

  @Option(help: "text or json.")
  var format = Format.text

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  func validate() throws {
    guard !inputs.isEmpty || pulling.langfuse != nil else { throw ValidationError("Name the files to store.") }
    guard inputs.filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("Standard input can be read only once.")
    }
  }

  func run() async throws {
    do {
      let report = try await ingest()
      IngestCommand.say(report.summary)
      try Terminal.write(format == .json ? report.json.rendered() : report.text)
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func ingest() async throws -> IngestReport {
    let now = SystemClock.now()
    let (prices, redactor) = (prices, try ProjectOption.redactor())
    var options = RecordOptions(now: now)
    naming.apply(to: &options)
    reading.apply(to: &options)
    // A pipe may be slow: it is read before the ledger is locked.
    if inputs.contains("-") { options.opened["-"] = OpenedInput(try ByteSource(path: "-")) }
    var names = inputs
    if let pulled = try await pulling.pull(now: now) {
      options.opened[pulled.source.name] = pulled
      names.append(pulled.source.name)
    }
    let inputs = names
    if dryRun {
      var sink = IngestSink(appender: nil, redactor: redactor, pricer: SpanPricer { try prices.pricing() }, now: now)
      let summary = try Intake.readRecords(inputs, options: options, into: &sink)
      try sink.price()
      sink.finish()
      return IngestReport(
        ledger: try place.shownLocation, summary: summary, counts: sink.counts, costs: sink.counts.costs, receipt: nil)
    }
    let ledger = try await place.open(create: true)
    let outcome = Mutex<(summary: IntakeSummary, counts: IngestCounts)?>(nil)
    let settled = options
    let receipt = try await ledger.append(source: "tally \(Version.current)") { appender in
      var sink = IngestSink(
        appender: appender, redactor: redactor, pricer: SpanPricer { try prices.pricing() }, now: now)
      defer { sink.finish() }
      let summary = try Intake.readRecords(inputs, options: settled, into: &sink)
      try sink.price()
      let counts = sink.counts
      outcome.withLock { $0 = (summary, counts) }
    }
    let (summary, counts) = outcome.withLock { $0 } ?? (IntakeSummary(), IngestCounts())
    // All of it is stored: that the ledger does not say what it costs is no failure of that.
    let costs = try? await IngestCommand.costs(of: counts.calls, in: ledger)
    try ledger.close()
    return IngestReport(
      ledger: try place.shownLocation, summary: summary, counts: counts, costs: costs, receipt: receipt)
  }

  /// What calls cost by the ledger, whoever said it last.
  private static func costs(of calls: Set<CostKey>, in ledger: Ledger) async throws -> CostSums {
    guard !calls.isEmpty else { return CostSums() }
    return try await ledger.read { snapshot in
      var sums = CostSums()
      try snapshot.forEachCost(of: calls) { sums.add($0) }
      return sums
    }
  }

  private static func say(_ summary: IntakeSummary) {
    for file in summary.files.prefix(20) {
      Terminal.note("\(file.name): \(file.format.rawValue), \(file.rows) \(file.rows == 1 ? "record" : "records")")
    }
    if summary.files.count > 20 { Terminal.note("… and \(summary.files.count - 20) more files") }
    if !summary.guesses.isEmpty {
      let guesses = summary.guesses.map { guess in
        let others = guess.alternatives.isEmpty ? "" : " (there is also \(guess.alternatives.joined(separator: ", ")))"
        return "\(guess.role) = \(guess.column)\(others)"
      }.joined(separator: ", ")
      let options = Set(summary.guesses.map(\.option)).sorted().joined(separator: ", ")
      Terminal.note("  guessed: \(guesses) (\(options) to change)")
    }
    for warning in summary.warnings { Terminal.note("  note: \(warning)") }
  }
}
