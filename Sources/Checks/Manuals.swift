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
    metric its claim, min_effect, margin and direction. Without a claim, "no worse" is what is asked. A suite of which
    `tally.yaml` says nothing is compared as well when it has trials of two variants, and one of them bears a name such as
    prod or baseline.

    ## Verdicts
    Fail:
    - `REGRESSED`: worse, beyond the margin. For a claimed improvement also `WORSE_WITHIN_MARGIN`.
    - `NO_WORTHWHILE_EFFECT`: an improvement is claimed, and the whole interval lies below min_effect.
    - `NOT_EQUIVALENT`: equivalence is claimed, and the whole interval lies beyond the margin.
    - `AA_BROKEN`: so many comparisons of a configuration with itself are significant that chance explains them with a
      probability of at most 0.05.

    Unknown, with what is missing:
    - `NO_BASELINE`: nobody said which variant the others are compared with, or it has no trials. `NO_TRIALS`,
      `TOO_FEW_ITEMS`: there is nothing to compare (or one item).
    - `MIXED_VERSIONS`: the variants ran on different versions of the suite, or one of them with two configurations.
    - `CONFLICTING_TRIALS`: too many items have two different scores under one key.
    - `JUDGES_DIFFER`: other judges scored the candidate than the baseline, so that the difference may be theirs: score
      both by one judge. Judges are compared with each other by people's labels (`eval-validity`).
    - `MISSING_SCORES`: missing scores at their worst and at their best give different verdicts.
    - `DROPPED_ITEMS_DECIDE`: so do the items that only the baseline was run on.
    - `UNUSABLE_TRIALS`: a score is no score (beyond ±1e150).
    - `UNPAIRED`: `design: paired`, and no item is common.
    - `FEW_CLUSTERS`: fewer than 6 clusters cannot decide (from 6 to below min_clusters it warns).
    - `NOT_YET`: fewer items than planned_n, those without a score counted. `TOO_EARLY`: `looks: anytime` before min_anytime_n.
    - `PEEKED`: `looks: fixed`, and earlier findings looked at fewer items of the same runs: more than one without
      planned_n, or any from planned_n on.
    - `INCONCLUSIVE`: more than one answer is left open. `NO_EFFECT_SIZE_SET`: and nobody said what size matters.

    Warn: `WORSE_WITHIN_MARGIN` (worse, within the margin), `BELOW_WORTH` (a real gain below min_effect), `NO_AA` (fewer
    than aa_pairs_min pairs of runs of one configuration), `FEW_CLUSTERS`, `SIGN_REVERSAL` (a slice moves significantly
    against the whole), `DROPPED_UNBOUNDED` (a few dropped items on a scale without ends).

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
    - warn `NO_BASELINE`: the baseline has no trials of this version, so that regressions are not known. `JUDGES_DIFFER`: nor
      are they where another judge scored it.
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
    - fail `LABEL_DRIFT`: the stability index of the labels is above `psi_fail` and above what sampling explains; all
      breakers are open.
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
    - `HARNESS_MISMATCH`: the models were run with different configurations (config_sha256), or scored by different judges.
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
    −23.0 points (95 % interval −30.2 points to −16.0 points, 200 pairs), refusal −7.0 points (…); the target changed by
    +12.0 points."

    A loss of 13 points against a margin of 3, where 20 % of the pairs differ, is found with power 0.9 by 193 pairs; that
    nothing is lost beyond 3 points, where 5 % differ, is shown by 584.
    """#,
    "reliability-ceiling": #"""
    Is the target reachable at all?

    ## What it does
    People sort the newest release's errors into classes. Some classes no model change removes: the input is ambiguous,
    information is missing, the answer is a matter of taste, the label is wrong. With error e and their share i, no model
    gets past the ceiling 1 − e·i. The check compares the target with it, says what the last releases gained and what a
    further point would cost, multiplies the success of the workflow's stages, and finds the confidence above which answers
    are right often enough to be given without a person.

    ## Why it matters
    A feature is stuck near its first good number while money goes into errors that no model can avoid. The way out is
    another one: ask back, fetch what is missing, relabel, or answer only where the model is sure.

    ## Reads
    - `features.<feature>.suite` and `target`; of `suites.<suite>` the version and the first primary metric.
    - `trial`: passed (or a score of 1 or 0), confidence, item, variant. Repeats of an item are averaged first.
    - `annotation` `error_class` by people, each voting on what they see alone. The subject is a wrong trial's record id, or
      `suite/item/variant`, or the item's id (which counts for whichever release still fails the item). More than half of at
      least two votes give the class; no majority is `subjective`; a single vote is left out.
    - `change` with attributes `{"release": "<variant>", "spend": "120000.00 USD", "feature": "<feature>"}`: which variants
      were releases (`variant` is understood as well), in which order, and what the feature had cost until then. `feature`
      may be left out. Without such changes all variants are releases, in the order of their first trials.
    - `span` of the feature with a `stage`, of the last `chain_days`, by the time of their delivery and their own: a stage
      succeeds with status `ok`. Stages are taken to be needed by every request, and to fail independently.

    ## Verdicts
    - fail `TARGET_ABOVE_CEILING`: the target is above the whole interval of the ceiling.
    - fail `CHAIN_BELOW_TARGET`: the stages together succeed less often than the target asks, the whole interval of it.
    - unknown `CEILING_UNDECIDED`: the target lies within the ceiling's interval. `FEW_ADJUDICATED`: fewer errors are
      classified than `min_adjudicated`, or than there are. `CHAIN_UNDECIDED`: the target lies within the chain's interval.
      `CLAIM_NOT_MEASURED`: `selective_accuracy` is promised, but no threshold with coverage of at least `min_coverage` is
      shown to reach it. `NO_TRIALS`, `NO_SUITE`, `NO_TARGET`: nothing to judge. `MIXED_VERSIONS`: the newest release ran
      with more than one configuration. `CONFLICTING_TRIALS`, `MISSING_FIELDS`: too many contradictions or gaps.
    - warn `NOT_WORTH_IT`: reaching the target costs more than `max_spend`, the next point more than `value_per_point`, or
      what was spent so far bought nothing. `PLATEAU`: the target is reachable and not reached, but the last
      `plateau_releases` releases are shown to have gained less than `min_useful_gain`.
    - Labels without a verdict: `PLATEAU_UNKNOWN` (too few releases), `OTHER_CURRENCY` (spend and target are in different
      currencies, which are never converted).

    A release gate that requires this check refuses a promised selective accuracy that is not measured.

    ## Policy
    - `min_adjudicated` 100 errors: classified errors below which nothing is decided.
    - `raters` 3 votes: Fleiss' κ is taken over errors with exactly so many.
    - `irreducible` [ambiguous_input, missing_information, subjective, label_error]: what no model removes. Relabelling
      removes label errors, hence the second ceiling.
    - `plateau_releases` 4 releases, `min_useful_gain` 0.01 (share): how far back and how much.
    - `threshold_grid` 0.95 down to 0.50 in steps of 0.05 (confidence), `alpha` 0.05: fixed-sequence test of thresholds.
    - `chain_days` 30 days of spans.
    - `max_missing_share` 0.05, `max_conflict_share` 0.01 (shares).

    With error 0.08 of which 0.62 is irreducible, a target 2 points above the ceiling is found with power 0.9 from 1,100
    items on whose errors (about 88) are all classified.

    ## Example
    ```yaml
    suites:
      invoices: {version: 3}
    features:
      invoices:
        suite: invoices
        target:
          accuracy: 0.97
          selective_accuracy: 0.97
          min_coverage: 0.50
    ```
    With 400 errors in 5,000 items, 62 of 100 classified ones irreducible: fail, "invoices can reach at most 95.04 % (94.18 to
    95.94) by better models, and the target is 97 %: on 5,000 items of release-5, 62 of 100 classified errors are of kinds
    that no model removes." [TARGET_ABOVE_CEILING]
    """#,
    "eval-validity": #"""
    May this evaluation decide this release?

    ## What it does
    Looks at the instrument before it reads it: does the suite's mix resemble traffic, does the judge agree with people, are
    the items fresh, from production, and unknown to the prompts and training data, and did past results come true? Then it
    reads the comparison of baseline and candidate twice, as the suite weighs its slices and as traffic would, slice by
    slice, and says Better, Worse, Not worse or Cannot tell.

    ## Why it matters
    The suite goes up and users are unhappier: it is not drawn from traffic, one number hides opposite slices, the judge
    passes what people reject, or the noise is larger than the effect.

    ## Reads
    - `suites.<suite>`: baseline, candidate, metrics (claim, min_effect, margin), slice_tag, feature; the thresholds of
      `eval-power` for the comparison.
    - `trial` of both variants; the tag `slice_tag` names an item's slice. `span` of the feature with the same tag, over
      `traffic_days`.
    - `artifact` of kind `dataset_item` with attributes `suite`, `source` (prod, synthetic, public), `collected_at` (or
      `added_at`). An item is leaked when its sha256 is in `derived_from`, in `segments[].text_sha256`, or the sha256 itself,
      of a prompt, template, data set, model or adapter, or of a `dataset_item` that belongs to no suite.
    - `annotation` named as the metric: people's verdicts (true or false, pass or fail) paired with the judge's on the same
      subject, or with the trial whose record id the subject is. Several people's majority counts; where they are divided,
      nothing. The judge is the annotator that the trials name; one whose annotations are of kind `code` needs no people.
    - `change` with attributes `{"suite": "<suite>", "eval_delta": 0.03, "production_delta": 0.01}`: one past release, what
      the suite said and what production said afterwards (positive is better in both).

    ## Verdicts
    - fail `LEAKED`: more items than `leak_max` are in prompts or training data. `MIX_ONLY_GAIN`: the suite gains
      significantly, weighted by traffic there is no gain. `JUDGE_NOT_ELIGIBLE`: κ below its limit, or the whole interval of
      TPR or TNR. `NOT_PREDICTIVE`: past deltas did not come true. `WORSE`: the claim's reading is a regression.
      `SLICE_WORSE`: a slice is significantly worse (Holm). `NO_WORTHWHILE_EFFECT`, `NOT_EQUIVALENT`: the interval excludes
      what is claimed.
    - unknown `JUDGE_UNDECIDED`: too few labels, none of people's yes or none of their no, or an interval that holds its
      limit. `MIX_TOO_FAR`: the mixes differ and a slice of traffic has no items. `CANNOT_TELL`: the claim is not decided.
      `NO_TRAFFIC`: the feature has no spans with the tag. `NO_TRIALS`: a variant has none. `MIXED_VERSIONS`: a variant ran
      with several configurations. `JUDGES_DIFFER`: other judges scored the candidate than the baseline.
      `MISSING_FIELDS`: too many items or spans without the tag. Any doubt of the comparison
      keeps its own code (`CONFLICTING_TRIALS`, `FEW_CLUSTERS`, `NOT_YET`…).
    - warn `STALE_ITEMS`: median age above `max_item_age_days`. `SYNTHETIC_SUITE`: fewer items from production than
      `min_prod_share`. `NO_CARDS`: no item says where it comes from. `MIX_FAR`: the mixes differ, but every slice of traffic
      has items: only the traffic-weighted difference decides. `NO_FEATURE`: no feature is declared, so the mix is not
      compared. `FEW_RELEASES`: too few past releases to say whether the suite predicts. `BELOW_WORTH`: a gain that is real
      and too small. `WORSE_WITHIN_MARGIN`: a loss that is real and tolerated.

    The mixes differ when the total variation distance is above `max_tvd` and a G test is significant. A release gate that
    requires this check takes the suite's delta only while it passes or warns.

    ## Policy
    - `min_prod_share` 0.60, `max_tvd` 0.20 (shares); `traffic_days` 30 days; `leak_max` 0 items.
    - `judge_min_labels` 50 items; `judge_min_kappa` 0.60; `judge_min_tpr`, `judge_min_tnr` 0.80 (shares). TNR matters most
      for a gate: a judge that passes everything agrees often.
    - `max_item_age_days` 180 days (median); `predictive_min_releases` 8 releases; `predictive_min_sign` 0.70 (share; a delta
      of zero disagrees); `predictive_min_spearman` 0.30.
    - `alpha` 0.05; `max_missing_share` 0.05 (share).

    A judge that fails only half of what people reject (TNR 0.5) is found with power 0.9 from 25 answers that people reject;
    a gain of 7 points that traffic turns into a loss (example below) from about 6,700
    items.

    ## Example
    ```yaml
    suites:
      faq:
        version: 7
        feature: helpcenter
        baseline: prod
        candidate: release-2
        slice_tag: intent
        metrics: [{name: correct, claim: improvement, min_effect: 0.03, margin: 0.02}]
    ```
    With 700 items of A (90 gained, 6 lost) and 300 of B (12 gained, 24 lost), and traffic that is 20 % A and 80 % B: fail,
    "triage may not decide whether release-2 is better than prod on the 1,000 common items: the suite says +7.2 points (+5.0
    to +9.5), but weighted by 1,000 spans of traffic it is −0.8 points (−4.2 to +2.4)." [MIX_ONLY_GAIN]
    """#,
    "eval-rot": #"""
    Does the suite still score today's traffic?

    ## What it does
    Compares the suite's mix of topics with that of the feature's traffic, counts how much of the traffic the suite can say
    anything about, and scores the suite as traffic would: every topic by its share of traffic, what is not covered as
    bounds. It looks whether the suite's score rises while users grow unhappier, and says where to label next and which
    cases may retire.

    ## Why it matters
    Cases were added by whoever had one. The mix no longer resembles traffic, the score rises, and users say otherwise.
    Adding more of the same makes the number steadier and no truer.

    ## Reads
    - `features.<feature>.rot`: the suite, the user metric, the budget of labels; of `suites.<suite>` the version and the
      first primary metric.
    - `artifact` of kind `dataset_item` with attributes `suite`, `traffic_cluster`, `added_at`, `expires_at`, `retired_at`,
      `tuned_on` (a number, or a list of what was tuned), `pin` (none, safety, contract, incident). Its name is the item of
      the trials; the newest of a name counts. A case is live before both `expires_at` and `retired_at`. Without
      `traffic_cluster` the trial's own is taken.
    - `trial`: item, passed (or a score of 1 or 0), at, version, variant. Pass rates are those of the variant with the newest
      trials, repeats of a case averaged.
    - `span`: traffic_cluster of the feature, over `window_days` and `retire_days`.
    - `annotation` named as the user metric, by people, higher is better, of the last 26 weeks. An attribute `feature` that
      names another feature leaves it out.

    ## Verdicts
    - fail `COVERAGE_ROTTEN`: the covered share of traffic is below `coverage_rotten`. `MIX_ROTTEN`: the divergence is above
      `js_rotten` and the mixes differ significantly. `TREND_DIVERGED`: the weekly score rises and the users' metric falls,
      both significantly, over at least `trend_weeks` common weeks.
    - unknown `NO_CASES`; `NO_TRIALS`; `TRAFFIC_FEW`: fewer spans with a topic than `min_spans`; `UNCLUSTERED`: too many
      spans without a topic; `NO_CARDS`: too many live cases without topic or date, or too many items without a card.
      Coverage and mix are not judged on evidence that one of these puts in doubt.
    - warn `COVERAGE_STALE` below `coverage_fresh`; `MIX_STALE` above `js_fresh`; `OLD`: nine of ten cases are not younger
      than `age_p90_days`; `TUNED`: too many cases are no longer blind; `NO_USER_METRIC`: users were not asked.
    - Label `NO_BRIDGE`: weeks of another version of the suite are left out of the trend, because fewer than two variants
      were run on both versions.

    A release gate that requires this check refuses an improvement that a rotten suite claims. Labels that refuse at one
    gate only:
    - `CASE_WITHOUT_CARD` at `merge`: live cases without reason, traffic_cluster or expires_at, or items without any card.
    - `CASE_PINNED` at `merge`: a pinned case was retired, or the newest `suite` or `dataset` artifact of the suite's name
      does not list it (derived_from). Unpin it first, under its owner's name.
    - `TRAIN_EVAL_OVERLAP` at `dataset`: an item of the suite is, or went into, a data set, a model or an adapter.

    ## Policy
    - `min_live` 5 cases; `coverage_fresh` 0.90, `coverage_rotten` 0.75 (shares of traffic).
    - `js_fresh` 0.10, `js_rotten` 0.20 (bits); `mix_alpha` 0.01.
    - `window_days` 28 days; `min_spans` 500 spans; `unclustered_max` 0.10, `uncarded_max` 0.10 (shares).
    - `age_p90_days` 180 days; `tuned_max` 3 tunings, `tuned_share` 0.20 (share).
    - `trend_weeks` 8 weeks; `trend_alpha` 0.05.
    - `saturated_runs` 20 passes in a row; `crowd` 20 cases; `retire_share` 0.005 (share) over `retire_days` 90 days.

    At 500 spans, the least that is judged, topics without cases that make up 27.7 % of the traffic fail with power 0.9.

    ## Example
    ```yaml
    suites:
      faq: {version: 3, feature: helpcenter}
    features:
      helpcenter:
        rot:
          suite: faq
          user_metric: csat
          label_budget: 200
    ```
    With 2,000 cases on four topics and two further topics in a third of the traffic: fail, "faq covers 67 % of the traffic
    of helpcenter: weighted by 10,000 spans of 28 days its score is between 60.82 % and 96.02 %, not the 94.75 % that it shows
    on 2,000 live cases." [COVERAGE_ROTTEN, MIX_ROTTEN]
    """#,
    "pipeline-bottleneck": #"""
    Is the part that is tuned the part that is slow?

    ## What it does
    Draws the critical path of every trace: from its end backwards, each moment goes to the span that everything else waited
    for (strict last-finisher). The time of a stage over the time of the traces is its share s; removing the stage saves at
    most s, a speed-up of 1/(1 − s); cutting a fraction f of it leaves 1 − s·f (Amdahl). That is an upper bound: another
    branch may become critical. It judges budgets of the trace and of stages by an exact test, compares what changes claim
    with what their stage holds, and names the narrowest stage of an ingestion.

    ## Why it matters
    The model call is the only stage with a chart, so it gets the work; parsing, embedding and serialisation before it hold
    most of the time.

    ## Reads
    - `pipelines.<pipeline>`: `stages` (kind, budget_p95, cache_key, workers, service, batch, per_item), `slo_p95`,
      `cache_key`, `feature`, `items`.
    - `span` of the window: trace_id, span_id, parent_id, started_at, ended_at, kind, stage, feature, attributes `cold`,
      `batch`, `cache_hit`, `cache_key_fields`. A span belongs to the stage that it names, else to the one that takes its
      kind, else to `other`; the time of the first span itself is `other`. A span whose parent is not in the trace hangs under
      the first one; a span that is open or ends before it begins is left out; so is a trace without a first span, with
      several, or with two spans of one id. Without `feature`, every trace with a span of a declared stage counts.
    - `change` of the window with attributes.claim {stage (or several), saved_ms, pipeline?}. Traces that began before the
      change say what its stage held; those after it, what was saved.

    At most 400,000 spans are read, the newest: the headline says from when on.

    ## Verdicts
    - fail `OVER_BUDGET`: more than one trace in twenty is over `slo_p95`, or over a stage's `budget_p95`, for certain: the
      exact binomial test, Holm's correction over all budgets. The time of a stage is that during which one of its spans runs.
    - fail `CLAIM_EXCEEDS_CAP`: a change claims to save more than its stage holds of a mean trace.
    - fail `CACHE_KEY_UNVERSIONED`: a cached stage (attributes.cache_hit) is not keyed by a field of `cache_key`.
    - unknown `NO_TRACES`; `TOO_FEW`: fewer than `min_traces`; `UNATTRIBUTED`: more than `unattributed` of the time belongs to
      no stage, and the spans around the largest gaps are named; `MISSING_FIELDS`: too many spans cannot be placed.
    - warn `NEAR_BUDGET`: the 95th percentile is over its budget, and the test does not decide. `WRONG_STAGE`: a claim is about
      less than `low_cap` of the time while another stage holds `focus_ratio` times as much.
    - Label `CLAIM_MISSING`, which refuses at the gate `merge`: a change claims a gain of speed without stage and saved_ms. A
      gate that requires this check refuses what fails as well (`CLAIM_REFUSED` in a claim's case).

    ## Policy
    - `window_days` 7 days; `min_traces` 72 traces (the fewest whose 95th percentile is bounded above).
    - `unattributed` 0.15, `low_cap` 0.10 (shares of the time); `focus_ratio` 3.0 (ratio).
    - `alpha` 0.05: error of the tests of the budgets, over all of a pipeline together.
    - `max_missing_share` 0.05 (share of spans).

    At 72 traces, the fewest that are judged, a budget that is exceeded in 15.9 % of them fails with power 0.9; at 245 traces
    one that is exceeded in 10 %.

    ## Example
    ```yaml
    pipelines:
      rag:
        feature: helpcenter
        slo_p95: 2500ms
        stages:
          chunk_embed: {kind: embeddings, workers: 1, service: 400ms, batch: 512, per_item: 3}
          vector: {kind: retrieval, budget_p95: 200ms}
          model: {kind: chat}
    ```
    prints, where embedding takes 600 of 1,500 ms and the model 630: "model holds 42 % of the time of 100 traces of rag: at most
    −630 of 1,500 ms in the mean, 1.72 times as fast."
    """#,
    "eval-prod-parity": #"""
    Is what was tested what is served, and does it behave the same?

    ## What it does
    Goes from the certain to the subtle, and stops where going on would mislead. First the bundle: every configuration that
    serves must be, part by part, the one that was tested. Then the judge: the same in both places. Then the gap, what
    the evaluation scores above production, and what of it is known: framing (the model behaves for a test), contamination
    (it knows the wording), distribution (production asks about other topics); the rest is unexplained. Last, whether a probe
    tells tests from production, and whether answers look different when nobody scores them: length, refusals, tool calls,
    validity.

    ## Why it matters
    The harness runs another prompt, template, decoder or mix than production, or the model recognises a test and behaves for
    it. Each side's own dashboard is green.

    ## Reads
    - `features.<feature>.parity`: the suite, the variant that is served, the suite of the probe. Without it, a suite whose
      `feature` is set and whose newest trials were measured in production stands for that feature.
    - `trial` of the suite: passed (or score), traffic_cluster, judge, config_sha256, at, output_tokens, and attributes
      `measured_in` (eval, prod; a trial without any of these three was measured in evaluation), `frame` (eval, prod: the same
      item as the test that it is and made to look like production), `form` (original, paraphrase), `refusal`,
      `finish_reason`, `valid`. The newest configuration of a variant counts; experiments count under that configuration and
      the same judge, whichever variant ran them.
    - `trial` of the suite `frame-probe`: score, the probe's probability that an item is a test; expected (eval, prod).
    - `span` of the feature over `window_days`: config_sha256, and of model calls output_tokens, refusal, finish_reason and the
      attribute `valid`. Of large windows an even sample of about 20,000 spans.
    - `artifact` of kind `manifest` whose sha256 is a config_sha256: attribute `parts` {system_prompt, model, decode, tools,
      guardrails, flags, template: sha256}. Equal configurations need none.
    - Where no trial of production has a topic, the mix of the feature's traffic stands in.

    ## Verdicts
    - fail `CONFIG_MISMATCH`: a bundle that serves at least `min_config_share` of the spans, or that the trials of production
      name, differs from the tested one; nothing else is computed. `GAP`: the gap is above `gap` and its interval above
      `tolerated`. `CONTAMINATED`: known wording flatters by more than `contamination`, and not by chance. `TEST_AWARE`: the
      probe's area is for certain above `auc_fail` and framing changes the score.
    - unknown `NO_BUNDLE`: a configuration, or the parts of one that differs, is not recorded. `JUDGE_DIFFERS`: several judges;
      no number is compared. `NO_DATA`: nothing was measured in evaluation. `PROD_FEW`: fewer items of production than
      `min_prod`. `PROD_STALE`: the newest is older than `max_age_days`. `GAP_UNDECIDED`: the gap may be none or more than
      `gap`. `MISSING_FIELDS`: too many trials without score, or model calls without configuration. Any doubt of a comparison
      keeps its own code (`CONFLICTING_TRIALS`, `FEW_CLUSTERS`…).
    - warn `GAP_REAL`: there is a gap, and it may be more than `gap`. `UNMASKED`: the probe's area is for certain above
      `auc_warn`. `INVARIANT_SHIFT`: answers look different by `shift_d` or more (Kolmogorov-Smirnov, Benjamini-Hochberg).
      `EVAL_PESSIMISTIC`: production does better for certain.

    Labels that refuse at the gate `release` only: `BUNDLE_DIFFERS`, with the parts; `PARITY_UNKNOWN`, whatever the gate does
    with other unknowns. The parts of the gap are bookkeeping, not causes: they may overlap.

    ## Policy
    - `gap` 0.05, `tolerated` 0.03, `contamination` 0.05 (points as a share).
    - `min_prod` 200 items; `max_age_days` 14 days; `window_days` 14 days; `min_config_share` 0.01 (share of spans).
    - `auc_warn` 0.70, `auc_fail` 0.85 (area); `shift_d` 0.10 (distance), `bh_q` 0.05 (false discovery rate).
    - `max_missing_share` 0.05 (share).

    A gap of 10 points, 92 % in evaluation and 82 % in production, fails with power 0.9 from 480 items of each; equal rates of
    90 % pass with power 0.9 from 780.

    ## Example
    ```yaml
    suites:
      bookings: {version: 4}
    features:
      concierge:
        parity: {suite: bookings, variant: prod}
    ```
    With 279 of 300 right in evaluation and 252 of 300 in production: fail, "bookings scores 93 % in evaluation and 84 % in
    production: +9.0 points (+3.9 to +14.2), of which framing +5.0 points, unexplained +4.0 points." [GAP]
    """#,
    "deployment-gap": #"""
    How much worse is production than the offline score, and where does the difference come from?

    ## What it does
    Compares the offline score with what people say of labelled spans, and splits the difference exactly: the mix (production
    has more of the slices that are hard) and what is lost within slices (the same kind of input is answered worse). Beside it
    stand six dimensions in which a deployment can differ, each with its limit: covariate (the features' mix), prior (the
    labels' mix), skew (inputs prepared in another way than for training), concept (the loss within slices), precision (what
    quantisation cost), latency.

    ## Why it matters
    A model scores well on held-out items and much lower on real traffic, unchanged. Without a split of the gap, every gap is
    answered with "more data". A mix asks for other items; a loss within slices asks for a look at the pipeline first.

    ## Reads
    - `features.<feature>.deployment`: suite, variant, slice_tag (else the suite's), label_sampling, precision {suite,
      reference, shipped}.
    - `trial` of the suite: passed (or a score of 1 or 0), tags, expected, and the attribute `features` {name: value}. The
      newest configuration of the deployed variant counts. Trials of `precision.suite` of both variants.
    - `span` of the feature over `window_days`: tags, started_at, ended_at, the attribute `features`; an even sample of about
      20,000 of a large window. Requests are spans that nothing called; without any, all. Spans of kind `preprocess` with
      attributes `parity_id`, `path` (train, serve) and `vector`.
    - `annotation` on these spans: `correct` (true, false) and `label` (the true class). The newest word on a span counts.
      With `label_sampling: stratified` slices weigh as in the feature's traffic.

    ## Verdicts
    - fail `GAP_OVER_LIMIT`: the gap is above `max_gap` for certain. `WITHIN_SLICE_LOSS`: the loss within slices is above
      `max_gap`, and not by chance. `COVARIATE_SHIFT`, `PRIOR_SHIFT`: a stability index above `psi_fail`.
      `PREPROCESSING_SKEW`: a vector differs. `PRECISION_LOSS`: the drop is above `precision_max_drop` for certain.
      `LATENCY_OVER_BUDGET`: more requests than the quantile allows are over the budget for certain.
    - unknown `GAP_UNDECIDED`: the interval of the gap holds `max_gap`, there are fewer labelled spans than `label_min_n`, or
      slices without any. `DIMENSION_NOT_MEASURED`: a required dimension has no data. `DIMENSION_UNDECIDED`: it has, and they
      show neither. `CONFLICTING_TRIALS`; `MISSING_FIELDS`: too many items or labels without result or slice. Any doubt of the
      comparison of the two variants keeps its own code.
    - warn `COVARIATE_SHIFT`, `PRIOR_SHIFT` above `psi_warn`.
    - Labels `UNCOVERED_SLICE`: the suite has no item of a slice of production, which is taken for the suite's average;
      `DEPLOYMENT_GAP`: a required dimension fails or is not shown, which the gate `release` refuses.

    A stability index that sampling alone explains neither warns nor fails. What is not required and not measured is silent.

    ## Policy
    - `required` [covariate, prior, skew, concept, precision, latency]; `max_gap` 0.05 (points as a share); `label_min_n` 200
      spans; `window_days` 14 days.
    - `psi_warn` 0.10, `psi_fail` 0.20 (index; customary, no more); `parity_tolerance` 1e-5 (relative above 1), `parity_min_n`
      100 pairs; `precision_max_drop` 0.01 (points as a share).
    - `latency_quantile` 0.99 (share); `latency_budget_ms` none (ms); `confidence` 0.95 (one-sided, of latency).
    - `max_missing_share` 0.05 (share).

    A loss of 12 points, from 92 % of 1,000 items, puts the gap over its limit with power 0.9 from 380 labelled spans on.
    Inputs of which 3 % are prepared in another way are found by 76 pairs, 4 % of requests over a p99 budget by 230, a drop
    of 4 points where 8 % of the pairs differ by 900.

    ## Example
    ```yaml
    suites:
      receipts: {version: 2, slice_tag: photo}
    features:
      expenses:
        deployment: {suite: receipts, precision: {reference: fp32, shipped: int8}}
    policies: {deployment-gap: {latency_budget_ms: 100}}
    ```
    With 94 % of 2,000 items and 71 % of 1,000 labelled spans right: fail, "receipts scores 94 % offline and 71 % in
    production: +23.0 points (+20.0 to +26.0), of which the mix is +6.0 points and the loss within slices +17.0 points (+13.4 to
    +20.6)." [GAP_OVER_LIMIT, WITHIN_SLICE_LOSS]
    """#,
    "eval-coevolution": #"""
    Have users adapted to the feature, and did the evaluation notice?

    ## What it does
    Compares the mix of topics at launch with today's, among users who have the feature and among users from whom it is held
    back. What has moved only with the feature is induced: people avoid what it does badly and bring it what they did not
    bring before. Then it scores the suite twice, as the launch weighed its topics (the anchor) and as today's traffic does.

    ## Why it matters
    Live inputs leave the mix that the suite was made for while the frozen suite stays green. Natural drift and drift that the
    feature caused look alike without a holdout, and the first is cured by new items, the second not by items alone.

    ## Reads
    - `features.<feature>.coevolution`: launch_profile, suite, variant, window_days.
    - `artifact` of kind `profile` with that sha256: attribute `clusters` {name: count}.
    - `span` of the feature over `window_days`, from the rollup: traffic_cluster, and the tags `arm` (treated, holdout) and
      `tenure_days`. Spans without `arm` have the feature, unless others say treated. Without a holdout users of the first 7
      days stand in, and every number that rests on them is an estimate.
    - `trial` of the suite: traffic_cluster, passed (or a score of 1 or 0). The newest configuration of the variant that is
      served counts.
    - `artifact` of kind `dataset_item` of the suite (`added_at`, or `collected_at`) says how old its newest item is; without
      any, when an item was first tried.

    What users wrote is not read: the share of echoes is not measured.

    ## Verdicts
    - `stable`: the divergence is within `js_warn`. `co_evolved`: it is above `js_fail`, significant, and at least
      `induced_min` of it, and `induced_share`, only the feature explains, for certain more than none. `natural_drift`
      otherwise; `drift_unattributed` where nobody is without the feature.
    - fail `CO_EVOLVED`: that label, with a holdout. `EVAL_BLIND`: anchor and weighted score differ by more than `gap`, and not
      by chance. `NEW_CLUSTER`: a topic that did not exist at launch has more than `new_cluster` of the traffic, and no items.
    - unknown `NO_LAUNCH_PROFILE`; `NO_TRAFFIC`; `TOO_FEW`: sampling alone explains more than `js_floor_max`; `UNCLUSTERED`:
      too many spans without a topic: nothing else is judged on evidence that one of these puts in doubt. `NO_TRIALS`: no item
      of the suite has a result and a topic. `UNCOVERED`: more than `new_cluster` of the traffic is in topics with fewer items
      than `min_trials`. `MISSING_FIELDS`.
    - warn `DRIFT`: the divergence is above `js_warn` and significant. `ESTIMATE`: co_evolved, without a holdout.
      `REFRESH_DUE`: it is above `js_fail`, and the suite's newest item older than `refresh_days`.

    Label `ANCHOR_ONLY`: the check fails, and the suite carries a claim, which rests on the anchor; the gate `release` refuses
    it. A refreshed suite is half current traffic by share, three tenths the frozen anchor, a fifth avoided topics and attacks.

    ## Policy
    - `js_warn` 0.05, `js_fail` 0.10, `induced_min` 0.05, `js_floor_max` 0.01 (bits); `induced_share` 0.5 (share);
      `mix_alpha` 0.01.
    - `gap` 0.05 (points as a share); `new_cluster` 0.05, `unclustered_max` 0.10 (shares of traffic); `min_trials` 20 items.
    - `refresh_days` 45 days; `echo_n` 5 words; `avoided_below` 0.5, `holdout_kept` 0.8 (of the launch's share);
      `max_missing_share` 0.05 (share).

    Users of whom a third bring what nobody brought at launch are found with power 0.9 from 200 treated and 40 held-back
    spans, beside 2,000 at launch.

    ## Example
    ```yaml
    suites:
      replies: {version: 1}
    features:
      suggestions:
        coevolution: {launch_profile: 3f0c…, suite: replies, window_days: 28}
    ```
    With a quarter of the treated spans on a topic that did not exist at launch: fail, "Users have adapted to suggestions: its
    mix of topics is 0.1924 bits from the launch, 0.0177 without it; replies scores 92.9 % as the launch weighed it and 83.2 %
    as traffic does." [CO_EVOLVED, EVAL_BLIND]
    """#,
    "cloud-ownership": #"""
    Every cost line has a living owner.

    ## What it does
    Takes the bill of the newest whole month (the running one, where there is no other) and asks of every line of use and
    purchases who answers for it: the line's own `owner`, else the first of the tags in `owner_tags` that is not empty, else
    the account's owner. The first text that is not empty decides, without regard to case and white space around it; a wrong tag
    is not rescued by a right account. An owner lives who is no placeholder, is in `people` or `teams`, is active and
    was confirmed within `attest_days`. The amount is the effective cost, since commitments that are bought in one place would
    otherwise look like one owner's spend. Credits, taxes and adjustments do not count; a correction nets with what it
    corrects. Currencies are never added. It is a census, hence without an interval.

    From the month's first day to now it compares each day of each account with the median of the last weekdays, or days of
    weekends, before it of which there is a bill. Lines for longer than a day are no day's spending.

    ## Why it matters
    Accounts multiply faster than ownership. A growing share of the spend has nobody who could be called, or who would notice
    when it doubles. Tags are not enough: who is named must still be there.

    ## Reads
    `people`, `teams`, `accounts`; charges (account, owner, tags, effective_cost, billed_cost, currency, period,
    charge_category), such as `tally ingest` reads them from bills in FOCUS and from Cost and Usage Reports of AWS.

    ## Verdicts
    - fail `UNOWNED_SPEND`: the share without a living owner is above `max_unowned_share`; above `warn_unowned_share` it warns.
    - fail `SPIKE_NO_OWNER`: a day's spending rises in an account most of whose amount has no living owner: no one to page.
    - unknown `NO_PEOPLE`: nobody is listed, so that nobody can be found. `NO_DATA`: no lines, or nothing was spent.
    - unknown `SHORT_HISTORY`: none of the days on which an account without an owner spent much has four like days before it.
    - unknown `MISSING_FIELDS`: too many lines have no effective cost.
    - label `NEW_SPEND`: a day from `spike_min_amount` on in an account whose like days cost nothing.
    - label `ACCOUNT_NO_OWNER`: an account in tally.yaml lacks owner, cost_center, env or expires_at. The gate `merge` refuses
      on it.
    - pass: the spend has living owners.

    What is wrong with a line is `NO_OWNER`, `PLACEHOLDER`, `NOT_IN_DIRECTORY`, `INACTIVE` or `ATTESTATION_EXPIRED`; the table
    says which, and what to do: adopt, freeze, pause, archive, or invoice the default owner. Nothing is ever deleted. The stage
    is 1 for up to five accounts, 5 or 4 where more than 30 or 20 % has no owner, 3 for more than 15 accounts, else 2.

    ## Policy
    - `owner_tags` ([owner, team]), `placeholders`: where an owner is named, and what names none.
    - `attest_days` (90, days): how long a confirmation counts.
    - `max_unowned_share` (0.05), `warn_unowned_share` (0.02, share of the amount).
    - `default_owner` (none): who carries what nobody owns, and hears of spikes.
    - `spike_ratio` (0.40), `spike_min_amount` (100, in the bill's currency), `spike_history` (8, like days; at least 4).
    - `escalate_days` ([14, 30, 60]): days without an owner until notice, freeze and pause.
    - `max_missing_share` (0.05, share of lines): what may be left out.

    Nothing is estimated: a share above the limit, or a day at the ratio, is found every time.

    ## Example
    ```yaml
    people:
      ana: {attested_at: 2026-05-01}
    accounts:
      acc-1: {owner: ana, cost_center: web, env: prod, expires_at: 2027-01-01}
    ```
    prints, for 47 accounts of which 20 have no living owner:
    ```
    fail: 34 % of the spend of 2026-05 has no living owner: 170000.00 of 500000.00 USD, 20 of 47 accounts.
    ```
    """#,
    "silent-failure": #"""
    Background jobs that say they are done, and are.

    ## What it does
    Derives how each item of a run stands from evidence, never from what a worker says. An item is verified if every step that
    it declares has a receipt that was read back and found right, no intent took effect twice, no receipt is refuted, and
    no output check failed. What is wrong is named, the gravest first: `DUPLICATE` (two effects under one key), `FALSE_SUCCESS`
    (a receipt whose object is not there, or another; a later, confirmed receipt of the step makes it good),
    `SEMANTIC` (an output check failed), `LOOP` (equal calls of a tool, or many, without progress), `BUDGET`, `PARTIAL` (claimed
    complete, with steps nobody proved), `STALLED`, `TIMEOUT`, `EXCEPTION`. The rate of hidden failures is the share of items
    claimed complete that are not verified, with a 95 % Clopper-Pearson interval.

    Progress is a marker that was not seen before, or a receipt; log lines and a living process are none. Equal intents have
    one key, whatever the order of their arguments and the spelling of texts and numbers: where they come under several,
    nothing can stop a second effect. Of the runs of 30 days each is a subject, and the newest of each schedule: runs with
    a `period_s` and one `attributes.schedule`, else one period and configuration.

    ## Why it matters
    An asynchronous job ends as complete while its output is wrong, partial, doubled or missing. Queues count claims, so their
    dashboards stay green; the customer finds it.

    ## Reads
    `run` (status_claimed, period_s, config_sha256, attributes.schedule), `item` (declared_steps, deadline_at, budget_usd),
    `attempt` (item_id, step_id, claimed_at, status_claimed), `receipt` (step_id, output_name, idempotency_key, effect_ref,
    sha256, bytes, read_back, supersedes), `heartbeat` (run_id, item_id or attempt_id, progress), spans of kind tool
    (attributes or tags run_id, item_id, step_id, attributes.args or args_sha256, idempotency_key, cost_usd), annotations
    `output_check` on an item or `run/item` (pass or fail; reason_tags name the checks).

    ## Verdicts
    - fail `FALSE_SUCCESS`, `SEMANTIC`, `PARTIAL`: more than `max_hidden` items are claimed complete and not verified.
    - fail `DUPLICATE`, `LOOP`, `BUDGET`: always. `LOST_ITEMS`: the run is closed, and items have neither result nor error.
    - fail `MISSED_SCHEDULE`: no run of the schedule was verified for `schedule_slack` periods.
    - fail `EXCEPTION`: an item failed and has no attempt left; with attempts left it warns.
    - unknown `NO_ITEMS`, `NO_DECLARED_STEPS`, `NO_RECEIPTS`: nothing says what should exist, or nobody kept proof.
    - unknown `AUDIT_SHORT`: output checks looked at fewer items than would show a defect of `audit_rate`.
    - warn `STALLED`, `TIMEOUT`, `KEY_PER_CALL`.
    - pass: what is claimed complete is verified.

    ## Policy
    - `max_hidden` (0, items): hidden failures are defects, not a rate; raise it only for work whose loss is priced.
    - `stall_minutes` (15, minutes): more without progress is stalled.
    - `attempts_max` (3): attempts at an item, or at each of its steps.
    - `loop_repeat` (3), `no_progress_steps` (10, calls): what makes a loop.
    - `schedule_slack` (1.5, periods): how late a scheduled run may be.
    - `audit_rate` (0.01, share of items): a defect as frequent is seen with probability 0.95, 299 items of many, 258 of 1,000.
    - `volatile_args` ([request_id, timestamp, now, nonce, trace_id]): no part of an intent.
    - `output_checks` ([schema, referential, conservation, coverage, grounding]): what each output is asked; [] asks nothing.

    Nothing is estimated but the rate shown: one item that lacks one step is found every time.

    ## Example
    ```yaml
    policies:
      silent-failure: {output_checks: [schema, referential], stall_minutes: 30}
    ```
    prints, for ten items of eleven that are claimed complete:
    ```
    fail: run-7 claims 10 of 11 items complete, and 6 of them are verified: 4 hidden failures (40 %, 12.16 to 73.76).
    ```
    """#,
    "context-waste": #"""
    What part of the prompt earned its tokens?

    ## What it does
    Gives every segment of every prompt the first class that applies: `superseded` (its document was out of date), `duplicate`
    (the same text as a kept segment, or nearly), `low_score`, `stale_history` (an older turn that has nothing to do with what
    the user says now), `repeated_rule` (format instructions that the system prompt has already), `unused_schema` (the part of
    a schema whose fields are never filled), `maybe` (a doubtful score) or `needed`. The share of waste is a ratio over
    sessions with a cluster-robust interval. Classes are told by rule and not by asking a model, so that the number repeats.

    ## Why it matters
    The bill grows and the model's price is blamed, while duplicate, outdated, low-scoring and never-used context fills most
    of each call.

    ## Reads
    - `span` of kind chat or completion of the window: feature, session_id (a span without one is a session of its own),
      input_tokens, cached_tokens, model_served, retrieved (doc_id, doc_sha256, rank), attributes.context_segments
      [{type, tokens, sha256, doc_id, score, turn, text?, fields?}] in the order in which they were sent,
      attributes.emitted_fields (what the answer filled).
      Types with rules of their own: `system`, `user` (what the user says now), `history` (with turn), `format`, `schema`.
      What needs a text that is not there (older turns, format, schema) counts as needed, and as not known.
    - `artifact` of kind document: valid_to, effective_from, supersedes (digests or names); of kind schema: fields.
    - `annotation` named `correct` on spans; `change` of surface prompt or index; findings of `eval-validity`.
    - `models.<model>.price`: input_per_mtok, cached_input_per_mtok.

    It applies to features that set thresholds for it, and to those of which one of the newest 20,000 spans has
    context_segments. At most 20,000 spans of a feature are read, and 16 MiB of texts, the newest.

    ## Verdicts
    - fail `WASTE_OVER_LIMIT`: the lower limit of the share is above `max_waste_share`, or nothing is needed at all.
      `INPUT_OVER_BUDGET`: more than one prompt in twenty is above `input_p95_budget` (exact binomial test).
    - unknown `WASTE_OPEN`: the interval holds the limit. `NO_SPANS`; `TOO_FEW`: fewer spans than `min_spans`; `ONE_SESSION`;
      `SEGMENTS_MISSING`: of more than `unattributed_max` of the tokens nothing is known; `INPUT_BUDGET_OPEN`: the test does
      not decide; `MISSING_FIELDS`.
    - warn `UNPRICED`: a model has no price, or prices are in several currencies; money is not told then.
    - Label `CHEAPER_BUT_WORSE`, which refuses at the gate `merge`: prompts became shorter with the last change of prompt or
      index, and `eval-validity` does not pass for a suite of the feature. A gateway refuses a call above `input_hard_limit`
      (`CONTEXT_BUDGET_EXCEEDED`); the measure says how many it would have refused.

    ## Policy
    - `score_floor`, `score_maybe` (no default: scores differ by retriever, calibrate them for each index).
    - `near_dup_jaccard` 0.80, `near_dup_short` 0.80 (Jaccard), `short_shingles` 100 (runs of five words).
    - `keep_turns` 3 turns; `turn_overlap_min` 0.10 (share of words); `schema_min_spans` 200 spans.
    - `max_waste_share` 0.25, `unattributed_max` 0.05 (shares of tokens); `min_spans` 30 spans; `window_days` 30 days.
    - `input_p95_budget`, `input_hard_limit` (tokens, no default); `alpha` 0.05; `max_missing_share` 0.05.

    With 250 prompts of some 40 % waste, each a session of its own, the limit of 25 % is exceeded with power 0.9.

    ## Example
    ```yaml
    features:
      helpcenter:
        policies: {context-waste: {score_floor: 0.65, score_maybe: 0.75, input_p95_budget: 8000}}
    models:
      help-model: {price: {input_per_mtok: 3.00 USD, cached_input_per_mtok: 0.30 USD}}
    ```
    prints, for prompts of 6,140 tokens: "57.96 % of the prompts of helpcenter is waste: 3,559 of 6,140 tokens in the mean of
    400 spans, 2.38 times what is needed." [WASTE_OVER_LIMIT]
    """#,
    "answer-provenance": #"""
    Where did this answer come from, and can it be made again?

    ## What it does
    Looks at every answer of the retention: whether its record is complete, whether what it was made of still resolves to
    artifacts (so that it can be replayed exactly, with something missing, or not at all), whether its claims are entailed by
    chunks that were in its context, whether the chain over the answers holds, and whether answers were served without a
    record. It diagnoses wrong answers whose right source is known: the first thing that went wrong on the way from the corpus
    to the answer, and who can mend it; and names every answer that had the same outdated document.

    ## Why it matters
    An answer is wrong. The log has prompt and text, but not which documents were in the context, and the index has changed
    since. A retrieval that missed, a stale source and evidence that was ignored cannot be told apart.

    ## Reads
    - `span` of kind chat or completion, the answers: started_at, prompt_sha256, config_sha256, model_served, index_sha256,
      retrieved [{chunk_id, doc_id, doc_sha256, rank, in_context}] (`[]` says that nothing was retrieved; then no index is
      needed), attributes.chain {index, record, sha256, name?}: h_i = SHA-256(h_(i−1) ‖ JCS(record_i)), h_0 64 zeros. Of the
      same trace and feature: retrieval and rerank (retrieved), tool (attributes.result_sha256).
    - `annotation`: `correct` on an answer or a claim; `claim_support` (entails, partial, none, contradicts) on a claim with
      attributes.span and chunk_ids; `attribution` with chunk_id and logprob_drop; `gold` with doc_id and fact (subject and
      attribute); `answers_served` on the feature by its gateway, a number with attributes from and to.
    - `artifact`: a digest resolves when an artifact bears it, a model when an artifact of kind model or adapter bears its name
      or digest. Of kind document: valid_to, effective_from, supersedes, facts [{subject, attribute, value, from, to}]; of kind
      index: derived_from (the documents), or attributes.doc_ids.
    - `change` of surface index.

    It applies to features that set thresholds for it or have high stakes, and to those of which one of the newest 20,000 spans
    says what was retrieved. At most 30,000 spans are read, the newest; the newest 200 wrong answers are diagnosed.

    ## Verdicts
    - fail `CHAIN_BROKEN`: the first answer at which the chain does not hold, is missing or is there twice. `RECORD_GAP`: more
      answers were served without a record than `record_gap_max`. `COVERAGE_LOW`: on a feature with high stakes fewer claims
      than `high_stakes_coverage` are entailed by a chunk of the context. `EXACT_LOW`: fewer answers than `exact_min` can be
      made again exactly: not one digest is missing.
    - unknown `NO_ANSWERS`; `NO_GOLD`: wrong answers without a right source; `IMPOSSIBLE`: a wrong answer whose prompt, model
      or index does not resolve; `INCOMPLETE_RECORDS`: more than `incomplete_max` of the records lack something.
    - warn `COVERAGE_LOW` below `coverage_min` on other features; `INCOMPLETE_RECORDS` up to `incomplete_max`.
    - Labels, the diagnoses: `CORPUS_GAP`, `RETRIEVAL_MISS`, `RANK_OR_TRUNCATION`, `STALE_SOURCE`, `SOURCE_CONFLICT`,
      `IGNORED_EVIDENCE`, the first that holds; `FABRICATED` in addition: claims that nothing supports. `SNAPSHOT_MISSING`,
      which refuses at the gate `release`: an index was changed to one that no artifact holds. A gateway withholds an answer of
      a feature with high stakes whose record or coverage is incomplete (`PROVENANCE_INCOMPLETE`); the measure says how many.

    Claims and replays are counted, not estimated: every answer that was read is judged.

    ## Policy
    - `coverage_min` 0.90, `high_stakes_coverage` 1.0 (shares of claims); `high_stakes_features` none.
    - `exact_min` 0.95 (share of answers); `retention_days` 183 days; `record_gap_max` 0 answers.
    - `reexecute_n` 59 answers, drawn by their digests, to be made again: 59 of 59 is the smallest number that shows 95 %.
    - `required`: prompt_sha256, config_sha256, model_served, index_sha256, retrieved; `incomplete_max` 0.01 (share).

    ## Example
    ```yaml
    features:
      contracts:
        policies: {answer-provenance: {high_stakes_features: [contracts]}}
    ```
    prints, where one of five claims of the answers has no chunk in the context: "80 % of 5 claims of contracts have a source in
    their context; 100 % of 40 answers can be made again exactly." [COVERAGE_LOW]
    """#,
    "token-arithmetic": #"""
    Do we count tokens as the provider does?

    ## What it does
    Takes the provider's billed count for the truth and own counts for estimates. The gap billed/local − 1 is told by model,
    language and class of content, with the quantile (nearest rank) that guards must have room for; a guard's estimate is
    ⌈local·(1 + gap)⌉ + max_tokens, with `margin_default` where fewer than `gap_min_n` pairs are known. Of consecutive renders
    of one prompt it counts the leading ids that are equal, which is what a provider's cache can reuse, against what is static:
    the prompt's template, or where none is known what renders begin with alike and half of them end with alike. Where a model takes another's place, both count a golden corpus, class by class. Texts are read for habits that
    cost tokens: white space at the end, unseen characters, indented or reordered JSON, encoded data, counts by length.

    ## Why it matters
    Budgets, context guards, caches and cost plans assume four characters a token. Other languages, indented JSON, invisible
    characters or a new tokenizer break the guard, the cache or the bill, and no error is raised.

    ## Reads
    - `span` of kind chat or completion of the window: input_tokens, output_tokens, cached_tokens, cost_usd, model_served,
      prompt_id, prompt_sha256, user_id, parameters (max_tokens, stop), tags.lang, tags.content_class, attributes.local_count
      (one's own count before the call), attributes.valid (the answer could be parsed), attributes.schema_sha256,
      attributes.golden_class (the call sent the lines of that class of the golden corpus); input, instructions and tools from
      the content store.
    - `artifact` of kind dataset: golden [{class, text, reference}]; of kind tokenizer, named as the model or its vocabulary:
      golden_counts {class: tokens}; of kind prompt: text, values as `{{name}}`; of kind schema: schema (JSON Schema).
    - `change` of surface model: from, to, attributes.feature.
    - `models.<model>`: tokenizer (a tiktoken rank file or a tokenizer.json, relative to tally.yaml; none comes along),
      capabilities.context_tokens, cache_min_prefix, price.

    It applies to features that set thresholds for it, and to those of which one of the newest 20,000 spans has local_count or
    was answered by a model with a tokenizer. At most 20,000 spans of a feature are read, and of texts the newest 300 of each
    model, language and class, 9 of each prompt, 4,000 and 24 MiB in all.

    ## Verdicts
    - fail `TOKENIZER_DRIFT`: a class of the golden corpus has more than `golden_drift` more or fewer tokens with the model
      that takes another's place. `PREFIX_BROKEN`: consecutive renders of a prompt that is long enough for the cache begin with
      less than `prefix_share_min` of its static tokens. `MARGIN_SHORT`: the gap of a language is above `margin_default` more
      often than its quantile allows (exact binomial test, Holm over languages and models). `MAX_TOKENS_SHORT`: valid answers
      are longer than max_tokens more often than `json_p` allows (the same test).
    - unknown `NO_BILLED_COUNTS`; `NO_TOKENIZER`: a model's texts cannot be counted; `NO_GOLDEN_CORPUS`: a model changed, and
      nothing says how both count; `TOO_FEW_PAIRS`: fewer than `gap_min_n`; `MARGIN_OPEN`, `ANSWERS_OPEN`: the quantile is
      above its limit, and the test does not decide; `MISSING_FIELDS`.
    - warn `BILL_DRIFT`: own counts project a bill further than `bill_drift` from the actual one. Habits: `TRAILING_SPACE`,
      `VOLATILE_FIRST`, `KEYS_UNSTABLE`, `UNSEEN_CHARACTERS`, `JSON_INDENTED`, `LENGTH_GUARD`, `STOP_IN_VALUE`, `ENCODED_RUN`.
    - Label `LOCAL_ZERO`: own counts of nothing, which were billed. The gate `merge` refuses `PREFIX_BROKEN` and
      `TOKENIZER_DRIFT`; a gateway refuses a call that may not fit (422 `CONTEXT_OVERFLOW_RISK`): measures say how many.

    ## Policy
    - `golden_drift` 0.02, `bill_drift` 0.10 (shares); `prefix_share_min` 0.90 (share of static tokens).
    - `gap_quantile` 0.99; `gap_min_n` 200 pairs; `margin_default` 0.15 (share of an own count, what your guards add).
    - `json_p` 0.99 (quantile of valid answers); `language_share_min` 0.01 (share of calls).
    - `window_days` 30 days; `alpha` 0.05; `max_missing_share` 0.05.

    With 400 pairs of a language of which 4 % are above the margin, a short margin is found with power 0.9.

    ## Example
    ```yaml
    features: {letters: {policies: {token-arithmetic: {margin_default: 0.15}}}}
    models:
      letters-1:
        tokenizer: vocabularies/o200k_base.tiktoken
        capabilities: {context_tokens: 128000}
        price: {input_per_mtok: 2.00 USD, cached_input_per_mtok: 0.20 USD}
    ```
    prints, where a time of day stands before the instructions: "Consecutive renders of reply begin with 12 of 612 static
    tokens (1.96 %); at least 90 % should be alike." [PREFIX_BROKEN]
    """#,
    "agent-trust": #"""
    Agents act within scope, budget and breaker.

    ## What it does
    Goes through the actions of an agent in its window, which are spans of kind tool with `attributes.agent`, in the order of their
    times. What an action does is the graver of what `tools` declares and what its span says (`attributes.effect`). The budget
    of failures is rate × actions units; an action that somebody annotated as not `intended` burns the weight of its effect. A tool
    must be in the effective scope, the intersection of the scopes along the agent's parents. A chain of tools is judged by the
    product of their shares of success, with exact bounds for each step that hold together (Bonferroni).

    A call has failed that ended with an error or a timeout, or with an answer of nothing and a reason to finish. For each tool, and
    for each model that the agent called in the last day (by who answers and in which region), a breaker looks at the share of
    failures in a short window; how it stands now is shown, and how often it opened. Calls of models for which nobody was asked, or
    that were wrong, count for nothing. Spans whose parent nobody recorded are counted in up to 200 traces of the window, evenly chosen.

    The finding is the agent's card. It also says what the guard would have answered to each action, had it been asked
    (`NO_TRACE`, `NO_BUDGET`, `SCOPE_ESCALATION`, `DEPTH`, `CAP_REACHED`, `BREAKER_OPEN`, `DUPLICATE_EFFECT`, `LOOP`,
    `NO_IDEMPOTENCY_KEY`, `NEEDS_APPROVAL`, or a receipt), as if each action had ended before the next began. What it did in some
    stretch of time, action by action, is said by `tally spans --agent NAME --kind tool --since TIME --until TIME`.

    ## Why it matters
    Agents write, pay and start other agents with nobody having said how much may go wrong or what stops them, and an action that
    nobody wanted repeats for hours before anyone can say what it did.

    ## Reads
    - `agents` (parent, scopes, max_depth, failure_budget, caps, chain, owner) and `tools` (effect, idempotency_key).
    - `span` of kind tool or agent with attributes.agent: trace_id, parent_id, tool, status, error_type, finish_reason,
      output_tokens, idempotency_key, cost_usd, attributes.args_sha256, .effect, .approved_by. An action whose error_type is a
      code of the guard was held up and never made. Where the window holds more than 500,000 such spans of all agents, its end is read.
    - `span` of kind chat or completion with attributes.agent, of the last day: model_requested, model_served, status, error_type,
      finish_reason, output_tokens, attributes.provider, .upstream, .region, .http_status, .unasked, .drill, .empty.
    - annotations `intended` (yes, no, unknown) on those spans, the newest word on each; of people on their traces.
    - `receipt` (idempotency_key): how many effects under a key are proved.

    ## Verdicts
    - fail `NO_BUDGET`: the agent was seen, and nobody declared it or its failure_budget.
    - fail `BUDGET_SPENT`: more units are burnt than there are. Above 0.8 of them it warns `BUDGET_NEAR`.
    - fail `SCOPE_ESCALATION`: tools outside the effective scope were called.
    - fail `UNAPPROVED_IRREVERSIBLE`: what cannot be taken back was done without a person's approval. An agent is no person.
    - fail `CHAIN_BELOW_TARGET`: surely less work than `min_chain_success` comes through the chain.
    - unknown `CHAIN_OPEN`: the bounds lie on both sides of the target. `CHAIN_STEP_UNSEEN`: a step was never taken.
    - unknown `TOO_FEW_REVIEWED`: fewer than `review_min_n` actions that may change something were reviewed; of an agent that only
      reads, of all its actions. `NO_ACTIONS`: it is declared and did nothing. `MISSING_FIELDS`: too many effects are unknown.
    - warn `BREAKER_WARNING`: the failures of a tool or a model are at the breaker's `warn` or above now, or it is open or half-open.
    - warn `ORPHANS`: too many spans have a parent that nobody recorded.
    - pass: it acts within scope, budget and breaker.

    ## Policy
    - `weights` ({read: 0, reversible: 1, compensable: 2, irreversible: 5}, units): their order matters more than the numbers.
    - `loop_limit` (3, equal calls in a trace), `duplicate_window` (24h): what the guard takes for a loop, and for the same effect.
    - `breaker` ({window: 5m, min_calls: 10, warn: 0.10, open: 0.25, consecutive: 5, open_time: 30s, probes: 3,
      max_open_time: 10m}): a plain share, reached.
    - `review_min_n` (50, actions), `confidence` (0.95): reviews that are needed, and the bound of the unintended rate.
    - `min_chain_success` (0.80, share of the work), `max_orphan_share` (0.01, share of spans with a parent).
    - `max_missing_share` (0.05, share of actions): what may be left out.

    Budget, scope and approvals are a census: one action too many is found every time. A chain of two steps that 0.70 of the work
    comes through is found in nine of ten windows of 250 pieces of work.

    ## Example
    ```yaml
    agents:
      refunds: {scopes: [orders.read, refunds.*], failure_budget: {rate: 0.005, window: 7d}}
    tools:
      orders.read: {effect: read}
      refunds.issue: {effect: irreversible}
    ```
    prints, for 1,000 actions of which two reversible and one irreversible were not intended:
    ```
    fail: refunds acted 1,000 times in 7 days and burnt 7 of 5 units: 1 irreversible and 2 reversible actions were not intended.
    ```
    """#,
    "incident-response": #"""
    Alerts, triage and closure for systems that fail at a rate.

    ## What it does
    Of each signal, compares the newest windows with the time before them: means by Welch's t, proportions by Fisher's exact test,
    both two-sided. A window is an alarm where p ≤ `alert_alpha` and the change is at least `min_effect`, where it would be worse;
    an alarm counts when `confirm_windows` in a row are alarms. Then it ranks what may be the cause: every change within `lookback`
    of the onset on every surface (model, prompt, index, tool schema, judge and the others), and every version that appeared without
    a change ("not changed by us"), by Fisher's test of its bad answers beside those of the other versions of its surface, then
    by how near to the onset it happened. A change that a guard of calls made (a breaker, freeze, drill or failure budget) is named by
    what it is about; it is no candidate where that is another feature, a drill that no call of the feature met, or a drill's end.
    Severity counts points: harm (1 to 4), the share of the traffic that is met (1 below 1 %, 2 below 10 %, 3 from there on), and 2
    where it cannot be taken back: SEV1 from 7, SEV2 from 5, SEV3 from 3.

    Of each incident that is not closed, or changed within 30 days, it compares the replays of the current and the previous
    configuration, plans how many replays the difference seen would need, and looks whether a closed one says what it must.

    ## Why it matters
    Nothing is down, answers are merely worse. The alert fires on noise or not at all, the cause is looked for in deployments, and the
    incident is closed with no rate and no test.

    ## Reads
    - `signals`, `runbooks`, `people` (oncall_roles, active, until).
    - annotations of a signal's name; spans of kind chat or completion (refusal, status, times, tokens, cost_usd), retrieval
      (retrieved) or tool; their model_served, prompt_sha256, index_sha256, tool_schema_sha256.
    - `change` of all surfaces, with attributes.breaker, .freeze, .drill and .failure_budget; attributes.drill of spans; `heartbeat`,
      which tells whether somebody lives who says nothing.
    - `incident`, all fields; trials of the suite `replay:<incident>` with the variants `current` and `previous` (passed: not bad).

    ## Verdicts
    Of a signal:
    - fail `SIGNAL_SHIFTED`: every one of `confirm_windows` windows is an alarm. It warns where only some are.
    - fail `SIGNAL_SILENT`: `silent_windows` windows without a value, where some are expected and there were some before.
    - fail `RUNBOOK_NOT_EXECUTABLE`: a step of its runbook names a role that nobody on call holds.
    - unknown `TOO_FEW`: fewer than `min_n` values in the newest window, or in one that would confirm an alarm, or in the time before.
      `NO_DATA`: it never had a value.
    - label `NO_RUNBOOK`: nobody wrote what is done when it shifts. The gate `merge` refuses on it.

    Of an incident:
    - fail `INCIDENT_INCOMPLETE`: it is closed without one of `closure_fields`, or dismissed without a rate (x/n). "n/a" is none.
    - unknown `COLLECT_MORE`: the replays do not show that the current configuration is worse; never that there is no issue.
    - pass: the replays show it; the surface is named.

    ## Policy
    - `alert_alpha` (0.001), `confirm_windows` (2): false pages are rare at hourly windows. Where traffic has hours and weekdays,
      let the baseline be whole weeks.
    - `lookback` (24h), `silent_windows` (2).
    - `replay_alpha` (0.05), `replay_power` (0.80): the test of the replays, and what they are planned for.
    - `closure_fields` ([prompt_sha256, model_served, route_slice, judge_config, index_state, tool_schema_versions, traffic_mix,
      cohort, bad_rate, regression_item_id]): what must be known when it is closed.

    With windows of 35 values and a week before them, a mean that falls by one standard deviation is found with power 0.9.

    ## Example
    ```yaml
    signals:
      csat: {feature: support, min_effect: 0.10, window: 1h, baseline: 7d, harm: 2}
    runbooks:
      csat: [{step: pin the last prompt, role: prompts}]
    people:
      ana: {oncall_roles: [prompts]}
    ```
    prints, for 2,000 answers an hour at 4.05 after a week at 4.21:
    ```
    fail: csat has fallen by 0.16 (-0.2013 to -0.1187) to 4.05, confirmed in 2 windows: SEV2.
    ```
    """#,
    "tenant-isolation": #"""
    No leak, no noisy neighbour, every call paid by someone.

    ## What it does
    Money: of the newest whole month with a bill (the running one, where there is no other) it takes what the provider bills and what
    the calls of tenants cost. What is billed and nobody's is dark; spans without a tenant are nobody's. Currencies are never added.

    Isolation, of the spans of `window_days`: probes are questions that are asked as one tenant for what only another may know
    (`attributes.probe_owner`); a canary of any other tenant in the answer or in what was retrieved is a leak. Texts are
    compared in Unicode's form NFKC, case-folded, without characters that nobody sees. A key of the cache that two tenants read is a
    crossing, unless both are `shared`; so is a retrieval whose filter is not its tenant. The stages of each trace must come in
    their order, none before those before it have ended, and no model may be asked before somebody was authenticated and the
    tenant known. Of a stage that comes several times the first one counts.

    Neighbours: the calls of others that are slower than `latency_slo`, in the minutes in which a tenant takes more than its
    tokens_per_minute and in all others, by Fisher's exact test, one-sided. Quality: of tenants with a quality_floor the share of
    answers annotated as `correct`, by Wilson's interval.

    ## Why it matters
    Shared prompts, caches, indexes and limits mix tenants: text of one reaches another, one takes the shared limit, and a part of the
    bill belongs to nobody.

    ## Reads
    - `tenants` (revenue, tokens_per_minute, weight, isolation, quality_floor, canaries).
    - `span`: tenant, trace_id, parent_id, feature, stage, started_at, ended_at, input_tokens, output_tokens, cached_tokens, cost_usd, output,
      retrieved, attributes.cache_key_sha256, .filter_tenant, .probe_owner; annotations `correct` on them.
    - `charge` of use and purchases, of `invoice_accounts`.

    ## Verdicts
    - fail `LEAK`: a probe was told what is another's. `CACHE_CROSS_TENANT`, `FILTER_MISSING`: one of either is enough.
    - fail `ORDER_VIOLATION`: a stage began before one before it had ended. `ORDER_MISSING`: a model was asked for nobody.
    - fail `DARK_SPEND`: more than `max_dark_share` of the bill is nobody's. `OVER_ATTRIBUTED`: more is attributed than was billed, by
      more than `max_over_share`.
    - fail `QUALITY_BELOW_FLOOR`: a tenant's answers are surely below its floor.
    - unknown `TOO_FEW_PROBES`: no leak in fewer than `probe_min_n` probes. `NO_CANARIES`: tenants without a canary cannot be probed for.
    - unknown `NO_INVOICE`: no bill, or one of nothing. `NO_STAGES`: no span says its stage. `QUALITY_OPEN`: floors that are not decided.
      `MISSING_FIELDS`: too many traces say nothing of stages.
    - warn `NEGATIVE_MARGIN`: a tenant costs more than it pays. `NOISY_NEIGHBOUR`: p ≤ `noisy_alpha` and a ratio from `noisy_ratio` on.
    - pass: nothing of a tenant is another's, and every call is paid by someone.

    ## Policy
    - `stages` ([authenticate, resolve_tenant, load_session, compile_context, inference, cache_write]): in this order.
    - `max_dark_share` (0.03), `max_over_share` (0.01, shares of the bill), `invoice_accounts` ([]: all).
    - `probe_min_n` (300, probes), `confidence` (0.95): clean ones bound the rate of leaks at 1 %; cache, filters and order carry the proof.
    - `fair_weights` ({input: 1, output: 2}): what tokens count for where shares for their weight are shown.
    - `noisy_alpha` (0.01), `noisy_ratio` (1.2), `latency_slo` (none: neighbours are not judged).
    - `window_days` (30, days), `max_missing_share` (0.05, share of traces without stages).

    A leak, a crossing, a missing filter or one share of the bill too many is found every time it is there.

    ## Example
    ```yaml
    tenants:
      acme: {revenue: 900 USD, tokens_per_minute: 100000, canaries: ["zebra-ninety-two-lamp"]}
      bolt: {revenue: 400 USD, canaries: ["quiet-harbour-eleven"]}
    policies:
      tenant-isolation: {latency_slo: 3s, invoice_accounts: [model-provider]}
    ```
    prints, for a bill of 94,000 USD of which 88,360 are somebody's:
    ```
    fail: 6 % of the bill of 2026-05 is nobody's: 5640.00 of 94000.00 USD; no tenant was told what is another's.
    ```
    """#,
  ]
}
