import Project
import Records
import Statistics

extension EvalRot {
  /// Everything that was read and computed about one feature's suite.
  struct Facts {
    let feature: String
    let rot: RotSettings
    let version: String?
    let cases: Cases
    let mix: Mix
    let live: Int
    /// Live cases without topic or date, and items without a card.
    let incomplete: Int
    let tuned: Int
    let saturated: Int
    let undated: Int
    let ageMedian: Double?
    let ageP90: Double?
    /// Plain mean over live cases with a trial.
    let legacy: Double?
    let weeks: [Weeks.Week]
    let suiteTrend: Trend?
    let userTrend: Trend?

    init(feature: String, rot: RotSettings, version: String?, cases: Cases, mix: Mix, _ policy: Policy) {
      self.feature = feature
      self.rot = rot
      self.version = version
      self.cases = cases
      self.mix = mix
      let live = cases.live
      self.live = live.count
      incomplete = live.count { $0.cluster == nil || $0.addedAt == nil } + cases.uncarded
      tuned = live.count { $0.tunedOn >= policy.tunedMax }
      saturated = live.count { $0.streak >= policy.saturatedRuns }
      let now = cases.asOf
      let ages = live.compactMap { $0.addedAt?.days(to: now) }.sorted()
      undated = live.count - ages.count
      ageMedian = OrderStatistic.median(sorted: ages)
      // Nearest rank, ⌈0.9·n⌉ in whole numbers.
      ageP90 = ages.isEmpty ? nil : ages[(9 * ages.count + 9) / 10 - 1]
      let tried = live.filter { $0.trials > 0 }
      legacy = tried.isEmpty ? nil : tried.reduce(0) { $0 + $1.rate } / Double(tried.count)
      weeks = cases.weeks.joined(version: version)
      suiteTrend = Trend(weeks, \.suite)
      userTrend = Trend(weeks, \.users)
    }
  }
}

extension Judgement {
  /// Rows of a figure, so that a ledger with thousands of topics stays readable.
  private static let rows = 30

  mutating func report(_ facts: EvalRot.Facts, _ policy: EvalRot.Policy) {
    let mix = facts.mix
    measure("live_cases", facts.live, unit: "items")
    measure("spans", mix.spans, limit: Double(policy.minSpans), unit: "spans")
    measure("coverage", mix.spans > 0 ? mix.coverage : nil, limit: policy.coverageFresh, unit: "share")
    measure("js_divergence", mix.divergence, limit: policy.jsFresh, unit: "bits")
    measure("js_floor", mix.divergenceFloor, unit: "bits")
    measure("g_statistic", mix.test?.statistic, unit: "ratio")
    measure("g_p_value", mix.test?.pValue, limit: policy.mixAlpha, unit: "share")
    measure("legacy_score", facts.legacy, unit: "share")
    measureScore(mix)
    measure("age_median", facts.ageMedian, unit: "days")
    measure("age_p90", facts.ageP90, limit: Double(policy.ageP90Days), unit: "days")
    measure("undated", facts.undated, unit: "items")
    measure("tuned", facts.tuned, unit: "items")
    measure("saturated", facts.saturated, unit: "items")
    measure("weeks", facts.weeks.count, limit: Double(policy.trendWeeks), unit: "weeks")
    for (name, trend) in [("suite", facts.suiteTrend), ("users", facts.userTrend)] {
      guard let trend else { continue }
      measure("\(name)_slope", trend.slope, unit: "per week")
      measure("\(name)_trend_s", Double(trend.test.score), unit: "pairs")
      measure("\(name)_trend_p", trend.test.test?.pValue, limit: policy.trendAlpha, unit: "share")
    }
    let retirable = facts.cases.retirable(mix, policy)
    measure("retirable", retirable.count, unit: "items")
    evidence = Array(retirable.map(\.id).prefix(20))
    method =
      "Jensen-Shannon divergence with G test; traffic-weighted score by MOVER over Wilson limits; trends by Theil-Sen and "
      + "Mann-Kendall; labels by Neyman allocation"
    draw(facts, retirable.map { [$0.name, $0.why] }, policy)
    headline = sentence(facts, policy)
    next = nextAction(facts)
  }

  private mutating func measureScore(_ mix: EvalRot.Mix) {
    guard mix.spans > 0, let score = mix.score else { return }
    let (low, high) = (score.interval.low, score.interval.high)
    measure("traffic_score", score.estimate, low: low, high: high, unit: "share")
    measure("uncovered", mix.uncovered, unit: "share")
    measure("score_bounds", nil, low: score.estimate, high: score.estimate + mix.uncovered, unit: "share")
    measure("headline", nil, low: max(0, low), high: min(1, high + mix.uncovered), unit: "share")
    if mix.coverage > 0 { measure("covered_only", score.estimate / mix.coverage, unit: "share") }
  }

  private mutating func draw(_ facts: EvalRot.Facts, _ retirable: [[String]], _ policy: EvalRot.Policy) {
    let mix = facts.mix
    guard !mix.topics.isEmpty else { return }
    let labels = mix.labels(facts.rot.labelBudget)
    // Topics of equal weight stay in UTF-8 order.
    let byPriority = mix.topics.indices.ordered { -mix.topics[$0].priority }
    let cases = Double(max(1, mix.cases))
    figures.append(
      .mirror(
        title: "Topics of the suite and of traffic", left: "suite", right: "traffic",
        rows: byPriority.prefix(Judgement.rows).map { place in
          let topic = mix.topics[place]
          let rate = topic.isCovered ? topic.rate.map { "\(NumberWords.percent($0.estimate)) pass" } : nil
          return Figure.MirrorRow(
            topic.name, left: Double(topic.cases) / cases, right: topic.share, note: rate ?? "uncovered")
        }))
    if let headline = measures.first(where: { $0.name == "headline" }) {
      figures.append(
        .intervals(
          title: "Score", unit: .share,
          rows: [
            Figure.IntervalRow(
              "as traffic weighs it", nil, low: headline.low, high: headline.high, note: "with bounds"),
            Figure.IntervalRow("as the suite shows it", facts.legacy, low: nil, high: nil, note: "plain mean"),
          ]))
    }
    figures.append(
      .table(
        title: "Where to label next", columns: ["topic", "priority", "labels"],
        rows: byPriority.prefix(Judgement.rows).filter { mix.topics[$0].spans > 0 }.map { place in
          [
            mix.topics[place].name, NumberWords.fixed(mix.topics[place].priority, 4),
            labels.map { String($0[place]) } ?? "",
          ]
        }))
    if !retirable.isEmpty {
      figures.append(
        .table(
          title: "Cases that may retire", columns: ["case", "why"], rows: Array(retirable.prefix(Judgement.rows))))
    }
    if !facts.weeks.isEmpty {
      figures.append(
        .table(
          title: "Week by week", columns: ["week of", "suite", facts.rot.userMetric],
          rows: facts.weeks.map { [$0.start.dateText, NumberWords.fixed($0.suite, 4), NumberWords.fixed($0.users, 4)] })
      )
    }
  }

  private func sentence(_ facts: EvalRot.Facts, _ policy: EvalRot.Policy) -> String {
    guard let legacy = facts.legacy, let headline = measures.first(where: { $0.name == "headline" }),
      let low = headline.low, let high = headline.high
    else {
      return "Nobody knows whether \(facts.rot.suite) resembles the traffic of \(facts.feature): "
        + "\(NumberWords.counted(facts.live, "live case")), \(NumberWords.counted(facts.mix.spans, "span")) with a topic."
    }
    return
      "\(facts.rot.suite) covers \(NumberWords.percent(facts.mix.coverage)) of the traffic of \(facts.feature): weighted by "
      + "\(NumberWords.counted(facts.mix.spans, "span")) of \(policy.windowDays) days its score is between \(NumberWords.percent(low)) "
      + "and \(NumberWords.percent(high)), not the \(NumberWords.percent(legacy)) that it shows on "
      + "\(NumberWords.counted(facts.live, "live case"))."
  }

  private func nextAction(_ facts: EvalRot.Facts) -> String {
    if let first = missing.first, codes(.fail).isEmpty {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    if let best = facts.mix.topics.indices.least(by: { -facts.mix.topics[$0].priority }),
      let labels = facts.mix.labels(facts.rot.labelBudget)
    {
      return
        "Label \(NumberWords.counted(labels[best], "case")) of the topic \(facts.mix.topics[best].name) from production first."
    }
    return "Collect traffic with a topic."
  }
}
