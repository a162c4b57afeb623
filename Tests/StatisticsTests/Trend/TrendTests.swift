import Foundation
import Statistics
import Testing

@Suite struct TrendTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("trends").rows {
      let (x, y) = (row.doubles("x"), row.doubles("y"))
      let trend = MannKendall(y)
      #expect(try trend.score == row.int("score"), "\(row)")
      let line = try #require(LeastSquares(x: x, y: y))
      let pairs = [
        (TheilSen.slope(x: x, y: y), "theil_sen"), (TheilSen.slope(y), "steps"), (trend.variance, "variance"),
        (trend.test?.statistic, "z"), (trend.test?.pValue, "p_value"), (Spearman.correlation(x: x, y: y), "spearman"),
        (line.slope, "slope"), (line.intercept, "intercept"),
      ]
      for (value, column) in pairs {
        #expect(
          try isClose(#require(value), row.double(column)), "\(row.origin) \(column): \(String(describing: value))")
      }
    }
  }

  /// eval-rot, worked example: the suite rises while users fall.
  @Test func theDivergedWeeks() throws {
    let suite = MannKendall([0.910, 0.915, 0.920, 0.925, 0.930, 0.935, 0.940, 0.9475])
    #expect(suite.score == 28)
    #expect(abs(try #require(suite.test).pValue - 0.0008) < 5e-5)
    let weeks: [Double] = [31, 31, 30, 30, 29, 28, 28, 27]
    let users = MannKendall(weeks)
    #expect(users.score == -25)
    #expect(abs(try #require(users.test).pValue - 0.0024) < 5e-5)
    #expect(isClose(try #require(TheilSen.slope(weeks)), -0.6, 1e-12))
  }

  /// reliability-ceiling, worked example: ln(error) falls by 0.002262 for each thousand spent.
  @Test func theReturnOnSpend() throws {
    let spend: [Double] = [0, 100, 200, 300]
    let logarithms = [0.16, 0.12, 0.10, 0.08].map { log($0) }
    let line = try #require(LeastSquares(x: spend, y: logarithms))
    let b = -line.slope
    #expect(abs(b - 0.002262) < 5e-7)
    #expect(abs(0.01 / (b * 0.08) - 55.3) < 0.05)
    #expect(abs((logarithms[3] - log(0.04)) / b - 306.5) < 0.05)
    #expect(isClose(line.value(at: 150), logarithms.reduce(0, +) / 4))
  }

  @Test func whatIsUndefinedIsNil() {
    #expect(TheilSen.slope([]) == nil && TheilSen.slope([1]) == nil)
    #expect(TheilSen.slope(x: [2, 2, 2], y: [1, 2, 3]) == nil)
    #expect(LeastSquares(x: [], y: []) == nil && LeastSquares(x: [2, 2], y: [1, 2]) == nil)
    #expect(Spearman.correlation(x: [], y: []) == nil && Spearman.correlation(x: [1], y: [1]) == nil)
    #expect(Spearman.correlation(x: [1, 2, 3], y: [4, 4, 4]) == nil)
    for constant in [[], [3], [3, 3, 3, 3]] as [[Double]] {
      let trend = MannKendall(constant)
      #expect(trend.score == 0 && trend.variance == 0 && trend.test == nil)
    }
    #expect(MannKendall([1, 2]).test?.pValue == 1)
    #expect(TheilSen.slope([5, 5, 5]) == 0)
  }

  @Test func aLineIsFound() throws {
    var generator = Xoshiro256StarStar(seed: 205)
    for _ in 0..<200 {
      let count = Int.random(in: 3...40, using: &generator)
      let (slope, start) = (Double.random(in: 0.1...3, using: &generator), Double.random(in: -9...9, using: &generator))
      let x = (0..<count).map { Double($0) + 1e6 }
      var y = x.map { start + slope * ($0 - 1e6) }
      let line = try #require(LeastSquares(x: x, y: y))
      #expect(isClose(line.slope, slope, 1e-9) && isClose(line.value(at: 1e6), start, 1e-8))
      #expect(isClose(try #require(Spearman.correlation(x: x, y: y)), 1, 1e-12))
      #expect(isClose(try #require(Spearman.correlation(x: x, y: y.map { -$0 * $0 * $0 })), -1, 1e-12))
      let pairs = count * (count - 1) / 2
      #expect(MannKendall(y).score == pairs && MannKendall(y.reversed()).score == -pairs)
      // One wild point moves the mean line, not the median of slopes.
      y[count - 1] += 1e6
      if count > 8 { #expect(isClose(try #require(TheilSen.slope(x: x, y: y)), slope, 1e-6)) }
    }
  }
}
