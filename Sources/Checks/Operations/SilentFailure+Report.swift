import Guards
import Project
import Records
import Statistics

extension SilentFailure {
  static func nothing(_ judgement: Judgement, _ run: String) -> Judgement {
    var judgement = judgement
    judgement.unknown(
      "NO_ITEMS", "Run '\(run)' has no items: nothing says what it should have done.", missing: "items of the run", 1)
    judgement.headline = "\(run) has no items: nothing is known of what it did."
    judgement.next = "Record an item for each unit of the manifest, with its declared_steps."
    judgement.measure("hidden_failure_rate", nil, low: 0, high: 1, unit: "share")
    judgement.measure("items", 0, unit: "items")
    return judgement
  }

  static func report(_ judgement: inout Judgement, _ subject: CheckSubject, _ tally: RunTally, _ policy: Policy) {
    let interval = ProportionInterval.clopperPearson(successes: tally.hidden, trials: tally.judged)
    let rate = Share.of(tally.hidden, tally.judged)
    judgement.measure("hidden_failure_rate", rate, low: interval.low, high: interval.high, unit: "share")
    judgement.measure("hidden_failures", tally.hidden, limit: Double(policy.maxHidden), unit: "items")
    judgement.measure("items", tally.items, unit: "items")
    judgement.measure("claimed_complete", tally.claimed, unit: "items")
    judgement.measure("verified", tally.judged - tally.hidden, unit: "items")
    let closed = tally.judged + tally.failed
    judgement.measure("claimed_success", Share.of(tally.judged, closed), unit: "share")
    judgement.measure("verified_success", Share.of(tally.judged - tally.hidden, closed), unit: "share")
    for (one, names) in tally.classes.ordered(by: { rank($0.key) }) where one != .partial || tally.withReceipts > 0 {
      judgement.measure(one.name.lowercased(), names.count, unit: "items")
    }
    judgement.measure("unfinished", tally.unfinished.count, unit: "items")
    judgement.measure("attempts_beyond_max", tally.attemptsBeyond, unit: "attempts")
    if !policy.outputChecks.isEmpty {
      judgement.measure("audited", tally.audited, unit: "items")
      let isClean = tally.audited > 0 && tally.auditedClean == tally.audited
      judgement.measure(
        "defect_rate", isClean ? 0 : Share.of(tally.audited - tally.auditedClean, tally.audited), low: nil,
        high: isClean ? ProportionInterval.clopperPearsonUpper(successes: 0, trials: Double(tally.audited)) : nil,
        unit: "share")
    }
    judgement.headline = headline(subject.name, tally, rate, interval)
    judgement.next = next(judgement, tally)
    judgement.figures = figures(subject.name, tally, closed)
  }

  private static func headline(_ run: String, _ tally: RunTally, _ rate: Double?, _ interval: Interval) -> String {
    let claim =
      "\(run) claims \(NumberWords.grouped(tally.claimed)) of \(NumberWords.counted(tally.items, "item")) complete"
    guard let rate else {
      return tally.claimed == 0 ? "\(claim)." : "\(claim), and nothing proves any of them."
    }
    let verified = tally.judged - tally.hidden
    let known = tally.judged < tally.claimed ? " of the \(NumberWords.grouped(tally.judged)) that can be judged" : ""
    if tally.hidden == 0 {
      return
        "\(claim), and \(tally.judged == tally.claimed ? "all of them are" : "all\(known) are") verified."
    }
    let are =
      known.isEmpty ? "\(NumberWords.grouped(verified)) of them are" : "\(NumberWords.grouped(verified))\(known) are"
    return
      "\(claim), and \(are) verified: \(NumberWords.counted(tally.hidden, "hidden failure")) (\(NumberWords.percent(rate)), \(NumberWords.trimmed(NumberWords.fixed(interval.low * 100, 2))) to \(NumberWords.trimmed(NumberWords.fixed(interval.high * 100, 2))))."
  }

  private static func next(_ judgement: Judgement, _ tally: RunTally) -> String {
    switch judgement.leading?.code {
    case "DUPLICATE": "Undo the second effect, and give equal intents one key before the call."
    case "FALSE_SUCCESS": "Do the steps again whose objects are not there, and read them back before saying done."
    case "SEMANTIC": "Withhold the outputs that failed a check, and try them once more with a changed input."
    case "PARTIAL": "Run the missing steps of the items in the table; a step is done when its receipt is read back."
    case "LOOP": "Stop the items that go round, and look at what their calls answer."
    case "BUDGET": "Stop the items above their budget, or price them anew."
    case "LOST_ITEMS": "Find the items that have neither a result nor an error, and run them."
    case "MISSED_SCHEDULE": "Find out why the schedule did not run, or ran without proof."
    case "EXCEPTION" where tally.exhausted.count > 0:
      "Change what made the items in the dead-letter box fail before replaying them."
    case "NO_DECLARED_STEPS": "Declare the steps of each item in its manifest."
    case "NO_RECEIPTS": "Record a receipt, read back from the outside, for every step."
    case "AUDIT_SHORT": "Run the output checks on more of the items, or name fewer checks."
    case "STALLED": "Look at the workers of the items that do not move."
    case "TIMEOUT", "EXCEPTION": "Retry the items that failed or are late."
    case "KEY_PER_CALL": "Make the key of a call from its intent, not from the call."
    default: "Nothing to do: what is claimed is proved."
    }
  }

  private static func figures(_ run: String, _ tally: RunTally, _ closed: Int) -> [Figure] {
    var figures: [Figure] = []
    if closed > 0 {
      let verified = tally.judged - tally.hidden
      figures.append(
        .intervals(
          title: "What \(run) claims, and what is verified", unit: .share,
          rows: [
            Figure.IntervalRow(
              "claimed", Share.of(tally.judged, closed), low: nil, high: nil, note: "\(tally.judged) of \(closed)"),
            Figure.IntervalRow(
              "verified", Share.of(verified, closed), low: nil, high: nil, note: "\(verified) of \(closed)"),
          ]))
    }
    let shown = tally.problems.compactMap { row($0, tally) }
    if !shown.isEmpty {
      figures.append(
        .table(
          title: "Items that are not done", columns: ["item", "class", "also", "missing steps", "next"], rows: shown))
    }
    let dead = tally.problems.filter(\.isDeadLetter).map {
      [$0.item, "\($0.attempts)", $0.lastGood ?? "–", "\(Money.decimal($0.cost)) USD"]
    }
    if !dead.isEmpty {
      figures.append(
        .table(title: "Dead letters", columns: ["item", "attempts", "last good step", "spent on tools"], rows: dead))
    }
    return figures
  }

  private static func row(_ problem: RunTally.Problem, _ tally: RunTally) -> [String]? {
    let classes = problem.status.classes.filter { $0 != .partial || tally.withReceipts > 0 }
    guard let primary = classes.first else { return nil }
    let missing = primary == .partial || classes.contains(.partial) ? problem.status.missing : []
    let action =
      switch primary {
      case .duplicate: "undo the second effect"
      case .falseSuccess: "do the step again and read it back"
      case .semantic: "retry once, with changed input"
      case .loop, .budget: "stop it"
      case .partial: "run the missing steps"
      case .stalled: "look at its worker"
      case .timeout: "finish or drop it"
      case .exception: problem.isDeadLetter ? "change what failed, then replay" : "retry"
      }
    return [
      problem.item, primary.name, classes.dropFirst().map(\.name).joined(separator: ", "),
      missing.joined(separator: ", "), action,
    ]
  }
}
