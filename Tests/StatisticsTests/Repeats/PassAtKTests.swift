import Statistics
import Testing

@Suite struct PassAtKTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("pass-at-k").rows {
      let (c, n, k) = (try row.int("passed"), try row.int("tries"), try row.int("k"))
      #expect(try isClose(#require(PassAtK.any(passed: c, tries: n, k: k)), row.double("any"), 1e-12), "\(row)")
      #expect(try isClose(#require(PassAtK.all(passed: c, tries: n, k: k)), row.double("all"), 1e-12), "\(row)")
    }
  }

  @Test func smallChancesKeepTheirDigits() throws {
    let any = try #require(PassAtK.any(passed: 1, tries: 1_000_000_000, k: 3))
    #expect(relativeError(any, 3e-9) < 1e-14)
    #expect(PassAtK.all(passed: 2_000, tries: 2_000, k: 2_000) == 1)
  }

  @Test func theEndsAndTheUndefined() {
    #expect(PassAtK.any(passed: 0, tries: 5, k: 3) == 0 && PassAtK.all(passed: 0, tries: 5, k: 3) == 0)
    #expect(PassAtK.any(passed: 5, tries: 5, k: 5) == 1 && PassAtK.all(passed: 5, tries: 5, k: 5) == 1)
    #expect(PassAtK.any(passed: 3, tries: 5, k: 3) == 1 && PassAtK.all(passed: 2, tries: 5, k: 3) == 0)
    for (passed, tries, k) in [(0, 0, 1), (1, 2, 3), (1, 2, 0), (3, 2, 1), (-1, 2, 1)] {
      #expect(PassAtK.any(passed: passed, tries: tries, k: k) == nil)
      #expect(PassAtK.all(passed: passed, tries: tries, k: k) == nil)
    }
  }

  /// All of k pass exactly when none of k fails; with one try both are the rate; more tries help one and hurt the other.
  @Test func anyAndAllAreTwoSidesOfOneThing() throws {
    var generator = Xoshiro256StarStar(seed: 207)
    for _ in 0..<300 {
      let tries = Int.random(in: 1...200, using: &generator)
      let passed = Int.random(in: 0...tries, using: &generator)
      var (lastAny, lastAll) = (0.0, 1.0)
      for k in 1...tries {
        let any = try #require(PassAtK.any(passed: passed, tries: tries, k: k))
        let all = try #require(PassAtK.all(passed: passed, tries: tries, k: k))
        let noneFails = try #require(PassAtK.any(passed: tries - passed, tries: tries, k: k))
        #expect(isClose(all, 1 - noneFails, 1e-12))
        #expect(any >= lastAny - 1e-12 && all <= lastAll)
        (lastAny, lastAll) = (any, all)
      }
      let rate = Double(passed) / Double(tries)
      #expect(isClose(try #require(PassAtK.any(passed: passed, tries: tries, k: 1)), rate, 1e-14))
      #expect(PassAtK.all(passed: passed, tries: tries, k: 1) == rate)
    }
  }
}
