import Project
import Records
import Statistics

extension StochasticStability {
  static func nothing(
    _ judgement: Judgement, _ subject: CheckSubject, _ promise: UseCaseSettings, _ what: String, _ policy: Policy
  ) -> Judgement {
    var judgement = judgement
    let needed = MissingTrials.plannedClean(
      failures: 0, limit: promise.maxFailureRate, confidence: policy.confidence)
    judgement.unknown(
      "NO_TRIALS", "Suite '\(promise.suite)' has \(what) to judge the promise by.", missing: "clean trials", needed)
    judgement.headline =
      "\(subject.name) has \(what): nothing is known of its failure rate; allowed \(NumberWords.percent(promise.maxFailureRate))."
    judgement.next =
      "Run suite '\(promise.suite)' with \(needed.map(NumberWords.grouped) ?? "more") items, and ingest the results."
    judgement.measure("failure_rate", nil, low: 0, high: 1, limit: promise.maxFailureRate, unit: "share")
    judgement.measure("trials", 0, unit: "trials")
    return judgement
  }

  static func report(
    _ judgement: inout Judgement, _ subject: CheckSubject, _ promise: UseCaseSettings, _ tally: FailureTally,
    _ kinds: FailureKinds, _ state: State, _ policy: Policy
  ) {
    let failures = tally.failures
    let allowed = promise.maxFailureRate
    let upper = failures.upperBound(confidence: policy.confidence)
    let lower = failures.lowerBound(confidence: policy.confidence)
    judgement.measure("failure_rate", failures.rate, low: lower, high: upper, limit: allowed, unit: "share")
    judgement.measure("trials", failures.trials, unit: "trials")
    judgement.measure("failures", failures.failures, unit: "trials")
    judgement.measure("items", tally.items, unit: "items")
    judgement.measure("design_effect", failures.designEffect, unit: "ratio")
    judgement.measure("effective_trials", failures.effectiveTrials, unit: "trials")
    if tally.hasClusters { judgement.measure("clusters", failures.items, unit: "clusters") }
    for (name, count) in [
      ("solid", tally.solid), ("flaky", tally.flaky), ("broken", tally.broken), ("single", tally.single),
    ] {
      judgement.measure(name, count, unit: "items")
    }
    judgement.measure("flaky_share", tally.flakyShare, limit: policy.flakyWarn, unit: "share")
    judgement.measure("pass^\(policy.k)", tally.passAll, unit: "probability")
    judgement.measure("pass@\(policy.k)", tally.passAny, unit: "probability")
    judgement.method =
      failures.designEffect == 1 && tally.unit == "trial"
      ? "one-sided Clopper-Pearson bounds" : "one-sided Korn-Graubard bounds over \(tally.unit)s"

    let confidence = NumberWords.percent(policy.confidence)
    let counted =
      "\(NumberWords.grouped(failures.failures)) of \(NumberWords.counted(failures.trials, "trial")) failed"
      + (tally.unit == "trial" ? "" : ", in \(NumberWords.counted(failures.items, tally.unit))")
    let bound = state == .exceeded ? "at least \(NumberWords.percent(lower))" : "at most \(NumberWords.percent(upper))"
    let word =
      switch state {
      case .proven: "proven"
      case .exceeded: "exceeded"
      case .open: "not proven"
      }
    judgement.headline =
      "\(subject.name) fails \(bound) with \(confidence) confidence (\(counted)); allowed \(NumberWords.percent(allowed)): \(word)."
    var note = word
    switch state {
    case .proven:
      judgement.next =
        judgement.codes(.warn).contains("FLAKY")
        ? "Look at the items that sometimes fail: what differs between their tries?"
        : "Nothing to do: keep the promise in the release gate."
    case .exceeded:
      judgement.next =
        "Read the failing trials, mend the commonest kind of failure, and run suite '\(promise.suite)' again."
    case .open(let more):
      let amount = more.map { NumberWords.counted($0, "more clean \(tally.unit)") } ?? "more clean trials"
      note = amount
      judgement.next = "Run suite '\(promise.suite)' on new items: \(amount) would show it."
    }
    judgement.figures =
      [
        .intervals(
          title: promise.failure ?? "Failure rate against what is allowed", unit: .share,
          rows: [
            Figure.IntervalRow(subject.name, failures.rate, low: lower, high: upper, limit: allowed, note: note)
          ])
      ] + kinds.figures
  }
}
