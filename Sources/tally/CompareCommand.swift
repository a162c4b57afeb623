import ArgumentParser
import Comparison
import Intake
import Reports

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Is the candidate better than the base? Two result files, or variants within one.",
    discussion: """
      Examples:
        tally compare before.csv after.csv
        tally compare before.jsonl after.jsonl --claim no-regression --margin 2%
        tally compare results.csv --variant model --base gpt-a --candidate gpt-b
        tally compare wide.jsonl --score old.correct --score new.correct
        tally compare a.eval b.eval c.eval            (three or more are ranked)
        cat after.csv | tally compare before.csv - --format json
        tally compare support@prod support@candidate  (SUITE@VARIANT, as stored
                                                      by `tally ingest`)

      Items are paired by their identifier whenever both arms have them.
      Without flags the answer is improved, regressed or inconclusive, with the
      smallest difference that this suite can see.

      What the engine finds, what the command says, and its exit code:
        IMPROVED             improved      0
        IMPROVED_SMALL       improved      0   gain below --min-effect, even if
                                               none that is worthwhile fits
        EQUIVALENT           equivalent    0   under --claim equivalence or
                                               no-regression, else inconclusive
        NON_INFERIOR         non-inferior  0   under --claim no-regression,
                                               else inconclusive
        REGRESSED            regressed     1
        WORSE_WITHIN_MARGIN  regressed     1   loss below --margin
        INCONCLUSIVE         inconclusive  2
        any of these, when   inconclusive  2   DROPPED_ITEMS_DECIDE,
        the evidence itself                    MISSING_SCORES, NO_TRIALS,
        is in doubt                            CONFLICTING_TRIALS, TOO_EARLY,
                                               FEW_CLUSTERS, NOT_YET,
                                               TOO_FEW_ITEMS
        usage, unreadable input           64    or a report that cannot be written
      Three or more variants: 0 when one is significantly best, else 2.
      """)

  @Argument(help: "BASE CANDIDATE; or one file or folder with several variants; or three and more to rank.")
  var inputs: [String]

  @OptionGroup(title: "Reading") var reading: InputFlags
  @OptionGroup(title: "Deciding") var deciding: PolicyFlags
  @OptionGroup var place: LedgerOption

  @Option(help: ArgumentHelp("Variant that is there already, when the input names several.", valueName: "name"))
  var base: String?

  @Option(help: ArgumentHelp("Variant that would replace it.", valueName: "name"))
  var candidate: String?

  @Option(
    help: ArgumentHelp("How many items the suite has, when lists name only the resolved ones.", valueName: "items"))
  var suiteSize: Int?

  @Option(help: "text, json, markdown or csv.")
  var format = ReportFormat.text

  @Option(help: ArgumentHelp("How many changed items to list.", valueName: "n"))
  var show = 5

  @Flag(help: "Add a paragraph on the methods, to paste into a paper.")
  var methods = false

  func validate() throws {
    guard !inputs.isEmpty else { throw ValidationError("Name two result files, or one with several variants.") }
    guard inputs.filter({ $0 == "-" }).count <= 1 else {
      throw ValidationError("Standard input can be read only once.")
    }
    if let suiteSize, !(1...10_000_000).contains(suiteSize) {
      throw ValidationError("--suite-size lies between 1 and 10,000,000 items.")
    }
    if methods, format == .json || format == .csv {
      throw ValidationError("--methods is a paragraph of text: use it with --format text; markdown always has it.")
    }
    guard show >= 0 else { throw ValidationError("--show takes a number of items, 0 or more.") }
  }

  func run() async throws {
    let code: Int32
    do {
      code = try await answer()
    } catch let error as ExitCode {
      throw error
    } catch {
      throw Terminal.failOnLedger(error)
    }
    throw ExitCode(code)
  }

  private func answer() async throws -> Int32 {
    let input = try await TrialInput(inputs, flags: reading, place: place, filesAreArms: inputs.count == 1)
    let arms = try ArmChoice(inputs: inputs, arms: input.table.arms, base: base, candidate: candidate).chosen
    if arms.count > 2 { try checkRanking(arms.count) }
    var items = try input.join(arms: arms, suiteSize: suiteSize)
    items.nameApart(TrialInput.distinctNames(inputs, arms: arms.map { input.table.arms[$0] }))
    try deciding.checkSizes(
      isRate: items.isBinary || (items.scoreRange.map { $0.lowerBound >= 0 && $0.upperBound <= 1 } ?? true))
    noteDirection(input)
    let options = ReportOptions.forOutput(show: show)
    if arms.count == 2 {
      var result = try Comparer(table: items, policy: deciding.policy).compare()
      result.metric = metricName(input)
      try Terminal.write(render(result, options))
      if methods, format == .text { try Terminal.write("\n" + MethodsText.render(result, options: options)) }
      return result.verdict.exitCode
    }
    var result = try Ranker(table: items, policy: deciding.policy).rank()
    result.metric = metricName(input)
    try Terminal.write(render(result, options))
    if methods, format == .text { try Terminal.write("\n" + MethodsText.render(result, options: options)) }
    let isDecided = !result.reasons.contains(where: \.code.isUnknown)
    return isDecided && result.variants.filter(\.isWinner).count == 1 ? 0 : 2
  }

  /// What compares two variants means nothing to a ranking; better to say so than to ignore it.
  private func checkRanking(_ variants: Int) throws {
    if let flag = deciding.flagForTwo ?? (reading.slice.isEmpty ? nil : "--slice") {
      throw UnusableTrials(
        description: "\(flag) is for two variants, and there are \(variants). Name two with --base and --candidate.")
    }
    guard variants <= Ranker.variantLimit else {
      throw UnusableTrials(
        description: """
          there are \(variants) variants, more than the \(Ranker.variantLimit) that can be ranked. \
          Is it the right column? --variant COLUMN; or name two with --base and --candidate.
          """)
    }
  }

  /// Names of things of which people want less.
  private static let costs = ["latency", "cost", "duration", "seconds", "error", "perplexity", "loss", "_ms", "tokens"]

  private func noteDirection(_ input: TrialInput) {
    guard !deciding.lowerIsBetter, let name = metricName(input)?.lowercased(),
      CompareCommand.costs.contains(where: name.contains)
    else { return }
    Terminal.note("tally: higher is taken for better; if less \(name) is better, add --lower-is-better")
  }

  private func metricName(_ input: TrialInput) -> String? {
    if let metric = reading.metric { return metric }
    if let scorer = reading.scorer { return scorer }
    if reading.score.count == 1 { return reading.score[0] }
    if let metric = input.ledgerMetric { return metric }
    let guessed = Set(input.summaries.flatMap(\.guesses).filter { $0.role == "score" }.map(\.column))
    return guessed.count == 1 ? guessed.first : nil
  }

  private func render(_ result: ComparisonResult, _ options: ReportOptions) -> String {
    switch format {
    case .text: TextReport.render(result, options: options)
    case .json: JSONReport.render(result, options: options)
    case .markdown: MarkdownReport.render(result, options: options)
    case .csv: CSVReport.render(result)
    }
  }

  private func render(_ result: RankingResult, _ options: ReportOptions) -> String {
    switch format {
    case .text: TextReport.render(result, options: options)
    case .json: JSONReport.render(result, options: options)
    case .markdown: MarkdownReport.render(result, options: options)
    case .csv: CSVReport.render(result)
    }
  }
}
