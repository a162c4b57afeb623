internal import Statistics

/// Inference that stays valid however often, and whenever, somebody looks.
///
/// Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central limit theory and asymptotic
/// confidence sequences", 2021; the e-value of paired binary outcomes is the uniform mixture of the sign test.
extension Inference {
  func anytime(_ sample: PairedSample) -> Evidence? {
    let differences = sample.differences(sign: sign)
    var values = differences
    var units = DifferenceUnits(differences: values, unitSums: values, name: "items")
    if sample.isClustered {
      let clusters = ClusterSums(values: differences, clusters: sample.clusters)
      values = zip(clusters.sums, clusters.sizes).map { $0 / $1 }
      units = DifferenceUnits(meansOf: differences, clusters: sample.clusters)
    }
    guard var evidence = anytime(Moments(values), unit: units.name) else { return nil }
    if sample.isBinary, !sample.isClustered {
      let counts = sample.discordant
      let e = BernoulliPairEValue(baseOnly: counts.baseOnly, candidateOnly: counts.candidateOnly)
      evidence.testName = "anytime-valid sign test (e-value)"
      evidence.statistic = e.value.isFinite ? e.value : nil
      evidence.pValue = e.anytimePValue
    }
    if sample.isProportion { standInAnytime(for: &evidence, sample: sample, units: units) }
    return evidence
  }

  /// Tango's interval that reaches as far as the sequence does, where too few units differ for the sequence.
  private func standInAnytime(for evidence: inout Evidence, sample: PairedSample, units: DifferenceUnits) {
    let isPlain = sample.isBinary && !sample.isClustered
    guard isPlain ? units.differing < 10 : units.isSparse, let error = evidence.standardError,
      let reach = sequence(count: units.count)?.criticalValue(count: units.count)
    else { return }
    let interval =
      isPlain
      ? DifferenceInterval.tango(
        baseOnly: units.losses, candidateOnly: units.wins, pairs: Double(units.count), z: reach)
      : units.effectivePairs(standardError: error).tango(z: reach)
    (evidence.low, evidence.high) = (interval.low, interval.high)
    evidence.intervalMethod =
      isPlain
      ? "Tango score interval at the sequence's limit"
      : "Tango score interval on the effective sample at the sequence's limit"
    evidence.replacement =
      "Tango's score interval, as wide as the confidence sequence asks, stands in for the sequence: "
      + "only \(units.differing) of \(Comparer.grouped(units.count)) \(units.name) differ between the arms, too few to estimate how they vary."
  }

  private func anytime(_ moments: Moments, unit: String) -> Evidence? {
    guard let spread = moments.standardDeviation else { return nil }
    return anytime(mean: moments.mean, spread: spread, count: moments.count, unit: unit)
  }

  func anytime(mean: Double, spread: Double, count: Int, unit: String) -> Evidence? {
    guard let sequence = sequence(count: count),
      let interval = sequence.interval(mean: mean, standardDeviation: spread, count: count)
    else { return nil }
    return Evidence(
      estimate: mean, low: interval.low, high: interval.high, confidence: level,
      intervalMethod: "asymptotic confidence sequence over \(unit)", testName: "asymptotic confidence sequence",
      pValue: sequence.pValue(mean: mean, standardDeviation: spread, count: count),
      standardError: spread / Double(count).squareRoot())
  }

  func sequence(count: Int) -> AsymptoticConfidenceSequence? {
    AsymptoticConfidenceSequence(alpha: 1 - level, plannedCount: policy.plannedItems ?? ComparisonPolicy.usualPlan)
  }

  /// What t counts: clusters where items depend on each other, else items.
  func anytimeCount(_ sample: PairedSample) -> Int { sample.isClustered ? sample.clusterCount : sample.count }
}

extension DifferenceUnits {
  /// Clusters as the items: a confidence sequence counts cluster means, large and small alike.
  init(meansOf differences: [Double], clusters: [Int32]) {
    let losses = ClusterSums(values: differences.map { max(-$0, 0) }, clusters: clusters)
    let wins = ClusterSums(values: differences.map { max($0, 0) }, clusters: clusters)
    let count = losses.sums.count
    var (lost, won, differing) = (0.0, 0.0, 0)
    for index in 0..<count {
      lost += losses.sums[index] / losses.sizes[index]
      won += wins.sums[index] / wins.sizes[index]
      if abs(wins.sums[index] - losses.sums[index]) > 1e-12 { differing += 1 }
    }
    self.init(losses: lost, wins: won, items: count, count: count, differing: differing, name: "clusters")
  }
}
