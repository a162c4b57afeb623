internal import Statistics

/// What decides a comparison besides its own items: noise between runs, earlier looks, and the comparisons that are
/// decided with it.
extension Inference {
  /// - Parameters:
  ///   - standardError: of the difference, for methods that go without one.
  ///   - count: what a confidence sequence counts.
  func decided(_ evidence: Evidence, standardError: Double?, count: Int) -> Evidence {
    var evidence = evidence
    if policy.runVariance > 0 { widen(&evidence, standardError: standardError, count: count) }
    // A p-value that is valid at every look is as small as the smallest of them.
    if isAnytime, let earlier = policy.earlierPValue, earlier < evidence.pValue ?? 1 { evidence.pValue = earlier }
    return adjusted(evidence)
  }

  /// The p-value by Holm's procedure among those of the family; alone, as it is.
  func adjusted(_ evidence: Evidence) -> Evidence {
    guard !policy.familyPValues.isEmpty, let p = evidence.pValue else { return evidence }
    var evidence = evidence
    evidence.adjustedPValue = Multiplicity.holm([p] + policy.familyPValues)[0]
    return evidence
  }

  /// Noise between runs adds to that of items. Each limit's distance d from the estimate becomes √(d² + z²σ²), which is
  /// z·√(SE² + σ²) where the distance is z·SE and keeps the shape of score intervals; the p-value becomes the larger of
  /// the design's and the normal one. More noise can only make a comparison more careful.
  ///
  /// Source: G. Zou, A. Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27
  /// (2008): variance estimates recovered from limits.
  private func widen(_ evidence: inout Evidence, standardError: Double?, count: Int) {
    guard let error = evidence.standardError ?? standardError else { return }
    let reach =
      (isAnytime ? sequence?.criticalValue(count: count) : nil) ?? Normal.standard.upperQuantile((1 - level) / 2)
    func wider(_ distance: Double) -> Double {
      (distance * distance + reach * reach * policy.runVariance).squareRoot()
    }
    evidence.low = evidence.estimate - wider(evidence.estimate - evidence.low)
    evidence.high = evidence.estimate + wider(evidence.high - evidence.estimate)
    evidence.intervalMethod += ", widened by the noise between runs"
    let whole = (error * error + policy.runVariance).squareRoot()
    let p =
      isAnytime
      ? sequence?.pValue(
        mean: evidence.estimate, standardDeviation: whole * Double(count).squareRoot(), count: count)
      : min(1, 2 * Normal.standard.survival(abs(evidence.estimate) / whole))
    guard let p, p > evidence.pValue ?? 0 else { return }
    evidence.pValue = p
    evidence.testName = (isAnytime ? "confidence sequence" : "z test") + " with the noise between runs"
  }

  private var isAnytime: Bool { (policy.method ?? (policy.sequential ? .anytime : nil)) == .anytime }
}

extension Comparer {
  func pairedEvidence(_ sample: PairedSample) throws(MethodMismatch) -> Evidence? {
    guard let evidence = try inference.evidence(sample, method: policy.method ?? inference.defaultMethod(sample))
    else { return nil }
    return inference.decided(
      evidence, standardError: plainError(sample), count: inference.anytimeCount(sample))
  }

  func unpairedEvidence(_ first: ArmSample, _ second: ArmSample) throws(MethodMismatch) -> Evidence? {
    let method = policy.method ?? inference.defaultMethod(first, second)
    guard let evidence = try inference.evidence(base: first, candidate: second, method: method) else { return nil }
    return inference.decided(
      evidence, standardError: plainError(first, second), count: inference.anytimeCount(first, second))
  }

  /// The standard error of a difference of passes, for methods that need none.
  private func plainError(_ sample: PairedSample) -> Double? {
    guard sample.isBinary else { return nil }
    let counts = sample.discordant
    return DifferenceInterval.pairedStandardError(
      baseOnly: Double(counts.baseOnly), candidateOnly: Double(counts.candidateOnly), pairs: Double(sample.count))
  }

  private func plainError(_ first: ArmSample, _ second: ArmSample) -> Double? {
    guard first.isBinary, second.isBinary, first.count > 0, second.count > 0 else { return nil }
    let variances = [first, second].map { arm in
      let rate = Double(arm.successes) / Double(arm.count)
      return rate * (1 - rate) / Double(arm.count)
    }
    return (variances[0] + variances[1]).squareRoot()
  }
}

extension Comparer {
  /// What an A/A comparison tells of noise between runs: the difference, its standard error and the design's p-value.
  public struct RunDifference: Sendable, Equatable {
    public var difference: Double
    public var standardError: Double
    /// 1 where no test could be made.
    public var pValue: Double
  }

  /// The difference as the items alone show it; nil where they do not (one item, or no scores). O(items).
  public func runDifference() throws(MethodMismatch) -> RunDifference? {
    let evidence: Evidence?
    let error: Double?
    if isPaired {
      let sample = extraction.paired()
      (evidence, error) = (try pairedEvidence(sample), plainError(sample))
    } else {
      let (first, second) = (extraction.single(base), extraction.single(candidate))
      (evidence, error) = (try unpairedEvidence(first, second), plainError(first, second))
    }
    guard let evidence, let error = evidence.standardError ?? error else { return nil }
    return RunDifference(difference: evidence.estimate, standardError: error, pValue: evidence.pValue ?? 1)
  }
}
