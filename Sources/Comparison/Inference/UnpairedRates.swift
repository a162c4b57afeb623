internal import Statistics

/// Rates of independent arms whose items are clustered or repeated.
extension Inference {
  /// Newcombe's combination of each arm's Wilson limits on its effective sample, and a permutation of whole units.
  /// Nil when an arm has fewer than two units.
  func unpairedRates(_ base: ArmSample, _ candidate: ArmSample) -> Evidence? {
    guard let first = clusterMean(candidate), let second = clusterMean(base) else { return nil }
    let isClustered = base.isClustered || candidate.isClustered
    var evidence = evidence(
      ClusterRobust.difference(first, second), interval: "", test: "cluster-robust t test")
    let interval = DifferenceInterval.newcombe(
      rate1: first.estimate, limits1: rateLimits(first), rate2: second.estimate, limits2: rateLimits(second))
    let bounds = sign > 0 ? interval : interval.negated
    (evidence.low, evidence.high) = (bounds.low, bounds.high)
    evidence.intervalMethod =
      isClustered ? "Newcombe from cluster-robust Wilson limits" : "Newcombe from Wilson limits on the effective sample"
    evidence.replacement =
      "Newcombe's interval from each arm's Wilson limits on its effective sample stands in for the t interval, "
      + "which covers too little for rates near 0 or 1."
    permuteUnits(&evidence, base, candidate)
    return evidence
  }

  /// Replaces the t test by a permutation of whole clusters (or items) between the arms, up to so many units that the two
  /// agree and the permutation would only cost time.
  func permuteUnits(_ evidence: inout Evidence, _ base: ArmSample, _ candidate: ArmSample) {
    let (first, second) = (candidate.units, base.units)
    guard first.sums.count + second.sums.count <= Inference.permutedUnitsLimit,
      let test = ClusterPermutation.test(
        sums1: first.sums, sizes1: first.sizes, sums2: second.sums, sizes2: second.sizes,
        resamples: policy.resamples, seed: seed)
    else { return }
    let unit = base.isClustered || candidate.isClustered ? "clusters" : "items"
    evidence.pValue = test.pValue
    evidence.isResampled = !test.isExact
    evidence.testName = permutationName("permutation of \(unit) between arms", isExact: test.isExact)
    evidence.statistic = evidence.estimate
    let said = evidence.replacement.map { $0.dropLast() + "; " } ?? ""
    evidence.replacement =
      said
      + "\(said.isEmpty ? "A" : "a") permutation of whole \(unit) between the arms stands in for the t test, which rejects too often with few of them."
  }

  /// Above so many units of both arms together the t test is kept.
  static let permutedUnitsLimit = 10_000

  func permutationName(_ name: String, isExact: Bool) -> String {
    isExact ? "exact \(name)" : "\(name), \(policy.resamples) resamples"
  }
}
