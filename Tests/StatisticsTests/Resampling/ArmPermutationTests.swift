import Statistics
import Testing

@Suite struct ArmPermutationTests {
  @Test func clustersAgreeWithEveryDivision() throws {
    for row in try Fixture("cluster-permutation").rows {
      let result = try #require(
        ClusterPermutation.test(
          sums1: row.doubles("sums1"), sizes1: row.doubles("sizes1"), sums2: row.doubles("sums2"),
          sizes2: row.doubles("sizes2"), seed: 1))
      #expect(result.isExact)
      #expect(try isClose(result.pValue, row.double("p"), 1e-12), "\(row)")
    }
  }

  @Test func studentisedAgreesWithEveryDivision() throws {
    for row in try Fixture("studentized-permutation").rows {
      let result = try #require(StudentizedPermutation.test(row.doubles("first"), row.doubles("second"), seed: 1))
      #expect(result.isExact)
      #expect(try isClose(result.pValue, row.double("p"), 1e-12), "\(row)")
    }
  }

  /// Just above the limit of 20,000 divisions, random ones must agree with what a slightly smaller problem enumerates.
  @Test func randomDivisionsAgreeWithAll() throws {
    // Twenty clusters of which one arm has eleven, all of one size: |ΣyB − ΣyA| from ones and zeros is hypergeometric.
    let first = [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0].map { Double($0) }
    let second = [1, 1, 0, 0, 0, 0, 0, 0, 0].map { Double($0) }
    let resampled = try #require(
      ClusterPermutation.test(
        sums1: first, sizes1: [Double](repeating: 3, count: 11), sums2: second,
        sizes2: [Double](repeating: 3, count: 9), resamples: 40_000, seed: 5))
    #expect(!resampled.isExact)
    // |k/11 − (10 − k)/9| ≥ |8/11 − 2/9| for the ones k in the first arm.
    let distribution = Hypergeometric(population: 20, successes: 10, draws: 11)
    var exact = 0.0
    for k in 0...10 where abs(Double(k) / 11 - Double(10 - k) / 9) >= 8.0 / 11 - 2.0 / 9 - 1e-12 {
      exact += distribution.probability(k)
    }
    // Five standard errors of 40,000 resamples.
    #expect(abs(resampled.pValue - exact) < 5 * (exact * (1 - exact) / 40_000).squareRoot())
  }

  @Test func seedsRepeatAndUnitsDoNotMatter() throws {
    var generator = Xoshiro256StarStar(seed: 11)
    let first = (0..<30).map { _ in generator.nextUnit() }
    let second = (0..<60).map { _ in generator.nextUnit() + 0.15 }
    func p(_ scale: Double, _ offset: Double, seed: UInt64) throws -> Double {
      try #require(
        StudentizedPermutation.test(
          first.map { $0 * scale + offset }, second.map { $0 * scale + offset }, resamples: 2_000, seed: seed)
      ).pValue
    }
    let plain = try p(1, 0, seed: 3)
    #expect(try p(1, 0, seed: 3) == plain)
    #expect(try p(1_024, 0, seed: 3) == plain)
    #expect(try p(1, 1e6, seed: 3) == plain)
    #expect(try p(1, 0, seed: 4) != plain)
    #expect(try abs(p(1, 0, seed: 4) - plain) < 0.05)
    #expect(plain > 0)
  }

  @Test func swappingTheArmsChangesNothing() throws {
    let (x, y) = ([1.0, 2, 5, 9], [3.0, 4, 4.5, 20, 21, 30])
    #expect(StudentizedPermutation.test(x, y, seed: 1) == StudentizedPermutation.test(y, x, seed: 1))
    let sizes = ([Double](repeating: 2, count: 4), [Double](repeating: 2, count: 6))
    #expect(
      ClusterPermutation.test(sums1: x, sizes1: sizes.0, sums2: y, sizes2: sizes.1, seed: 1)
        == ClusterPermutation.test(sums1: y, sizes1: sizes.1, sums2: x, sizes2: sizes.0, seed: 1))
  }

  @Test func tooLittleToPermute() {
    #expect(StudentizedPermutation.test([1], [2, 3], seed: 1) == nil)
    #expect(StudentizedPermutation.test([1, 1], [2, 2, 2], seed: 1) == nil)
    #expect(ClusterPermutation.test(sums1: [], sizes1: [], sums2: [1], sizes2: [1], seed: 1) == nil)
    let equal = ClusterPermutation.test(sums1: [1, 1], sizes1: [1, 1], sums2: [1], sizes2: [1], seed: 1)
    #expect(equal?.pValue == 1)
  }
}
