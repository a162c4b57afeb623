import Project
import Records
import Statistics
import Store

extension EvalCoevolution {
  /// Everything that was read and computed about one feature.
  struct Facts {
    let feature: String
    let settings: CoevolutionSettings
    let traffic: Traffic
    let results: Results
    let mix: Mix
    let label: Label?
    let scores: Scores?
    /// In days; asked for only where the mix has moved far.
    let newestItemAge: Double?

    init(_ feature: String, _ settings: CoevolutionSettings, _ policy: Policy, _ context: CheckContext) throws {
      self.feature = feature
      self.settings = settings
      let ledger = context.ledger
      ledger.include("\(settings)")
      traffic = try Traffic(feature: feature, days: settings.windowDays, ledger)
      let suite = context.project.suites[settings.suite] ?? SuiteSettings()
      let metric = suite.primaryMetrics.first ?? MetricSettings()
      let series = try ledger.trialSeries(suite: settings.suite)
      let runs = SuiteRuns(series, suite: settings.suite, metric: metric.name, version: suite.version)
      let arm = SuiteRuns.served(among: runs.arms, named: settings.variant, baseline: suite.baseline)?
        .newestConfiguration
      results = try Results(arm, lowerIsBetter: metric.direction == .down, ledger)
      let mix = Mix(try Facts.launch(settings.launchProfile, ledger), traffic, results, policy)
      self.mix = mix
      label = mix.label(policy)
      scores = mix.treatedTotal == 0 || mix.launchTotal == 0 ? nil : Scores(mix)
      let isFar = mix.treatedDivergence?.isAbove(policy.jsFail) ?? false
      newestItemAge = isFar ? try Facts.newestItem(settings.suite, series, ledger)?.days(to: context.asOf) : nil
    }

    /// Counts by topic at launch; empty where no profile has them.
    private static func launch(_ sha256: String?, _ ledger: Snapshot) throws -> [String: Int] {
      guard let sha256, let profile = try ledger.artifact(kind: "profile", sha256: sha256)?.record,
        let text = profile.attributes,
        case .object(let clusters)? = (try? JSONValue(parsing: text))?["clusters"]
      else { return [:] }
      var counts: [String: Int] = [:]
      for cluster in clusters.members {
        // A profile that cannot be read is none: half of it would be another mix.
        guard let count = cluster.value.whole, (0...1 << 40).contains(count) else { return [:] }
        counts[cluster.key, default: 0] += Int(count)
      }
      return counts
    }

    /// When the suite was last added to: by its cards, or else when an item was first tried.
    private static func newestItem(
      _ suite: String, _ series: [TrialSeriesSummary], _ ledger: Snapshot
    ) throws -> Instant? {
      var newest: Instant?
      try ledger.forEachArtifact(kind: "dataset_item") { _, artifact in
        guard let text = artifact.attributes, let card = try? JSONValue(parsing: text), card["suite"]?.text == suite
        else { return }
        let added = (card["added_at"] ?? card["collected_at"])?.text.flatMap { Instant($0) } ?? artifact.at
        newest = newest.map { max($0, added) } ?? added
      }
      return try newest ?? ledger.newestItem(of: series)
    }
  }
}

extension Judgement {
  /// Rows of a figure, so that a feature with thousands of topics stays readable.
  private static let shown = 30

  mutating func report(_ facts: EvalCoevolution.Facts, _ policy: EvalCoevolution.Policy) {
    let mix = facts.mix
    measure("launch", mix.launchTotal, unit: "spans")
    measure("treated", mix.treatedTotal, unit: "spans")
    measure("uncovered", mix.treatedTotal == 0 ? nil : mix.uncoveredTreated, limit: policy.newCluster, unit: "share")
    measureMix(mix, policy)
    if let scores = facts.scores {
      for (name, bounded, unit) in [
        ("anchor", scores.anchor, "share"), ("weighted", scores.weighted, "share"), ("gap", scores.gap, "points"),
      ] {
        measure(
          name, bounded.estimate, low: bounded.interval.low, high: bounded.interval.high,
          limit: name == "gap" ? policy.gap : nil, unit: unit)
      }
    }
    if let age = facts.newestItemAge { measure("newest_item", age, limit: Double(policy.refreshDays), unit: "days") }
    method =
      "Jensen-Shannon divergence with G test; the difference of two by the delta method; scores by MOVER over Wilson limits"
    draw(facts, policy)
    headline = sentence(facts)
    next = nextAction(facts)
  }

  /// What rests on new users in the place of a holdout is named so.
  private mutating func measureMix(_ mix: EvalCoevolution.Mix, _ policy: EvalCoevolution.Policy) {
    measure("js_treated", mix.treatedDivergence, limit: policy.jsWarn, unit: "bits")
    measure("js_floor", mix.treatedFloor, limit: policy.jsFloorMax, unit: "bits")
    measure("g_treated", mix.treatedTest?.statistic, unit: "ratio")
    measure("g_treated_p", mix.treatedTest?.pValue, limit: policy.mixAlpha, unit: "share")
    guard mix.reference != .none else { return }
    let mark = mix.reference == .holdout ? "" : "_estimate"
    measure("holdout\(mark)", mix.holdout.reduce(0, +), unit: "spans")
    measure("js_holdout\(mark)", mix.holdoutDivergence, unit: "bits")
    measure("js_holdout_floor\(mark)", mix.holdoutFloor, unit: "bits")
    measure("g_holdout\(mark)", mix.holdoutTest?.statistic, unit: "ratio")
    measure("g_holdout_p\(mark)", mix.holdoutTest?.pValue, unit: "share")
    let induced = mix.induced
    measure(
      "induced\(mark)", induced?.estimate, low: induced?.interval.low, high: induced?.interval.high,
      limit: policy.inducedMin, unit: "bits")
    measure("induced_share\(mark)", mix.inducedShare, limit: policy.inducedShare, unit: "share")
  }

  // MARK: Figures

  private mutating func draw(_ facts: EvalCoevolution.Facts, _ policy: EvalCoevolution.Policy) {
    let mix = facts.mix
    if let scores = facts.scores {
      figures.append(
        .intervals(
          title: "Score", unit: .share,
          rows: [("as the launch weighs it", scores.anchor), ("as today's traffic does", scores.weighted)].map {
            Figure.IntervalRow($0, $1.estimate, low: $1.interval.low, high: $1.interval.high)
          }))
      let (gap, limit) = (scores.gap, policy.gap)
      figures.append(
        .intervals(
          title: "Launch minus today", unit: .points,
          rows: [
            Figure.IntervalRow("gap", gap.estimate, low: gap.interval.low, high: gap.interval.high, limit: limit)
          ]))
    }
    guard !mix.topics.isEmpty else { return }
    let avoided = Set(mix.avoided(policy).map(\.name))
    let largest = mix.topics.ordered { -max($0.l, $0.t) }.prefix(Judgement.shown)
    figures.append(
      .mirror(
        title: "Topics at launch and with the feature", left: "launch", right: "treated",
        rows: largest.map { topic in
          Figure.MirrorRow(topic.name, left: topic.l, right: topic.t, note: note(topic, mix, avoided))
        }))
    drawWeeks(facts)
    drawTenure(facts)
    figures.append(
      .table(
        title: "Other signs", columns: ["sign", "share"],
        rows: [["runs of \(policy.echoN) words that the feature wrote before", "not measured"]]))
  }

  private func note(_ topic: EvalCoevolution.Mix.Topic, _ mix: EvalCoevolution.Mix, _ avoided: Set<String>) -> String {
    var parts: [String] = []
    if mix.reference != .none {
      parts.append("\(mix.reference == .holdout ? "holdout" : "new users") \(NumberWords.percent(topic.h))")
    }
    parts.append(topic.rate.map { "\(NumberWords.percent($0.estimate)) pass" } ?? "uncovered")
    if avoided.contains(topic.name) { parts.append("avoided") }
    return parts.joined(separator: ", ")
  }

  /// Both scores over time: the anchor stays, and what traffic makes of the same pass rates moves.
  private mutating func drawWeeks(_ facts: EvalCoevolution.Facts) {
    guard let scores = facts.scores else { return }
    let rows = facts.traffic.byWeek.keys.sorted().reversed().compactMap { week -> [String]? in
      guard let counts = facts.traffic.byWeek[week] else { return nil }
      let score = EvalCoevolution.Scores.weighted(counts, facts.mix)
      return [
        week == 0 ? "this week" : "\(week) \(week == 1 ? "week" : "weeks") ago",
        NumberWords.grouped(counts.values.reduce(0, +)), NumberWords.percent(scores.anchor.estimate),
        NumberWords.percent(score.score), NumberWords.percent(score.uncovered),
      ]
    }
    figures.append(
      .table(
        title: "Week by week", columns: ["week", "spans", "anchor", "as traffic weighs it", "uncovered"], rows: rows))
  }

  private mutating func drawTenure(_ facts: EvalCoevolution.Facts) {
    let topics = facts.mix.topics.ordered { -$0.t }.prefix(5).map(\.name)
    let rows = EvalCoevolution.Tenure.allCases.compactMap { tenure -> [String]? in
      guard let counts = facts.traffic.byTenure[tenure] else { return nil }
      let total = counts.values.reduce(0, +)
      let score = EvalCoevolution.Scores.weighted(counts, facts.mix)
      return [tenure.rawValue, NumberWords.grouped(total)]
        + topics.map { Share.of(counts[$0] ?? 0, total).map(NumberWords.percent) ?? "" }
        + [NumberWords.percent(score.score)]
    }
    guard !rows.isEmpty else { return }
    figures.append(
      .table(
        title: "By how long users have had the feature", columns: ["tenure", "spans"] + topics + ["weighted score"],
        rows: rows))
  }

  // MARK: Words

  private func sentence(_ facts: EvalCoevolution.Facts) -> String {
    let mix = facts.mix
    guard let label = facts.label, let divergence = mix.treatedDivergence else {
      return leading.map { "Nobody knows whether users have adapted to \(facts.feature): \($0.text)" }
        ?? "Nobody knows whether users have adapted to \(facts.feature)."
    }
    let said =
      switch label {
      case .stable: "Users bring to \(facts.feature) what they brought at launch"
      case .coEvolved: "Users have adapted to \(facts.feature)"
      case .naturalDrift: "The traffic of \(facts.feature) has drifted, and not because of it alone"
      case .driftUnattributed: "The traffic of \(facts.feature) has drifted, and nobody without it says why"
      }
    let without = mix.reference == .holdout ? "without it" : "among new users (an estimate)"
    let beside = mix.reference == .none ? nil : mix.holdoutDivergence
    let distance =
      "its mix of topics is \(NumberWords.fixed(divergence)) bits from the launch"
      + (beside.map { ", \(NumberWords.fixed($0)) \(without)" } ?? "")
    let scores = facts.scores.map { scores in
      "; \(facts.settings.suite) scores \(NumberWords.percent(scores.anchor.estimate)) as the launch weighed it and "
        + "\(NumberWords.percent(scores.weighted.estimate)) as traffic does"
    }
    return "\(said): \(distance)\(scores ?? "")."
  }

  private func nextAction(_ facts: EvalCoevolution.Facts) -> String {
    let sampling = facts.mix.grown.map { topic in
      "Sample \(topic.name) first: refresh the suite with half of today's traffic, three tenths of the old anchor, and a fifth of "
        + "avoided topics and attacks."
    }
    if !codes(.fail).isEmpty, let sampling { return sampling }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    if codes(.warn).contains("ESTIMATE") { return "Hold the feature back from a random few, to know what it causes." }
    if !codes(.warn).isEmpty, let sampling { return sampling }
    return "Nothing to do: the suite still stands for what users bring."
  }
}
