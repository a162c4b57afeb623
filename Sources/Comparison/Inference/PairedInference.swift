internal import Statistics

/// Estimates and tests for arms that share their items.
extension Inference {
  /// Nil when there are too few items for the method (two for a t interval, one for counts).
  /// - Throws: `MethodMismatch`.
  package func evidence(_ sample: PairedSample, method: ComparisonPolicy.Method) throws(MethodMismatch) -> Evidence? {
    switch method {
    case .mcnemar:
      guard sample.isBinary else {
        throw MethodMismatch(method: method, problem: "the scores are not one pass or fail per item and arm.")
      }
      return pairedBinary(sample)
    case .signFlip, .pairedT:
      return sample.isClustered ? pairedClusters(sample, test: method) : pairedReal(sample, test: method)
    case .clusterRobust:
      guard sample.isClustered else {
        throw MethodMismatch(
          method: method, problem: "no item shares a cluster with another. Name the column with --cluster.")
      }
      return pairedClusters(sample, test: .signFlip)
    case .bootstrap:
      return pairedBootstrap(sample)
    case .anytime:
      return anytime(sample)
    case .pooledZ, .fisher, .welch:
      throw MethodMismatch(
        method: method, problem: "it compares independent arms, and these share their items. Add --unpaired to insist.")
    }
  }

  private func pairedBinary(_ sample: PairedSample) -> Evidence? {
    guard sample.count > 0 else { return nil }
    let counts = sample.discordant
    // Lower is better: a one is the worse outcome, so the arms change places.
    let (worse, better) =
      sign > 0 ? (counts.baseOnly, counts.candidateOnly) : (counts.candidateOnly, counts.baseOnly)
    let interval = DifferenceInterval.tango(
      baseOnly: Double(worse), candidateOnly: Double(better), pairs: Double(sample.count), level: level)
    let test = McNemar.exact(baseOnly: worse, candidateOnly: better)
    return Evidence(
      estimate: Double(better - worse) / Double(sample.count), low: interval.low, high: interval.high,
      confidence: level, intervalMethod: "Tango score interval", testName: "exact McNemar", pValue: test.pValue)
  }

  private func pairedReal(_ sample: PairedSample, test method: ComparisonPolicy.Method) -> Evidence? {
    let differences = sample.differences(sign: sign)
    let moments = Moments(differences)
    guard let mean = MeanInference.oneSample(moments) else { return nil }
    let interval = mean.interval(level: level)
    var evidence = Evidence(
      estimate: mean.estimate, low: interval.low, high: interval.high, confidence: level,
      intervalMethod: "paired t interval", testName: "paired t test", degreesOfFreedom: mean.degreesOfFreedom,
      standardError: mean.standardError)
    if method == .signFlip {
      note(signFlip(differences), unit: "items", in: &evidence)
      let units = DifferenceUnits(differences: differences, unitSums: differences, name: "items")
      if sample.isProportion { standIn(for: &evidence, units: units) }
    } else {
      let test = mean.test()
      evidence.statistic = test?.statistic
      evidence.pValue = test?.pValue
    }
    return evidence
  }

  private func pairedClusters(_ sample: PairedSample, test method: ComparisonPolicy.Method) -> Evidence? {
    let differences = sample.differences(sign: sign)
    let clusters = ClusterSums(values: differences, clusters: sample.clusters)
    guard let estimate = clusterMean(differences, clusters) else { return nil }
    let interval = estimate.interval(level: level)
    var evidence = Evidence(
      estimate: estimate.estimate, low: interval.low, high: interval.high, confidence: level,
      intervalMethod: "cluster-robust t interval", testName: "cluster-robust t test",
      degreesOfFreedom: estimate.degreesOfFreedom, standardError: estimate.standardError)
    if method == .signFlip {
      note(signFlip(clusters.sums), unit: "clusters", in: &evidence)
      let units = DifferenceUnits(differences: differences, unitSums: clusters.sums, name: "clusters")
      if sample.isProportion { standIn(for: &evidence, units: units) }
    } else {
      let test = estimate.test()
      evidence.statistic = test?.statistic
      evidence.pValue = test?.pValue
    }
    return evidence
  }

  func signFlip(_ units: [Double]) -> SignFlipResult {
    SignFlip.test(units, exactLimit: policy.exactFlipMax, resamples: policy.resamples, seed: seed)
  }

  func note(_ test: SignFlipResult, unit: String, in evidence: inout Evidence) {
    // The statistic of a permutation is the sum that it permutes, which tells nobody anything.
    evidence.statistic = nil
    evidence.pValue = test.pValue
    evidence.isResampled = !test.isExact
    evidence.testName =
      test.isExact
      ? "exact sign-flip permutation of \(unit)"
      : "sign-flip permutation of \(unit), \(Comparer.grouped(policy.resamples)) resamples"
  }
}
