// Made by `make manuals` from the documentation comment of each check. Edit those.

enum Manuals {
  /// By the id of the check.
  static let texts: [String: String] = [
    "eval-power": #"""
    Whether a candidate beats the baseline on a suite, and what the suite could have seen.

    ## What it does
    Compares every candidate of a suite with its baseline, metric by metric: in pairs on the items that both were run on,
    by whole clusters where items depend on each other, repeats averaged first. It reads one of seven outcomes off one
    interval and one p-value, and says how small a difference this suite could have seen at all. Primary metrics of all
    candidates are one family (Holm's p-values, Bonferroni's intervals); guardrail metrics must all hold. Runs of one
    configuration (A/A) show the noise between runs, which then widens every interval.

    ## Why it matters
    A change "wins" by a few points on a hundred items, ships, and nothing moves: the lift was noise, or many variants were
    tried, or the run was stopped at a lucky look. Nobody notices, because a difference always looks like a number.

    ## Reads
    Trials of the suite (score or passed, variant, metric, repeats, cluster, tags, config_sha256, subject_sha256, judge);
    what this check said of them earlier (looks). From `tally.yaml`: the suite's baseline, candidate (else every other
    variant; of runs with one config_sha256 the first), version, design, cluster, looks, planned_n, slice_tag, and of each
    metric its claim, min_effect, margin and direction. Without a claim, "no worse" is what is asked.

    ## Verdicts
    Fail:
    - `REGRESSED`: worse, beyond the margin. For a claimed improvement also `WORSE_WITHIN_MARGIN`.
    - `NO_WORTHWHILE_EFFECT`: an improvement is claimed, and the whole interval lies below min_effect.
    - `NOT_EQUIVALENT`: equivalence is claimed, and the whole interval lies beyond the margin.
    - `AA_BROKEN`: so many comparisons of a configuration with itself are significant that chance explains them with a
      probability of at most 0.05.

    Unknown, with what is missing:
    - `NO_BASELINE`, `NO_TRIALS`, `TOO_FEW_ITEMS`: there is nothing to compare (or one item).
    - `MIXED_VERSIONS`: the variants ran on different versions of the suite, or one of them with two configurations.
    - `CONFLICTING_TRIALS`: too many items have two different scores under one key.
    - `MISSING_SCORES`: missing scores at their worst and at their best give different verdicts.
    - `DROPPED_ITEMS_DECIDE`: so do the items that only the baseline was run on.
    - `UNUSABLE_TRIALS`: a score is no score (beyond ±1e150).
    - `UNPAIRED`: `design: paired`, and no item is common.
    - `FEW_CLUSTERS`: fewer than 6 clusters cannot decide (from 6 to below min_clusters it warns).
    - `NOT_YET`: fewer items than planned_n. `TOO_EARLY`: `looks: anytime` before min_anytime_n.
    - `PEEKED`: `looks: fixed`, and earlier findings looked at fewer items of the same runs: more than one without
      planned_n, or any from planned_n on.
    - `INCONCLUSIVE`: more than one answer is left open. `NO_EFFECT_SIZE_SET`: and nobody said what size matters.

    Warn: `WORSE_WITHIN_MARGIN` (worse, within the margin), `BELOW_WORTH` (a real gain below min_effect), `NO_AA` (fewer
    than aa_pairs_min pairs of runs of one configuration), `FEW_CLUSTERS`, `JUDGES_DIFFER` (the variants were scored by
    different judges), `SIGN_REVERSAL` (a slice moves significantly against the whole), `DROPPED_UNBOUNDED` (a few dropped
    items on a scale without ends).

    Labels, without effect: `IMPROVED`, `IMPROVED_SMALL`, `EQUIVALENT`, `NON_INFERIOR`, and how the numbers came about:
    `UNPAIRED`, `ADDED`, `DROPPED`, `UNCLUSTERED`, `ZERO_VARIANCE`, `SLICE_TOO_SMALL`, `METHOD_REPLACED` (a better method
    stands in for the textbook one), `MISSING_LEFT_OUT`, `CONFLICTS_LEFT_OUT`, `CLUSTER_CONFLICTS`, `SLICE_CONFLICTS`,
    `SLICE_IS_IDENTIFIER`, `UNBALANCED_REPEATS`.

    ## Policy
    - `alpha` 0.05 (probability): two-sided error of a test, of the family together.
    - `power` 0.80 (probability): what planning and the smallest visible difference aim at.
    - `margin_alpha` 0.025 (probability): error of each end of an interval.
    - `slice_fdr` 0.05 (share): false discovery rate of slices; they warn and never gate.
    - `resamples` 10000, `exact_flip_max` 20 (units): random and exhaustive permutations.
    - `min_clusters` 10 (clusters): fewer warn.
    - `max_missing_share` 0.01, `max_conflict_share` 0.01 (share): up to here missing scores and conflicting items are
      left out; above they are bounded, or unknown.
    - `min_anytime_n` 100 (items or clusters): before that a confidence sequence is not read.
    - `aa_pairs_min` 5 (pairs): from here on the noise between runs enters the comparison.
    - `slice_min_effect` 0.10 (share): a slice that cannot see this is called too small.

    ## Example
    ```yaml
    suites:
      triage:
        version: 7
        baseline: prod
        candidate: new-prompt
        planned_n: 2400
        metrics:
          - {name: correct, claim: improvement, primary: true, min_effect: 0.03, margin: 0.02}
          - {name: latency_ms, type: real, direction: down, claim: no_regression, margin: 50}
    ```
    With 2,400 items an arm of which 1,968 and 2,040 pass: "new-prompt is better than prod on correct: +3.0 points (95 %
    interval +0.9 points to +5.1 points, p 0.0051) on 2400 items per arm. At this size this suite sees 3.0 points or more."
    With 100 items an arm the same rates are unknown, 2,300 more items per arm are missing, and the suite sees 12.5 points.

    A true gain of 3 points from 82 % is found with power 0.9 by 3,212 items an arm, or, where 10 % of the pairs differ, by
    1,164 paired items.
    """#,
    "slice-coverage": #"""
    Rare inputs are measured and hold their floor.

    ## What it does
    Counts the newest (or the named) variant of a suite slice by slice, and asks of each slice whether it holds its floor:
    its pass rate with a 95 % Wilson interval, and the exact binomial probability of so few passes if the slice were at its
    floor, adjusted by Holm for all slices. With `auto_class_slices` every expected label is a slice too, and its rate is
    the recall; where there are no slices at all, the suite as a whole must hold its floor. It asks of the feature's traffic of 30 days how much of it the slices measure, and searches tags and pairs
    of tags for slices that nobody declared and that err more than the rest. With a baseline, each slice is compared with it.

    Passing is not corrected for the number of slices, since all of them must pass; only failing is. An item that was tried
    several times counts once, by its share of passes, which makes every interval too wide rather than too narrow.

    ## Why it matters
    The total is carried by common inputs. A rare, costly slice can fail mostly, or have no item at all, while the total
    looks as good as ever.

    ## Reads
    `suites` (candidate, baseline, version, floor, feature, metrics), `slices`; trials (passed, or a score of 0 or 1;
    expected; tags); the traffic of the feature (tags of spans).

    ## Verdicts
    - fail `SLICE_BELOW_FLOOR`: a critical slice is below its floor (adjusted p ≤ alpha). A slice that is not critical warns.
    - fail `SLICE_REGRESSED`: a critical slice is worse than the baseline by more than the metric's margin (Holm's p-value
      and an interval for all slices together). A slice that is not critical warns.
    - unknown `SLICE_UNDECIDED`: the interval of a critical slice holds its floor, or it has no items. A slice that is not
      critical warns.
    - unknown `COVERAGE_GAP`: too little traffic lies in slices with enough items, and a critical slice has none; else warn.
    - unknown `NO_TRIALS`, `MIXED_VERSIONS` (one variant under several configurations, which are never pooled),
      `CONFLICTING_TRIALS`, `MISSING_FIELDS`: there is nothing to count, or it cannot be trusted.
    - warn `NEW_TRAFFIC`: too much traffic is in no slice.
    - warn `NO_TRAFFIC`: the feature has no spans in 30 days, so that coverage is not known.
    - warn `NO_BASELINE`: the baseline has no trials of this version, so that regressions are not known.
    - warn `DISCOVERED_SLICE`: a slice that nobody declared errs more than the rest.
    - pass: every critical slice is shown to hold its floor.

    ## Policy
    - `auto_class_slices` (true): every expected label is a slice, where the suite has a `floor`; not for more than 100.
    - `alpha` (0.05, probability): largest adjusted p-value at which a slice is below its floor or has regressed.
    - `plan_margin` (0.05, share): smallest distance from a floor that planning aims to see.
    - `min_traffic_coverage` (0.95, share of spans): least traffic in slices with at least their `min_n` items.
    - `max_unmatched_traffic` (0.05, share of spans): most traffic in no slice.
    - `discover`: `min_n` (20 items), `min_lift` (2.0 times the overall error rate), `q` (0.05, false discovery rate).
    - `max_missing_share` (0.05, share of trials), `max_conflict_share` (0.01, share of items): what may be left out.

    A slice that passes 60 % against a floor of 80 % is found with power 0.9 from 50 items on (one slice, alpha 0.05); one
    that passes 70 %, from 171 on.

    ## Example
    ```yaml
    suites:
      triage:
        candidate: v2
        feature: tickets
    slices:
      head:
        where: {segment: head}
      tail:
        where: {segment: tail}
        floor: 0.80
    ```
    prints, for 9,427 of 9,600 and 150 of 400 passes:
    ```
    fail: Slice 'tail' of triage passes 37.5 % of its 400 items (95 % interval 32.9 % to 42.34 %), below its floor of 80 %.
    ```
    """#,
    "stochastic-stability": #"""
    The rate of a kind of failure is shown to be within what is allowed, or not.

    ## What it does
    Counts failures among the trials of a use case's suite (its variant, else the suite's candidate, else the newest
    variant) and puts an exact one-sided bound on the rate: Clopper and Pearson's. Trials of one item are not independent:
    with repeats, and with dependence clusters, the bound is Korn and Graubard's, on as many independent trials as the
    repeats are worth. It says how many clean trials are still missing until the promise is shown. Beside the bound it
    counts items that always, sometimes and never pass, and pass^k and pass@k.

    The bound speaks of the population that the suite was drawn from; `eval-validity` says whether that is the traffic.

    ## Why it matters
    Fifty tries without a failure feel like proof. They are compatible with one failure in seventeen.

    ## Reads
    `use_cases` (suite, variant, max_failure_rate, failure); `suites` (candidate, version, metrics); trials (passed, or a
    score of 0 or 1; repeat, cluster, attributes.failure_type, attributes.context_tokens or input_tokens).

    ## Verdicts
    - pass `PROVEN`: the upper bound is at most the allowed rate.
    - fail `EXCEEDED`: the lower bound is above the allowed rate.
    - unknown `NOT_PROVEN`: neither; says how many more clean trials (items, where items are repeated; clusters, where
      there are clusters) would show it.
    - unknown `NO_TRIALS`, `MIXED_VERSIONS` (one variant under several configurations, which are never pooled),
      `CONFLICTING_TRIALS`, `MISSING_FIELDS`: there is nothing to count, or it cannot be trusted.
    - warn `FLAKY`: shown, but more than `flaky_warn` of the items that were tried more than once sometimes fail.

    ## Policy
    - `confidence` (0.95, probability): one-sided confidence of either bound.
    - `flaky_warn` (0.05, share of repeated items): more items than this that sometimes fail warn.
    - `k` (5, tries): what pass^k and pass@k speak of.
    - `max_missing_share` (0.05, share of trials), `max_conflict_share` (0.01, share of items): what may be left out.

    With 1 % allowed, a rate of 5 % is found with power 0.9 from 158 single trials on, 3 % from 431, 2 % from 1,349; a rate
    of 0.1 % is shown to be allowed from 628 on.

    ## Example
    ```yaml
    use_cases:
      refund-answer:
        suite: refunds
        failure: promises money that the policy does not give
        max_failure_rate: 0.01
    ```
    prints, for 50 trials without a failure:
    ```
    unknown: refund-answer fails at most 5.82 % with 95 % confidence (0 of 50 trials failed); allowed 1 %: not proven.
    needs 249 more clean trials
    ```
    """#,
    "classifier-risk": #"""
    A model that is used as a router is judged by what its errors cost, not by its accuracy.

    ## What it does
    Counts what the newest (or the named) variant of a classifier predicted against the truth, class by class, and asks:
    do critical classes hold their recall, do errors come with high confidence, can the confidences be believed, do repeats
    agree, are all predictions labels, do errors cost more than the incumbent's, and is the mix of labels in production still
    that of the suite. It computes from which calibrated confidence on a label is worth acting on without a person, and what
    that costs, with an isotonic calibrator that is fitted on half of the items (even SHA-256 of the item) and judged on the
    other. From audited decisions of 30 days it replays the breaker of each class, looking once a day.

    Thresholds and calibration go by the predicted label, because that is all that a router knows; the worst true label is
    assumed. Of an item that was tried several times the first try counts. Accuracy is shown and never judged.

    ## Why it matters
    Accuracy is high because one class dominates. The rare class, whose errors cost most, is missed with high confidence
    and routed without anybody looking.

    ## Reads
    `classifiers`, `suites` (natural_mix, candidate, version); trials (predicted, expected, confidence, repeat); traffic of
    the feature in the last 7 days (attributes.predicted, model_served, prompt_sha256); annotations `correct` with
    `attributes.audit = true` on spans (attributes.predicted, attributes.confidence); the newest artifact of kind profile that
    bears the classifier's name, its calibrator (attributes model, prompt_sha256).

    ## Verdicts
    - fail `CLASS_RECALL`: a critical class is below its floor (upper end of the interval).
    - fail `HIGH_CONF_ERRORS`: too many errors come with high confidence (lower end of the interval).
    - fail `MISCALIBRATED`: the calibration error is above `ece`, or above `ece_critical` on items predicted as a critical
      class, and Spiegelhalter's test says so (p ≤ alpha).
    - fail `COST_UP`: errors cost more than the incumbent's on the same items (interval above zero).
    - fail `INCONSISTENT`: repeats of too many items disagree. fail `INVALID_LABELS`: too many predictions are no label.
    - fail `LABEL_DRIFT`: the stability index of the labels is above `psi_fail` and above what sampling explains.
    - fail `BREAKER_OPEN`: the audits of a class show more errors than allowed; its breaker is open.
    - unknown `NO_TRIALS`, `NO_CONFIDENCE`, `NO_REPEATS`: there is nothing to judge by.
    - unknown `RECALL_UNDECIDED`, `CLASS_EMPTY`: a critical class has too few items, or none.
    - unknown `NOT_NATURAL_MIX`: the suite is not declared to be a sample of traffic as it comes (`natural_mix`).
    - unknown `LABELS_FEW`: too few spans to see a drift of the labels.
    - unknown `MIXED_VERSIONS`, `CONFLICTING_TRIALS`, `MISSING_FIELDS`: the trials cannot be trusted.
    - warn `AUDIT_HIGH`: audits of a class show more errors than allowed, not yet for certain; or its breaker is half-open.
    - warn `CONSISTENCY_LOW`, `PSI`: above the first limit, not the second. warn `FEW_ERRORS`: too few errors to judge
      their confidence. warn `NO_INCUMBENT`: the incumbent has no trials, so that costs cannot be compared.
    - warn `CALIBRATOR_INVALID`: the calibrator was fitted for another model or prompt than is served; everything is reviewed.

    ## Policy
    - `bins` (10), `ece` (0.08), `ece_critical` (0.10), `alpha` (0.05): calibration; errors are shares.
    - `hce_at` (0.8, confidence), `hce_share` (0.30, share of errors), `hce_min_errors` (20 errors).
    - `consistency` (0.95), `consistency_warn` (0.97): shares of repeated items. `invalid` (0.01, share of items).
    - `psi_warn` (0.10), `psi_fail` (0.25): stability index. `max_missing_share` (0.05), `max_conflict_share` (0.01): shares.
    - `breaker`: `audit_daily` (50 audits a class), `audit_min` (10 audits), `audit_at` (0.9, confidence), `allowed` (0.10,
      error rate), `cool` (24h), `probe_share` (0.1, share of items).

    A recall of 67 % against a floor of 85 % is found with power 0.9 from 55 items of the class on, 75 % from 163; high
    confidence in half of the errors from 64 errors on.

    ## Example
    ```yaml
    classifiers:
      intent:
        suite: intents
        review: 1.50 USD
        labels:
          majority: {error: {default: 4.00 USD}}
          minority: {critical: true, error: {default: 45.00 USD}}
    ```
    prints, for 873 of 900 and 67 of 100 right:
    ```
    fail: intent finds 67 % of the 100 items of 'minority' (95 % interval 57.31 % to 75.44 %); its floor is 85 %.
    ```
    """#,
    "capability-regression": #"""
    Whether a tuned model lost an ability that nobody was testing.

    ## What it does
    Compares a tuned model with its base, ability by ability, in pairs on the items of each ability's suite. Every ability
    has a margin: the loss that is tolerated. An ability is lost when its whole interval lies below the margin, held when
    the whole interval lies above, else undecided, with the number of pairs that would decide. A hard ability (a refusal, a
    format) is lost, too, when the estimate reaches its margin and the loss is significant (exact McNemar, Holm over the
    hard abilities). Passing needs every protected ability to be held, so it needs no correction for their number.

    If the suites hold variants `tuned@<scale>` and no `tuned`, the scale is chosen on half of the items (even first byte
    of sha256(item)): the best target that loses no protected ability. Only the other half judges it.

    ## Why it matters
    A narrow fine-tune lifts its target and damages neighbouring abilities. Nothing throws an error, and the one suite
    that everyone watches goes up. A gate on the mean of all suites lets it through.

    ## Reads
    From `tally.yaml`: the feature's target_suite, capabilities and candidate_sha256; of their suites baseline and candidate
    (else the variants `base` and `tuned`), version, metrics, cluster; the policy `eval-power` of each suite. Trials (score
    or passed, config_sha256, subject_sha256); artifacts of kind model and adapter (base_sha256, derived_from); for traffic
    shares that are not declared, the tag `capability` of the last 30 days' spans.

    ## Verdicts
    Fail: `REGRESSED`, a protected ability is lost; `HARD_FLOOR`, a hard one is. One reason an ability.

    Unknown:
    - `NO_SUITE`: a protected or required ability has no suite, or no trials of both models.
    - `HARNESS_MISMATCH`: the models were run with different configurations (config_sha256).
    - `FLOOR_EFFECT`: the lower limit of the base's pass rate is no higher than chance, so nothing could be lost.
    - `WRONG_SUBJECT`: the trials are not of candidate_sha256, or not of the base that it was made from; or, without one, of
      several models.
    - `NOT_ENOUGH_ITEMS`: a protected ability is undecided.
    - `CONFLICTING_TRIALS`, `MISSING_SCORES`, `DROPPED_ITEMS_DECIDE`, `FEW_CLUSTERS`, `TOO_FEW_ITEMS`, `UNUSABLE_TRIALS`: as in
      `eval-power`, of one ability.

    Warn: `NO_TARGET_GAIN`, the lower limit of the target's gain is not above 0; `COVERAGE_LOW`, the abilities that could be
    read make up less than coverage_min of the traffic. Labels: `LOST_UNPROTECTED`, `MEAN_HIDES_IT` (the mean change of all
    abilities looks harmless while one is lost).

    ## Policy
    - `margin` 0.03, `hard_margin` 0.02 (share): loss that is tolerated, where an ability sets none.
    - `alpha` 0.05 (probability): of the test of hard abilities, over all of them.
    - `coverage_min` 0.8 (share of traffic): less measured traffic warns.
    - `required` [instruction, format, reasoning, factual, refusal, abstention] (names): must be declared and measured.

    ## Example
    ```yaml
    features:
      support-tone:
        target_suite: tone
        candidate_sha256: 3f0c…
        capabilities:
          - {name: reasoning, suite: multi-step}
          - {name: refusal, suite: unsafe-requests, hard: true}
    policies: {capability-regression: {required: [reasoning, refusal]}}
    ```
    With 200 pairs a suite, of which multi-step loses 54 and wins 8, and refusals lose 15 and win 1: "tuned lost reasoning
    -23.0 points (95 % interval -30.2 points to -16.0 points, 200 pairs), refusal -7.0 points (…); the target changed by
    +12.0 points."

    A loss of 13 points against a margin of 3, where 20 % of the pairs differ, is found with power 0.9 by 193 pairs; that
    nothing is lost beyond 3 points, where 5 % differ, is shown by 584.
    """#,
  ]
}
