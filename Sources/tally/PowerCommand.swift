import ArgumentParser
import Comparison
import Intake
import Reports

struct PowerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "How many items for an effect, what effect a suite can see, and what that costs.",
    discussion: """
      Examples:
        tally power --effect 3% --discordant 10%
            pairs that show a gain of 3 points
        tally power --items 400 --base-rate 82% --unpaired
            what 400 items an arm can see
        tally power before.csv after.csv --effect 2%
            the same, measured on a pilot
        tally power --effect 2% --sd 0.35 --item-variance 0.09 \\
            --repeat-variance 0.04 --cost-per-item 10 --cost-per-repeat 1
            the cheapest items and repeats

      Planning is at the effect you name, never at one that was observed.
      Exit code 0, or 64 for usage or unreadable input.
      """)

  @Argument(help: "A pilot: two result files, or one. Without it, say what you assume.")
  var pilot: [String] = []

  @OptionGroup(title: "Reading a pilot") var reading: InputFlags
  @OptionGroup var place: LedgerOption

  @Option(help: ArgumentHelp("Variant of the pilot that is there already.", valueName: "name")) var base: String?
  @Option(help: ArgumentHelp("Variant of the pilot that would replace it.", valueName: "name")) var candidate: String?
  @Option(help: ArgumentHelp("Effect to see: 0.03, 3% or 3pp.", valueName: "size")) var effect: Share?
  @Option(help: ArgumentHelp("Loss to rule out.", valueName: "size")) var margin: Share?
  @Option(help: "improvement, no-regression or equivalence.") var claim: Claim?
  @Option(help: ArgumentHelp("Items of the suite.", valueName: "n")) var items: Int?
  @Option(help: ArgumentHelp("Pass rate of the base.", valueName: "rate")) var baseRate: Share?
  @Option(help: ArgumentHelp("Share of items on which the two arms differ (20% unless known).", valueName: "share"))
  var discordant: Share?
  @Option(help: ArgumentHelp("Standard deviation of scores, or of item differences when paired.", valueName: "sd"))
  var sd: Double?
  @Flag(help: "The arms do not share their items.") var unpaired = false
  @Option(help: ArgumentHelp("Items in a cluster.", valueName: "n")) var clusterSize: Double?
  @Option(help: ArgumentHelp("How alike items of a cluster are, 0 to 1.", valueName: "icc")) var icc: Double?
  @Option(help: ArgumentHelp("Two-sided error.", valueName: "share")) var alpha = Share(0.05)
  @Option(help: ArgumentHelp("Power aimed at.", valueName: "share")) var power = Share(0.8)
  @Option(help: ArgumentHelp("Budget to spend.", valueName: "amount")) var budget: Double?
  @Option(help: ArgumentHelp("Unit of the budget and of costs.", valueName: "unit")) var unit = "$"
  @Option(help: ArgumentHelp("Cost of one more item, apart from its repeats.", valueName: "amount")) var costPerItem:
    Double?
  @Option(help: ArgumentHelp("Cost of one repeat of one item, both arms together.", valueName: "amount"))
  var costPerRepeat: Double?
  @Option(help: ArgumentHelp("Variance between items.", valueName: "variance")) var itemVariance: Double?
  @Option(help: ArgumentHelp("Variance between repeats of one item.", valueName: "variance")) var repeatVariance:
    Double?
  @Option(help: "text, json, markdown or csv.") var format = ReportFormat.text

  func validate() throws {
    guard pilot.count <= 2 else { throw ValidationError("A pilot is one file, or a base and a candidate.") }
    guard !pilot.isEmpty || (base == nil && candidate == nil) else {
      throw ValidationError(
        "--base and --candidate name variants of a pilot, and there is none. The base's rate is --base-rate.")
    }
    guard alpha.value > 0, alpha.value < 1 else { throw ValidationError("--alpha lies between 0 and 1.") }
    guard power.value > alpha.value, power.value < 1 else {
      throw ValidationError("--power lies between --alpha and 1.")
    }
    if let effect, effect.value <= 0 { throw ValidationError("--effect is a size above 0.") }
    if let margin, margin.value <= 0 { throw ValidationError("--margin is a size above 0.") }
    if sd == nil, pilot.isEmpty {
      for (flag, size) in [("--effect", effect), ("--margin", margin)] {
        if let size, size.value > 1 {
          throw ValidationError(
            "\(flag) \(size.value) is more than a pass rate can move. Did you mean \(size.value)%? Scores need --sd.")
        }
      }
    }
    if let items, items < 1 { throw ValidationError("--items is 1 or more.") }
    for share in [baseRate, discordant].compactMap({ $0 }) where !(0...1).contains(share.value) {
      throw ValidationError("A rate or share lies between 0 and 1 (0% and 100%).")
    }
    let numbers = [sd, clusterSize, icc, budget, costPerItem, costPerRepeat, itemVariance, repeatVariance]
    guard numbers.allSatisfy({ $0?.isFinite ?? true }) else { throw ValidationError("Numbers are finite.") }
    if let sd, sd <= 0 { throw ValidationError("--sd is above 0.") }
    if let clusterSize, clusterSize < 1 { throw ValidationError("--cluster-size is 1 or more.") }
    guard pilot.isEmpty == false || (icc == nil) == (clusterSize == nil) else {
      throw ValidationError("--icc and --cluster-size belong together.")
    }
    if let icc, !(0...1).contains(icc) { throw ValidationError("--icc lies between 0 and 1.") }
    for amount in [budget, costPerItem, costPerRepeat, itemVariance, repeatVariance].compactMap({ $0 }) where amount < 0
    {
      throw ValidationError("Amounts and variances are 0 or more.")
    }
  }

  func run() async throws {
    do {
      let plan = try await plan()
      let options = ReportOptions.forOutput(show: 0)
      switch format {
      case .text: try Terminal.write(TextReport.render(plan, options: options))
      case .json: try Terminal.write(JSONReport.render(plan, options: options))
      case .markdown: try Terminal.write(MarkdownReport.render(plan, options: options))
      case .csv: try Terminal.write(CSVReport.render(plan))
      }
    } catch let error as ExitCode {
      throw error
    } catch {
      throw Terminal.failOnLedger(error)
    }
  }

  private func plan() async throws -> PowerPlan {
    guard !pilot.isEmpty else { return try PowerPlanner().plan(question) }
    let input = try await TrialInput(pilot, flags: reading, place: place, filesAreArms: pilot.count == 1)
    var question = question
    let arms = try pilotArms(input.table.arms)
    if question.costPerRepeat == nil { question.costPerRepeat = measuredCost(arms.map { input.table.arms[$0] }) }
    let items = try input.join(arms: arms, suiteSize: nil)
    return try PowerPlanner().plan(
      question, pilot: items, name: pilot.map(TrialInput.armName).joined(separator: " and "))
  }

  /// One arm, or the two to plan for.
  private func pilotArms(_ arms: [TrialTable.Arm]) throws -> [Int] {
    if pilot.count == 1, arms.count == 1 { return [0] }
    guard arms.count <= 2 || base != nil || candidate != nil else {
      throw UnusableTrials(
        description: "the pilot holds \(arms.count) variants; name the two to plan for with --base and --candidate.")
    }
    return try ArmChoice(inputs: pilot, arms: arms, base: base, candidate: candidate).chosen
  }

  /// What one repeat of one item cost in the pilot, both arms together, when every arm says so and a budget was given.
  private func measuredCost(_ arms: [TrialTable.Arm]) -> Double? {
    guard budget != nil || itemVariance != nil else { return nil }
    let costs = arms.map { arm -> Double? in
      let (total, rows) = unit == "tokens" ? (arm.tokens, arm.tokenRows) : (arm.cost, arm.costRows)
      return rows > 0 ? total / Double(rows) : nil
    }
    let known = costs.compactMap { $0 }
    return known.count == costs.count && !known.isEmpty ? known.reduce(0, +) : nil
  }

  private var question: PowerPlanner.Question {
    var question = PowerPlanner.Question()
    question.design =
      switch (unpaired, sd == nil) {
      case (false, true): .pairedBinary
      case (false, false): .pairedReal
      case (true, true): .unpairedBinary
      case (true, false): .unpairedReal
      }
    question.claim = claim
    question.alpha = alpha.value
    question.marginAlpha = question.alpha / 2
    question.power = power.value
    question.items = items
    question.effect = effect?.value
    question.margin = margin?.value
    question.baseRate = baseRate?.value
    question.discordantShare = discordant?.value
    question.standardDeviation = sd
    question.clusterSize = clusterSize
    question.intraclassCorrelation = icc
    question.budget = budget
    question.budgetUnit = unit
    question.costPerItem = costPerItem ?? 0
    question.costPerRepeat = costPerRepeat
    question.itemVariance = itemVariance
    question.repeatVariance = repeatVariance
    return question
  }
}
