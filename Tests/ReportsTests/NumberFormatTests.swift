import SeededRandom
import Foundation
import Testing

@testable import Reports

@Suite struct NumberFormatTests {
  /// The C library rounds the exact binary value half to even, as `NumberFormat` promises to.
  @Test func agreesWithTheCLibrary() {
    var generator = SplitMix(seed: 20_261_121)
    for _ in 0..<20_000 {
      let magnitude = pow(10, Double.random(in: -9...12, using: &generator))
      let value = Double.random(in: -1...1, using: &generator) * magnitude
      let decimals = Int.random(in: 0...9, using: &generator)
      var expected = String(format: "%.\(decimals)f", value)
      if expected.hasPrefix("-"), !expected.contains(where: { "123456789".contains($0) }) { expected.removeFirst() }
      #expect(
        NumberFormat.fixed(value, decimals: decimals, grouping: false)
          == expected.replacingOccurrences(of: "-", with: NumberFormat.minus))
    }
  }

  @Test(arguments: [
    (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (999.995, 2, "1,000.00"),
    (1_234_567.891, 1, "1,234,567.9"), (-0.0001, 2, "0.00"), (-0.005000001, 2, "−0.01"),
    (.leastNonzeroMagnitude, 4, "0.0000"),
    (0.1, 18, "0.100000000000000006"),
  ])
  func roundsHalfToEven(value: Double, decimals: Int, expected: String) {
    #expect(NumberFormat.fixed(value, decimals: decimals) == expected)
  }

  @Test func percentIsRoundedOnce() {
    // 0.285 · 100 is 28.499999999999996 in binary; the value itself is just below 0.285.
    #expect(NumberFormat.fixed(0.0625, decimals: 1, shift: 2) == "6.2")
    #expect(NumberFormat.fixed(0.71225, decimals: 1, shift: 2) == "71.2")
    #expect(NumberFormat.percent(0.95) == "95 %")
    #expect(NumberFormat.percent(0.9917) == "99.17 %")
    #expect(NumberFormat.percent(1) == "100 %")
  }

  @Test func wordsForWhatHasNoDigits() {
    #expect(NumberFormat.fixed(.nan, decimals: 2) == nil)
    #expect(NumberFormat.fixed(.infinity, decimals: 2) == nil)
    #expect(NumberFormat.fixed(1e18, decimals: 2) == nil)
    #expect(NumberFormat.shortest(-.infinity) == nil)
    #expect(NumberFormat.plain(.nan) == "unknown")
    #expect(NumberFormat.scientific(0.00000000123456) == "1.23e-9")
    #expect(NumberFormat.scientific(-9.999e20) == "−1.00e21")
    #expect(NumberFormat.pValue(0.00004) == "p < 0.0001")
    #expect(NumberFormat.pValue(0.0032) == "p = 0.0032")
    #expect(NumberFormat.chance(0.999) == "over 99 % of the time")
    #expect(NumberFormat.chance(0.001) == "under 1 % of the time")
  }

  @Test func shortestReadsBack() throws {
    var generator = SplitMix(seed: 7)
    for _ in 0..<10_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      let text = try #require(NumberFormat.shortest(value))
      #expect(Double(text) == value)
    }
  }

  @Test func signsAndCounts() {
    #expect(NumberFormat.fixed(0.052, decimals: 1, shift: 2, sign: .always) == "+5.2")
    #expect(NumberFormat.fixed(-0.052, decimals: 1, shift: 2, sign: .always) == "−5.2")
    #expect(NumberFormat.fixed(0, decimals: 1, shift: 2, sign: .always) == "0.0")
    #expect(NumberFormat.count(.min) == "−9,223,372,036,854,775,808")
    #expect(NumberFormat.count(999) == "999")
    #expect(NumberFormat.count(1000) == "1,000")
  }

  @Test func digitsFollowTheInterval() {
    #expect(ScoreScale(resolution: 34, largest: 1300).mean(1234.5) == "1,234.5")
    #expect(ScoreScale(resolution: 0.045, largest: 9).signed(0.5578) == "+0.5578")
    #expect(ScoreScale(resolution: 900, largest: 9e5).mean(123_456.7) == "123,457")
    #expect(ScoreScale(rateDecimals: ScoreScale.rateDecimals(for: [0.0002, 0.03])).signed(0.0002) == "+0.02")
    #expect(ScoreScale(rateDecimals: 1).sizeRoundedUp(0.0501) == "5.1 points")
    #expect(ScoreScale(rateDecimals: 1).sizeRoundedUp(0.05) == "5.0 points")
  }
}
