import Statistics
import Testing

@Suite struct AreaUnderCurveTests {
  /// The area of two samples, score after score.
  static func area(_ positives: [Double], _ negatives: [Double]) -> AreaUnderCurve {
    var area = AreaUnderCurve()
    for score in Set(positives + negatives).sorted() {
      area.add(
        score: score, positives: positives.count { $0 == score }, negatives: negatives.count { $0 == score })
    }
    return area
  }

  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("area-under-curve").rows {
      let (positives, negatives) = (row.doubles("positives"), row.doubles("negatives"))
      let area = Self.area(positives, negatives)
      #expect(area.positives == positives.count && area.negatives == negatives.count)
      #expect(try isClose(#require(area.estimate), row.double("area"), 1e-12), "\(row)")
      guard !row["variance"].isEmpty else {
        #expect(area.variance == nil && area.bounded() == nil)
        continue
      }
      #expect(try isClose(#require(area.variance), row.double("variance"), 1e-12), "\(row)")
      let bounded = try #require(area.bounded())
      #expect(bounded.estimate == area.estimate)
      #expect(try isClose(bounded.interval.low, row.double("low"), 1e-12), "\(row)")
      #expect(try isClose(bounded.interval.high, row.double("high"), 1e-12), "\(row)")
    }
  }

  /// eval-prod-parity, worked example: a probe that tells tests from production.
  @Test func theProbe() throws {
    let bounded = try #require(Self.area([0.9, 0.8, 0.7, 0.6, 0.55, 0.5], [0.6, 0.4, 0.35, 0.3, 0.2, 0.5]).bounded())
    #expect(abs(bounded.estimate - 0.9167) < 5e-5)
    #expect(abs(bounded.interval.low - 0.7589) < 5e-5 && bounded.interval.high == 1)
  }

  @Test func theEnds() throws {
    #expect(AreaUnderCurve().estimate == nil && AreaUnderCurve().bounded() == nil)
    #expect(Self.area([1], []).estimate == nil && Self.area([], [1]).estimate == nil)
    #expect(Self.area([2], [1]).estimate == 1 && Self.area([2], [1]).variance == nil)
    #expect(Self.area([2, 3], [1]).variance == nil && Self.area([2], [1, 0]).variance == nil)
    let apart = try #require(Self.area([3, 4], [1, 2]).bounded())
    #expect(apart == BoundedEstimate(estimate: 1, interval: Interval(low: 1, high: 1)))
    let same = try #require(Self.area([1, 1, 1], [1, 1]).bounded())
    #expect(same == BoundedEstimate(estimate: 0.5, interval: Interval(point: 0.5)))
  }

  /// The other class's area is the rest, and a rising function of the scores changes nothing.
  @Test func onlyTheOrderCounts() throws {
    var generator = Xoshiro256StarStar(seed: 205)
    for _ in 0..<200 {
      func scores() -> [Double] {
        (0..<Int.random(in: 2...9, using: &generator)).map { _ in Double(Int.random(in: -4...4, using: &generator)) }
      }
      let (positives, negatives) = (scores(), scores())
      let area = Self.area(positives, negatives)
      let other = Self.area(negatives, positives)
      #expect(try isClose(#require(area.estimate), 1 - #require(other.estimate), 1e-14))
      #expect(try isClose(#require(area.variance), #require(other.variance), 1e-14))
      let cubed = Self.area(positives.map { $0 * $0 * $0 }, negatives.map { $0 * $0 * $0 })
      #expect(cubed.estimate == area.estimate && cubed.variance == area.variance)
    }
  }
}
