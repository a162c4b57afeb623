import Statistics
import Testing

@Suite struct MomentsTests {
  @Test func agreeWithExactFractions() throws {
    for row in try Fixture("moments").rows {
      let moments = Moments(row.doubles("values"))
      #expect(isClose(moments.mean, try row.double("mean"), 1e-14), "\(row)")
      #expect(relativeError(try #require(moments.variance), try row.double("variance")) < 1e-12, "\(row)")
    }
  }

  @Test func aLargeOffsetCostsNoDigits() throws {
    // ±1 around 1e9: mean exactly 1e9, variance n/(n − 1).
    let moments = Moments((0..<1_000_000).map { 1e9 + ($0 % 2 == 0 ? 1.0 : -1.0) })
    #expect(isClose(moments.mean, 1e9, 1e-15))
    #expect(relativeError(try #require(moments.variance), 1_000_000.0 / 999_999) < 1e-9)
  }

  @Test func anEarlyOutlierCostsNoDigits() throws {
    let moments = Moments([1e12] + (0..<100_000).map { Double($0 % 2) })
    let n = 100_001.0
    #expect(relativeError(moments.mean, (1e12 + 50_000) / n) < 1e-14)
    // Σx² − (Σx)²/n, every term of which is a whole number that fits.
    let squares = 1e24 * (1 - 1 / n) + 50_000 - 1e17 / n - 2.5e9 / n
    #expect(relativeError(moments.sumOfSquaredDeviations, squares) < 1e-12)
  }

  @Test func equalValuesHaveNoVariance() {
    #expect(Moments(repeatElement(0.1, count: 1_001)).variance == 0)
    #expect(Moments(repeatElement(-1e300, count: 3)).variance == 0)
  }

  @Test func fewerThanTwoValuesHaveNoVariance() {
    let empty = Moments()
    #expect(empty.count == 0 && empty.variance == nil && empty.standardError == nil)
    let single = Moments([42])
    #expect(single.mean == 42 && single.variance == nil && single.standardDeviation == nil)
  }

  @Test func mergingIsAddingEverything() throws {
    var generator = Xoshiro256StarStar(seed: 71)
    for _ in 0..<200 {
      let offset: Double = [0.0, 1e6, -1e9].randomElement(using: &generator) ?? 0
      let values = (0..<Int.random(in: 2...40, using: &generator)).map { _ in
        offset + Double.random(in: -5...5, using: &generator)
      }
      let cut = Int.random(in: 0...values.count, using: &generator)
      var merged = Moments(values[..<cut])
      merged.merge(Moments(values[cut...]))
      let whole = Moments(values)
      #expect(merged.count == whole.count && isClose(merged.mean, whole.mean, 1e-14))
      #expect(relativeError(try #require(merged.variance), try #require(whole.variance)) < 1e-9)
    }
  }

  @Test func countsOfBinaryScoresAreThoseScores() throws {
    for (ones, zeros, minusOnes) in [(3, 4, 0), (8, 87, 5), (0, 5, 0), (4, 0, 0), (1, 0, 1), (0, 0, 6)] {
      let counted = Moments(ones: ones, zeros: zeros, minusOnes: minusOnes)
      let listed = Moments(
        [Double](repeating: 1, count: ones) + [Double](repeating: 0, count: zeros)
          + [Double](repeating: -1, count: minusOnes))
      #expect(counted.count == listed.count && isClose(counted.mean, listed.mean, 1e-15))
      #expect(isClose(try #require(counted.variance), try #require(listed.variance), 1e-14))
    }
    #expect(Moments(ones: 0, zeros: 0) == Moments())
    var continued = Moments(ones: 2, zeros: 3)
    continued.add(7)
    #expect(isClose(continued.mean, 1.5, 1e-15))
  }
}
