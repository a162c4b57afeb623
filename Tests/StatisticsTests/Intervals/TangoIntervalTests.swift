import Statistics
import Testing

@Suite struct TangoIntervalTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("tango").rows {
      let interval = DifferenceInterval.tango(
        baseOnly: try row.double("base_only"), candidateOnly: try row.double("candidate_only"),
        pairs: try row.double("pairs"), z: try row.double("z"))
      try expect(interval, row)
    }
  }

  /// eval-power, worked examples 3 and 8.
  @Test func workedExamples() {
    expectRounded(DifferenceInterval.tango(baseOnly: 5, candidateOnly: 8, pairs: 100), -0.045, 0.109, digits: 3)
    expectRounded(DifferenceInterval.tango(baseOnly: 40, candidateOnly: 72, pairs: 800), 0.014, 0.066, digits: 3)
    expectRounded(DifferenceInterval.tango(baseOnly: 12, candidateOnly: 14, pairs: 1_000), -0.0085, 0.0128, digits: 4)
  }

  @Test(arguments: [1.0, 2.5, 100, 1e6]) func noDisagreementIsAClosedForm(pairs: Double) {
    let z = 1.959963984540054
    let reach = z * z / (pairs + z * z)
    let interval = DifferenceInterval.tango(baseOnly: 0, candidateOnly: 0, pairs: pairs)
    #expect(interval == Interval(low: -reach, high: reach))
    // The closed form is the limit of the search, not another method.
    let almost = DifferenceInterval.tango(baseOnly: 1e-12, candidateOnly: 1e-12, pairs: pairs)
    #expect(abs(almost.high - reach) < 1e-5 && abs(almost.low + reach) < 1e-5)
  }

  @Test func everyPairDisagreesInOneDirection() {
    let interval = DifferenceInterval.tango(baseOnly: 0, candidateOnly: 30, pairs: 30)
    #expect(interval.high == 1)
    #expect(interval.low > 0.7 && interval.low < 1)
    #expect(DifferenceInterval.tango(baseOnly: 30, candidateOnly: 0, pairs: 30) == interval.negated)
  }

  @Test func holdsTheDifferenceSwapsAndNests() {
    var generator = Xoshiro256StarStar(seed: 31)
    for _ in 0..<2_000 {
      let (b, c, n) = counts(&generator)
      let z = Double.random(in: 0.1...4, using: &generator)
      let interval = DifferenceInterval.tango(baseOnly: b, candidateOnly: c, pairs: n, z: z)
      #expect(interval.contains((c - b) / n))
      #expect(interval.low >= -1 && interval.high <= 1)
      #expect(interval == DifferenceInterval.tango(baseOnly: c, candidateOnly: b, pairs: n, z: z).negated)
      let wider = DifferenceInterval.tango(baseOnly: b, candidateOnly: c, pairs: n, z: z + 0.5)
      #expect(wider.low <= interval.low && wider.high >= interval.high)
    }
  }

  /// At δ = 0 the score test is McNemar's without correction: (c − b)/√(b + c). The interval excludes 0 exactly when that
  /// statistic exceeds z.
  @Test func isTheDualOfTheScoreTest() {
    var generator = Xoshiro256StarStar(seed: 32)
    var excluded = 0
    for _ in 0..<2_000 {
      let (b, c, n) = counts(&generator)
      guard b + c > 0 else { continue }
      let interval = DifferenceInterval.tango(baseOnly: b, candidateOnly: c, pairs: n, z: 1.96)
      let statistic = abs(c - b) / (b + c).squareRoot()
      guard abs(statistic - 1.96) > 1e-6 else { continue }
      #expect(interval.contains(0) == (statistic < 1.96), "b \(b) c \(c) n \(n)")
      excluded += statistic > 1.96 ? 1 : 0
    }
    #expect(excluded > 100)
  }

  /// Agreeing pairs dilute the difference: with b and c fixed the interval shrinks around 0 like 1/n.
  @Test func scalesWithThePairs() {
    let small = DifferenceInterval.tango(baseOnly: 40, candidateOnly: 60, pairs: 10_000)
    let large = DifferenceInterval.tango(baseOnly: 40, candidateOnly: 60, pairs: 1_000_000)
    #expect(abs(large.low * 100 - small.low) < 1e-4 && abs(large.high * 100 - small.high) < 1e-4)
  }

  private func counts(_ generator: inout Xoshiro256StarStar) -> (Double, Double, Double) {
    let n = Double(Int.random(in: 1...3_000, using: &generator))
    let discordant = (Double.random(in: 0...1, using: &generator) * n).rounded()
    let wins = (Double.random(in: 0...1, using: &generator) * discordant).rounded()
    return (discordant - wins, wins, n)
  }
}
