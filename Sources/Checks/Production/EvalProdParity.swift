import Comparison
public import Project
import Records
import Statistics
public import Store

/// Is what was tested what is served, and does it behave the same?
///
/// ## What it does
/// Goes from the certain to the subtle, and stops where going on would mislead. First the bundle: every configuration that
/// serves must be, part by part, the one that was tested. Then the judge: the same in both places. Then the gap, what
/// the evaluation scores above production, and what of it is known: framing (the model behaves for a test), contamination
/// (it knows the wording), distribution (production asks about other topics); the rest is unexplained. Last, whether a probe
/// tells tests from production, and whether answers look different when nobody scores them: length, refusals, tool calls,
/// validity.
///
/// ## Why it matters
/// The harness runs another prompt, template, decoder or mix than production, or the model recognises a test and behaves for
/// it. Each side's own dashboard is green.
///
/// ## Reads
/// - `features.<feature>.parity`: the suite, the variant that is served, the suite of the probe. Without it, a suite whose
///   `feature` is set and whose newest trials were measured in production stands for that feature.
/// - `trial` of the suite: passed (or score), traffic_cluster, judge, config_sha256, at, output_tokens, and attributes
///   `measured_in` (eval, prod; a trial without any of these three was measured in evaluation), `frame` (eval, prod: the same
///   item as the test that it is and made to look like production), `form` (original, paraphrase), `refusal`,
///   `finish_reason`, `valid`. The newest configuration of a variant counts; experiments count under that configuration and
///   the same judge, whichever variant ran them.
/// - `trial` of the suite `frame-probe`: score, the probe's probability that an item is a test; expected (eval, prod).
/// - `span` of the feature over `window_days`: config_sha256, and of model calls output_tokens, refusal, finish_reason and the
///   attribute `valid`. Of large windows an even sample of about 20,000 spans.
/// - `artifact` of kind `manifest` whose sha256 is a config_sha256: attribute `parts` {system_prompt, model, decode, tools,
///   guardrails, flags, template: sha256}. Equal configurations need none.
/// - Where no trial of production has a topic, the mix of the feature's traffic stands in.
///
/// ## Verdicts
/// - fail `CONFIG_MISMATCH`: a bundle that serves at least `min_config_share` of the spans, or that the trials of production
///   name, differs from the tested one; nothing else is computed. `GAP`: the gap is above `gap` and its interval above
///   `tolerated`. `CONTAMINATED`: known wording flatters by more than `contamination`, and not by chance. `TEST_AWARE`: the
///   probe's area is for certain above `auc_fail` and framing changes the score.
/// - unknown `NO_BUNDLE`: a configuration, or the parts of one that differs, is not recorded. `JUDGE_DIFFERS`: several judges;
///   no number is compared. `NO_DATA`: nothing was measured in evaluation. `PROD_FEW`: fewer items of production than
///   `min_prod`. `PROD_STALE`: the newest is older than `max_age_days`. `GAP_UNDECIDED`: the gap may be none or more than
///   `gap`. `MISSING_FIELDS`: too many trials without score, or model calls without configuration. Any doubt of a comparison
///   keeps its own code (`CONFLICTING_TRIALS`, `FEW_CLUSTERS`…).
/// - warn `GAP_REAL`: there is a gap, and it may be more than `gap`. `UNMASKED`: the probe's area is for certain above
///   `auc_warn`. `INVARIANT_SHIFT`: answers look different by `shift_d` or more (Kolmogorov-Smirnov, Benjamini-Hochberg).
///   `EVAL_PESSIMISTIC`: production does better for certain.
///
/// Labels that refuse at the gate `release` only: `BUNDLE_DIFFERS`, with the parts; `PARITY_UNKNOWN`, whatever the gate does
/// with other unknowns. The parts of the gap are bookkeeping, not causes: they may overlap.
///
/// ## Policy
/// - `gap` 0.05, `tolerated` 0.03, `contamination` 0.05 (points as a share).
/// - `min_prod` 200 items; `max_age_days` 14 days; `window_days` 14 days; `min_config_share` 0.01 (share of spans).
/// - `auc_warn` 0.70, `auc_fail` 0.85 (area); `shift_d` 0.10 (distance), `bh_q` 0.05 (false discovery rate).
/// - `max_missing_share` 0.05 (share).
///
/// A gap of 10 points, 92 % in evaluation and 82 % in production, fails with power 0.9 from 480 items of each; equal rates of
/// 90 % pass with power 0.9 from 780.
///
/// ## Example
/// ```yaml
/// suites:
///   bookings: {version: 4}
/// features:
///   concierge:
///     parity: {suite: bookings, variant: prod}
/// ```
/// With 279 of 300 right in evaluation and 252 of 300 in production: fail, "bookings scores 93 % in evaluation and 84 % in
/// production: +9.0 points (+3.9 to +14.2), of which framing +5.0 points, unexplained +4.0 points." [GAP]
public enum EvalProdParity: Check {
  public static let question = "Is what was tested what is served, and does it behave the same?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    func subject(_ feature: String) -> CheckSubject {
      let settings = project.features[feature]
      return CheckSubject(feature, owner: settings?.owner, policies: settings?.policies ?? PolicyOverrides())
    }
    let declared = project.features.filter { $0.value.parity != nil }.map(\.id)
    let seen = try project.suites.compactMap(\.value.feature).filter { feature in
      try !declared.contains(feature) && settings(of: feature, project, ledger) != nil
    }
    return declared.map(subject) + Set(seen).orderedByBytes().map(subject)
  }

  /// What is declared, or else seen: the first suite of the feature with a run whose newest trial is one of production.
  private static func settings(of feature: String, _ project: Project, _ ledger: Snapshot) throws -> ParitySettings? {
    if let declared = project.features[feature]?.parity { return declared }
    for suite in project.suites where suite.value.feature == feature {
      for series in try ledger.trialSeries(suite: suite.id) {
        guard let text = try ledger.newestAttributes(of: series),
          Mark(try? JSONValue(parsing: text)).roles.contains(.production)
        else { continue }
        var settings = ParitySettings()
        settings.suite = suite.id
        return settings
      }
    }
    return nil
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    var judgement = Judgement()
    guard let settings = try settings(of: subject.name, context.project, context.ledger) else { return judgement }
    judgement.maxMissingShare = policy.maxMissingShare
    var facts = try Facts(subject.name, settings, policy, context)
    judgeConfiguration(&judgement, facts, policy)
    noteUnnamed(&judgement, facts)
    if facts.configuration.mismatches.isEmpty {
      judgeEvidence(&judgement, facts, policy, asOf: context.asOf)
      if judgeJudges(&judgement, facts) {
        try facts.compare(policy, context)
        judgement.seed = facts.seed
        judgeParts(&judgement, facts, policy)
        judgeBehaviour(&judgement, facts, policy)
      }
    }
    judgement.report(facts, policy)
    judgement.addLabels(facts)
    return judgement
  }

  /// Whether there is enough, and fresh enough.
  private static func judgeEvidence(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy, asOf: Instant) {
    if facts.arms.evaluation == nil {
      judgement.unknown(
        "NO_DATA", "No trial of \(facts.settings.suite) was measured in evaluation.",
        missing: "trials measured in evaluation", policy.minProd)
    }
    guard let production = facts.arms.production else {
      return judgement.unknown(
        "PROD_FEW", "No trial of \(facts.settings.suite) was measured in production.",
        missing: "items measured in production", policy.minProd)
    }
    let age = production.newest.days(to: asOf)
    if age.isAbove(Double(policy.maxAgeDays)) {
      judgement.unknown(
        "PROD_STALE",
        "The newest trial of production is \(NumberWords.fixed(age, 0)) days old; \(policy.maxAgeDays) are tolerated.",
        missing: "items measured in production now", policy.minProd)
    }
  }

  /// Steps 3 to 6: the gap and its parts.
  private static func judgeParts(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    guard let parts = facts.parts else { return }
    for part in [parts.gap, parts.framing, parts.contamination] { judgement.addDoubts(part) }
    if let result = parts.gap.result {
      let items = result.base.items
      if items < policy.minProd {
        judgement.unknown(
          "PROD_FEW",
          "\(NumberWords.counted(items, "item")) of production \(items == 1 ? "has" : "have") a score; \(NumberWords.grouped(policy.minProd)) are needed.",
          missing: "items measured in production", policy.minProd - items)
      }
    }
    judgeGap(&judgement, parts, policy)
    if parts.contamination.excludesZero, let contamination = parts.contamination.bounded,
      contamination.estimate.isAbove(policy.contamination)
    {
      judgement.fail(
        "CONTAMINATED",
        "Items in their own words score \(text(contamination)) above the same items in other words; \(NumberWords.size(points: policy.contamination)) are tolerated."
      )
    }
  }

  private static func judgeGap(_ judgement: inout Judgement, _ parts: Parts, _ policy: Policy) {
    guard let gap = parts.gap.bounded else { return }
    let (low, high) = (gap.interval.low, gap.interval.high)
    let limit = NumberWords.size(points: policy.gap)
    if gap.estimate.isAbove(policy.gap), low.isAbove(policy.tolerated) {
      judgement.fail("GAP", "The evaluation scores \(text(gap)) above production; \(limit) are tolerated.")
    } else if high.isBelow(0) {
      judgement.warn(
        "EVAL_PESSIMISTIC", "Production does better than the evaluation says: \(text(gap)) is what it scores above it.")
    } else if high.isAbove(policy.gap) {
      guard low.isAtMost(0) else {
        return judgement.warn(
          "GAP_REAL", "The evaluation scores \(text(gap)) above production, which may be more than \(limit).")
      }
      let needed = parts.itemsNeeded(policy.gap)
      judgement.unknown(
        "GAP_UNDECIDED",
        "The evaluation scores \(text(gap)) above production: that may be nothing, or more than \(limit).",
        missing: needed?.each == nil
          ? "items of both; at this gap no number decides" : "items of each, in evaluation and in production",
        needed.flatMap { needed in needed.each.map { max(1, $0 - needed.now) } })
    }
  }

  /// Steps 8 and 9: the probe, and how answers look.
  private static func judgeBehaviour(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    if let probe = facts.probe, let area = probe.bounded {
      let says =
        "A probe tells tests from production with an area of \(NumberWords.fixed(area.estimate)) (\(NumberWords.fixed(area.interval.low)) to \(NumberWords.fixed(area.interval.high)))"
      if area.interval.low.isAbove(policy.aucFail), let framing = facts.parts?.framing, framing.excludesZero,
        let bounded = framing.bounded
      {
        judgement.fail("TEST_AWARE", "\(says), and the model scores \(text(bounded)) when an item looks like a test.")
      }
      if area.interval.low.isAbove(policy.aucWarn) {
        judgement.warn(
          "UNMASKED", "\(says): at least \(NumberWords.trimmed(NumberWords.fixed(policy.aucWarn, 2))) for certain.")
      }
    }
    for shift in facts.shifts where shift.isReal(policy) {
      judgement.warn(
        "INVARIANT_SHIFT", about: shift.name,
        "Answers differ in \(shift.name) between evaluation and production by a distance of \(NumberWords.fixed(shift.distance)) (\(NumberWords.p(shift.adjusted)))."
      )
    }
  }

  /// Model calls that do not say what served them; trials without a score are noted where they are compared.
  private static func noteUnnamed(_ judgement: inout Judgement, _ facts: Facts) {
    judgement.used = facts.served.calls - facts.served.unnamed
    judgement.excluded = facts.served.unnamed
  }

  /// "+9.0 points (+3.9 to +14.2)".
  static func text(_ bounded: BoundedEstimate) -> String {
    NumberWords.points(bounded.estimate, bounded.interval.low, bounded.interval.high)
  }
}

extension Judgement {
  /// What puts a comparison in doubt keeps its own code.
  fileprivate mutating func addDoubts(_ part: EvalProdParity.Part) {
    guard let result = part.result else { return }
    for doubt in result.reasons where doubt.code.isUnknown {
      let missing = result.missing.first
      unknown(
        doubt.code.rawValue, about: part.name, doubt.message,
        missing: missing?.what ?? "trials for the \(part.name) without this doubt", missing?.howMuch)
    }
    let design = result.design
    guard part.name == "gap", design.missingScore * max(1, used + excluded) > excluded * max(1, design.union) else {
      return
    }
    (used, excluded) = (design.union - design.missingScore, design.missingScore)
  }

  /// What a release is refused for, whatever its gate does with other findings.
  fileprivate mutating func addLabels(_ facts: EvalProdParity.Facts) {
    let configuration = facts.configuration
    if !configuration.mismatches.isEmpty {
      let parts = NumberWords.list(configuration.differing, limit: 7)
      reasons.append(
        Finding.Reason(
          "BUNDLE_DIFFERS", .pass, "The bundle that serves is not the one that was tested: \(parts) differ."))
    }
    guard verdict == .unknown || verdict != .fail && lacksFields else { return }
    reasons.append(
      Finding.Reason(
        "PARITY_UNKNOWN", .pass, "Nobody knows whether \(facts.feature) in production is what was tested."))
  }
}
