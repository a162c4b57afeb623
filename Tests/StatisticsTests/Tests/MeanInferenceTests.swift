import Statistics
import Testing

@Suite struct MeanInferenceTests {
  @Test func oneSampleAgreesWithItsOracle() throws {
    for row in try Fixture("one-sample-t").rows {
      let estimate = try #require(MeanInference.oneSample(Moments(row.doubles("values"))))
      let null = try row.double("null")
      let test = try #require(estimate.test(null: null))
      #expect(isClose(estimate.estimate, try row.double("mean")), "\(row)")
      #expect(isClose(try #require(test.statistic), try row.double("t")), "\(row)")
      #expect(test.degreesOfFreedom == (try row.double("df")))
      #expect(isClose(test.pValue, try row.double("p")), "\(row): \(test.pValue)")
      let less = try #require(estimate.test(null: null, alternative: .less)).pValue
      let greater = try #require(estimate.test(null: null, alternative: .greater)).pValue
      #expect(isClose(less, try row.double("p_less")) && isClose(less + greater, 1), "\(row)")
      try expect(estimate.interval(level: try row.double("level")), row)
    }
  }

  @Test func welchAgreesWithItsOracle() throws {
    for row in try Fixture("welch-t").rows {
      let estimate = try #require(
        MeanInference.welch(Moments(row.doubles("first")), Moments(row.doubles("second"))))
      let test = try #require(estimate.test())
      #expect(isClose(estimate.estimate, try row.double("difference")), "\(row)")
      #expect(isClose(try #require(test.statistic), try row.double("t")), "\(row)")
      #expect(isClose(estimate.degreesOfFreedom, try row.double("df")), "\(row)")
      #expect(isClose(test.pValue, try row.double("p")), "\(row)")
      try expect(estimate.interval(level: try row.double("level")), row)
    }
  }

  /// eval-power, worked example 4.
  @Test func workedExample() throws {
    let moments = Moments([0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2])
    let estimate = try #require(MeanInference.oneSample(moments))
    #expect(isClose(estimate.estimate, 0.125, 1e-14))
    #expect(abs(try #require(moments.standardDeviation) - 0.1282) < 0.00005)
    #expect(abs(try #require(estimate.test()?.statistic) - 2.758) < 0.0005)
    expectRounded(estimate.interval(), 0.018, 0.232, digits: 3)
  }

  @Test func tooFewValuesGiveNoEstimate() {
    #expect(MeanInference.oneSample(Moments()) == nil)
    #expect(MeanInference.oneSample(Moments([3])) == nil)
    #expect(MeanInference.welch(Moments([1, 2]), Moments([3])) == nil)
    #expect(MeanInference.welch(Moments([]), Moments([3, 4])) == nil)
  }

  @Test func equalValuesGiveAPointAndNoTest() throws {
    let estimate = try #require(MeanInference.oneSample(Moments(repeatElement(0.1, count: 7))))
    #expect(estimate.interval() == Interval(point: 0.1))
    #expect(estimate.test() == nil)
    let difference = try #require(MeanInference.welch(Moments([0.3, 0.3]), Moments([0.1, 0.1, 0.1])))
    #expect(difference.standardError == 0 && difference.test() == nil)
    #expect(difference.interval() == Interval(point: difference.estimate))
  }

  @Test func welchWithOneConstantArmHasTheOtherArmsFreedom() throws {
    let estimate = try #require(MeanInference.welch(Moments([5, 5, 5]), Moments([1, 2, 4, 8])))
    #expect(estimate.degreesOfFreedom == 3)
  }

  @Test func intervalAndTestAgree() throws {
    var generator = Xoshiro256StarStar(seed: 61)
    for _ in 0..<500 {
      let first = Moments((0..<Int.random(in: 2...30, using: &generator)).map { _ in uniform(&generator) })
      let second = Moments((0..<Int.random(in: 2...30, using: &generator)).map { _ in 3 * uniform(&generator) })
      let estimate = try #require(MeanInference.welch(first, second))
      let swapped = try #require(MeanInference.welch(second, first))
      #expect(estimate.interval() == swapped.interval().negated)
      #expect(estimate.interval().contains(estimate.estimate))
      let null = uniform(&generator)
      let test = try #require(estimate.test(null: null))
      #expect(estimate.interval(level: 0.9).contains(null) == (test.pValue >= 0.1))
      // At its own limit the test is exactly at the level.
      let limit = try #require(estimate.test(null: estimate.interval(level: 0.9).high))
      #expect(isClose(limit.pValue, 0.1))
    }
  }

  private func uniform(_ generator: inout Xoshiro256StarStar) -> Double {
    Double.random(in: -1...1, using: &generator)
  }
}
