import Statistics
import Testing

@Suite struct MoverTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("mover").rows {
      let rates = zip(row.doubles("x"), row.doubles("n")).map(rate)
      let sum = try #require(Mover.weightedSum(Array(zip(row.doubles("weights"), rates))))
      #expect(try isClose(sum.estimate, row.double("sum")), "\(row)")
      try expect(sum.interval, row)
      guard !row["product"].isEmpty else { continue }
      let product = Mover.product(rates[0], rates[1])
      #expect(try isClose(product.estimate, row.double("product")), "\(row)")
      #expect(try isClose(product.interval.low, row.double("product_low")), "\(row)")
      #expect(try isClose(product.interval.high, row.double("product_high")), "\(row)")
    }
  }

  /// eval-rot, worked example: the score by traffic over the covered clusters, without and with spot labels.
  @Test func theScoreByTraffic() throws {
    let shares = [0.20, 0.17, 0.17, 0.13, 0.20, 0.13]
    let counts = [(873.0, 900.0), (570, 600), (368, 400), (84, 100), (61, 100), (66, 100)]
    let covered = try #require(Mover.weightedSum(Array(zip(shares.prefix(4), counts.prefix(4).map(rate)))))
    expectRounded(covered, 0.6211, 0.6082, 0.6302)
    #expect(abs(covered.estimate / 0.67 - 0.9270) < 5e-5)
    expectRounded(try #require(Mover.weightedSum(Array(zip(shares, counts.map(rate))))), 0.8289, 0.8023, 0.8519)
  }

  /// reliability-ceiling, worked example: the irreducible error and the ceiling above it.
  @Test func theCeiling() throws {
    let irreducible = Mover.product(rate(400, 5_000), rate(62, 100))
    expectRounded(irreducible, 0.0496, 0.0406, 0.0582)
    let certain = BoundedEstimate(estimate: 1, interval: Interval(point: 1))
    expectRounded(try #require(Mover.weightedSum([(1, certain), (-1, irreducible)])), 0.9504, 0.9418, 0.9594)
    // Not yet a plateau: a useful gain of one point is not excluded.
    let gain = DifferenceInterval.newcombe(successes1: 4_600, trials1: 5_000, successes2: 4_580, trials2: 5_000)
    #expect(abs(gain.low + 0.0068) < 5e-5 && abs(gain.high - 0.0148) < 5e-5)
  }

  /// eval-validity, worked example (a): the suite gains, traffic does not.
  @Test func aGainOfTheMixOnly() throws {
    let slices = [(6.0, 90.0, 700.0), (24, 12, 300)].map { lost, gained, items in
      BoundedEstimate(
        estimate: (gained - lost) / items,
        interval: DifferenceInterval.tango(baseOnly: lost, candidateOnly: gained, pairs: items))
    }
    expectRounded(
      try #require(Mover.weightedSum([(0.2, slices[0]), (0.8, slices[1])])), -0.008, -0.0416, 0.0238)
    let suite = DifferenceInterval.tango(baseOnly: 30, candidateOnly: 102, pairs: 1_000)
    #expect(abs(suite.low - 0.0504) < 5e-5 && abs(suite.high - 0.0949) < 5e-5)
    #expect(abs(McNemar.exact(baseOnly: 30, candidateOnly: 102).pValue - 2.3e-10) < 5e-12)
  }

  @Test func nothingAddsUpToNothing() {
    #expect(Mover.weightedSum([]) == nil)
    let zero = rate(0, 10)
    #expect(Mover.weightedSum([(0, zero)])?.interval == Interval(point: 0))
    #expect(Mover.product(zero, zero).interval == Interval(point: 0))
  }

  /// A difference of two rates is Newcombe's; one term keeps its limits; swapping all signs mirrors the interval.
  @Test func aDifferenceIsNewcombes() throws {
    var generator = Xoshiro256StarStar(seed: 210)
    for _ in 0..<300 {
      let n = (0..<2).map { _ in Double(Int.random(in: 1...500, using: &generator)) }
      let x = n.map { Double(Int.random(in: 0...Int($0), using: &generator)) }
      let rates = [rate(x[0], n[0]), rate(x[1], n[1])]
      let difference = try #require(Mover.weightedSum([(1, rates[0]), (-1, rates[1])]))
      let newcombe = DifferenceInterval.newcombe(successes1: x[0], trials1: n[0], successes2: x[1], trials2: n[1])
      #expect(isClose(difference.interval.low, newcombe.low, 1e-14))
      #expect(isClose(difference.interval.high, newcombe.high, 1e-14))
      let mirrored = try #require(Mover.weightedSum([(-1, rates[0]), (1, rates[1])]))
      #expect(mirrored.interval == difference.interval.negated)
      let one = try #require(Mover.weightedSum([(1, rates[0])]))
      #expect(isClose(one.interval.low, rates[0].interval.low, 1e-15))
      let scaled = Mover.product(rates[0], BoundedEstimate(estimate: 0.3, interval: Interval(point: 0.3)))
      #expect(isClose(scaled.interval.high, 0.3 * rates[0].interval.high, 1e-14))
    }
  }

  private func rate(_ x: Double, _ n: Double) -> BoundedEstimate {
    BoundedEstimate(estimate: x / n, interval: ProportionInterval.wilson(successes: x, trials: n))
  }

  private func expectRounded(_ value: BoundedEstimate, _ estimate: Double, _ low: Double, _ high: Double) {
    #expect(abs(value.estimate - estimate) < 5.001e-5, "\(value)")
    #expect(abs(value.interval.low - low) < 5.001e-5 && abs(value.interval.high - high) < 5.001e-5, "\(value)")
  }
}
