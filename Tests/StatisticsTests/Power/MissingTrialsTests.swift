import Statistics
import Testing

@Suite struct MissingTrialsTests {
  @Test func trialsAgainstAFloorAgreeWithTheirOracle() throws {
    for row in try Fixture("missing-floor").rows {
      let (x, n) = (try row.double("successes"), try row.double("trials"))
      let (floor, margin, level) = (try row.double("floor"), try row.double("margin"), try row.double("level"))
      let planned = MissingTrials.plannedForFloor(
        successes: x, trials: n, floor: floor, planMargin: margin, level: level)
      let missing = MissingTrials.forFloor(successes: x, trials: n, floor: floor, planMargin: margin, level: level)
      #expect(try planned == row.int("planned") && missing == row.int("missing"), "\(row)")
    }
  }

  @Test func cleanTrialsAgreeWithTheirOracle() throws {
    for row in try Fixture("missing-clean").rows {
      let (x, limit) = (try row.double("failures"), try row.double("limit"))
      let confidence = try row.double("confidence")
      let planned = MissingTrials.plannedClean(failures: x, limit: limit, confidence: confidence)
      let missing = MissingTrials.clean(
        failures: x, trials: try row.double("trials"), limit: limit, confidence: confidence)
      #expect(try planned == row.int("planned") && missing == row.int("missing"), "\(row)")
    }
  }

  /// slice-coverage, worked example.
  @Test func aSliceOfTwelve() throws {
    #expect(MissingTrials.plannedForFloor(successes: 9, trials: 12, floor: 0.8) == 246)
    #expect(MissingTrials.forFloor(successes: 9, trials: 12, floor: 0.8) == 234)
    // At n = 0 the margin alone decides; with plenty of trials at least one more is named.
    #expect(MissingTrials.forFloor(successes: 0, trials: 0, floor: 0.8) == 246)
    #expect(MissingTrials.forFloor(successes: 780, trials: 1_000, floor: 0.8) == 1)
    #expect(abs(Binomial(trials: 12, probability: 0.8).cumulative(9) - 0.4417) < 5e-5)
    let wilson = ProportionInterval.wilson(successes: 9, trials: 12)
    #expect(abs(wilson.low - 0.4677) < 5e-5 && abs(wilson.high - 0.9111) < 5e-5)
    #expect(abs(Binomial(trials: 10, probability: 0.8).cumulative(0) - 1.0e-7) < 5e-9)
    #expect(Binomial(trials: 400, probability: 0.8).cumulative(150) < 1e-12)
  }

  /// stochastic-stability, worked example.
  @Test(arguments: [(0, 50, 249, 299), (3, 500, 273, 773), (0, 299, 0, 299), (3, 800, 0, 773)])
  func cleanTrialsForOnePercent(failures: Int, trials: Int, more: Int, planned: Int) {
    let x = Double(failures)
    #expect(MissingTrials.clean(failures: x, trials: Double(trials), limit: 0.01) == more)
    #expect(MissingTrials.plannedClean(failures: x, limit: 0.01) == planned)
  }

  @Test func theBoundsOfTheWorkedExample() {
    for (x, n, upper, digit) in [
      (0.0, 50.0, 0.0582, 5e-5), (0, 299, 0.00997, 5e-6), (3, 500, 0.0154, 5e-5), (3, 800, 0.00966, 5e-6),
    ] {
      #expect(abs(ProportionInterval.clopperPearsonUpper(successes: x, trials: n) - upper) < digit)
    }
    #expect(abs(ProportionInterval.clopperPearsonLower(successes: 12, trials: 400) - 0.0174) < 5e-5)
  }

  /// capability-regression, worked example: pairs until "not worse" shows, three rows of 200 pairs.
  @Test func pairsForTheUndecidedRows() {
    for (discordant, margin, pairs, more) in [(20.0, 0.03, 200, 873), (18, 0.03, 200, 785), (9, 0.02, 200, 883)] {
      #expect(
        SampleSize.nonInferiorityPairedBinary(discordantPairs: discordant, pairs: pairs, margin: margin) == more)
    }
  }

  @Test func whatNoNumberShowsIsNil() {
    #expect(MissingTrials.plannedForFloor(successes: 8, trials: 10, floor: 0.8, planMargin: 0) == nil)
    #expect(MissingTrials.forFloor(successes: 0, trials: 0, floor: 0.8, planMargin: 0) == nil)
    #expect(MissingTrials.plannedForFloor(successes: 1, trials: 1, floor: 0) == 1)
    #expect(MissingTrials.plannedForFloor(successes: 0, trials: 1, floor: 1) == 1)
    #expect(MissingTrials.plannedClean(failures: 0, limit: 0) == nil)
    #expect(MissingTrials.plannedClean(failures: 2, limit: -1) == nil)
    #expect(MissingTrials.plannedClean(failures: 0, limit: 0.01, confidence: 1) == nil)
    #expect(MissingTrials.plannedClean(failures: 1, limit: 1e-17) == nil)
    #expect(MissingTrials.plannedClean(failures: 0, limit: 1e-17) == nil)
    #expect(MissingTrials.plannedClean(failures: 3, limit: 1) == 3)
    #expect(MissingTrials.clean(failures: 0, trials: 0, limit: 1) == 1)
  }

  @Test func theCleanTrialsAreTheFirstThatShowIt() throws {
    var generator = Xoshiro256StarStar(seed: 206)
    for _ in 0..<200 {
      let x = Double(Int.random(in: 0...30, using: &generator))
      let limit = Double.random(in: 0.001...0.6, using: &generator)
      let planned = try #require(MissingTrials.plannedClean(failures: x, limit: limit))
      #expect(ProportionInterval.clopperPearsonUpper(successes: x, trials: Double(planned)) <= limit + 1e-12)
      #expect(ProportionInterval.clopperPearsonUpper(successes: x, trials: Double(planned - 1)) > limit)
    }
  }
}
