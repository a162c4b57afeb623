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
    the recall. It asks of the feature's traffic of 30 days how much of it the slices measure, and searches tags and pairs
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
  ]
}
