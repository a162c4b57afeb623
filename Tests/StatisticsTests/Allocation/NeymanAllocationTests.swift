import Statistics
import Testing

@Suite struct NeymanAllocationTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("neyman").rows {
      let shares = NeymanAllocation.split(total: try row.int("total"), weights: row.doubles("weights"))
      #expect(shares == row.doubles("shares").map { Int($0) }, "\(row)")
    }
  }

  /// eval-rot, worked example: 200 labels over the clusters A–F.
  @Test func labelsForTheRottenSuite() {
    let traffic = [0.20, 0.17, 0.17, 0.13, 0.20, 0.13]
    let rates: [Double?] = [0.97, 0.95, 0.92, 0.84, nil, nil]
    let weights = zip(traffic, rates).map { $0 * NeymanAllocation.deviation(rate: $1) }
    #expect(NeymanAllocation.split(total: 200, weights: weights) == [21, 22, 28, 29, 61, 39])
  }

  @Test func theEdges() {
    #expect(NeymanAllocation.split(total: 10, weights: []) == nil)
    #expect(NeymanAllocation.split(total: 10, weights: [0, 0]) == nil)
    #expect(NeymanAllocation.split(total: 0, weights: [1, 2]) == [0, 0])
    #expect(NeymanAllocation.split(total: 5, weights: [1, 1, 1]) == [2, 2, 1])
    #expect(NeymanAllocation.split(total: 5, weights: [0.1, 0.1, 0.1]) == [2, 2, 1])
    #expect(NeymanAllocation.split(total: 7, weights: [0, 3, 0]) == [0, 7, 0])
    #expect(NeymanAllocation.deviation(rate: nil) == 0.5 && NeymanAllocation.deviation(rate: 0.5) == 0.5)
    #expect(NeymanAllocation.deviation(rate: 0) == 0.5 && NeymanAllocation.deviation(rate: 1) == 0.5)
  }

  /// The shares add up, are within one of the quota, and the variance is the least there is.
  @Test func theSplitIsProportionalAndBest() throws {
    var generator = Xoshiro256StarStar(seed: 212)
    for _ in 0..<300 {
      let weights = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
        Double.random(in: 0.05...1, using: &generator)
      }
      let total = Int.random(in: 100...5_000, using: &generator)
      let shares = try #require(NeymanAllocation.split(total: total, weights: weights))
      #expect(shares.reduce(0, +) == total)
      let sum = weights.reduce(0, +)
      for (share, weight) in zip(shares, weights) {
        #expect(abs(Double(share) - Double(total) * weight / sum) < 1)
      }
      func variance(_ shares: [Double]) -> Double { zip(weights, shares).reduce(0) { $0 + $1.0 * $1.0 / $1.1 } }
      let equal = [Double](repeating: Double(total) / Double(weights.count), count: weights.count)
      #expect(variance(weights.map { Double(total) * $0 / sum }) <= variance(equal) + 1e-12)
    }
  }
}
