import Foundation
import SeededRandom
import Statistics
import Testing

@Suite("Lower bound by betting")
struct BettingLowerBoundTests {
  private static func bound(_ row: Row) -> BettingLowerBound {
    BettingLowerBound(
      zip(row.doubles("values"), row.doubles("counts")).map { BettingLowerBound.Tally($0, Int($1)) })
  }

  @Test func `Evidence and bound equal mpmath's`() throws {
    let rows = try Fixture("betting-bound").rows
    #expect(rows.count >= 200)
    for row in rows {
      let bound = BettingLowerBoundTests.bound(row)
      let evidence = bound.logEvidence(against: try row.double("against"))
      #expect(isClose(evidence, try row.double("log_evidence"), 1e-9), "\(row)")
      let low = bound.lowerBound(alpha: try row.double("alpha"))
      #expect(isClose(low, try row.double("low"), 1e-10) && low <= bound.mean, "\(row)")
      let isShown = bound.shows(meanAbove: try row.double("against"), alpha: try row.double("alpha"))
      #expect(try isShown == (row.double("against") <= row.double("low")), "\(row)")
    }
  }

  @Test func `Before the first value nothing is shown`() {
    let none = BettingLowerBound([])
    #expect(none.mean == 0 && none.count == 0 && none.lowerBound(alpha: 0.05) == 0)
    #expect(abs(none.logEvidence(against: 0.01)) < 1e-12)
    #expect(!none.shows(meanAbove: 1e-9, alpha: 0.5))
  }

  @Test func `One failure shows little, three in a row show 2 %`() {
    func failures(_ count: Int) -> BettingLowerBound { BettingLowerBound([.init(1, count)]) }
    #expect(!failures(1).shows(meanAbove: 0.02, alpha: 0.05))
    #expect(!failures(2).shows(meanAbove: 0.02, alpha: 0.05 / 8) && failures(3).shows(meanAbove: 0.02, alpha: 0.05 / 8))
  }

  /// Under the null its mean is 1 after any number of values, whatever they weigh: summed over all that can come.
  @Test(arguments: [1, 2, 7, 30])
  func `The mean of the wealth is 1`(count: Int) {
    // A value of 4 with chance 1/50 and one of 1 with chance 1/25: a mean of 0.12.
    var mean = 0.0
    for large in 0...count {
      let chance = Binomial(trials: count, probability: 0.02).probability(large)
      for small in 0...(count - large) {
        let rest = Binomial(trials: count - large, probability: 0.04 / 0.98).probability(small)
        let bound = BettingLowerBound([.init(4, large), .init(1, small), .init(0, count - large - small)])
        mean += chance * rest * bound.wealth(against: 0.12)
      }
    }
    #expect(isClose(mean, 1, 1e-9))
  }

  @Test func `Where no bet survives, nothing is shown`() {
    for zeros in [11_000_000, 12_000_000, 1_000_000_000] {
      let low = BettingLowerBound([.init(1, 1), .init(0, zeros)]).lowerBound(alpha: 0.05 / 8)
      #expect(low >= 0 && low <= 1 / Double(zeros), "\(zeros): \(low)")
    }
  }

  @Test func `Each failure adds to the evidence, and each success takes of it`() {
    var random = SplitMix(seed: 8)
    for _ in 0..<500 {
      let (bad, good) = (random.below(40), random.below(2_000))
      let against = 0.001 + 0.2 * Double(random.below(1_000)) / 1_000
      func evidence(_ bad: Int, _ good: Int) -> Double {
        BettingLowerBound([.init(1, bad), .init(0, good)]).logEvidence(against: against)
      }
      #expect(evidence(bad + 1, good) > evidence(bad, good) && evidence(bad, good + 1) < evidence(bad, good))
    }
  }
}

extension BettingLowerBound {
  fileprivate func wealth(against bound: Double) -> Double { exp(logEvidence(against: bound)) }
}
