import ArgumentParser
import Records
import Reports
import Store

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write records out of the ledger, for other tools or another ledger.",
    discussion: """
      Examples:
        tally export -o ledger.jsonl
        tally export --kinds spans,annotations --since 7d > week.jsonl
        tally export --format csv --kinds trials -o trials.csv
        tally export --format csv --kinds findings -o findings.csv
        tally export --format otlp --feature support-bot -o spans.json
        tally export --format openai-batch --since 7d -o requests.jsonl

      jsonl: a record a line, as `tally ingest` reads them: into another ledger
      they come as the same records, into the same one as nothing new. Findings
      and waivers are written where --kinds names them; no other ledger takes
      them, for its own checks make its findings. csv: a table of one kind;
      values stand as they are, also those that a spreadsheet takes for formulas
      (`=1+1`). otlp: spans as an OTLP/JSON export, which any OpenTelemetry
      receiver takes. openai-batch: the recorded calls of models as the input file
      of OpenAI's Batch API, to ask another model the same: a request a line with
      messages, tools and parameters as they were recorded, its custom_id the id of
      the span's record. Calls whose words are erased, or were never recorded, are
      left out and counted.

      Records that a later one replaced are left out. What was said in prompts
      and answers is left out too, unless --content asks for it (jsonl), or it is
      the request itself (openai-batch).

      Exit code 0: written. 64: usage. 73: there is no ledger. 74: the ledger
      cannot be read or the file not be written; the old file is as it was.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case jsonl, csv, otlp
    case openAIBatch = "openai-batch"

    /// Whether it holds spans and nothing else.
    var hasOnlySpans: Bool { self == .otlp || self == .openAIBatch }
  }

  @Option(help: "jsonl, csv, otlp or openai-batch.")
  var format = Format.jsonl

  @Option(
    help: ArgumentHelp(
      "Which kinds, separated by commas: spans, trials, annotations… Else all, or spans for otlp and openai-batch.",
      valueName: "kinds"),
    transform: ExportCommand.kinds)
  var kinds: [RecordKind]?

  @Option(
    help: ArgumentHelp("Only what happened since: 24h, 7d, 2026-03-01…", valueName: "time"), transform: Since.parse)
  var since: Since?

  @Option(
    help: ArgumentHelp("Only what happened before: 24h (ago), 2026-04-01…", valueName: "time"), transform: Since.parse)
  var until: Since?

  @Option(help: "Only records of a feature: spans and incidents name one.")
  var feature: String?

  @Flag(help: "With what was said: prompts, answers, arguments and results.")
  var content = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write, else standard output.", valueName: "file"))
  var output: String?

  @OptionGroup var place: LedgerOption

  /// Kinds that another ledger takes.
  private static let native = RecordKind.allCases.filter { $0 != .finding && $0 != .waiver }

  func validate() throws {
    try Since.checkWindow(since, until: until)
    if format == .csv, kinds?.count != 1 {
      throw ValidationError("A table holds records of one kind: --format csv --kinds spans, say.")
    }
    if format.hasOnlySpans, let kinds, kinds != [.span] {
      throw ValidationError("\(format.rawValue) has spans only: leave --kinds out, or write --kinds spans.")
    }
    if content, format != .jsonl { throw ValidationError("--content goes with --format jsonl.") }
    if let feature, let kinds, let other = kinds.first(where: { !ExportQuestion.kindsWithFeature.contains($0) }) {
      throw ValidationError("No \(other.name) names a feature like '\(feature)': spans and incidents do.")
    }
  }

  func run() async throws {
    do {
      let now = SystemClock.now()
      let questions = self.questions(now: now)
      let (format, content, path) = (format, content, output == "-" ? nil : output)
      let ledger = try await place.open(create: false)
      let counts = try await ledger.read { snapshot in
        var writer = try ExportWriter(format, content: content, to: path, snapshot)
        for question in questions { try writer.write(question) }
        return try writer.finish()
      }
      try ledger.close()
      counts.say(to: path)
    } catch let code as ExitCode {
      throw code
    } catch let problem as OutputFile.Failure {
      Terminal.note("tally: \(problem)")
      throw ExitCode(74)
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func questions(now: Instant) -> [ExportQuestion] {
    let usual = format.hasOnlySpans ? [.span] : ExportCommand.native
    let featured = feature == nil ? usual : usual.filter(ExportQuestion.kindsWithFeature.contains)
    return (kinds ?? featured).map { kind in
      var question = ExportQuestion(kind)
      question.since = since?.instant(now: now)
      question.until = until?.instant(now: now)
      question.feature = feature
      return question
    }
  }

  private static func kinds(_ text: String) throws -> [RecordKind] {
    try text.split(separator: ",").map { word in
      let name = String(word).lowercased()
      let known = RecordKind.allCases.first { kind in
        name == kind.name || LedgerView.of(kind)?.name == name
      }
      guard let known else {
        let names = RecordKind.allCases.compactMap { LedgerView.of($0)?.name }.joined(separator: ", ")
        throw ValidationError("'\(word)' is no kind of record that can be exported: \(names).")
      }
      return known
    }
  }
}
