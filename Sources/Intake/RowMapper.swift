import Records

/// Makes trials of rows: the one place where the fields of any table get their meaning.
struct RowMapper {
  let plan: RowPlan
  let cells: CellRow
  private let input: InputText
  private var row: TrialRow
  private var letters = LetterScale.open

  /// What `P` means, once other letters have shown it.
  private enum LetterScale { case open, grades, passFail }

  init(plan: RowPlan, input: InputText) {
    self.plan = plan
    self.input = input
    cells = CellRow(count: plan.columns.count)
    row = TrialRow(item: Cell.absent.text)
    row.slices = Array(repeating: nil, count: plan.slices.count)
  }

  /// Hands the trials of the row in `cells` to the sink.
  /// - Parameter offset: where the row starts, for errors about fields that it lacks.
  mutating func deliver<Sink: TrialSink>(
    rowAt offset: Int, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    for filter in plan.filters where !filter.value.withUnsafeBytes({ cells[filter.slot].label?.equals($0) ?? false }) {
      summary.filteredRows += 1
      return
    }
    let item = cells[plan.item]
    guard item.kind != .container, let itemLabel = item.label else { throw withoutItem(item, offset) }
    row.item = itemLabel
    row.suite = try label(plan.suite, offset)
    row.cluster = try label(plan.cluster, offset)
    row.repetition = try label(plan.repetition, offset)
    row.prediction = try label(plan.prediction, offset)
    row.judgeRepeat = try label(plan.judgeRepeat, offset)
    row.variant = try label(plan.variant, offset)
    for index in plan.slices.indices { row.slices[index] = try label(plan.slices[index], offset) }
    row.cost = try amount(plan.cost, "cost", offset)
    row.tokens = nil
    for slot in plan.tokens {
      if let value = try amount(slot, "tokens", offset) { row.tokens = (row.tokens ?? 0) + value }
    }
    if plan.scores.count == 1 {
      row.score = try score(plan.scores[0], offset)
      try summary.deliver(row, to: &sink)
    } else {
      try deliverWide(offset, to: &sink, summary: &summary)
    }
  }

  /// Several scores: each is an arm of its own, named after its column.
  private mutating func deliverWide<Sink: TrialSink>(
    _ offset: Int, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    for score in plan.scores {
      row.score = try self.score(score, offset)
      var name = score.name
      try name.withUTF8 { bytes in
        row.variant = BorrowedText(UnsafeRawBufferPointer(bytes))
        try summary.deliver(row, to: &sink)
      }
    }
    row.variant = nil
  }

  /// Fails if a column that the user named occurred in no row.
  func checkRequired() throws {
    for slot in plan.required.sorted() where !cells.hasOccurred(slot) {
      throw IntakeError(
        file: input.name, problem: "no row has the column '\(plan.columns[slot])'",
        remedy: "Check the name of the column")
    }
  }

  // MARK: Fields

  @inline(__always)
  private func label(_ slot: Int?, _ offset: Int) throws -> BorrowedText? {
    guard let slot else { return nil }
    let cell = cells[slot]
    if cell.kind == .container { throw wrong(cell, slot, offset, "is an object or a list, not a label") }
    return cell.label
  }

  @inline(__always)
  private func amount(_ slot: Int?, _ role: StaticString, _ offset: Int) throws -> Double? {
    guard let slot else { return nil }
    let cell = cells[slot]
    switch cell.kind {
    case .absent, .null: return nil
    case .number, .text:
      if let value = ScoreText.number(cell.text.bytes) { return value }
      if cell.isMissing { return nil }
    case .yes, .no, .container: break
    }
    throw wrong(cell, slot, offset, "is no number, but is taken for the \(role)")
  }

  @inline(__always)
  private mutating func score(_ score: RowPlan.Score, _ offset: Int) throws -> Double? {
    let cell = cells[score.slot]
    if let reference = score.reference { return try agreement(cell, cells[reference], score, offset) }
    switch cell.kind {
    case .absent, .null: return nil
    case .yes: return 1
    case .no: return 0
    case .number:
      if let value = ScoreText.number(cell.text.bytes) { return value }
      if ScoreText.isNotANumber(cell.text.bytes) { return nil }
      throw wrong(cell, score.slot, offset, "is too large for a score")
    case .text: return try textScore(cell, score.slot, offset)
    case .container: throw wrong(cell, score.slot, offset, "is an object or a list, not a score")
    }
  }

  /// Whether a prediction equals the right answer; missing when either is.
  private func agreement(_ cell: Cell, _ reference: Cell, _ score: RowPlan.Score, _ offset: Int) throws -> Double? {
    if cell.kind == .container { throw wrong(cell, score.slot, offset, "is an object or a list, not an answer") }
    guard let answer = cell.label, let right = reference.label else { return nil }
    return answer.equals(right.bytes) ? 1 : 0
  }

  private mutating func textScore(_ cell: Cell, _ slot: Int, _ offset: Int) throws -> Double? {
    switch ScoreText.meaning(of: cell.text.bytes) {
    case .value(let value): return value
    case .missing: return nil
    case .gradeLetter(let value):
      if letters == .passFail { throw wrong(cell, slot, offset, "mixes the grades C and I with P and F") }
      letters = .grades
      return value
    case .letterF:
      if letters == .grades { throw wrong(cell, slot, offset, "mixes the grades C and I with P and F") }
      letters = .passFail
      return 0
    case .letterP:
      switch letters {
      case .grades: return 0.5
      case .passFail: return 1
      case .open:
        throw wrong(
          cell, slot, offset, "is partial credit among C, I, P, N and a pass among P, F; no letter before it says which"
        )
      }
    case .unknown:
      throw wrong(cell, slot, offset, "is no score")
    }
  }

  /// Learns from a sample of the score column which letters it has, so that a leading `P` has a meaning.
  mutating func expectLetters(of profile: TableProfile) {
    guard let score = plan.scores.first, let column = profile.column(named: plan.columns[score.slot]) else { return }
    if column.hasGrades != column.hasFails { letters = column.hasGrades ? .grades : .passFail }
  }

  // MARK: Errors

  @inline(never)
  private func wrong(_ cell: Cell, _ slot: Int, _ offset: Int, _ problem: String) -> IntakeError {
    let shown = cell.label.map { String($0.string.prefix(60)) } ?? ""
    let subject = shown.isEmpty ? "column '\(plan.columns[slot])'" : "column '\(plan.columns[slot])': '\(shown)'"
    return input.error(
      at: cell.text, orAtOffset: offset, problem: "\(subject) \(problem)",
      remedy:
        "Name another column, or write numbers, true/false, pass/fail, yes/no; leave the field empty when it is missing"
    )
  }

  @inline(never)
  private func withoutItem(_ cell: Cell, _ offset: Int) -> IntakeError {
    let column = plan.columns[plan.item]
    let problem =
      cell.kind == .container
      ? "column '\(column)' is an object or a list, not an item id" : "the row has no item id in column '\(column)'"
    return input.error(
      at: cell.text, orAtOffset: offset, problem: problem, remedy: "Name the column of the item with --item")
  }
}
