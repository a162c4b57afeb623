import Records

/// Takes from a row what only a ledger keeps.
struct RowDetails {
  let plan: DetailPlan
  private let fields: RowFields
  private var times = RecentValues<Instant?>()

  init(_ plan: DetailPlan, _ fields: RowFields) {
    self.plan = plan
    self.fields = fields
  }

  /// What does not depend on the score.
  mutating func fill(_ row: inout TrialRow, _ offset: Int) throws {
    row.suiteVersion = try fields.looseLabel(plan.suiteVersion, offset)
    row.configuration = try fields.looseLabel(plan.configuration, offset)
    row.details.trafficCluster = try fields.looseLabel(plan.trafficCluster, offset)
    row.details.judge = try fields.looseLabel(plan.judge, offset)
    row.details.subject = try fields.looseLabel(plan.subject, offset)
    row.details.latencyMilliseconds = try fields.amount(plan.latency, "latency", offset)
    row.details.inputTokens = try fields.whole(plan.inputTokens, "input tokens", offset)
    row.details.outputTokens = try fields.whole(plan.outputTokens, "output tokens", offset)
    row.details.costUnits = try fields.money(fields.plan.cost, offset)
    row.details.tags = tags()
    row.details.time = try time(offset)
    row.details.expected = try fields.looseLabel(plan.expected, offset)
    if plan.probabilities.isEmpty {
      row.details.predicted = try fields.looseLabel(plan.predicted, offset)
      row.details.confidence = try fields.share(plan.confidence, "confidence", offset)
    } else {
      try fillMostProbable(&row, offset)
    }
  }

  /// What belongs to one score of a row that may have several.
  func fill(_ row: inout TrialRow, score index: Int, _ offset: Int) throws {
    let score = fields.plan.scores[index]
    row.details.metric = try fields.looseLabel(plan.metric, offset) ?? plan.metricNames[index]?.text
    if let reference = score.reference {
      row.details.expected = try fields.looseLabel(reference, offset)
      if !score.isMostProbable { row.details.predicted = try fields.label(score.slot, offset) }
    }
    row.details.passed = passed(score, row.score, isPass: plan.arePasses[index])
    if row.details.passed == nil, let slot = plan.passed { row.details.passed = fields.truth(slot) }
  }

  private func passed(_ score: RowPlan.Score, _ value: Double?, isPass: Bool) -> Bool? {
    guard let value, value == 0 || value == 1 else { return nil }
    if isPass { return value == 1 }
    let cell = fields.cells[score.slot]
    switch cell.kind {
    case .yes, .no: return value == 1
    case .text: return ScoreText.number(cell.text.bytes) == nil ? value == 1 : nil
    default: return nil
    }
  }

  private func tags() -> BorrowedText? {
    guard let slot = plan.tags else { return nil }
    let cell = fields.cells[slot]
    guard cell.kind == .container || cell.kind == .text, cell.text.bytes.first == UInt8(ascii: "{") else { return nil }
    return cell.text
  }

  private mutating func time(_ offset: Int) throws -> Instant? {
    guard let slot = plan.time else { return nil }
    let cell = fields.cells[slot]
    if cell.isMissing { return nil }
    guard cell.kind == .text || cell.kind == .number,
      let instant = times.value(of: cell.text, { TimeText.instant($0) })
    else {
      throw fields.wrong(
        cell, slot, offset, "is no time",
        remedy: "Write times such as 2026-03-01T12:00:00Z, or name another column with --time-column")
    }
    return instant
  }

  /// The most probable class and its probability; the first of several that are equally probable.
  private func fillMostProbable(_ row: inout TrialRow, _ offset: Int) throws {
    row.details.predicted = nil
    row.details.confidence = nil
    var best: (label: BorrowedText, probability: Double)?
    for one in plan.probabilities {
      guard let probability = try fields.share(one.slot, "probability of a class", offset) else { return }
      if probability > best?.probability ?? -1 { best = (one.label.text, probability) }
    }
    if let other = plan.otherClass, let only = best, only.probability < 0.5 {
      best = (other.text, 1 - only.probability)
    }
    row.details.predicted = best?.label
    row.details.confidence = best?.probability
  }
}
