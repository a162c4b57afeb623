internal import Statistics

/// Estimates and tests for arms without common items.
extension Inference {
  /// Nil when an arm has too few items for the method.
  /// - Throws: `MethodMismatch`.
  package func evidence(
    base: ArmSample, candidate: ArmSample, method: ComparisonPolicy.Method
  ) throws(MethodMismatch) -> Evidence? {
    switch method {
    case .pooledZ, .fisher:
      guard base.isBinary, candidate.isBinary else {
        throw MethodMismatch(method: method, problem: "the scores are not one pass or fail per item and arm.")
      }
      return unpairedBinary(base, candidate, exact: method == .fisher)
    case .welch:
      return unpairedReal(base, candidate)
    case .clusterRobust:
      guard base.isClustered || candidate.isClustered else {
        throw MethodMismatch(
          method: method, problem: "no item shares a cluster with another. Name the column with --cluster.")
      }
      return unpairedClusters(base, candidate)
    case .anytime:
      return anytime(base: base, candidate: candidate)
    case .mcnemar, .signFlip, .pairedT, .bootstrap:
      throw MethodMismatch(method: method, problem: "it compares items that both arms have, and there are none.")
    }
  }

  private func unpairedBinary(_ base: ArmSample, _ candidate: ArmSample, exact: Bool) -> Evidence? {
    guard base.count > 0, candidate.count > 0 else { return nil }
    let (first, second) = sign > 0 ? (candidate, base) : (base, candidate)
    let (x, n, y, m) = (first.successes, first.count, second.successes, second.count)
    let interval = DifferenceInterval.newcombe(
      successes1: Double(x), trials1: Double(n), successes2: Double(y), trials2: Double(m), level: level)
    let test =
      exact
      ? Fisher.exact(a: x, b: n - x, c: y, d: m - y)
      : ProportionTest.pooledZ(
        successes1: Double(x), trials1: Double(n), successes2: Double(y), trials2: Double(m))
    var evidence = Evidence(
      estimate: Double(x) / Double(n) - Double(y) / Double(m), low: interval.low, high: interval.high,
      confidence: level, intervalMethod: "Newcombe score interval",
      testName: exact ? "Fisher exact test" : "pooled z test", statistic: test.statistic, pValue: test.pValue)
    if !exact { standIn(for: &evidence, successes1: x, trials1: n, successes2: y, trials2: m) }
    return evidence
  }

  private func unpairedReal(_ base: ArmSample, _ candidate: ArmSample) -> Evidence? {
    // One trial an item is plain Welch, which then was asked for by name; repeated items bring a rate's own difficulties.
    if base.isProportion, candidate.isProportion, base.isRateOfUnits || candidate.isRateOfUnits {
      return unpairedRates(base, candidate)
    }
    guard let mean = MeanInference.welch(Moments(candidate.scores), Moments(base.scores)) else { return nil }
    var evidence = evidence(mean, interval: "Welch t interval", test: "Welch t test")
    studentize(&evidence, base, candidate)
    return evidence
  }

  private func unpairedClusters(_ base: ArmSample, _ candidate: ArmSample) -> Evidence? {
    if base.isProportion, candidate.isProportion { return unpairedRates(base, candidate) }
    guard let first = clusterMean(candidate), let second = clusterMean(base) else { return nil }
    var evidence = evidence(
      ClusterRobust.difference(first, second), interval: "cluster-robust t interval", test: "cluster-robust t test")
    permuteUnits(&evidence, base, candidate)
    return evidence
  }

  func evidence(_ mean: MeanEstimate, interval: String, test: String) -> Evidence {
    let bounds = sign > 0 ? mean.interval(level: level) : mean.interval(level: level).negated
    let result = mean.test()
    return Evidence(
      estimate: sign * mean.estimate, low: bounds.low, high: bounds.high, confidence: level, intervalMethod: interval,
      testName: test, statistic: result?.statistic.map { sign * $0 }, degreesOfFreedom: mean.degreesOfFreedom,
      pValue: result?.pValue, standardError: mean.standardError)
  }
}
