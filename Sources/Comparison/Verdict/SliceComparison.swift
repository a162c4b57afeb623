internal import Statistics

/// The same comparison slice by slice, for exploring: adjusted verdicts that may warn, never decide.
extension Comparer {
  func slices(paired: Bool, total: Evidence?) throws(MethodMismatch) -> [ComparisonResult.SliceResult] {
    var results: [ComparisonResult.SliceResult] = []
    for (column, name) in table.sliceNames.enumerated() {
      let groups = table.itemsByValue(column: column)
      guard table.slices.values(column: column).count <= SliceSets.valueLimit else { continue }
      for (value, items) in groups {
        results.append(try slice(name, value, items: items, paired: paired, total: total))
      }
    }
    adjust(&results)
    return results
  }

  /// Slices are adjusted among themselves: the family that the comparison is decided in is not theirs.
  private var exploring: Inference { Inference(policy: policy, family: 1, seed: inference.seed) }

  private func slice(
    _ name: String, _ value: String, items: [Int], paired: Bool, total: Evidence?
  ) throws(MethodMismatch) -> ComparisonResult.SliceResult {
    var result = ComparisonResult.SliceResult(
      slice: name, value: value, verdict: .inconclusive, outcome: .inconclusive, items: 0, baseMean: nil,
      candidateMean: nil, evidence: nil, adjustedPValue: nil, reasons: [])
    let power: ComparisonResult.PowerSummary?
    let inference = exploring
    if paired {
      let sample = extraction.paired(items: items)
      result.items = sample.count
      (result.baseMean, result.candidateMean) = (mean(sample.base), mean(sample.candidate))
      result.evidence = try inference.evidence(sample, method: inference.defaultMethod(sample))
      power = inference.power(sample, designEffect: designEffect(sample))
      if let doubt = clusterDoubt(clusters: sample.isClustered ? sample.clusterCount : nil) {
        result.reasons.append(doubt)
      }
    } else {
      let first = extraction.single(base, items: items)
      let second = extraction.single(candidate, items: items)
      result.items = min(first.count, second.count)
      (result.baseMean, result.candidateMean) = (mean(first.scores), mean(second.scores))
      result.evidence = try inference.evidence(
        base: first, candidate: second, method: inference.defaultMethod(first, second))
      power = inference.power(base: first, candidate: second, designEffect: nil)
    }
    if let total, let evidence = result.evidence, total.estimate * evidence.estimate < 0 {
      result.reasons.append(Reason(.signReversal, "\(name) = \(value) moves against the total."))
    }
    // What can see nothing at all is too small as well.
    let seen = power?.minDetectableGain ?? power?.minDetectableLoss ?? .infinity
    if table.isBinary, result.items > 0, seen > policy.sliceMinEffect + Outcome.slack {
      result.reasons.append(Reason(.sliceTooSmall, "\(name) = \(value) is too small to see an effect that matters."))
    }
    return result
  }

  /// Benjamini–Hochberg over everything shown, then outcome and verdict from the adjusted p-value.
  private func adjust(_ results: inout [ComparisonResult.SliceResult]) {
    let tested = results.indices.filter { results[$0].evidence?.pValue != nil }
    let adjusted = Multiplicity.benjaminiHochberg(tested.compactMap { results[$0].evidence?.pValue })
    for (index, p) in zip(tested, adjusted) {
      results[index].adjustedPValue = p
      results[index].evidence?.adjustedPValue = p
    }
    for index in results.indices {
      guard let evidence = results[index].evidence else { continue }
      var exploratory = inference.policy
      exploratory.alpha = policy.sliceFalseDiscoveryRate
      results[index].outcome = Inference(policy: exploratory, family: 1, seed: inference.seed).outcome(evidence)
      let inDoubt = results[index].reasons.contains(where: \.code.isUnknown)
      results[index].verdict = inDoubt ? .inconclusive : Verdict(results[index].outcome, claim: policy.claim)
    }
  }

  /// A slice that significantly moves against the total belongs in front of the reader.
  func noteSlices(_ result: inout ComparisonResult) {
    for (column, name) in table.sliceNames.enumerated()
    where table.slices.values(column: column).count > SliceSets.valueLimit {
      result.reasons.append(
        Reason(
          .sliceIsIdentifier,
          "\(name) has more than \(Comparer.grouped(SliceSets.valueLimit)) values: it looks like an identifier, not a slice."
        ))
    }
    for slice in result.slices where slice.verdict == .improved || slice.verdict == .regressed {
      guard let reversal = slice.reasons.first(where: { $0.code == .signReversal }) else { continue }
      result.reasons.append(reversal)
    }
  }

  private func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : Moments(values).mean
  }
}
