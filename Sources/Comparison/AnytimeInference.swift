internal import Statistics

/// Inference that stays valid however often, and whenever, somebody looks.
///
/// Source: I. Waudby-Smith, D. Arbour, R. Sinha, E. Kennedy, A. Ramdas, "Time-uniform central limit theory and asymptotic
/// confidence sequences", 2021; the e-value of paired binary outcomes is the uniform mixture of the sign test.
extension Inference {
  func anytime(_ sample: PairedSample) -> Evidence? {
    let differences = sample.differences(sign: sign)
    guard sample.isClustered else {
      guard var evidence = anytime(Moments(differences), unit: "items") else { return nil }
      if sample.isBinary {
        let counts = sample.discordant
        let e = BernoulliPairEValue(baseOnly: counts.baseOnly, candidateOnly: counts.candidateOnly)
        evidence.testName = "anytime-valid sign test (e-value)"
        evidence.statistic = e.value.isFinite ? e.value : nil
        evidence.pValue = e.anytimePValue
      }
      return evidence
    }
    let clusters = ClusterSums(values: differences, clusters: sample.clusters)
    let means = zip(clusters.sums, clusters.sizes).map { $0 / $1 }
    return anytime(Moments(means), unit: "clusters")
  }

  func anytime(base: ArmSample, candidate: ArmSample) -> Evidence? {
    let (first, second) = (Moments(candidate.scores), Moments(base.scores))
    guard let a = first.standardError, let b = second.standardError else { return nil }
    let count = min(first.count, second.count)
    let spread = ((a * a + b * b) * Double(count)).squareRoot()
    return anytime(mean: sign * (first.mean - second.mean), spread: spread, count: count, unit: "items per arm")
  }

  private func anytime(_ moments: Moments, unit: String) -> Evidence? {
    guard let spread = moments.standardDeviation else { return nil }
    return anytime(mean: moments.mean, spread: spread, count: moments.count, unit: unit)
  }

  private func anytime(mean: Double, spread: Double, count: Int, unit: String) -> Evidence? {
    let planned = policy.plannedItems ?? max(count, 1_000)
    guard let sequence = AsymptoticConfidenceSequence(alpha: 1 - level, plannedCount: planned),
      let interval = sequence.interval(mean: mean, standardDeviation: spread, count: count)
    else { return nil }
    return Evidence(
      estimate: mean, low: interval.low, high: interval.high, confidence: level,
      intervalMethod: "asymptotic confidence sequence over \(unit)", testName: "asymptotic confidence sequence",
      pValue: sequence.pValue(mean: mean, standardDeviation: spread, count: count),
      standardError: spread / Double(count).squareRoot())
  }

  /// What t counts: clusters where items depend on each other, else items.
  func anytimeCount(_ sample: PairedSample) -> Int { sample.isClustered ? sample.clusterCount : sample.count }
}
