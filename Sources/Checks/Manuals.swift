// Made by `make manuals` from the documentation comment of each check. Edit those.

enum Manuals {
  /// By the id of the check.
  static let texts: [String: String] = [
    "eval-power": #"""
    Can this evaluation tell the two variants apart?
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
  ]
}
