import Statistics
import Testing

@Suite struct IsotonicCalibratorTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("isotonic").rows {
      let calibrator = try #require(
        IsotonicCalibrator.fit(scores: row.doubles("x"), outcomes: row.doubles("y"), weights: row.doubles("weight")))
      for (x, value) in zip(row.doubles("at"), row.doubles("value")) {
        #expect(isClose(calibrator.value(at: x), value), "\(row.origin) at \(x): \(calibrator.value(at: x))")
      }
    }
  }

  @Test func theStepsAreRightContinuousAndClamped() throws {
    let calibrator = try #require(
      IsotonicCalibrator.fit(scores: [0.2, 0.4, 0.4, 0.6, 0.8], outcomes: [0, 1, 0, 0, 1]))
    #expect(calibrator.thresholds == [0.2, 0.4, 0.8])
    #expect(isClose(calibrator.values[1], 1.0 / 3, 1e-15))
    #expect(calibrator.value(at: 0.4.nextDown) == 0 && calibrator.value(at: 0.4) == calibrator.values[1])
    #expect(calibrator.value(at: 0.7) == calibrator.values[1])
    #expect(calibrator.value(at: -.infinity) == 0 && calibrator.value(at: .infinity) == 1)
    #expect(IsotonicCalibrator(thresholds: calibrator.thresholds, values: calibrator.values) == calibrator)
  }

  @Test func equalOutcomesAreOneStep() throws {
    let flat = try #require(IsotonicCalibrator.fit(scores: [0.9, 0.1, 0.5], outcomes: [1, 1, 1]))
    #expect(flat.thresholds == [0.1] && flat.values == [1])
    let falling = try #require(IsotonicCalibrator.fit(scores: [1, 2, 3], outcomes: [3, 2, 1]))
    #expect(falling.thresholds == [1] && falling.values == [2])
  }

  /// The fit rises, keeps the mean, and no step between its own values does better.
  @Test func theFitIsMonotoneUnbiasedAndBest() throws {
    var generator = Xoshiro256StarStar(seed: 203)
    for _ in 0..<200 {
      let count = Int.random(in: 1...60, using: &generator)
      let scores = (0..<count).map { _ in (Double.random(in: 0...1, using: &generator) * 20).rounded() / 20 }
      let outcomes = scores.map { Double.random(in: 0...1, using: &generator) < $0 ? 1.0 : 0 }
      let calibrator = try #require(IsotonicCalibrator.fit(scores: scores, outcomes: outcomes))
      #expect(zip(calibrator.values, calibrator.values.dropFirst()).allSatisfy { $0 < $1 })
      let fitted = scores.map { calibrator.value(at: $0) }
      #expect(isClose(fitted.reduce(0, +), outcomes.reduce(0, +), 1e-9))
      func loss(_ values: [Double]) -> Double { zip(values, outcomes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
      let cut = Double.random(in: 0...1, using: &generator)
      let shifted = zip(scores, fitted).map { $0 >= cut ? $1 + 0.01 : $1 }
      #expect(loss(shifted) >= loss(fitted) - 1e-12)
    }
  }
}
