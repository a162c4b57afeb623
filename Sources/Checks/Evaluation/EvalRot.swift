public import Project
import Records
import Statistics
public import Store

/// Does the suite still score today's traffic?
///
/// ## What it does
/// Compares the suite's mix of topics with that of the feature's traffic, counts how much of the traffic the suite can say
/// anything about, and scores the suite as traffic would: every topic by its share of traffic, what is not covered as
/// bounds. It looks whether the suite's score rises while users grow unhappier, and says where to label next and which
/// cases may retire.
///
/// ## Why it matters
/// Cases were added by whoever had one. The mix no longer resembles traffic, the score rises, and users say otherwise.
/// Adding more of the same makes the number steadier and no truer.
///
/// ## Reads
/// - `features.<feature>.rot`: the suite, the user metric, the budget of labels; of `suites.<suite>` the version and the
///   first primary metric.
/// - `artifact` of kind `dataset_item` with attributes `suite`, `traffic_cluster`, `added_at`, `expires_at`, `retired_at`,
///   `tuned_on` (a number, or a list of what was tuned), `pin` (none, safety, contract, incident). Its name is the item of
///   the trials; the newest of a name counts. A case is live before both `expires_at` and `retired_at`. Without
///   `traffic_cluster` the trial's own is taken.
/// - `trial`: item, passed (or a score of 1 or 0), at, version, variant. Pass rates are those of the variant with the newest
///   trials, repeats of a case averaged.
/// - `span`: traffic_cluster of the feature, over `window_days` and `retire_days`.
/// - `annotation` named as the user metric, by people, higher is better, of the last 26 weeks. An attribute `feature` that
///   names another feature leaves it out.
///
/// ## Verdicts
/// - fail `COVERAGE_ROTTEN`: the covered share of traffic is below `coverage_rotten`. `MIX_ROTTEN`: the divergence is above
///   `js_rotten` and the mixes differ significantly. `TREND_DIVERGED`: the weekly score rises and the users' metric falls,
///   both significantly, over at least `trend_weeks` common weeks.
/// - unknown `NO_CASES`; `NO_TRIALS`; `TRAFFIC_FEW`: fewer spans with a topic than `min_spans`; `UNCLUSTERED`: too many
///   spans without a topic; `NO_CARDS`: too many live cases without topic or date, or too many items without a card.
///   Coverage and mix are not judged on evidence that one of these puts in doubt.
/// - warn `COVERAGE_STALE` below `coverage_fresh`; `MIX_STALE` above `js_fresh`; `OLD`: nine of ten cases are not younger
///   than `age_p90_days`; `TUNED`: too many cases are no longer blind; `NO_USER_METRIC`: users were not asked.
/// - Label `NO_BRIDGE`: weeks of another version of the suite are left out of the trend, because fewer than two variants
///   were run on both versions.
///
/// A release gate that requires this check refuses an improvement that a rotten suite claims. Labels that refuse at one
/// gate only:
/// - `CASE_WITHOUT_CARD` at `merge`: live cases without reason, traffic_cluster or expires_at, or items without any card.
/// - `CASE_PINNED` at `merge`: a pinned case was retired, or the newest `suite` or `dataset` artifact of the suite's name
///   does not list it (derived_from). Unpin it first, under its owner's name.
/// - `TRAIN_EVAL_OVERLAP` at `dataset`: an item of the suite is, or went into, a data set, a model or an adapter.
///
/// ## Policy
/// - `min_live` 5 cases; `coverage_fresh` 0.90, `coverage_rotten` 0.75 (shares of traffic).
/// - `js_fresh` 0.10, `js_rotten` 0.20 (bits); `mix_alpha` 0.01.
/// - `window_days` 28 days; `min_spans` 500 spans; `unclustered_max` 0.10, `uncarded_max` 0.10 (shares).
/// - `age_p90_days` 180 days; `tuned_max` 3 tunings, `tuned_share` 0.20 (share).
/// - `trend_weeks` 8 weeks; `trend_alpha` 0.05.
/// - `saturated_runs` 20 passes in a row; `crowd` 20 cases; `retire_share` 0.005 (share) over `retire_days` 90 days.
///
/// At 500 spans, the least that is judged, topics without cases that make up 27.7 % of the traffic fail with power 0.9.
///
/// ## Example
/// ```yaml
/// suites:
///   faq: {version: 3, feature: helpcenter}
/// features:
///   helpcenter:
///     rot:
///       suite: faq
///       user_metric: csat
///       label_budget: 200
/// ```
/// With 2,000 cases on four topics and two further topics in a third of the traffic: fail, "faq covers 67 % of the traffic
/// of helpcenter: weighted by 10,000 spans of 28 days its score is between 60.82 % and 96.02 %, not the 94.75 % that it shows
/// on 2,000 live cases." [COVERAGE_ROTTEN, MIX_ROTTEN]
public enum EvalRot: Check {
  public static let question = "Does the suite still score today's traffic?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.features.filter { $0.value.rot != nil }.map { feature in
      CheckSubject(feature.id, owner: feature.value.owner, policies: feature.value.policies)
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    var judgement = Judgement()
    guard let rot = context.project.features[subject.name]?.rot else { return judgement }
    let ledger = context.ledger
    let settings = context.project.suites[rot.suite]
    let metric = settings?.primaryMetrics.first?.name ?? MetricSettings().name
    let series = try ledger.trialSeries(suite: rot.suite)
    let runs = SuiteRuns(series, suite: rot.suite, metric: metric, version: settings?.version)
    let since = context.asOf.adding(days: -7 * Weeks.most)
    var cases = try Cases(suite: rot.suite, ledger)
    try cases.readTrials(
      series.filter { $0.metric == metric }, newest: runs.newest(besides: nil), since: since, ledger)
    try readRatings(rot.userMetric, feature: subject.name, since: since, into: &cases.weeks, ledger)
    let mix = try Mix(cases, feature: subject.name, policy, ledger)
    let facts = Facts(feature: subject.name, rot: rot, version: runs.version, cases: cases, mix: mix, policy)
    judgement.used = cases.live.count
    judgeEvidence(&judgement, facts, policy)
    judgeMix(&judgement, facts, policy)
    judgeCases(&judgement, facts, policy)
    judgeTrend(&judgement, facts, policy)
    judgement.report(facts, policy)
    judgement.note(try Objections(suite: rot.suite, ledger), uncarded: cases.uncarded)
    return judgement
  }

  private static func readRatings(
    _ metric: String, feature: String, since: Instant, into weeks: inout Weeks, _ ledger: Snapshot
  ) throws {
    try ledger.forEachAnnotation(named: metric, by: [.human], since: since) { annotation in
      if let text = annotation.attributes, text.contains("\"feature\""),
        let named = (try? JSONValue(parsing: text))?["feature"]?.text, named != feature
      {
        return
      }
      guard let value = annotation.value.number ?? Double(annotation.value.text), value.isFinite else { return }
      weeks.addRating(annotation.at, value)
    }
  }

  /// What puts the rest in doubt.
  private static func judgeEvidence(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let mix = facts.mix
    guard facts.live > 0 else {
      return judgement.unknown(
        "NO_CASES", "The suite \(facts.rot.suite) has no live case in the ledger.", missing: "cases",
        policy.minLive)
    }
    if !facts.cases.hasTrials {
      judgement.unknown(
        "NO_TRIALS", "No live case of \(facts.rot.suite) has a trial.", missing: "cases with a trial", facts.live)
    }
    if mix.spans < policy.minSpans {
      judgement.unknown(
        "TRAFFIC_FEW",
        "\(NumberWords.counted(mix.spans, "span")) of \(facts.feature) with a topic in \(policy.windowDays) days; "
          + "\(NumberWords.grouped(policy.minSpans)) are needed.",
        missing: "spans with a traffic_cluster", policy.minSpans - mix.spans)
    }
    let spans = mix.spans + mix.unclustered
    if spans > 0, (Double(mix.unclustered) / Double(spans)).isAbove(policy.unclusteredMax) {
      let allowed = Int(policy.unclusteredMax * Double(spans))
      judgement.unknown(
        "UNCLUSTERED",
        "\(NumberWords.percent(Double(mix.unclustered) / Double(spans))) of spans have no topic; at most "
          + "\(NumberWords.percent(policy.unclusteredMax)) may.",
        missing: "spans with a traffic_cluster", mix.unclustered - allowed)
    }
    let total = facts.live + facts.cases.uncarded
    if (Double(facts.incomplete) / Double(total)).isAbove(policy.uncardedMax) {
      let allowed = Int(policy.uncardedMax * Double(total))
      judgement.unknown(
        "NO_CARDS",
        "\(NumberWords.counted(facts.incomplete, "case")) of \(NumberWords.grouped(total)) have no card, or one without "
          + "traffic_cluster or added_at.",
        missing: "cards with traffic_cluster and added_at", facts.incomplete - allowed)
    }
  }

  /// Coverage and mix, where the evidence bears it.
  private static func judgeMix(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let doubts = judgement.codes(.unknown)
    guard doubts.allSatisfy({ $0 == "NO_TRIALS" }) else { return }
    let coverage = facts.mix.coverage
    if doubts.isEmpty, coverage.isBelow(policy.coverageFresh) {
      let text =
        "\(NumberWords.percent(coverage)) of traffic is in topics with at least \(NumberWords.counted(policy.minLive, "live case"))"
      if coverage.isBelow(policy.coverageRotten) {
        judgement.fail("COVERAGE_ROTTEN", "\(text); \(NumberWords.percent(policy.coverageRotten)) is the least.")
      } else {
        judgement.warn("COVERAGE_STALE", "\(text); \(NumberWords.percent(policy.coverageFresh)) would be fresh.")
      }
    }
    guard let divergence = facts.mix.divergence, let test = facts.mix.test,
      divergence.isAbove(policy.jsFresh)
    else { return }
    let text =
      "The mixes of suite and traffic diverge by \(NumberWords.fixed(divergence, 4)) bits (G p "
      + "\(NumberWords.fixed(test.pValue, 4)))"
    if divergence.isAbove(policy.jsRotten), test.pValue <= policy.mixAlpha {
      judgement.fail("MIX_ROTTEN", "\(text); at most \(NumberWords.fixed(policy.jsRotten, 2)) is tolerated.")
    } else {
      judgement.warn("MIX_STALE", "\(text); \(NumberWords.fixed(policy.jsFresh, 2)) would be fresh.")
    }
  }

  private static func judgeCases(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    if let age = facts.ageP90, age.isAbove(Double(policy.ageP90Days)) {
      judgement.warn(
        "OLD",
        "One of ten live cases is \(NumberWords.fixed(age, 0)) days old or older; \(policy.ageP90Days) are tolerated.")
    }
    if facts.live > 0, (Double(facts.tuned) / Double(facts.live)).isAbove(policy.tunedShare) {
      judgement.warn(
        "TUNED",
        "\(NumberWords.counted(facts.tuned, "live case")) of \(NumberWords.grouped(facts.live)) were tuned on "
          + "\(policy.tunedMax) times or more: they are no longer blind.")
    }
    if !facts.cases.weeks.hasRatings {
      judgement.warn(
        "NO_USER_METRIC", "No person's \(facts.rot.userMetric) of the last \(Weeks.most) weeks is in the ledger.")
    }
  }

  /// The suite's score up, the users' metric down.
  private static func judgeTrend(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let unbridged = facts.cases.weeks.unbridged(to: facts.version)
    if !unbridged.isEmpty {
      judgement.reasons.append(
        Finding.Reason(
          "NO_BRIDGE", .pass,
          "Scores of \(unbridged.joined(separator: ", ")) are left out of the trend: fewer than two variants were run "
            + "on both versions."))
    }
    guard facts.weeks.count >= policy.trendWeeks, let suite = facts.suiteTrend, let users = facts.userTrend,
      suite.slope > 0, users.slope < 0, suite.isSignificant(policy.trendAlpha), users.isSignificant(policy.trendAlpha)
    else { return }
    judgement.fail(
      "TREND_DIVERGED",
      "Over \(facts.weeks.count) weeks the suite's score rose by \(NumberWords.fixed(suite.slope * 100, 2)) points a week "
        + "while \(facts.rot.userMetric) fell by \(NumberWords.fixed(-users.slope, 3)).")
  }
}
