import SeededRandom
import Statistics
import Testing

/// What must hold of any distribution, over seeded random parameters.
@Suite struct DistributionPropertyTests {
  private func continuous(_ generator: inout SplitMix) -> [any ContinuousDistribution] {
    [
      Normal(mean: .random(in: -5...5, using: &generator), standardDeviation: generator.magnitude(-2, 2)),
      StudentT(degreesOfFreedom: generator.magnitude(0, 6)),
      ChiSquared(degreesOfFreedom: generator.magnitude(-1, 5)),
      FDistribution(
        numeratorDegreesOfFreedom: generator.magnitude(0, 5), denominatorDegreesOfFreedom: generator.magnitude(0, 5)),
      BetaDistribution(alpha: generator.magnitude(-0.5, 4), beta: generator.magnitude(-0.5, 4)),
    ]
  }

  private func discrete(_ generator: inout SplitMix) -> [any DiscreteDistribution] {
    let population = Int(generator.magnitude(0, 5))
    return [
      Binomial(trials: Int(generator.magnitude(0, 5)), probability: .random(in: 0...1, using: &generator)),
      Hypergeometric(
        population: population, successes: .random(in: 0...population, using: &generator),
        draws: .random(in: 0...population, using: &generator)),
    ]
  }

  @Test func bothTailsAddUpToOne() {
    var generator = SplitMix(seed: 1)
    for _ in 0..<200 {
      let p = Double.random(in: 0.001...0.999, using: &generator)
      for distribution in continuous(&generator) {
        let x = distribution.quantile(p)
        let sum = distribution.cumulative(x) + distribution.survival(x)
        #expect(abs(sum - 1) <= 4e-16, "\(distribution) at \(x)")
      }
      for distribution in discrete(&generator) {
        let k = distribution.quantile(p)
        let sum = distribution.cumulative(k) + distribution.survival(k)
        #expect(abs(sum - 1) <= 4e-16, "\(distribution) at \(k)")
      }
    }
  }

  /// The quantile of p has p below it: the tolerance is what rounding x to a double does to p, which for the
  /// narrowest of these (relative width 1e-3) is 1e-13 of it times the depth of the tail.
  @Test func quantileInvertsCumulative() {
    var generator = SplitMix(seed: 2)
    for _ in 0..<200 {
      let p = generator.magnitude(-100, -0.31)
      for distribution in continuous(&generator) {
        // Where the quantile is below the smallest normal double, there is nothing to invert.
        let x = distribution.quantile(p)
        if abs(x) > 1e-300 {
          #expect(relativeError(distribution.cumulative(x), p) <= 1e-10, "\(distribution) at \(p)")
        }
        // A beta's upper tail is read off 1 - x, which a double near 1 has rounded away.
        let y = distribution.upperQuantile(p)
        if !(distribution is BetaDistribution) && y < 1e300 {
          #expect(relativeError(distribution.survival(y), p) <= 1e-10, "\(distribution) above \(p)")
        }
      }
    }
  }

  @Test func discreteQuantileIsTheSmallestPointThatReaches() {
    var generator = SplitMix(seed: 3)
    for _ in 0..<300 {
      let p = Double.random(in: 0..<1, using: &generator)
      for distribution in discrete(&generator) {
        let k = distribution.quantile(p)
        #expect(distribution.cumulative(k) >= p, "\(distribution) at \(p)")
        #expect(distribution.cumulative(k - 1) < p || p == 0, "\(distribution) at \(p)")
        // A point's own cumulative probability leads back to it, unless the point adds nothing to it.
        let own = distribution.cumulative(k)
        if own < 1 && distribution.cumulative(k - 1) < own { #expect(distribution.quantile(own) == k) }
      }
    }
  }

  @Test func cumulativeRisesAndSurvivalFalls() {
    var generator = SplitMix(seed: 4)
    for _ in 0..<100 {
      for distribution in continuous(&generator) {
        let points = stride(from: 0.02, to: 1, by: 0.02).map { distribution.quantile($0) }
        for (low, high) in zip(points, points.dropFirst()) {
          #expect(low < high, "\(distribution)")
          #expect(distribution.cumulative(low) < distribution.cumulative(high), "\(distribution) at \(low)")
          #expect(distribution.survival(low) > distribution.survival(high), "\(distribution) at \(low)")
          #expect(distribution.logSurvival(low) > distribution.logSurvival(high), "\(distribution) at \(low)")
        }
      }
    }
  }

  /// Neighbouring points on either side of a change of method must not step back by more than rounding.
  @Test func methodsMeetWithoutASeam() {
    var generator = SplitMix(seed: 5)
    for _ in 0..<200 {
      for distribution in continuous(&generator) {
        let x = distribution.quantile(.random(in: 0.0001...0.9999, using: &generator))
        let next = x + abs(x) * 1e-15
        let slack = 1 + 1e-12
        #expect(distribution.cumulative(x) <= distribution.cumulative(next) * slack, "\(distribution) at \(x)")
        #expect(distribution.survival(x) * slack >= distribution.survival(next), "\(distribution) at \(x)")
      }
    }
  }

  @Test func symmetricDistributionsAreSymmetric() {
    var generator = SplitMix(seed: 6)
    for _ in 0..<200 {
      let t = StudentT(degreesOfFreedom: generator.magnitude(-0.3, 6))
      let x = generator.magnitude(-3, 2)
      let p = generator.magnitude(-50, -0.31)
      #expect(t.cumulative(-x) == t.survival(x))
      #expect(t.quantile(p) == -t.upperQuantile(p))
      #expect(Normal.standard.cumulative(-x) == Normal.standard.survival(x))
      #expect(Normal.standard.quantile(p) == -Normal.standard.upperQuantile(p))
      let alpha = generator.magnitude(-0.5, 4)
      let b = generator.magnitude(-0.5, 4)
      // 1 - y is exact for y in ½…1, so the two arguments are exact complements.
      let y = Double.random(in: 0.5..<1, using: &generator)
      let direct = BetaDistribution(alpha: alpha, beta: b)
      let mirrored = BetaDistribution(alpha: b, beta: alpha)
      #expect(relativeError(direct.cumulative(y), mirrored.survival(1 - y)) <= 1e-12 || direct.cumulative(y) < 1e-300)
    }
  }

  @Test func relationsBetweenDistributionsHold() {
    var generator = SplitMix(seed: 7)
    for _ in 0..<200 {
      let v = generator.magnitude(0, 4)
      let t = generator.magnitude(-1, 1)
      let square = FDistribution(numeratorDegreesOfFreedom: 1, denominatorDegreesOfFreedom: v).survival(t * t)
      // t² is rounded: half a unit in its last place, magnified by the tail's slope in log t.
      #expect(relativeError(2 * StudentT(degreesOfFreedom: v).survival(t), square) <= 1e-12 * (1 + t))
      let z = generator.magnitude(-1, 1)
      let chi = ChiSquared(degreesOfFreedom: 1).survival(z * z)
      #expect(relativeError(2 * Normal.standard.survival(z), chi) <= 1e-12 * (1 + z))
      let exponential = ChiSquared(degreesOfFreedom: 2)
      #expect(relativeError(exponential.logSurvival(z), -z / 2) <= 1e-13)
    }
  }

  @Test func probabilitiesAddUpToTheCumulative() {
    var generator = SplitMix(seed: 8)
    for _ in 0..<60 {
      for distribution in discrete(&generator) {
        let last = distribution.quantile(0.3)
        let first = max(0, last - 2000)
        let below = distribution.cumulative(first - 1)
        let sum = (first...last).reduce(below) { $0 + distribution.probability($1) }
        #expect(relativeError(sum, distribution.cumulative(last)) <= 1e-12, "\(distribution)")
      }
    }
  }
}

extension SplitMix {
  /// Between two powers of ten, uniform in the exponent: 10^low ..< 10^high.
  fileprivate mutating func magnitude(_ low: Double, _ high: Double) -> Double {
    var exponent = Double.random(in: low..<high, using: &self)
    var value = 1.0
    while exponent >= 1 {
      value *= 10
      exponent -= 1
    }
    while exponent < 0 {
      value /= 10
      exponent += 1
    }
    return value * (1 + exponent * (1.44 + exponent * (2.56 + exponent * 4)))
  }
}
