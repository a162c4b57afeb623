import Statistics
import Testing

@Suite struct OrderStatisticTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("order-statistic").rows {
      let (values, q, level) = (row.doubles("values"), try row.double("q"), try row.double("level"))
      #expect(try OrderStatistic.rank(quantile: q, count: values.count) == row.int("rank"), "\(row)")
      #expect(try OrderStatistic.quantile(q, sorted: values) == row.double("quantile"), "\(row)")
      #expect(try isClose(#require(OrderStatistic.median(sorted: values)), row.double("median"), 1e-15), "\(row)")
      let ranks = OrderStatistic.intervalRanks(quantile: q, count: values.count, level: level)
      #expect(ranks.low == Int(row["low_rank"]) && ranks.high == Int(row["high_rank"]), "\(row): \(ranks)")
    }
  }

  @Test func wholeProductsAreNotRaised() {
    for count in [10, 100, 1_000, 100_000] {
      for k in 1...count where count < 10_000 || k % 997 == 0 {
        #expect(OrderStatistic.rank(quantile: Double(k) / Double(count), count: count) == k)
      }
    }
    #expect(OrderStatistic.rank(quantile: 0.07, count: 100) == 7)
    #expect(OrderStatistic.rank(quantile: 0.9, count: 11) == 10)
    #expect(OrderStatistic.rank(quantile: 0, count: 5) == 1 && OrderStatistic.rank(quantile: 1, count: 5) == 5)
  }

  @Test func smallSamplesLeaveSidesOpen() {
    #expect(OrderStatistic.rank(quantile: 0.5, count: 0) == nil)
    #expect(OrderStatistic.quantile(0.5, sorted: []) == nil && OrderStatistic.median(sorted: []) == nil)
    let open = OrderStatistic.OpenInterval(low: nil, high: nil)
    #expect(OrderStatistic.interval(quantile: 0.5, sorted: []) == open)
    #expect(OrderStatistic.interval(quantile: 0.5, sorted: [1, 2, 3, 4, 5]) == open)
    #expect(OrderStatistic.interval(quantile: 0.99, sorted: (1...50).map { Double($0) }).high == nil)
    #expect(OrderStatistic.median(sorted: [1, 2, 4, 9]) == 3 && OrderStatistic.median(sorted: [7]) == 7)
  }

  /// The interval of a quantile holds it in at least 95 % of samples, whatever the distribution.
  @Test func intervalsCover() {
    var generator = Xoshiro256StarStar(seed: 211)
    for q in [0.5, 0.9, 0.95] {
      var missed = 0
      for _ in 0..<1_000 {
        let values = (0..<80).map { _ in Double.random(in: 0...1, using: &generator) }.sorted()
        let interval = OrderStatistic.interval(quantile: q, sorted: values)
        if (interval.low ?? -1) > q || (interval.high ?? 2) < q { missed += 1 }
      }
      #expect(missed <= 65, "\(q): \(missed)")
    }
  }
}
