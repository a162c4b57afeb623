import Guards
import Records
import SeededRandom
import Testing

/// The test of the rate: that it is exact, how often it is wrong, and how soon it is right.
@Suite struct BreakerRateTests {
  /// P(at least `failed` of `calls` with p = 1/4), by whole numbers: sums of binomial coefficients times powers of 3, over 4ⁿ.
  private static func upperTail(_ failed: Int, of calls: Int) -> Double {
    var coefficient: Int128 = 1
    var sum: Int128 = 0
    var powers: [Int128] = [1]
    for _ in 0..<calls { powers.append(powers[powers.count - 1] * 3) }
    for successes in 0...calls {
      if successes >= failed { sum += coefficient * powers[calls - successes] }
      coefficient = coefficient * Int128(calls - successes) / Int128(successes + 1)
    }
    var whole: Double = 1
    for _ in 0..<calls { whole *= 4 }
    return Double(sum) / whole
  }

  @Test func theTestIsExact() {
    let rule = BreakerRule()
    for calls in 10...50 {
      for failed in 0...calls {
        let tail = BreakerRateTests.upperTail(failed, of: calls)
        #expect(
          rule.isShown(failed: failed, of: calls) == (failed > 0 && tail < 0.05), "\(failed) of \(calls): \(tail)")
      }
    }
  }

  /// How many of 400 providers that fail at a rate, independently, open a breaker within 1,000 calls, a second apart.
  private static func opened(_ rate: Double, seed: UInt64, consecutive: Int) -> Int {
    var random = SplitMix(seed: seed)
    var rule = BreakerRule()
    rule.consecutive = consecutive
    return (0..<400).count { _ in
      var breaker = Breaker()
      for second in 0..<1_000 where breaker.state == .closed {
        breaker.report(
          .first, random.chance(rate) ? .failed(.overloaded) : .succeeded, rule,
          at: Instant(nanoseconds: Int64(second) * 1_000_000_000))
      }
      return breaker.state == .open
    }
  }

  /// What is well is left alone, and what is ill is found. By the rate alone: five in a row come by chance, too.
  @Test func whatIsWellIsLeftAlone() {
    // One in twenty fails: nearly never. The first ten calls are the ones to be unlucky in.
    #expect(BreakerRateTests.opened(0.05, seed: 1, consecutive: .max) <= 2)
    // One in ten.
    #expect(BreakerRateTests.opened(0.10, seed: 2, consecutive: .max) <= 20)
    // Two in five, which is more than is put up with: always.
    #expect(BreakerRateTests.opened(0.40, seed: 3, consecutive: .max) == 400)
    // Five in a row of a provider that fails one call in ten: 1,000 calls hold such a run once in a hundred times.
    #expect(BreakerRateTests.opened(0.10, seed: 4, consecutive: 5) <= 30)
  }
}
