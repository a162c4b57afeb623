internal import Records
internal import Statistics

/// Monthly statements, written and sent by a batch run every week: work that nobody watches.
struct StatementsScene: Scene {
  static let items = 60
  static let steps = ["write", "store", "send"]
  /// Looking at so many of 60 outputs shows one defect with probability 0.95.
  static let audited = 57

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
  }

  /// The week of the run that goes wrong.
  private static let lastWeek = 12

  mutating func records(on day: Int) -> [Record] {
    guard day % 7 == 2, day >= quarter.days - 42 else { return [] }
    let week = day / 7
    var run = RunRecord()
    run.runID = "statements-\(week)"
    run.manifestSHA256 = SuiteRun.sha256("statements/\(week)")
    run.statusClaimed = "succeeded"
    run.periodSeconds = 604_800
    run.at = quarter.moment(day, 0.1)
    run.attributes = Attributes.text(["schedule": "statements"])
    var records: [Record] = [.run(run)]
    for item in 0..<Self.items { records += statement(run.runID, item, day, week) }
    return records
  }

  /// One statement with what its worker did, and the proof of it.
  private mutating func statement(_ run: String, _ number: Int, _ day: Int, _ week: Int) -> [Record] {
    let name = "customer-\(number)"
    let isLast = week == Self.lastWeek
    var item = ItemRecord()
    (item.itemID, item.runID, item.declaredSteps) = (name, run, Self.steps)
    item.at = quarter.moment(day, 0.1)
    item.deadlineAt = quarter.moment(day, 0.9)
    var records: [Record] = [.item(item)]
    // Some fail once or twice before they come through; on the bar, as often as they may.
    let retries = plan.truth == .onTheBar ? (number == 0 ? 2 : 0) : generator.chance(0.05) ? 1 : 0
    for attempt in 0...retries {
      var one = AttemptRecord()
      (one.attemptID, one.runID, one.itemID) = ("\(run)/\(name)/\(attempt)", run, name)
      one.claimedAt = quarter.moment(day, 0.2 + 0.05 * Double(attempt))
      one.statusClaimed = attempt == retries ? "succeeded" : "failed"
      records.append(.attempt(one))
    }
    let isUnsent = plan.planted == .hiddenFailures && isLast && number % 30 == 7
    for (place, step) in Self.steps.enumerated() where !(isUnsent && step == "send") {
      records.append(
        .receipt(receipt(run, name, step, "message-1", 1, at: quarter.moment(day, 0.4 + 0.05 * Double(place)))))
    }
    if plan.planted == .doubledEffect, isLast, number == 41 {
      records.append(.receipt(receipt(run, name, "send", "message-2", 2, at: quarter.moment(day, 0.6))))
    }
    if plan.truth == .comfortable || number < Self.audited { records.append(.annotation(check(run, name, day))) }
    return records
  }

  private func receipt(
    _ run: String, _ item: String, _ step: String, _ effect: String, _ number: Int, at: Instant
  ) -> ReceiptRecord {
    var receipt = ReceiptRecord()
    (receipt.receiptID, receipt.runID, receipt.itemID) = ("\(run)/\(item)/\(step)/\(number)", run, item)
    (receipt.attemptID, receipt.stepID, receipt.at) = ("\(run)/\(item)/0", step, at)
    (receipt.idempotencyKey, receipt.effectReference) = ("\(run)/\(item)/\(step)", effect)
    receipt.readBack = Attributes.text(["ok": true])
    return receipt
  }

  private func check(_ run: String, _ item: String, _ day: Int) -> AnnotationRecord {
    var check = AnnotationRecord(
      annotationID: "\(run)/\(item)/checked", subject: "\(run)/\(item)", name: "output_check", value: .label("pass"),
      annotatorKind: .code, annotator: "statement-checks", at: quarter.moment(day, 0.7))
    check.reasonTags = ["schema", "referential", "conservation", "coverage", "grounding"]
    return check
  }

  /// What runs is seen: nothing needs to be declared.
  var declaration: Declaration { Declaration() }
}
