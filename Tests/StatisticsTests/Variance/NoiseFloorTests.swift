import Statistics
import Testing

@Suite struct NoiseFloorTests {
  @Test func agreesWithItsOracle() throws {
    let certain = TestResult(pValue: 0)
    for row in try Fixture("noise-floor").rows {
      let noise = try #require(
        NoiseFloor(differences: row.doubles("differences"), standardErrors: row.doubles("errors")))
      let (estimate, error) = (try row.double("estimate"), try row.double("error"))
      #expect(noise.pairs == row.doubles("errors").count)
      #expect(isClose(noise.floor, try row.double("floor")), "\(row)")
      #expect(isClose(noise.runVariance, try row.double("run_variance")), "\(row)")
      #expect(isClose(noise.widened(standardError: error), try row.double("widened")), "\(row)")
      let test = noise.test(estimate: estimate, standardError: error, design: certain)
      #expect(isClose(test.pValue, try row.double("p")), "\(row)")
      try expect(noise.interval(estimate: estimate, standardError: error), row)
    }
  }

  /// eval-power, worked example 7.
  @Test func workedExample() throws {
    let noise = try #require(
      NoiseFloor(
        differences: [0.012, -0.020, 0.008, 0.015, -0.010, 0.022],
        standardErrors: [Double](repeating: 0.010, count: 6)))
    #expect(abs(noise.floor - 0.01537) < 0.000005)
    #expect(abs(noise.runVariance - 0.000136) < 0.0000005)
    #expect(abs(noise.widened(standardError: 0.010) - 0.01537) < 0.000005)
    let broken = HarnessTest.upperTail(significant: 4, comparisons: 20)
    #expect(abs(broken.pValue - 0.0159) < 0.00005)
    let fine = HarnessTest.upperTail(significant: 3, comparisons: 20)
    #expect(abs(fine.pValue - 0.0755) < 0.00005)
  }

  @Test func harnessTailAgreesWithItsOracle() throws {
    for row in try Fixture("harness-tail").rows {
      let result = HarnessTest.upperTail(
        significant: try row.int("significant"), comparisons: try row.int("comparisons"),
        alpha: try row.double("alpha"))
      #expect(isClose(result.pValue, try row.double("p")), "\(row)")
    }
  }

  @Test func harnessCountsInclusively() {
    let counted = HarnessTest.upperTail(pValues: [0.05, 0.0500001, 0.7, 0.01])
    #expect(counted == HarnessTest.upperTail(significant: 2, comparisons: 4))
    #expect(HarnessTest.upperTail(pValues: []).pValue == 1)
    #expect(HarnessTest.upperTail(significant: 0, comparisons: 9).pValue == 1)
  }

  @Test func noiseOnlyMakesMoreCareful() throws {
    let noise = try #require(NoiseFloor(differences: [0.001, -0.001], standardErrors: [0.02, 0.02]))
    #expect(noise.runVariance == 0)
    #expect(noise.widened(standardError: 0.01) == 0.01)
    let design = TestResult(pValue: 0.4)
    #expect(noise.test(estimate: 0.05, standardError: 0.01, design: design) == design)
    #expect(noise.test(estimate: 0, standardError: 0, design: design) == design)
    #expect(NoiseFloor(differences: [], standardErrors: []) == nil)
  }
}
