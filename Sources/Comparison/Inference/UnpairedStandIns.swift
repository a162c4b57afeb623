internal import Statistics

/// Tests that stand in for the usual ones of independent arms in small samples, where those reject too often.
extension Inference {
  /// Storer and Kim's p where it is larger than that of the pooled z test.
  ///
  /// Only near a decision and in samples small enough for the two to differ: above, the answer is the same.
  func standIn(for evidence: inout Evidence, successes1: Int, trials1: Int, successes2: Int, trials2: Int) {
    guard let p = evidence.pValue, p <= 0.10, trials1 + trials2 <= 1_000 else { return }
    let exact = StorerKim.test(
      successes1: successes1, trials1: trials1, successes2: successes2, trials2: trials2)
    guard exact.pValue > p else { return }
    evidence.pValue = exact.pValue
    evidence.testName = "Storer–Kim unconditional test"
    evidence.replacement =
      "The p-value is that of Storer and Kim's unconditional test, the larger of it and the pooled z test's: "
      + "in samples of up to 1,000 the z test alone rejects a little too often."
  }

  /// The studentised permutation in the place of Welch's p where the arms are unequal and the smaller one is small.
  func studentize(_ evidence: inout Evidence, _ base: ArmSample, _ candidate: ArmSample) {
    let (small, large) = (min(base.count, candidate.count), max(base.count, candidate.count))
    guard small < 100, Double(large) > 1.5 * Double(small),
      let test = StudentizedPermutation.test(
        candidate.scores, base.scores, resamples: policy.resamples, seed: seed)
    else { return }
    evidence.pValue = test.pValue
    evidence.isResampled = !test.isExact
    evidence.testName = permutationName("studentised permutation of items between arms", isExact: test.isExact)
    evidence.replacement =
      "A permutation of Welch's t stands in for its t distribution, which rejects too often when a small arm meets a larger one."
  }
}
