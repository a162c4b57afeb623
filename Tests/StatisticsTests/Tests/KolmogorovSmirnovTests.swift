import Statistics
import Testing

@Suite struct KolmogorovSmirnovTests {
  static func counts(_ first: [Double], _ second: [Double]) -> [(first: Int, second: Int)] {
    Set(first + second).sorted().map { value in
      (first.count { $0 == value }, second.count { $0 == value })
    }
  }

  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("kolmogorov-smirnov").rows {
      let test = try #require(KolmogorovSmirnov.twoSample(Self.counts(row.doubles("first"), row.doubles("second"))))
      #expect(try isClose(#require(test.statistic), row.double("distance"), 1e-12), "\(row)")
      #expect(try isClose(test.pValue, row.double("p_value"), 1e-12), "\(row.origin) \(test.pValue)")
    }
  }

  /// Tables of Kolmogorov's distribution: the points that 10, 5 and 1 % exceed.
  @Test func theDistributionIsKolmogorovs() {
    for (x, p) in [(1.2238478702170836, 0.10), (1.3580986393225507, 0.05), (1.6276236115189502, 0.01)] {
      #expect(isClose(KolmogorovSmirnov.survival(x), p, 1e-12))
    }
    #expect(KolmogorovSmirnov.survival(0) == 1 && KolmogorovSmirnov.survival(-1) == 1)
    #expect(KolmogorovSmirnov.survival(40) == 0)
    // The two series meet.
    #expect(isClose(KolmogorovSmirnov.survival(1), KolmogorovSmirnov.survival(1.0.nextUp), 1e-14))
    var last = 1.0
    for step in 1...300 {
      let next = KolmogorovSmirnov.survival(Double(step) / 100)
      #expect(next <= last + 1e-15 && next >= 0)
      last = next
    }
  }

  @Test func theEnds() throws {
    #expect(KolmogorovSmirnov.twoSample([(first: Int, second: Int)]()) == nil)
    #expect(KolmogorovSmirnov.twoSample([(first: 3, second: 0)]) == nil)
    #expect(KolmogorovSmirnov.twoSample([(first: 0, second: 3)]) == nil)
    #expect(KolmogorovSmirnov.twoSample([(first: 3, second: 5)]) == TestResult(statistic: 0, pValue: 1))
    let apart = try #require(KolmogorovSmirnov.twoSample([(first: 300, second: 0), (first: 0, second: 300)]))
    #expect(apart.statistic == 1 && apart.pValue < 1e-100)
  }
}
