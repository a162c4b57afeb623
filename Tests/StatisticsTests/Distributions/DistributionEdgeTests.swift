import Statistics
import Testing

/// The ends of the support, the ends of the probabilities, and what is refused.
@Suite struct DistributionEdgeTests {
  @Test(arguments: [1, 0.3, 5, 1e6, 1e20, .infinity])
  func studentTAtInfinity(_ degreesOfFreedom: Double) {
    let t = StudentT(degreesOfFreedom: degreesOfFreedom)
    #expect(t.cumulative(-.infinity) == 0)
    #expect(t.cumulative(.infinity) == 1)
    #expect(t.survival(-.infinity) == 1)
    #expect(t.logSurvival(.infinity) == -.infinity)
    #expect(t.logSurvival(-.infinity) == 0)
    #expect(t.cumulative(0) == 0.5)
    #expect(t.quantile(0) == -.infinity)
    #expect(t.quantile(1) == .infinity)
    #expect(t.upperQuantile(0) == .infinity)
    #expect(t.quantile(0.5) == 0)
  }

  @Test func studentTWithInfiniteDegreesOfFreedomIsNormal() {
    let t = StudentT(degreesOfFreedom: .infinity)
    #expect(t.survival(3) == Normal.standard.survival(3))
    #expect(t.quantile(0.975) == Normal.standard.quantile(0.975))
    let almost = StudentT(degreesOfFreedom: 1e19)
    #expect(relativeError(almost.survival(30), Normal.standard.survival(30)) < 1e-12)
  }

  /// Cauchy: P(T > t) = arctan(1/t)/π, which for large t is 1/(πt), even where t² overflows.
  @Test func heavyTailsReachBeyondTheSquareRootOfTheLargestDouble() {
    let cauchy = StudentT(degreesOfFreedom: 1)
    #expect(relativeError(cauchy.survival(1e250), 1 / (.pi * 1e250)) < 1e-12)
    #expect(relativeError(cauchy.upperQuantile(1e-250), 1 / (.pi * 1e-250)) < 1e-12)
    // With a hundredth of a degree of freedom the quantile itself overflows.
    #expect(StudentT(degreesOfFreedom: 0.01).upperQuantile(1e-10) == .infinity)
    #expect(StudentT(degreesOfFreedom: 0.01).quantile(1e-10) == -.infinity)
  }

  @Test func normalAtInfinity() {
    let normal = Normal(mean: 3, standardDeviation: 2)
    #expect(normal.cumulative(-.infinity) == 0)
    #expect(normal.survival(-.infinity) == 1)
    #expect(normal.survival(.infinity) == 0)
    #expect(normal.logSurvival(.infinity) == -.infinity)
    #expect(normal.quantile(0) == -.infinity)
    #expect(normal.quantile(1) == .infinity)
    #expect(normal.quantile(0.5) == 3)
    #expect(normal.upperQuantile(0) == .infinity)
    #expect(Normal.standard.survival(50) == 0)
    #expect(abs(Normal.standard.logSurvival(1e10) / -5e19 - 1) < 1e-15)
  }

  @Test func positiveDistributionsStartAtZero() {
    let distributions: [any ContinuousDistribution] = [
      ChiSquared(degreesOfFreedom: 3),
      ChiSquared(degreesOfFreedom: 0.01),
      FDistribution(numeratorDegreesOfFreedom: 2, denominatorDegreesOfFreedom: 9),
    ]
    for distribution in distributions {
      for x in [-Double.infinity, -1, 0] {
        #expect(distribution.cumulative(x) == 0)
        #expect(distribution.survival(x) == 1)
        #expect(distribution.logSurvival(x) == 0)
      }
      #expect(distribution.cumulative(.infinity) == 1)
      #expect(distribution.survival(.infinity) == 0)
      #expect(distribution.logSurvival(.infinity) == -.infinity)
      #expect(distribution.quantile(0) == 0)
      #expect(distribution.quantile(1) == .infinity)
      #expect(distribution.upperQuantile(0) == .infinity)
      #expect(distribution.upperQuantile(1) == 0)
    }
  }

  @Test func betaIsConfinedToItsInterval() {
    let beta = BetaDistribution(alpha: 0.5, beta: 4)
    #expect(beta.cumulative(-1) == 0)
    #expect(beta.cumulative(0) == 0)
    #expect(beta.survival(1) == 0)
    #expect(beta.cumulative(2) == 1)
    #expect(beta.logSurvival(1) == -.infinity)
    #expect(beta.quantile(0) == 0)
    #expect(beta.quantile(1) == 1)
    #expect(beta.upperQuantile(0) == 1)
    // The quantile is 1e-10 to the hundredth power, which underflows.
    #expect(BetaDistribution(alpha: 0.01, beta: 1).quantile(1e-10) == 0)
  }

  /// With tiny parameters the bulk of the distribution lies below the smallest double.
  @Test func quantilesUnderflowToTheEndOfTheSupport() {
    #expect(ChiSquared(degreesOfFreedom: 0.001).quantile(0.5) == 0)
    #expect(ChiSquared(degreesOfFreedom: 0.001).quantile(0.5000001) == 0)
    #expect(BetaDistribution(alpha: 1e-4, beta: 1).quantile(0.6) == 0)
    #expect(BetaDistribution(alpha: 1, beta: 1e-4).upperQuantile(0.6) == 1)
  }

  @Test func uniformIsItself() {
    let uniform = BetaDistribution(alpha: 1, beta: 1)
    for p in [1e-300, 1e-9, 0.25, 0.5, 0.75, 0.999999] {
      #expect(relativeError(uniform.cumulative(p), p) < 1e-13)
      #expect(relativeError(uniform.quantile(p), p) < 1e-13)
    }
  }

  @Test func binomialOutsideItsSupport() {
    let binomial = Binomial(trials: 10, probability: 0.3)
    #expect(binomial.probability(-1) == 0)
    #expect(binomial.probability(11) == 0)
    #expect(binomial.cumulative(-1) == 0)
    #expect(binomial.survival(-1) == 1)
    #expect(binomial.logSurvival(-1) == 0)
    #expect(binomial.cumulative(10) == 1)
    #expect(binomial.survival(10) == 0)
    #expect(binomial.logSurvival(10) == -.infinity)
    #expect(binomial.cumulative(.max) == 1)
    #expect(binomial.cumulative(.min) == 0)
    #expect(binomial.quantile(0) == 0)
    #expect(binomial.quantile(1) == 10)
  }

  @Test func degenerateBinomials() {
    let never = Binomial(trials: 7, probability: 0)
    #expect(never.probability(0) == 1)
    #expect(never.probability(1) == 0)
    #expect(never.cumulative(0) == 1)
    #expect(never.survival(3) == 0)
    #expect(never.quantile(0.9) == 0)
    let always = Binomial(trials: 7, probability: 1)
    #expect(always.probability(7) == 1)
    #expect(always.cumulative(6) == 0)
    #expect(always.survival(6) == 1)
    #expect(always.quantile(0.1) == 7)
    let none = Binomial(trials: 0, probability: 0.4)
    #expect(none.probability(0) == 1)
    #expect(none.cumulative(0) == 1)
    #expect(none.survival(0) == 0)
    #expect(none.quantile(0.5) == 0)
  }

  @Test func hypergeometricOutsideItsSupport() {
    // 8 of 10 are successes: 5 draws find at least 3.
    let table = Hypergeometric(population: 10, successes: 8, draws: 5)
    #expect(table.support == 3...5)
    #expect(table.probability(2) == 0)
    #expect(table.probability(6) == 0)
    #expect(table.cumulative(2) == 0)
    #expect(table.survival(2) == 1)
    #expect(table.cumulative(5) == 1)
    #expect(table.logSurvival(5) == -.infinity)
    #expect(table.cumulative(.max) == 1)
    #expect(table.cumulative(.min) == 0)
    #expect(table.quantile(0) == 3)
    #expect(table.quantile(1) == 5)
    #expect(relativeError(table.probability(3), 56.0 / 252) < 1e-13)
  }

  @Test func degenerateHypergeometrics() {
    for (population, successes, draws) in [(0, 0, 0), (5, 0, 3), (5, 5, 3), (5, 2, 0), (5, 2, 5)] {
      let certain = Hypergeometric(population: population, successes: successes, draws: draws)
      let only = certain.support.lowerBound
      #expect(certain.support.count == 1)
      #expect(certain.probability(only) == 1)
      #expect(certain.cumulative(only) == 1)
      #expect(certain.cumulative(only - 1) == 0)
      #expect(certain.quantile(0.5) == only)
    }
  }

  @Test func invalidParametersAreRefused() async {
    await #expect(processExitsWith: .failure) { _ = Normal(mean: 0, standardDeviation: 0) }
    await #expect(processExitsWith: .failure) { _ = StudentT(degreesOfFreedom: -1) }
    await #expect(processExitsWith: .failure) { _ = BetaDistribution(alpha: .nan, beta: 1) }
    await #expect(processExitsWith: .failure) { _ = Hypergeometric(population: 3, successes: 4, draws: 1) }
    await #expect(processExitsWith: .failure) { _ = Normal.standard.quantile(1.5) }
    await #expect(processExitsWith: .failure) { _ = ChiSquared(degreesOfFreedom: 2).cumulative(.nan) }
  }
}
