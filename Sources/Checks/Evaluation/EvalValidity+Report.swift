import Comparison
import Project
import Records
import Statistics

extension EvalValidity {
  /// Everything that was read and computed about one suite.
  struct Facts {
    let suite: String
    let settings: SuiteSettings
    var cards: Cards?
    var record: Record?
    /// Nil where code scores.
    var agreement: Agreement?
    /// Spans by slice; nil where no feature is declared.
    var traffic: [String: Int]?
    var untaggedSpans = 0
    /// By primary metric.
    var deltas: [Delta] = []

    init(suite: String, settings: SuiteSettings) {
      self.suite = suite
      self.settings = settings
    }

    /// More labels until the narrower of the two rates leaves its limit, if the shares stay as they are. People must have
    /// called some answers right and some wrong.
    func labelsNeeded(_ policy: Policy) -> Int? {
      guard let table = agreement?.table else { return nil }
      func needed(_ successes: Int, _ trials: Int, _ limit: Double, _ interval: Interval) -> Int? {
        guard interval.low.isBelow(limit) else { return 0 }
        return MissingTrials.forFloor(successes: Double(successes), trials: Double(trials), floor: limit).map {
          ($0 * table.items + trials - 1) / trials
        }
      }
      let right = needed(table.bothPositive, table.positives, policy.judgeMinTPR, table.truePositiveInterval())
      let wrong = needed(table.bothNegative, table.negatives, policy.judgeMinTNR, table.trueNegativeInterval())
      guard let right, let wrong else { return nil }
      return max(right, wrong)
    }
  }
}

extension Judgement {
  mutating func report(_ facts: EvalValidity.Facts, _ policy: EvalValidity.Policy) {
    measureInstrument(facts, policy)
    for delta in facts.deltas { measure(delta, policy, name: facts.deltas.count > 1 ? "\(delta.metric.name)." : "") }
    evidence = facts.cards?.leaks.holders ?? []
    method =
      (facts.deltas.first?.result.evidence.map { "\($0.testName), \($0.intervalMethod); " } ?? "")
      + "traffic-weighted by MOVER; slices by Holm; judge by Cohen's κ and Wilson; mix by total variation and G test"
    let word = word(facts)
    draw(facts, word)
    headline = sentence(facts, word)
    next = nextAction(facts)
  }

  private mutating func measureInstrument(_ facts: EvalValidity.Facts, _ policy: EvalValidity.Policy) {
    if let cards = facts.cards {
      measure("prod_share", cards.productionShare, limit: policy.minProdShare, unit: "share")
      measure("median_item_age", cards.medianAge, limit: Double(policy.maxItemAgeDays), unit: "days")
      measure("leaked", cards.leaks.items.count, limit: Double(policy.leakMax), unit: "items")
    }
    if let agreement = facts.agreement {
      let table = agreement.table
      let (kappa, right, wrong) = (table.kappa, table.truePositiveInterval(), table.trueNegativeInterval())
      measure("judge_labels", table.items, limit: Double(policy.judgeMinLabels), unit: "items")
      measure("judge_agreement", kappa.agreement, unit: "share")
      let interval = kappa.interval()
      measure(
        "judge_kappa", kappa.kappa, low: interval?.low, high: interval?.high, limit: policy.judgeMinKappa,
        unit: "ratio")
      measure(
        "judge_tpr", table.truePositiveRate, low: right.low, high: right.high, limit: policy.judgeMinTPR, unit: "share")
      measure(
        "judge_tnr", table.trueNegativeRate, low: wrong.low, high: wrong.high, limit: policy.judgeMinTNR, unit: "share")
      if agreement.people.items > 0 {
        measure("people_kappa", agreement.people.kappa.kappa, unit: "ratio")
      }
      measure("people_divided", agreement.divided, unit: "items")
    }
    if let record = facts.record {
      measure("past_releases", record.releases, limit: Double(policy.predictiveMinReleases), unit: "releases")
      measure("sign_agreement", record.signAgreement, limit: policy.predictiveMinSign, unit: "share")
      measure("rank_correlation", record.correlation, limit: policy.predictiveMinSpearman, unit: "ratio")
    }
  }

  private mutating func measure(_ delta: EvalValidity.Delta, _ policy: EvalValidity.Policy, name: String) {
    let result = delta.result
    measure("\(name)items", result.design.items, unit: "items")
    if let evidence = result.evidence {
      measure("\(name)delta", evidence.estimate, low: evidence.low, high: evidence.high, unit: "points")
      measure("\(name)p_value", evidence.pValue, limit: result.policy.alpha, unit: "share")
    }
    for (arm, summary) in [("baseline", result.base), ("candidate", result.candidate)] {
      measure("\(name)\(arm)", summary.mean, low: summary.low, high: summary.high, unit: "share")
    }
    if delta.spans > 0 {
      measure("\(name)spans", delta.spans, unit: "spans")
      measure("\(name)tvd", delta.distance, limit: policy.maxTVD, unit: "share")
      measure("\(name)uncovered", delta.uncoveredShare, unit: "share")
    }
    if let weighted = delta.weighted {
      measure(
        "\(name)traffic_delta", weighted.estimate, low: weighted.interval.low, high: weighted.interval.high,
        unit: "points")
      measure("\(name)traffic_baseline", delta.weightedScore(\.base), unit: "share")
      measure("\(name)traffic_candidate", delta.weightedScore(\.candidate), unit: "share")
    }
    if let needed = result.power?.itemsNeeded { measure("\(name)items_needed", needed, unit: "items") }
  }

  /// Better, Worse, Not worse or Cannot tell.
  private func word(_ facts: EvalValidity.Facts) -> String {
    let fails = codes(.fail)
    if fails.contains("WORSE") { return "Worse" }
    guard codes(.unknown).isEmpty, fails.isEmpty, let delta = facts.deltas.first else { return "Cannot tell" }
    let byTraffic = codes(.warn).contains("MIX_FAR")
    switch delta.decisive(byTraffic: byTraffic)?.outcome {
    case .improved, .improvedSmall: return "Better"
    case .regressed, .worseWithinMargin: return "Worse"
    case .equivalent, .nonInferior: return "Not worse"
    case .inconclusive, nil: return "Cannot tell"
    }
  }

  private func sentence(_ facts: EvalValidity.Facts, _ word: String) -> String {
    guard let delta = facts.deltas.first, let evidence = delta.result.evidence else {
      return undecided(facts)
    }
    var text =
      "\(opening(facts, delta, word)) \(delta.result.design.population): the suite says "
      + NumberWords.points(evidence.estimate, evidence.low, evidence.high)
    if let weighted = delta.weighted {
      let opposite = weighted.estimate * evidence.estimate < 0
      text +=
        ", \(opposite ? "but" : "and") weighted by \(NumberWords.counted(delta.spans, "span")) of traffic it is "
        + NumberWords.points(weighted.estimate, weighted.interval.low, weighted.interval.high)
    }
    return text + "."
  }

  /// The verdict's word as part of a sentence that names who is compared with whom.
  private func opening(_ facts: EvalValidity.Facts, _ delta: EvalValidity.Delta, _ word: String) -> String {
    let (new, old) = (facts.settings.candidate ?? "the candidate", facts.settings.baseline ?? "the baseline")
    switch word {
    case "Better": return "\(new) is better than \(old)"
    case "Worse": return "\(new) is worse than \(old)"
    case "Not worse": return "\(new) is not worse than \(old)"
    default:
      let question =
        switch delta.metric.claim {
        case .improvement: "is better than \(old)"
        case .noRegression: "is at least as good as \(old)"
        case .equivalence: "is as good as \(old)"
        case nil: "is better or worse than \(old)"
        }
      // What fails is the suite: whatever it says, it is not to be asked.
      return "\(facts.suite) \(codes(.fail).isEmpty ? "cannot tell" : "may not decide") whether \(new) \(question)"
    }
  }

  /// Nothing could be compared: why, or what is known of the judge.
  private func undecided(_ facts: EvalValidity.Facts) -> String {
    if facts.settings.baseline != nil, facts.settings.candidate != nil,
      let reason = reasons.first(where: { $0.verdict == .unknown && !$0.code.hasPrefix("JUDGE_") })
    {
      return "\(facts.suite) cannot decide yet: \(reason.text)"
    }
    let judge = facts.agreement.map { agreement in
      "\(agreement.judges.joined(separator: ", ")) can be compared with people on "
        + NumberWords.counted(agreement.table.items, "answer")
    }
    return "\(facts.suite) compares nothing yet\(judge.map { ": " + $0 } ?? "")."
  }

  private mutating func draw(_ facts: EvalValidity.Facts, _ word: String) {
    func value(_ name: String, _ format: (Double) -> String) -> String {
      measures.first { $0.name == name }?.value.map(format) ?? "not known"
    }
    func state(_ names: [String]) -> String {
      let worst = reasons.filter { names.contains($0.code) }.least { -$0.verdict.severity }
      return worst.map { "\($0.verdict.rawValue): \($0.code)" } ?? "pass"
    }
    let rows = [
      [
        "distribution",
        "distance \(value("tvd", NumberWords.percent)), \(value("prod_share", NumberWords.percent)) from production",
        state(["MIX_TOO_FAR", "MIX_FAR", "NO_TRAFFIC", "NO_FEATURE", "SYNTHETIC_SUITE", "NO_CARDS"]),
      ],
      [
        "aggregation",
        "suite \(value("delta", NumberWords.points)), traffic \(value("traffic_delta", NumberWords.points))",
        state(["MIX_ONLY_GAIN", "SLICE_WORSE", "WORSE", "CANNOT_TELL", "NO_WORTHWHILE_EFFECT", "NOT_EQUIVALENT"]),
      ],
      [
        "judge",
        facts.agreement == nil ? "code" : "κ \(value("judge_kappa") { NumberWords.fixed($0, 2) })",
        state(["JUDGE_NOT_ELIGIBLE", "JUDGE_UNDECIDED"]),
      ],
      [
        "freshness",
        "\(value("median_item_age") { NumberWords.fixed($0, 0) }) days, \(facts.cards?.leaks.items.count ?? 0) leaked",
        state(["STALE_ITEMS", "LEAKED", "NOT_PREDICTIVE", "FEW_RELEASES"]),
      ],
    ]
    figures.append(.table(title: word, columns: ["line", "what was found", "state"], rows: rows))
    guard let delta = facts.deltas.first, !delta.slices.isEmpty else { return }
    figures.append(
      .intervals(
        title: "Difference by slice", unit: .points,
        rows: delta.slices.prefix(30).map { slice in
          Figure.IntervalRow(
            slice.name, slice.evidence?.estimate, low: slice.evidence?.low, high: slice.evidence?.high, limit: 0,
            note: "\(NumberWords.counted(slice.items, "item")), \(NumberWords.counted(slice.spans, "span"))")
        }))
  }

  private func nextAction(_ facts: EvalValidity.Facts) -> String {
    let actions = [
      ("LEAKED", "Remove the leaked items from the suite, or from the data, and run both variants again."),
      ("MIX_ONLY_GAIN", "Do not ship on this number: draw the suite from traffic, then compare again."),
      ("JUDGE_NOT_ELIGIBLE", "Change the judge, and compare it with people again before it decides."),
      ("NOT_PREDICTIVE", "Find out why past gains did not arrive in production before another one is believed."),
      ("WORSE", "Do not ship: look at the items that were lost first."),
      ("SLICE_WORSE", "Repair the slice that got worse, or accept its loss in writing."),
      ("NO_WORTHWHILE_EFFECT", "Drop the change, or claim less of it."),
      ("NOT_EQUIVALENT", "Treat it as a change of quality, and claim improvement or no_regression."),
    ]
    if let action = actions.first(where: { codes(.fail).contains($0.0) }) { return action.1 }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    let warnings = [
      ("MIX_FAR", "Draw new items in the proportions of traffic."),
      ("SYNTHETIC_SUITE", "Replace synthetic items by ones from production."),
      ("STALE_ITEMS", "Replace the oldest items by new ones from production."),
      ("NO_CARDS", "Ingest a card for each item: source and collected_at."),
      ("NO_FEATURE", "Set suites.\(facts.suite).feature."),
      ("BELOW_WORTH", "Weigh the gain against what the change costs."),
      ("WORSE_WITHIN_MARGIN", "Weigh the loss against what the change brings."),
      ("FEW_RELEASES", "Record eval_delta and production_delta of each release."),
    ]
    return warnings.first { codes(.warn).contains($0.0) }?.1 ?? "Use it: the evaluation may decide."
  }
}
