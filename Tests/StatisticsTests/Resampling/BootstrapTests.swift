@testable import Statistics
import Testing

@Suite("Bootstrap")
struct BootstrapTests {
  private func distribution(_ row: Row, resamples: Int, seed: UInt64) -> BootstrapDistribution? {
    row["kind"] == "ratio"
      ? Bootstrap.ratio(
        numerators: row.doubles("y"), denominators: row.doubles("t"), resamples: resamples, seed: seed)
      : Bootstrap.mean(row.doubles("y"), resamples: resamples, seed: seed)
  }

  @Test func `Given the same replicates, the intervals are SciPy's`() throws {
    for row in try Fixture("bootstrap_given").rows {
      let own = try #require(distribution(row, resamples: 10, seed: 0))
      let given = BootstrapDistribution(
        estimate: own.estimate, replicates: row.doubles("replicates"), acceleration: own.acceleration)
      let level = try row.double("level")
      let percentile = given.percentile(level: level)
      #expect(isClose(percentile.low, try row.double("low"), 1e-12), "\(row)")
      #expect(isClose(percentile.high, try row.double("high"), 1e-12), "\(row)")
      let corrected = try #require(given.biasCorrectedAccelerated(level: level))
      #expect(isClose(corrected.low, try row.double("bca_low"), 1e-9), "\(row)")
      #expect(isClose(corrected.high, try row.double("bca_high"), 1e-9), "\(row)")
    }
  }

  /// A 2.5 % quantile of R replicates has the Monte Carlo error 2.7/√R standard errors.
  @Test func `Many own resamples agree with SciPy's`() throws {
    let resamples = 40_000
    for (index, row) in try Fixture("bootstrap_large").rows.enumerated() {
      let own = try #require(distribution(row, resamples: resamples, seed: UInt64(index)))
      let error = try row.double("standard_error")
      // Both sides err; lattice data (whole numbers or fifths) moves in steps.
      let fifths = row.doubles("y").map { 5 * $0 }
      let lattice = fifths.allSatisfy { abs($0 - $0.rounded()) < 1e-9 }
      let step = lattice ? 1 / row.doubles("t").reduce(0, +) : 0
      let tolerance = 5 * 2.7 * error * (2 / Double(resamples)).squareRoot() + 1.01 * step
      let interval = own.percentile()
      #expect(abs(interval.low - (try row.double("low"))) <= tolerance, "\(row)")
      #expect(abs(interval.high - (try row.double("high"))) <= tolerance, "\(row)")
      #expect(abs(try #require(own.standardError) / error - 1) < 0.03, "\(row)")
    }
  }

  @Test func `Few distinct values are drawn as counts with the same result`() throws {
    var generator = Xoshiro256StarStar(seed: 6)
    let values = (0..<400).map { _ in Double(generator.next() % 3) - 1 }
    // A hair on each value makes them distinct, so that they are drawn one by one.
    let distinct = values.map { $0 + 1e-9 * generator.nextUnit() }
    let counted = try #require(Bootstrap.mean(values, resamples: 100_000, seed: 1))
    let drawn = try #require(Bootstrap.mean(distinct, resamples: 100_000, seed: 2))
    #expect(DistinctTerms(values, limit: 400 / 32) != nil)
    #expect(DistinctTerms(distinct, limit: 400 / 32) == nil)
    let error = try #require(drawn.standardError)
    #expect(abs(try #require(counted.standardError) / error - 1) < 0.015)
    #expect(abs(counted.percentile().low - drawn.percentile().low) < 0.05 * error + 0.0025)
    #expect(abs(counted.percentile().high - drawn.percentile().high) < 0.05 * error + 0.0025)
  }

  @Test func `Binary values are a binomial count`() throws {
    let values = (0..<640).map { $0 % 10 == 0 ? 0.0 : 1.0 }
    let resamples = 50_000
    let own = try #require(Bootstrap.mean(values, resamples: resamples, seed: 12))
    let binomial = Binomial(trials: 640, probability: 0.9)
    for count in [560, 570, 576, 580, 590] {
      let below = own.replicates.count { $0 <= Double(count) / 640 + 1e-12 }
      let expected = binomial.cumulative(count)
      #expect(
        abs(Double(below) / Double(resamples) - expected)
          < 5 * (expected * (1 - expected) / Double(resamples)).squareRoot())
    }
  }

  /// The mean and variance of the replicates are known: x̄ and Σ(x−x̄)²/n².
  @Test(arguments: [2, 3, 50, 999, 5_000])
  func `Replicates have their known moments`(count: Int) throws {
    var generator = Xoshiro256StarStar(seed: UInt64(count))
    let values = (0..<count).map { _ in generator.nextUnit() * 3 }
    let resamples = 20_000
    let own = try #require(Bootstrap.mean(values, resamples: resamples, seed: 3))
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count * count)
    let average = own.replicates.reduce(0, +) / Double(resamples)
    #expect(abs(average - mean) < 5 * (variance / Double(resamples)).squareRoot())
    #expect(abs(try #require(own.standardError) / variance.squareRoot() - 1) < 0.04)
  }

  @Test func `Clusters are drawn whole`() throws {
    // Items of the worked example, six clusters of four.
    let own = try #require(
      Bootstrap.ratio(
        numerators: SignFlipTests.clusterSums, denominators: [4, 4, 4, 4, 4, 4], resamples: 40_000, seed: 0))
    #expect(isClose(own.estimate, 1.0 / 3, 1e-12))
    // √((G−1)/G) of the cluster-robust standard error 0.1900.
    #expect(abs(try #require(own.standardError) - 0.1900 * (5.0 / 6).squareRoot()) < 0.003)
  }

  @Test func `Equal values are a point`() throws {
    let own = try #require(Bootstrap.mean([0.1, 0.1, 0.1], resamples: 100, seed: 0))
    #expect(isClose(own.percentile().low, 0.1, 1e-12) && isClose(own.percentile().high, 0.1, 1e-12))
    #expect(own.biasCorrectedAccelerated() != nil)
  }

  @Test func `What cannot be resampled is nil`() {
    #expect(Bootstrap.mean([], seed: 0) == nil)
    #expect(Bootstrap.mean([1], seed: 0) == nil)
    #expect(Bootstrap.ratio(numerators: [1, 2], denominators: [1], seed: 0) == nil)
    #expect(Bootstrap.ratio(numerators: [1, 2], denominators: [1, 0], seed: 0) == nil)
    let onOneSide = BootstrapDistribution(estimate: 5, replicates: [1, 2, 3], acceleration: 0)
    #expect(onOneSide.biasCorrectedAccelerated() == nil)
  }

  @Test func `A seed decides`() {
    let values = (0..<60).map { Double($0 * $0 % 17) + 0.01 * Double($0) }
    let first = Bootstrap.mean(values, resamples: 200, seed: 1)
    #expect(first == Bootstrap.mean(values, resamples: 200, seed: 1))
    #expect(first != Bootstrap.mean(values, resamples: 200, seed: 2))
  }

  @Test(arguments: 1..<20 as Range<UInt64>)
  func `The interval moves and scales with the data`(seed: UInt64) throws {
    var generator = Xoshiro256StarStar(seed: seed)
    let values = (0..<30).map { _ in generator.nextUnit() }
    let own = try #require(Bootstrap.mean(values, resamples: 500, seed: seed)?.biasCorrectedAccelerated())
    let moved = try #require(
      Bootstrap.mean(values.map { 4 * $0 + 10 }, resamples: 500, seed: seed)?.biasCorrectedAccelerated())
    #expect(isClose(moved.low, 4 * own.low + 10, 1e-9))
    #expect(isClose(moved.high, 4 * own.high + 10, 1e-9))
    let turned = try #require(
      Bootstrap.mean(values.map { -$0 }, resamples: 500, seed: seed)?.biasCorrectedAccelerated())
    #expect(isClose(turned.low, -own.high, 1e-9))
  }
}
