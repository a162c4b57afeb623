import Statistics
import Testing

@Suite struct ProportionIntervalTests {
  @Test func wilsonAgreesWithItsOracle() throws {
    for row in try Fixture("wilson").rows {
      let interval = ProportionInterval.wilson(
        successes: try row.double("successes"), trials: try row.double("trials"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func clopperPearsonAgreesWithItsOracle() throws {
    for row in try Fixture("clopper-pearson").rows {
      let interval = ProportionInterval.clopperPearson(
        successes: try row.int("successes"), trials: try row.int("trials"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func oneSidedBoundsAgreeWithTheirOracle() throws {
    for row in try Fixture("clopper-pearson-one-sided").rows {
      let (x, n) = (try row.double("successes"), try row.double("trials"))
      let confidence = try row.double("confidence")
      let bounds = Interval(
        low: ProportionInterval.clopperPearsonLower(successes: x, trials: n, confidence: confidence),
        high: ProportionInterval.clopperPearsonUpper(successes: x, trials: n, confidence: confidence))
      try expect(bounds, row)
    }
  }

  @Test func kornGraubardAgreesWithItsOracle() throws {
    for row in try Fixture("korn-graubard").rows {
      let interval = ProportionInterval.kornGraubard(
        successes: try row.double("successes"), trials: try row.double("trials"),
        designEffect: try row.double("effect"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func jeffreysAgreesWithItsOracle() throws {
    for row in try Fixture("jeffreys").rows {
      let interval = ProportionInterval.jeffreys(
        successes: try row.double("successes"), trials: try row.double("trials"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func withoutTrialsNothingIsKnown() {
    let all = Interval(low: 0, high: 1)
    #expect(ProportionInterval.wilson(successes: 0, trials: 0) == all)
    #expect(ProportionInterval.clopperPearson(successes: 0, trials: 0) == all)
    #expect(ProportionInterval.kornGraubard(successes: 0, trials: 0, designEffect: 2) == all)
    #expect(ProportionInterval.jeffreys(successes: 0, trials: 0) == all)
    #expect(ProportionInterval.clopperPearsonLower(successes: 0, trials: 0) == 0)
    #expect(ProportionInterval.clopperPearsonUpper(successes: 0, trials: 0) == 1)
  }

  @Test(arguments: [1, 2, 7, 50, 100_000]) func theEndsAreExact(trials: Int) {
    let n = Double(trials)
    for interval in every(0, trials) {
      #expect(interval.low == 0)
      #expect(interval.high > 0 && interval.high < 1)
    }
    for interval in every(trials, trials) {
      #expect(interval.high == 1)
      #expect(interval.low > 0 && interval.low < 1)
    }
    // The rule of the all-failed sample in closed form: 1 − tail^(1/n).
    let upper = ProportionInterval.clopperPearsonUpper(successes: 0, trials: n, confidence: 0.95)
    var miss = 1.0
    for _ in 0..<trials { miss *= 1 - upper }
    #expect(isClose(miss, 0.05))
  }

  @Test func intervalsHoldTheRateAndMirror() {
    var generator = Xoshiro256StarStar(seed: 11)
    for _ in 0..<500 {
      let trials = Int.random(in: 1...3_000, using: &generator)
      let successes = Int.random(in: 0...trials, using: &generator)
      let rate = Double(successes) / Double(trials)
      for (interval, mirror) in zip(every(successes, trials), every(trials - successes, trials)) {
        #expect(interval.contains(rate))
        #expect(interval.low >= 0 && interval.high <= 1)
        #expect(isClose(interval.low, 1 - mirror.high, 1e-12) && isClose(interval.high, 1 - mirror.low, 1e-12))
      }
    }
  }

  /// Wilson inverts the score test: at each limit the statistic is exactly z.
  @Test func wilsonLimitsAreWhereTheScoreTestTurns() {
    var generator = Xoshiro256StarStar(seed: 12)
    for _ in 0..<300 {
      let n = Double(Int.random(in: 1...2_000, using: &generator))
      let x = Double.random(in: 0.01...0.99, using: &generator) * n
      let z = Double.random(in: 0.5...4, using: &generator)
      let interval = ProportionInterval.wilson(successes: x, trials: n, z: z)
      for limit in [interval.low, interval.high] {
        let score = abs(x / n - limit) / (limit * (1 - limit) / n).squareRoot()
        #expect(isClose(score, z, 1e-8))
      }
    }
  }

  /// CP-low > a exactly when the upper-tail binomial test of "rate ≤ a" has p < 1 − c.
  @Test func oneSidedBoundsAreTheDualOfTheExactTest() {
    var generator = Xoshiro256StarStar(seed: 13)
    for _ in 0..<300 {
      let trials = Int.random(in: 1...400, using: &generator)
      let successes = Int.random(in: 0...trials, using: &generator)
      let rate = Double.random(in: 0.01...0.99, using: &generator)
      let binomial = Binomial(trials: trials, probability: rate)
      let (x, n) = (Double(successes), Double(trials))
      let isAbove = ProportionInterval.clopperPearsonLower(successes: x, trials: n) > rate
      #expect(isAbove == (binomial.survival(successes - 1) < 0.05))
      let isBelow = ProportionInterval.clopperPearsonUpper(successes: x, trials: n) < rate
      #expect(isBelow == (binomial.cumulative(successes) < 0.05))
    }
  }

  private func every(_ successes: Int, _ trials: Int) -> [Interval] {
    let (x, n) = (Double(successes), Double(trials))
    return [
      ProportionInterval.wilson(successes: x, trials: n),
      ProportionInterval.clopperPearson(successes: successes, trials: trials),
      ProportionInterval.kornGraubard(successes: x, trials: n, designEffect: 1.7),
      ProportionInterval.jeffreys(successes: x, trials: n),
    ]
  }
}

/// The interval equals the columns `low` and `high` of a fixture row.
func expect(_ interval: Interval, _ row: Row, tolerance: Double = 1e-9) throws {
  #expect(isClose(interval.low, try row.double("low"), tolerance), "\(row): low \(interval.low)")
  #expect(isClose(interval.high, try row.double("high"), tolerance), "\(row): high \(interval.high)")
}
