public import Project
import Records
import Statistics
public import Store

/// Have users adapted to the feature, and did the evaluation notice?
///
/// ## What it does
/// Compares the mix of topics at launch with today's, among users who have the feature and among users from whom it is held
/// back. What has moved only with the feature is induced: people avoid what it does badly and bring it what they did not
/// bring before. Then it scores the suite twice, as the launch weighed its topics (the anchor) and as today's traffic does.
///
/// ## Why it matters
/// Live inputs leave the mix that the suite was made for while the frozen suite stays green. Natural drift and drift that the
/// feature caused look alike without a holdout, and the first is cured by new items, the second not by items alone.
///
/// ## Reads
/// - `features.<feature>.coevolution`: launch_profile, suite, variant, window_days.
/// - `artifact` of kind `profile` with that sha256: attribute `clusters` {name: count}.
/// - `span` of the feature over `window_days`, from the rollup: traffic_cluster, and the tags `arm` (treated, holdout) and
///   `tenure_days`. Spans without `arm` have the feature, unless others say treated. Without a holdout users of the first 7
///   days stand in, and every number that rests on them is an estimate.
/// - `trial` of the suite: traffic_cluster, passed (or a score of 1 or 0). The newest configuration of the variant that is
///   served counts.
/// - `artifact` of kind `dataset_item` of the suite (`added_at`, or `collected_at`) says how old its newest item is; without
///   any, when an item was first tried.
///
/// What users wrote is not read: the share of echoes is not measured.
///
/// ## Verdicts
/// - `stable`: the divergence is within `js_warn`. `co_evolved`: it is above `js_fail`, significant, and at least
///   `induced_min` of it, and `induced_share`, only the feature explains, for certain more than none. `natural_drift`
///   otherwise; `drift_unattributed` where nobody is without the feature.
/// - fail `CO_EVOLVED`: that label, with a holdout. `EVAL_BLIND`: anchor and weighted score differ by more than `gap`, and not
///   by chance. `NEW_CLUSTER`: a topic that did not exist at launch has more than `new_cluster` of the traffic, and no items.
/// - unknown `NO_LAUNCH_PROFILE`; `NO_TRAFFIC`; `TOO_FEW`: sampling alone explains more than `js_floor_max`; `UNCLUSTERED`:
///   too many spans without a topic: nothing else is judged on evidence that one of these puts in doubt. `NO_TRIALS`: no item
///   of the suite has a result and a topic. `UNCOVERED`: more than `new_cluster` of the traffic is in topics with fewer items
///   than `min_trials`. `MISSING_FIELDS`.
/// - warn `DRIFT`: the divergence is above `js_warn` and significant. `ESTIMATE`: co_evolved, without a holdout.
///   `REFRESH_DUE`: it is above `js_fail`, and the suite's newest item older than `refresh_days`.
///
/// Label `ANCHOR_ONLY`: the check fails, and the suite carries a claim, which rests on the anchor; the gate `release` refuses
/// it. A refreshed suite is half current traffic by share, three tenths the frozen anchor, a fifth avoided topics and attacks.
///
/// ## Policy
/// - `js_warn` 0.05, `js_fail` 0.10, `induced_min` 0.05, `js_floor_max` 0.01 (bits); `induced_share` 0.5 (share);
///   `mix_alpha` 0.01.
/// - `gap` 0.05 (points as a share); `new_cluster` 0.05, `unclustered_max` 0.10 (shares of traffic); `min_trials` 20 items.
/// - `refresh_days` 45 days; `echo_n` 5 words; `avoided_below` 0.5, `holdout_kept` 0.8 (of the launch's share);
///   `max_missing_share` 0.05 (share).
///
/// Users of whom a third bring what nobody brought at launch are found with power 0.9 from 200 treated and 40 held-back
/// spans, beside 2,000 at launch.
///
/// ## Example
/// ```yaml
/// suites:
///   replies: {version: 1}
/// features:
///   suggestions:
///     coevolution: {launch_profile: 3f0c…, suite: replies, window_days: 28}
/// ```
/// With a quarter of the treated spans on a topic that did not exist at launch: fail, "Users have adapted to suggestions: its
/// mix of topics is 0.1924 bits from the launch, 0.0177 without it; replies scores 92.9 % as the launch weighed it and 83.2 %
/// as traffic does." [CO_EVOLVED, EVAL_BLIND]
public enum EvalCoevolution: Check {
  public static let question = "Have users adapted to the feature, and did the evaluation notice?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.features.filter { $0.value.coevolution != nil }.map {
      CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies)
    }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    guard let settings = context.project.features[subject.name]?.coevolution else { return Judgement() }
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    let facts = try Facts(subject.name, settings, policy, context)
    judgeTraffic(&judgement, facts, policy)
    if judgement.codes(.unknown).isEmpty { judgeMix(&judgement, facts, policy) }
    noteUnusable(&judgement, facts)
    judgement.report(facts, policy)
    judgement.addClaim(facts, context.project.suites[settings.suite])
    return judgement
  }

  /// What puts the rest in doubt.
  private static func judgeTraffic(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let (mix, traffic) = (facts.mix, facts.traffic)
    if mix.launchTotal == 0 {
      judgement.unknown(
        "NO_LAUNCH_PROFILE",
        facts.settings.launchProfile == nil
          ? "features.\(facts.feature).coevolution.launch_profile is not set: nobody knows the mix at launch."
          : "No profile in the ledger has the declared sha256 and counts of clusters.",
        missing: "a profile with the clusters at launch", 1)
    }
    if mix.treatedTotal == 0 {
      judgement.unknown(
        "NO_TRAFFIC",
        "No span of \(facts.feature) of the last \(facts.settings.windowDays) days has the feature and a topic.",
        missing: "spans with a traffic_cluster", 1)
    }
    let all = traffic.spans + traffic.unclustered
    if let share = Share.of(traffic.unclustered, all), share.isAbove(policy.unclusteredMax) {
      judgement.unknown(
        "UNCLUSTERED",
        "\(NumberWords.percent(share)) of spans have no topic; at most \(NumberWords.percent(policy.unclusteredMax)) may.",
        missing: "spans with a traffic_cluster", traffic.unclustered - Int(policy.unclusteredMax * Double(all)))
    }
    guard let floor = mix.treatedFloor, floor.isAbove(policy.jsFloorMax) else { return }
    let needed = mix.spansNeeded(policy.jsFloorMax)
    judgement.unknown(
      "TOO_FEW",
      "\(NumberWords.counted(mix.treatedTotal, "span")) beside \(NumberWords.grouped(mix.launchTotal)) at launch: sampling alone explains a divergence of \(NumberWords.fixed(floor)) bits.",
      missing: needed == nil ? "a larger launch profile" : "spans with a traffic_cluster",
      needed.map { max(1, $0 - mix.treatedTotal) })
  }

  private static func judgeMix(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let mix = facts.mix
    judgeDrift(&judgement, facts, policy)
    if facts.results.items == 0 {
      judgement.unknown(
        "NO_TRIALS", "No item of \(facts.settings.suite) has a result and a topic.", missing: "items with a result",
        policy.minTrials)
    }
    if let scores = facts.scores, scores.isBlind(policy) {
      judgement.fail(
        "EVAL_BLIND",
        "What \(facts.settings.suite) scores as the launch weighed it differs by \(text(scores.gap)) from what traffic gives it; \(NumberWords.size(points: policy.gap)) are tolerated."
      )
    }
    for topic in mix.new(policy) {
      judgement.fail(
        "NEW_CLUSTER", about: topic.name,
        "\(NumberWords.percent(topic.t)) of the traffic is about \(topic.name), which did not exist at launch, and \(facts.settings.suite) has \(NumberWords.counted(topic.items, "item")) of it."
      )
    }
    if facts.results.items > 0, mix.uncoveredTreated.isAbove(policy.newCluster) {
      let open = mix.topics.filter { !$0.isCovered && $0.treated > 0 }
      judgement.unknown(
        "UNCOVERED",
        "\(NumberWords.percent(mix.uncoveredTreated)) of the traffic is in topics with fewer than \(NumberWords.counted(policy.minTrials, "item")): \(NumberWords.list(open.map(\.name))).",
        missing: "items of topics with too few", open.reduce(0) { $0 + policy.minTrials - $1.items })
    }
  }

  private static func judgeDrift(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let mix = facts.mix
    guard let divergence = mix.treatedDivergence, let test = mix.treatedTest else { return }
    let says =
      "The mix of topics is \(NumberWords.fixed(divergence)) bits from the launch (G \(NumberWords.p(test.pValue)))"
    if facts.label == .coEvolved, let induced = mix.induced, let share = mix.inducedShare {
      let text =
        "\(says), of which \(NumberWords.fixed(induced.estimate)) (\(NumberWords.fixed(induced.interval.low)) to \(NumberWords.fixed(induced.interval.high))), \(NumberWords.percent(share)), only the feature explains"
      if mix.reference == .holdout {
        judgement.fail("CO_EVOLVED", "\(text).")
      } else {
        judgement.warn("ESTIMATE", "\(text), with users of the first week in the place of a holdout.")
      }
    }
    if divergence.isAbove(policy.jsWarn), test.pValue <= policy.mixAlpha {
      judgement.warn("DRIFT", "\(says); \(NumberWords.plain(policy.jsWarn)) is tolerated.")
    }
    if let age = facts.newestItemAge, age.isAbove(Double(policy.refreshDays)) {
      judgement.warn(
        "REFRESH_DUE",
        "The newest item of \(facts.settings.suite) is \(NumberWords.fixed(age, 0)) days old; \(policy.refreshDays) are tolerated where the mix has moved this far."
      )
    }
  }

  /// Items without result or topic, or spans that do not say whether they had the feature: whichever lacks more.
  private static func noteUnusable(_ judgement: inout Judgement, _ facts: Facts) {
    let items = (unusable: facts.results.unusable, used: facts.results.items)
    let spans = (unusable: facts.traffic.unassigned, used: facts.traffic.spans)
    let isSpans =
      spans.unusable * max(1, items.used + items.unusable) > items.unusable * max(1, spans.used + spans.unusable)
    let worst = isSpans ? spans : items
    (judgement.used, judgement.excluded) = (worst.used, worst.unusable)
  }

  /// "+9.7 points (+7.6 to +11.7)".
  static func text(_ bounded: BoundedEstimate) -> String {
    NumberWords.points(bounded.estimate, bounded.interval.low, bounded.interval.high)
  }
}

extension Judgement {
  /// A claim on the suite rests on the anchor, which is not today's score.
  fileprivate mutating func addClaim(_ facts: EvalCoevolution.Facts, _ suite: SuiteSettings?) {
    guard verdict == .fail, suite?.metrics.contains(where: { $0.claim != nil }) == true else { return }
    let score = facts.scores.map { ", which is \(NumberWords.percent($0.weighted.estimate))" } ?? ""
    reasons.append(
      Finding.Reason(
        "ANCHOR_ONLY", .pass,
        "What \(facts.settings.suite) claims rests on the mix of the launch; what counts is its score as traffic weighs it\(score)."
      ))
  }
}
