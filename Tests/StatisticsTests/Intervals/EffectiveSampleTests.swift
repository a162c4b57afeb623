import Statistics
import Testing

@Suite struct EffectiveSampleTests {
  @Test func tangoOnTheEffectiveSample() throws {
    for row in try Fixture("effective-tango").rows {
      let pairs = try EffectivePairs(
        losses: row.double("losses"), wins: row.double("wins"), items: row.double("items"),
        standardError: row.double("standard_error"), units: row.int("units"))
      #expect(try isClose(pairs.pairs, row.double("pairs"), 1e-9), "\(row)")
      let interval = try pairs.tango(level: row.double("level"), degreesOfFreedom: row.double("freedom"))
      #expect(try isClose(interval.low, row.double("low"), 1e-9), "\(row)")
      #expect(try isClose(interval.high, row.double("high"), 1e-9), "\(row)")
    }
  }

  @Test func wilsonOnTheEffectiveSample() throws {
    for row in try Fixture("effective-wilson").rows {
      let trials = try EffectiveTrials(
        rate: row.double("rate"), standardError: row.double("standard_error"), units: row.int("units"))
      #expect(try isClose(trials.trials, row.double("trials"), 1e-9), "\(row)")
      let interval = try trials.wilson(level: row.double("level"), degreesOfFreedom: row.double("freedom"))
      #expect(try isClose(interval.low, row.double("low"), 1e-10), "\(row)")
      #expect(try isClose(interval.high, row.double("high"), 1e-10), "\(row)")
    }
  }

  @Test func tangoAtTheLimitOfASequence() throws {
    for row in try Fixture("anytime-tango").rows {
      let sequence = try #require(
        try AsymptoticConfidenceSequence(alpha: row.double("alpha"), plannedCount: row.int("planned")))
      let reach = try sequence.criticalValue(count: row.int("pairs"))
      #expect(try isClose(reach, row.double("z"), 1e-12), "\(row)")
      let interval = try DifferenceInterval.tango(
        baseOnly: row.double("b"), candidateOnly: row.double("c"), pairs: row.double("pairs"), z: reach)
      #expect(try isClose(interval.low, row.double("low"), 1e-9), "\(row)")
      #expect(try isClose(interval.high, row.double("high"), 1e-9), "\(row)")
    }
  }

  /// With independent pairs and one repeat the effective sample is the sample, but for n − 1 in the standard error.
  @Test func independentPairsAreTheirOwnEffectiveSample() {
    let differences = Moments(ones: 9, zeros: 37, minusOnes: 4)
    let pairs = EffectivePairs(
      losses: 4, wins: 9, items: 50, standardError: differences.standardError ?? 0, units: 50)
    #expect(isClose(pairs.pairs, 49, 1e-12))
    #expect(isClose(pairs.candidateOnly, 9 * 49.0 / 50, 1e-12))
    let trials = EffectiveTrials(rate: 0.3, standardError: (0.3 * 0.7 / 40).squareRoot(), units: 40)
    #expect(isClose(trials.trials, 40, 1e-12))
  }

  @Test func newcombeFromLimitsIsNewcombe() {
    let plain = DifferenceInterval.newcombe(successes1: 56, trials1: 70, successes2: 48, trials2: 80)
    let combined = DifferenceInterval.newcombe(
      rate1: 0.8, limits1: ProportionInterval.wilson(successes: 56, trials: 70), rate2: 0.6,
      limits2: ProportionInterval.wilson(successes: 48, trials: 80))
    #expect(isClose(plain.low, combined.low, 1e-15))
    #expect(isClose(plain.high, combined.high, 1e-15))
    // Newcombe's own example (his table II, 56/70 against 48/80, method 10).
    #expect(isClose(combined.low, 0.0524, 5e-5))
    #expect(isClose(combined.high, 0.3339, 5e-5))
  }
}
