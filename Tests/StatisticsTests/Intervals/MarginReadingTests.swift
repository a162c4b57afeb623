import Statistics
import Testing

@Suite struct MarginReadingTests {
  @Test(arguments: [
    (-0.0085, 0.0128, MarginReading.within), (-0.02, 0.3, .within), (-0.0200001, 0.3, .undecided),
    (-0.5, -0.02, .undecided), (-0.5, -0.0200001, .beyond), (0.1, 0.2, .within),
  ]) func nonInferiority(low: Double, high: Double, reading: MarginReading) {
    #expect(NonInferiority.read(Interval(low: low, high: high), margin: 0.02) == reading)
  }

  @Test(arguments: [
    (-0.0085, 0.0128, MarginReading.within), (-0.02, 0.02, .within), (-0.02, 0.0200001, .undecided),
    (0.02, 0.3, .undecided), (0.0200001, 0.3, .beyond), (-0.3, -0.0200001, .beyond), (-0.3, 0.3, .undecided),
  ]) func equivalence(low: Double, high: Double, reading: MarginReading) {
    #expect(Equivalence.read(Interval(low: low, high: high), margin: 0.02) == reading)
  }

  @Test func aLimitThatMissesTheMarginByRoundingIsWithin() {
    let margin = 0.1 + 0.2
    #expect(NonInferiority.read(Interval(low: -margin, high: 1), margin: 0.3) == .within)
    #expect(Equivalence.read(Interval(low: -0.3, high: margin), margin: 0.3) == .within)
  }

  @Test func readingsBearTheirCatalogueNames() {
    #expect(MarginReading.allCases.map(\.rawValue) == ["WITHIN", "BEYOND", "UNDECIDED"])
  }

  /// Margin 0.02, worked example 8: within for both readings, by Tango's interval.
  @Test func workedExample() {
    let interval = DifferenceInterval.tango(baseOnly: 12, candidateOnly: 14, pairs: 1_000)
    #expect(NonInferiority.read(interval, margin: 0.02) == .within)
    #expect(Equivalence.read(interval, margin: 0.02) == .within)
    let unpaired = DifferenceInterval.newcombe(successes1: 895, trials1: 1_000, successes2: 900, trials2: 1_000)
    #expect(NonInferiority.read(unpaired, margin: 0.03) == .undecided)
  }

  @Test func theCandidateCannotBeBothWithinAndBeyond() {
    var generator = Xoshiro256StarStar(seed: 41)
    for _ in 0..<1_000 {
      let ends = [Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator)].sorted()
      let interval = Interval(low: ends[0], high: ends[1])
      let margin = Double.random(in: 0...1, using: &generator)
      // Equivalence is non-inferiority in both directions.
      let both = [NonInferiority.read(interval, margin: margin), NonInferiority.read(interval.negated, margin: margin)]
      let expected: MarginReading =
        both.contains(.beyond) ? .beyond : both.allSatisfy { $0 == .within } ? .within : .undecided
      #expect(Equivalence.read(interval, margin: margin) == expected)
    }
  }
}
