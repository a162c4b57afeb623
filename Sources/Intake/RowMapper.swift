import Records

/// Makes trials of rows: the one place where the fields of any table get their meaning.
struct RowMapper {
  private let fields: RowFields
  private let scores: [RowPlan.Score]
  private let slices: [Int]
  /// Nil for a comparison.
  private var details: RowDetails?
  private var row: TrialRow
  /// By score column.
  private var letters: [LetterScale]

  /// What `P` means, once other letters have shown it.
  private enum LetterScale { case open, grades, passFail }

  init(plan: RowPlan, input: InputText) {
    fields = RowFields(plan: plan, input: input)
    scores = plan.scores
    slices = plan.slices
    details = plan.details.map { [fields] in RowDetails($0, fields) }
    letters = Array(repeating: .open, count: plan.scores.count)
    row = TrialRow(item: Cell.absent.text)
    row.slices = Array(repeating: nil, count: plan.slices.count)
  }

  /// Where the reader puts the fields of a row.
  var cells: CellRow { fields.cells }

  /// Hands the trials of the row in `cells` to the sink.
  /// - Parameter offset: where the row starts, for errors about fields that it lacks.
  mutating func deliver<Sink: TrialSink>(
    rowAt offset: Int, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    let fields = self.fields
    if fields.hasFilters, !fields.passFilters() {
      summary.filteredRows += 1
      return
    }
    row.item = try fields.item(offset)
    row.suite = try fields.label(fields.plan.suite, offset)
    row.cluster = try fields.label(fields.plan.cluster, offset)
    row.repetition = try fields.label(fields.plan.repetition, offset)
    row.prediction = try fields.label(fields.plan.prediction, offset)
    row.judgeRepeat = try fields.label(fields.plan.judgeRepeat, offset)
    row.variant = try fields.label(fields.plan.variant, offset)
    for index in slices.indices { row.slices[index] = try fields.label(slices[index], offset) }
    row.cost = try fields.amount(fields.plan.cost, "cost", offset)
    row.tokens = nil
    for slot in fields.plan.tokens {
      if let value = try fields.amount(slot, "tokens", offset) { row.tokens = (row.tokens ?? 0) + value }
    }
    // A sum beyond all numbers is no amount of anything.
    if let tokens = row.tokens, !tokens.isFinite { row.tokens = nil }
    try details?.fill(&row, offset)
    if scores.count == 1 {
      row.score = try score(0, offset)
      try details?.fill(&row, score: 0, offset)
      try summary.deliver(row, to: &sink)
    } else {
      try deliverWide(offset, to: &sink, summary: &summary)
    }
  }

  /// Several scores: each is an arm of its own, named after its column.
  private mutating func deliverWide<Sink: TrialSink>(
    _ offset: Int, to sink: inout Sink, summary: inout IntakeSummary
  ) throws {
    for index in scores.indices {
      row.score = try score(index, offset)
      try details?.fill(&row, score: index, offset)
      var name = scores[index].name
      try name.withUTF8 { bytes in
        row.variant = BorrowedText(UnsafeRawBufferPointer(bytes))
        try summary.deliver(row, to: &sink)
      }
    }
    row.variant = nil
  }

  /// Fails if a column that the user named occurred in no row.
  func checkRequired() throws {
    for slot in fields.plan.required.sorted() where !cells.hasOccurred(slot) { throw fields.absent(slot) }
  }

  // MARK: Scores

  @inline(__always)
  private mutating func score(_ index: Int, _ offset: Int) throws -> Double? {
    let slot = scores[index].slot
    let cell = fields.cells[slot]
    if let reference = scores[index].reference {
      if scores[index].isMostProbable { return agreement(row.details.predicted, fields.cells[reference]) }
      return try agreement(cell, fields.cells[reference], slot, offset)
    }
    switch cell.kind {
    case .absent, .null: return nil
    case .yes: return 1
    case .no: return 0
    case .number:
      if let value = ScoreText.number(cell.text.bytes) { return value }
      if ScoreText.isNotANumber(cell.text.bytes) { return nil }
      throw fields.wrong(cell, slot, offset, "is too large for a score")
    case .text: return try textScore(cell, index, offset)
    case .container: throw fields.wrong(cell, slot, offset, "is an object or a list, not a score")
    }
  }

  /// Whether a prediction equals the right answer; missing when either is.
  private func agreement(_ cell: Cell, _ reference: Cell, _ slot: Int, _ offset: Int) throws -> Double? {
    if cell.kind == .container { throw fields.wrong(cell, slot, offset, "is an object or a list, not an answer") }
    guard let answer = cell.label, let right = reference.label else { return nil }
    return answer.equals(right.bytes) ? 1 : 0
  }

  private func agreement(_ answer: BorrowedText?, _ reference: Cell) -> Double? {
    guard let answer, let right = reference.label else { return nil }
    return answer.equals(right.bytes) ? 1 : 0
  }

  /// What the slices of the rows are called, for a ledger.
  var sliceNames: [String]? { details?.plan.sliceNames }

  private mutating func textScore(_ cell: Cell, _ index: Int, _ offset: Int) throws -> Double? {
    let slot = scores[index].slot
    switch ScoreText.meaning(of: cell.text.bytes) {
    case .value(let value): return value
    case .missing: return nil
    case .gradeLetter(let value):
      if letters[index] == .passFail { throw fields.wrong(cell, slot, offset, "mixes the grades C and I with P and F") }
      letters[index] = .grades
      return value
    case .letterF:
      if letters[index] == .grades { throw fields.wrong(cell, slot, offset, "mixes the grades C and I with P and F") }
      letters[index] = .passFail
      return 0
    case .letterP:
      switch letters[index] {
      case .grades: return 0.5
      case .passFail: return 1
      case .open:
        throw fields.wrong(
          cell, slot, offset, "is partial credit among C, I, P, N and a pass among P, F; no letter before it says which"
        )
      }
    case .unknown:
      throw fields.wrong(cell, slot, offset, "is no score")
    }
  }

  /// Learns from a sample of the score column which letters it has, so that a leading `P` has a meaning.
  mutating func expectLetters(of profile: TableProfile) {
    for (index, score) in scores.enumerated() {
      guard let column = profile.column(named: fields.plan.columns[score.slot]) else { continue }
      if column.hasGrades != column.hasFails { letters[index] = column.hasGrades ? .grades : .passFail }
    }
  }
}
