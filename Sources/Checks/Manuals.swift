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
  ]
}
