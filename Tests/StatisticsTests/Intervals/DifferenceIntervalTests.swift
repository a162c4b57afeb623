import Statistics
import Testing

@Suite struct DifferenceIntervalTests {
  @Test func newcombeAgreesWithItsOracle() throws {
    for row in try Fixture("newcombe").rows {
      let interval = DifferenceInterval.newcombe(
        successes1: try row.double("successes1"), trials1: try row.double("trials1"),
        successes2: try row.double("successes2"), trials2: try row.double("trials2"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func bonettPriceAgreesWithItsOracle() throws {
    for row in try Fixture("bonett-price").rows {
      let interval = DifferenceInterval.bonettPrice(
        baseOnly: try row.double("base_only"), candidateOnly: try row.double("candidate_only"),
        pairs: try row.double("pairs"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  @Test func agrestiMinAgreesWithItsOracle() throws {
    for row in try Fixture("agresti-min").rows {
      let interval = DifferenceInterval.agrestiMin(
        baseOnly: try row.double("base_only"), candidateOnly: try row.double("candidate_only"),
        pairs: try row.double("pairs"), level: try row.double("level"))
      try expect(interval, row)
    }
  }

  /// eval-power, worked examples 1 and 8.
  @Test func unpairedWorkedExamples() {
    expectRounded(
      DifferenceInterval.newcombe(successes1: 85, trials1: 100, successes2: 82, trials2: 100), -0.074, 0.134, digits: 3)
    expectRounded(
      DifferenceInterval.newcombe(successes1: 2_040, trials1: 2_400, successes2: 1_968, trials2: 2_400),
      0.0090, 0.0510, digits: 4)
    expectRounded(
      DifferenceInterval.newcombe(successes1: 895, trials1: 1_000, successes2: 900, trials2: 1_000),
      -0.0317, 0.0217, digits: 4)
  }

  @Test func withoutDataNothingIsKnown() {
    let all = Interval(low: -1, high: 1)
    #expect(DifferenceInterval.newcombe(successes1: 0, trials1: 0, successes2: 3, trials2: 4) == all)
    #expect(DifferenceInterval.newcombe(successes1: 3, trials1: 4, successes2: 0, trials2: 0) == all)
    #expect(DifferenceInterval.tango(baseOnly: 0, candidateOnly: 0, pairs: 0) == all)
    #expect(DifferenceInterval.bonettPrice(baseOnly: 0, candidateOnly: 0, pairs: 0) == all)
    #expect(DifferenceInterval.agrestiMin(baseOnly: 0, candidateOnly: 0, pairs: 0) == all)
    #expect(DifferenceInterval.pairedStandardError(baseOnly: 0, candidateOnly: 0, pairs: 0) == nil)
  }

  @Test func oneItemInEachArmSaysAlmostNothing() {
    let interval = DifferenceInterval.newcombe(successes1: 1, trials1: 1, successes2: 0, trials2: 1)
    #expect(interval.contains(0) && interval.high == 1)
  }

  @Test func newcombeHoldsTheDifferenceAndSwaps() {
    var generator = Xoshiro256StarStar(seed: 21)
    for _ in 0..<1_000 {
      let n1 = Double(Int.random(in: 1...5_000, using: &generator))
      let n2 = Double(Int.random(in: 1...5_000, using: &generator))
      let x1 = Double.random(in: 0...n1, using: &generator).rounded()
      let x2 = Double.random(in: 0...n2, using: &generator).rounded()
      let interval = DifferenceInterval.newcombe(successes1: x1, trials1: n1, successes2: x2, trials2: n2)
      let swapped = DifferenceInterval.newcombe(successes1: x2, trials1: n2, successes2: x1, trials2: n1)
      #expect(interval.contains(x1 / n1 - x2 / n2))
      #expect(interval.low >= -1 && interval.high <= 1)
      #expect(interval == swapped.negated)
    }
  }

  @Test func adjustedWaldIntervalsHoldTheDifferenceAndSwap() {
    var generator = Xoshiro256StarStar(seed: 22)
    for _ in 0..<1_000 {
      let n = Double(Int.random(in: 2...5_000, using: &generator))
      let b = Double.random(in: 0...(n / 2), using: &generator).rounded(.down)
      let c = Double.random(in: 0...(n / 2), using: &generator).rounded(.down)
      for method in [DifferenceInterval.bonettPrice, DifferenceInterval.agrestiMin] {
        let interval = method(b, c, n, 0.95)
        #expect(interval.contains((c - b) / n))
        #expect(interval == method(c, b, n, 0.95).negated)
      }
    }
  }

  @Test func pairedStandardErrorIsThatOfTheDifferences() throws {
    // −1, 0 and +1 as plain numbers: the catalogue's form divides by n where the sample variance divides by n − 1.
    let moments = Moments(ones: 14, zeros: 974, minusOnes: 12)
    let error = try #require(
      DifferenceInterval.pairedStandardError(baseOnly: 12, candidateOnly: 14, pairs: 1_000))
    let sample = try #require(moments.standardError)
    #expect(isClose(error, sample * (999.0 / 1_000).squareRoot(), 1e-12))
    #expect(DifferenceInterval.pairedStandardError(baseOnly: 0, candidateOnly: 5, pairs: 5) == 0)
  }
}

/// The interval shows these limits when printed with so many digits.
func expectRounded(_ interval: Interval, _ low: Double, _ high: Double, digits: Int) {
  var unit = 1.0
  for _ in 0..<digits { unit /= 10 }
  #expect(abs(interval.low - low) <= unit / 2 && abs(interval.high - high) <= unit / 2, "\(interval)")
}
