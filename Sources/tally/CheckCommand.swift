public import ArgumentParser
import Checks
import Records
public import Reports
import Store

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Does everything hold that tally.yaml declares? Pass, fail, or cannot tell and what is missing.",
    discussion: """
      Examples:
        tally check                          every check that applies
        tally check eval-power               one of them; `tally explain` lists them
        tally check --format sarif > tally.sarif
        tally check --as-of 2026-03-01       what would have been said then
        tally check context-waste --whole    of every span of its window

      Exit code 0: pass or warnings. 1: something fails. 2: the evidence does not
      decide, and the finding says how much of what is missing. 64: usage, or a
      tally.yaml that cannot be read. 73, 74: the ledger cannot be used.
      --fail-on fail lets unknown pass with 0; --fail-on warn makes warnings fail.

      What is found is put on record in the ledger: checks that count looks need
      it, and `tally gate --replay` reads it. --as-of recomputes a state of the
      past, bit for bit, and stores nothing.

      Checks of live traffic read the newest spans of their window, enough to
      judge it and no more, and say since when. --whole has them read all of it;
      how long the window is, their policies say (window_days). It takes as long
      as there are spans, some seconds a million, and memory grows with them.
      """)

  @Argument(help: "Ids of checks; all when left out.") var checks: [String] = []
  @OptionGroup var file: ProjectOption
  @OptionGroup var place: LedgerOption

  @Option(
    help: ArgumentHelp("Judge the ledger as it was then: 2026-03-01, 2026-03-01T12:00:00Z.", valueName: "time"),
    transform: PastMoment.parse)
  var asOf: Instant?
  @Flag(help: "Read every span of the windows, not only the newest.") var whole = false
  @Option(help: "fail, unknown or warn: the mildest verdict that is not exit code 0.") var failOn: FailOn?
  @Option(help: "text, json, sarif, junit or markdown.") var format = Format.text
  @Option(help: ArgumentHelp("Write the figures there, as SVG files.", valueName: "folder")) var figures: String?
  @Flag(help: "Show passing findings, every row and every method in full.") var verbose = false
  @Flag(help: "Do not put the findings on record.") var noStore = false

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, sarif, junit, markdown
  }

  func run() async throws {
    let code: Int32
    do {
      code = try await answer()
    } catch {
      throw Terminal.failOnLedger(error)
    }
    throw ExitCode(code)
  }

  private func answer() async throws -> Int32 {
    for check in checks where Catalogue.check(check) == nil { throw UnknownCheck(check) }
    let session = try await CheckSession(project: file, place: place, asOf: asOf)
    let result = try await session.run(checks.isEmpty ? nil : checks, whole: whole, store: !noStore)
    try session.ledger.close()
    let report = CheckReport(
      entries: result.entries, notApplicable: result.notApplicable, asOf: result.asOf,
      projectFile: session.projectFile, ledger: session.ledger.location)
    if let figures { try FigureFiles.write(report, folder: figures) }
    try Terminal.write(render(report))
    return report.exitCode(failOn: failOn)
  }

  private func render(_ report: CheckReport) -> String {
    var options = ReportOptions.forOutput(show: 5)
    options.verbose = verbose
    switch format {
    case .text: return TextReport.render(report, options: options)
    case .json: return JSONReport.render(report, options: options)
    case .markdown: return MarkdownReport.render(report, options: options)
    case .junit: return JUnitReport.render(report)
    case .sarif:
      let questions = Dictionary(Catalogue.checks.map { ($0.id, $0.question) }, uniquingKeysWith: { first, _ in first })
      return SARIFReport.render(report, questions: questions, options: options)
    }
  }
}

extension FailOn: ExpressibleByArgument {}
