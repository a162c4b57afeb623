public import Project
import Records
import Statistics
public import Store

/// The rate of a kind of failure is shown to be within what is allowed, or not.
///
/// ## What it does
/// Counts failures among the trials of a use case's suite (its variant, else the suite's candidate, else the newest
/// variant) and puts an exact one-sided bound on the rate: Clopper and Pearson's. Trials of one item are not independent:
/// with repeats, and with dependence clusters, the bound is Korn and Graubard's, on as many independent trials as the
/// repeats are worth. It says how many clean trials are still missing until the promise is shown. Beside the bound it
/// counts items that always, sometimes and never pass, and pass^k and pass@k.
///
/// The bound speaks of the population that the suite was drawn from; `eval-validity` says whether that is the traffic.
///
/// ## Why it matters
/// Fifty tries without a failure feel like proof. They are compatible with one failure in seventeen.
///
/// ## Reads
/// `use_cases` (suite, variant, max_failure_rate, failure); `suites` (candidate, version, metrics); trials (passed, or a
/// score of 0 or 1; repeat, cluster, attributes.failure_type, attributes.context_tokens or input_tokens).
///
/// ## Verdicts
/// - pass `PROVEN`: the upper bound is at most the allowed rate.
/// - fail `EXCEEDED`: the lower bound is above the allowed rate.
/// - unknown `NOT_PROVEN`: neither; says how many more clean trials (items, where items are repeated; clusters, where
///   there are clusters) would show it.
/// - unknown `NO_TRIALS`, `MIXED_VERSIONS` (one variant under several configurations, which are never pooled),
///   `CONFLICTING_TRIALS`, `MISSING_FIELDS`: there is nothing to count, or it cannot be trusted.
/// - warn `FLAKY`: shown, but more than `flaky_warn` of the items that were tried more than once sometimes fail.
///
/// ## Policy
/// - `confidence` (0.95, probability): one-sided confidence of either bound.
/// - `flaky_warn` (0.05, share of repeated items): more items than this that sometimes fail warn.
/// - `k` (5, tries): what pass^k and pass@k speak of.
/// - `max_missing_share` (0.05, share of trials), `max_conflict_share` (0.01, share of items): what may be left out.
///
/// With 1 % allowed, a rate of 5 % is found with power 0.9 from 158 single trials on, 3 % from 431, 2 % from 1,349; a rate
/// of 0.1 % is shown to be allowed from 628 on.
///
/// ## Example
/// ```yaml
/// use_cases:
///   refund-answer:
///     suite: refunds
///     failure: promises money that the policy does not give
///     max_failure_rate: 0.01
/// ```
/// prints, for 50 trials without a failure:
/// ```
/// unknown: refund-answer fails at most 5.82 % with 95 % confidence (0 of 50 trials failed); allowed 1 %: not proven.
/// needs 249 more clean trials
/// ```
public enum StochasticStability: Check {
  public static let question = "Is the failure rate shown to be within what is allowed?"

  /// Attributes are read of so many of the newest trials only: they are for looking at.
  static let attributeLimit = 50_000

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    project.useCases.map { CheckSubject($0.id, owner: $0.value.owner, policies: $0.value.policies) }
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let promise = context.project.useCases[subject.name] ?? UseCaseSettings()
    let suite = context.project.suites[promise.suite] ?? SuiteSettings()
    let metric = suite.primaryMetrics.first ?? MetricSettings()
    let lowerIsBetter = metric.direction == .down
    context.ledger.include("\(promise.suite) \(promise.variant ?? "") \(promise.maxFailureRate) \(metric.name)")
    let wanted = promise.variant ?? suite.candidate
    let runs = SuiteRuns(
      try context.ledger.trialSeries(suite: promise.suite), suite: promise.suite, metric: metric.name,
      version: suite.version, variants: [wanted].compactMap(\.self))
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    guard let arm = wanted.map(runs.arm) ?? runs.newest(besides: nil) else {
      return nothing(judgement, subject, promise, "no trials", policy)
    }
    var tally = FailureTally(k: policy.k)
    try context.ledger.forEachPassCount(of: arm.series, by: [.cluster], lowerIsBetter: lowerIsBetter) { tally.add($0) }
    tally.closeCluster()
    (judgement.used, judgement.excluded) = (tally.failures.trials, tally.excluded)
    guard tally.failures.trials > 0 else {
      return nothing(judgement, subject, promise, "no trials with a result", policy)
    }
    if arm.mixesConfigurations {
      judgement.unknown(
        "MIXED_VERSIONS", "Variant '\(arm.variant)' was run under several configurations, which are never pooled.",
        missing: "one configuration of variant '\(arm.variant)'", nil)
    }
    let conflicts = try context.ledger.conflictingItems(of: arm.series)
    if conflicts > 0 {
      judgement.measure("conflicting", conflicts, limit: nil, unit: "items")
      if (Double(conflicts) / Double(conflicts + tally.items)).isAbove(policy.maxConflictShare) {
        judgement.unknown(
          "CONFLICTING_TRIALS",
          "\(NumberWords.counted(conflicts, "item")) have trials that contradict each other, and were left out.",
          missing: "items without contradicting trials", conflicts)
      }
    }
    let state = judgeRate(&judgement, tally, promise, policy)
    var looks = FailureKinds()
    try context.ledger.forEachRecentTrial(of: arm.series, lowerIsBetter: lowerIsBetter, limit: attributeLimit) {
      looks.add(attributes: $0, inputTokens: $1, passed: $2)
    }
    report(&judgement, subject, promise, tally, looks, state, policy)
    judgement.evidence = try context.ledger.failingTrials(of: arm.series, lowerIsBetter: lowerIsBetter)
    return judgement
  }

  /// What is known of the rate.
  enum State: Equatable {
    case proven, exceeded
    /// With the clean trials, items or clusters that are missing.
    case open(Int?)
  }

  static func judgeRate(
    _ judgement: inout Judgement, _ tally: FailureTally, _ promise: UseCaseSettings, _ policy: Policy
  ) -> State {
    let failures = tally.failures
    let allowed = promise.maxFailureRate
    let upper = failures.upperBound(confidence: policy.confidence)
    let lower = failures.lowerBound(confidence: policy.confidence)
    let limit = NumberWords.percent(allowed)
    if upper.isAtMost(allowed) {
      judgement.reasons.append(
        Finding.Reason(
          "PROVEN", .pass, "At most \(NumberWords.percent(upper)) fail, which is within the \(limit) allowed."))
      if let share = tally.flakyShare, share.isAbove(policy.flakyWarn) {
        judgement.warn(
          "FLAKY",
          "\(NumberWords.grouped(tally.flaky)) of \(NumberWords.counted(tally.repeated, "repeated item")) sometimes fail (\(NumberWords.percent(share)))."
        )
      }
      return .proven
    }
    if lower.isAbove(allowed) {
      judgement.fail("EXCEEDED", "At least \(NumberWords.percent(lower)) fail, which is above the \(limit) allowed.")
      return .exceeded
    }
    let more = MissingTrials.clean(
      failures: failures.effectiveFailures ?? 0, trials: failures.effectiveTrials ?? 0, limit: allowed,
      confidence: policy.confidence
    ).map { max(1, $0) }
    judgement.unknown(
      "NOT_PROVEN",
      "Between \(NumberWords.percent(lower)) and \(NumberWords.percent(upper)) fail: \(limit) is neither kept nor exceeded for certain.",
      missing: "clean \(tally.unit)s", more)
    return .open(more)
  }
}
