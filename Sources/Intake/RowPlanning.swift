extension RowPlan {
  /// Decides which columns are what: named ones as named, the others guessed and recorded in the summary.
  /// - Parameter mayBeAbsent: whether rows may have fields that the sampled ones lack (JSON).
  /// - Throws: `IntakeError` listing the columns when the item or the score cannot be told.
  init(
    profile: TableProfile, options: IntakeOptions, file: String, mayBeAbsent: Bool, summary: inout IntakeSummary
  ) throws {
    var planner = RowPlanner(
      guess: ColumnGuess(profile: profile, file: file), mayBeAbsent: mayBeAbsent, plan: RowPlan(), guesses: [])
    try planner.planItem(options)
    try planner.planScores(options)
    try planner.planLabels(options)
    try planner.planAmounts(options)
    if options.keepsDetails { try planner.planDetails(options) }
    for filter in options.filters {
      let slot = try planner.slot(named: filter.column, option: "--where")
      planner.plan.filters.append(Filter(slot: slot, value: Array(filter.value.utf8)))
    }
    for guess in planner.guesses { summary.add(guess) }
    self = planner.plan
  }
}

/// A plan in the making.
struct RowPlanner {
  let guess: ColumnGuess
  let mayBeAbsent: Bool
  var plan: RowPlan
  var guesses: [IntakeSummary.Guess]

  mutating func slot(named name: String, option: String) throws -> Int {
    let column = try guess.named(name, option: option, mayBeAbsent: mayBeAbsent)
    return plan.slot(for: column, isRequired: true)
  }

  mutating func slot(guessed column: String, role: String, option: String) -> Int {
    guesses.append(IntakeSummary.Guess(role: role, column: column, option: option))
    return plan.slot(for: column, isRequired: false)
  }

  /// The slot of a role that may stay open.
  mutating func slot(
    _ named: String?, _ names: [String], role: String, option: String, where confirms: (ColumnProfile) -> Bool
  ) throws -> Int? {
    if let named { return try slot(named: named, option: option) }
    guard let column = guess.optional(names, where: { confirms($0) }), !plan.columns.contains(column) else {
      return nil
    }
    return slot(guessed: column, role: role, option: option)
  }

  mutating func planItem(_ options: IntakeOptions) throws {
    if let item = options.item {
      plan.item = try slot(named: item, option: "--item")
    } else {
      let column = try guess.needed(
        ColumnNames.item, suffixes: ["_id"], role: "item id", option: "--item", where: \.canBeItem)
      plan.item = slot(guessed: column, role: "item", option: "--item")
    }
    for column in options.moreItems { plan.moreItems.append(try slot(named: column, option: "--item")) }
  }

  mutating func planScores(_ options: IntakeOptions) throws {
    let named = options.scores.isEmpty ? options.metric.map { [$0] } ?? [] : options.scores
    if options.keepsDetails, named.isEmpty, try planAgreement(options) { return }
    if named.isEmpty {
      let used = plan.columns
      let column = try guess.needed(
        ColumnNames.score, suffixes: ["_score", "_correct", "_passed", "_reward"], role: "score", option: "--score"
      ) { $0.canBeScore && $0.values > $0.missing && !used.contains($0.name) }
      let slot = slot(guessed: column, role: "score", option: "--score")
      plan.scores = [RowPlan.Score(name: column, slot: slot, reference: nil)]
    }
    for name in named { plan.scores.append(try score(name, among: named)) }
    if plan.scores.count > 1, options.variant != nil {
      throw IntakeError(
        file: guess.file, problem: "several score columns make an arm each, so a column cannot name the arm too",
        remedy: "Give one --score, or leave --variant out")
    }
  }

  /// `column`, or `prediction=label` unless a column has that very name.
  ///
  /// `label=prediction` means the same where the names tell which is which: several scores that share their first column,
  /// or a well-known name of the right answer.
  private mutating func score(_ name: String, among all: [String]) throws -> RowPlan.Score {
    var parts = name.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, guess.profile.column(named: name) == nil {
      let first = parts[0] + "="
      let isLabel = { ColumnNames.expected.contains(ColumnNames.normalised($0)) }
      let others = Set(all.filter { $0.hasPrefix(first) })
      if others.count > 1 || isLabel(parts[0]) && !isLabel(parts[1]) { parts.swapAt(0, 1) }
      let slot = try slot(named: parts[0], option: "--score")
      let reference = try self.slot(named: parts[1], option: "--score")
      return RowPlan.Score(name: parts[0], slot: slot, reference: reference)
    }
    let slot = try slot(named: name, option: "--score")
    return RowPlan.Score(name: plan.columns[slot], slot: slot, reference: nil)
  }

  mutating func planLabels(_ options: IntakeOptions) throws {
    plan.suite = try slot(
      options.suite, ColumnNames.suite, role: "suite", option: options.column("--suite"), where: \.canBeLabel)
    plan.cluster = try slot(
      options.cluster, ColumnNames.cluster, role: "cluster", option: "--cluster", where: \.canBeLabel)
    for slice in options.slices where !isOfTagsObject(slice, options) {
      plan.slices.append(try slot(named: slice, option: options.column("--slice")))
    }
    plan.repetition = try slot(
      options.repetition, ColumnNames.repetition, role: "repeat", option: "--repeat", where: \.isNumeric)
    if plan.scores.count == 1 {
      plan.variant = try slot(
        options.variant, ColumnNames.variant, role: "variant", option: options.column("--variant"),
        where: \.canBeLabel)
    }
    plan.prediction = try slot(
      options.prediction, ColumnNames.prediction, role: "prediction", option: "--prediction", where: \.canBeLabel)
    plan.judgeRepeat = try slot(
      options.judgeRepeat, ColumnNames.judgeRepeat, role: "judge repeat", option: "--judge-repeat", where: \.canBeLabel)
  }

  mutating func planAmounts(_ options: IntakeOptions) throws {
    plan.cost = try slot(options.cost, ColumnNames.cost, role: "cost", option: "--cost", where: \.isNumeric)
    if options.keepsDetails { return }
    if let tokens = try slot(options.tokens, ColumnNames.tokens, role: "tokens", option: "--tokens", where: \.isNumeric)
    {
      plan.tokens = [tokens]
      return
    }
    for (input, output) in ColumnNames.tokenPairs {
      guard let first = guess.optional([input], where: \.isNumeric),
        let second = guess.optional([output], where: \.isNumeric)
      else { continue }
      guesses.append(IntakeSummary.Guess(role: "tokens", column: "\(first) + \(second)", option: "--tokens"))
      plan.tokens = [plan.slot(for: first, isRequired: false), plan.slot(for: second, isRequired: false)]
      return
    }
  }
}
