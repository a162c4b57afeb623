internal import Statistics

extension Inference {
  /// Bias-corrected and accelerated bootstrap of items, or of whole clusters; the test stays the sign-flip's.
  func pairedBootstrap(_ sample: PairedSample) -> Evidence? {
    let differences = sample.differences(sign: sign)
    let units: [Double]
    let distribution: BootstrapDistribution?
    if sample.isClustered {
      let clusters = ClusterSums(values: differences, clusters: sample.clusters)
      units = clusters.sums
      distribution = Bootstrap.ratio(
        numerators: clusters.sums, denominators: clusters.sizes, resamples: policy.resamples, seed: seed)
    } else {
      units = differences
      distribution = Bootstrap.mean(differences, resamples: policy.resamples, seed: seed)
    }
    guard let distribution else { return nil }
    let corrected = distribution.biasCorrectedAccelerated(level: level)
    let interval = corrected ?? distribution.percentile(level: level)
    let kind = corrected == nil ? "percentile" : "BCa"
    let unit = sample.isClustered ? "clusters" : "items"
    var evidence = Evidence(
      estimate: distribution.estimate, low: interval.low, high: interval.high, confidence: level,
      intervalMethod: "\(kind) bootstrap of \(unit), \(policy.resamples) resamples", testName: "",
      standardError: distribution.standardError)
    note(signFlip(units), unit: unit, in: &evidence)
    evidence.isResampled = true
    return evidence
  }
}
