import Statistics
import Testing

@Suite struct ProportionTestTests {
  @Test func mcNemarAgreesWithItsOracle() throws {
    for row in try Fixture("mcnemar").rows {
      let result = McNemar.exact(baseOnly: try row.int("base_only"), candidateOnly: try row.int("candidate_only"))
      #expect(isClose(result.pValue, try row.double("p")), "\(row): \(result.pValue)")
    }
  }

  @Test func fisherAgreesWithItsOracle() throws {
    let alternatives: [String: Alternative] = ["two-sided": .twoSided, "less": .less, "greater": .greater]
    for row in try Fixture("fisher").rows {
      let alternative = try #require(alternatives[row["alternative"]])
      let result = Fisher.exact(
        a: try row.int("a"), b: try row.int("b"), c: try row.int("c"), d: try row.int("d"), alternative: alternative)
      #expect(isClose(result.pValue, try row.double("p")), "\(row): \(result.pValue)")
    }
  }

  @Test func pooledZAgreesWithItsOracle() throws {
    for row in try Fixture("pooled-z").rows {
      let result = ProportionTest.pooledZ(
        successes1: try row.double("successes1"), trials1: try row.double("trials1"),
        successes2: try row.double("successes2"), trials2: try row.double("trials2"))
      let z = try #require(result.statistic)
      #expect(isClose(z, try row.double("z")), "\(row): \(z)")
      #expect(isClose(result.pValue, try row.double("p")), "\(row): \(result.pValue)")
    }
  }

  /// eval-power, worked example 1.
  @Test func unpairedWorkedExamples() throws {
    let small = ProportionTest.pooledZ(successes1: 85, trials1: 100, successes2: 82, trials2: 100)
    #expect(abs(try #require(small.statistic) - 0.572) < 0.0005 && abs(small.pValue - 0.568) < 0.0005)
    let large = ProportionTest.pooledZ(successes1: 2_040, trials1: 2_400, successes2: 1_968, trials2: 2_400)
    #expect(abs(try #require(large.statistic) - 2.80) < 0.005 && abs(large.pValue - 0.0051) < 0.00005)
  }

  /// eval-power, worked example 3.
  @Test func pairedWorkedExamples() {
    #expect(abs(McNemar.exact(baseOnly: 5, candidateOnly: 8).pValue - 0.581) < 0.0005)
    #expect(isClose(McNemar.exact(baseOnly: 0, candidateOnly: 3).pValue, 0.25, 1e-14))
    #expect(isClose(McNemar.exact(baseOnly: 0, candidateOnly: 5).pValue, 0.0625, 1e-14))
    #expect(isClose(McNemar.exact(baseOnly: 0, candidateOnly: 6).pValue, 0.03125, 1e-14))
    #expect(abs(McNemar.exact(baseOnly: 40, candidateOnly: 72).pValue - 0.0032) < 0.00005)
    // Worked example 5: what a test that ignores the clusters would say.
    #expect(abs(McNemar.exact(baseOnly: 1, candidateOnly: 9).pValue - 0.0215) < 0.00005)
  }

  @Test func withoutDisagreementNothingIsSignificant() {
    #expect(McNemar.exact(baseOnly: 0, candidateOnly: 0).pValue == 1)
    #expect(McNemar.exact(baseOnly: 700_000, candidateOnly: 700_000).pValue == 1)
    for (a, b, c, d) in [(0, 0, 0, 0), (3, 0, 5, 0), (0, 3, 0, 5), (0, 0, 4, 6), (4, 6, 0, 0)] {
      for alternative in Alternative.allCases {
        #expect(Fisher.exact(a: a, b: b, c: c, d: d, alternative: alternative).pValue == 1)
      }
    }
    for (x, n, y, m) in [(0.0, 0.0, 0.0, 0.0), (0, 5, 0, 7), (5, 5, 7, 7), (1, 2, 0, 0)] {
      let result = ProportionTest.pooledZ(successes1: x, trials1: n, successes2: y, trials2: m)
      #expect(result == TestResult(pValue: 1))
    }
  }

  @Test func testsDoNotCareWhichArmIsWhich() {
    var generator = Xoshiro256StarStar(seed: 51)
    for _ in 0..<500 {
      let cells = (0..<4).map { _ in Int.random(in: 0...60, using: &generator) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      let p = Fisher.exact(a: a, b: b, c: c, d: d).pValue
      for other in [(c, d, a, b), (b, a, d, c), (a, c, b, d)] {
        let same = Fisher.exact(a: other.0, b: other.1, c: other.2, d: other.3).pValue
        #expect(isClose(p, same, 1e-12))
      }
      #expect(
        Fisher.exact(a: a, b: b, c: c, d: d, alternative: .less)
          == Fisher.exact(a: b, b: a, c: d, d: c, alternative: .greater))
      #expect(McNemar.exact(baseOnly: a, candidateOnly: b) == McNemar.exact(baseOnly: b, candidateOnly: a))
    }
  }

  /// The two one-sided tests share the observed table, and no other.
  @Test func oneSidedFisherTailsMeetAtTheObservedTable() {
    var generator = Xoshiro256StarStar(seed: 52)
    for _ in 0..<300 {
      let cells = (0..<4).map { _ in Int.random(in: 0...200, using: &generator) }
      let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
      guard a + b > 0, c + d > 0, a + c > 0, b + d > 0 else { continue }
      let less = Fisher.exact(a: a, b: b, c: c, d: d, alternative: .less).pValue
      let greater = Fisher.exact(a: a, b: b, c: c, d: d, alternative: .greater).pValue
      let table = Hypergeometric(population: a + b + c + d, successes: a + b, draws: a + c)
      #expect(isClose(less + greater - 1, table.probability(a), 1e-11))
      #expect(relativeError(less, table.cumulative(a)) < 1e-10)
    }
  }

  /// Ten million observations: tails far below what a sum of logarithms of factorials could resolve.
  @Test func fisherIsExactForLargeTables() {
    let (a, b, c, d) = (2_503_000, 2_497_000, 2_500_000, 2_500_000)
    let table = Hypergeometric(population: a + b + c + d, successes: a + b, draws: a + c)
    let upper = Fisher.exact(a: a, b: b, c: c, d: d, alternative: .greater).pValue
    #expect(relativeError(upper, table.survival(a - 1)) < 1e-9)
    // With equal arms the distribution is symmetric, so two-sided is twice one-sided.
    #expect(relativeError(Fisher.exact(a: a, b: b, c: c, d: d).pValue, 2 * upper) < 1e-9)
    #expect(Fisher.exact(a: 400_000, b: 100_000, c: 100_000, d: 400_000).pValue == 0)
  }

  @Test func smallestExpectedCell() {
    #expect(isClose(ProportionTest.smallestExpectedCell(successes1: 3, trials1: 10, successes2: 1, trials2: 30), 1))
    #expect(isClose(ProportionTest.smallestExpectedCell(successes1: 9, trials1: 10, successes2: 27, trials2: 30), 1))
    #expect(ProportionTest.smallestExpectedCell(successes1: 0, trials1: 0, successes2: 0, trials2: 0) == 0)
  }
}
