import Statistics
import Testing

@Suite("Ranking")
struct RankingTests {
  /// A > B > C > D with Holm-adjusted p.
  static let worked = [
    PairwiseComparison(first: 0, second: 1, adjustedPValue: 0.30, sign: 1),
    PairwiseComparison(first: 0, second: 2, adjustedPValue: 0.016, sign: 1),
    PairwiseComparison(first: 0, second: 3, adjustedPValue: 0.003, sign: 1),
    PairwiseComparison(first: 1, second: 2, adjustedPValue: 0.06, sign: 1),
    PairwiseComparison(first: 1, second: 3, adjustedPValue: 0.005, sign: 1),
    PairwiseComparison(first: 2, second: 3, adjustedPValue: 0.30, sign: 1),
  ]

  @Test func `The worked example has two winners`() {
    let ranks = Ranking.rankSets(variants: 4, comparisons: Self.worked, alpha: 0.05)
    #expect(ranks.map(\.low) == [1, 1, 2, 3])
    #expect(ranks.map(\.high) == [2, 3, 4, 4])
    #expect(Ranking.winners(ranks) == [0, 1])
  }

  @Test func `The worked example from its raw p-values`() {
    let adjusted = Multiplicity.holm([0.30, 0.004, 0.0005, 0.02, 0.001, 0.15])
    let comparisons = zip(Self.worked, adjusted).map {
      PairwiseComparison(first: $0.first, second: $0.second, adjustedPValue: $1, sign: $0.sign)
    }
    for (own, given) in zip(comparisons, Self.worked) {
      #expect(isClose(own.adjustedPValue, given.adjustedPValue, 1e-12))
    }
    let ranks = Ranking.rankSets(variants: 4, comparisons: comparisons)
    #expect(ranks == Ranking.rankSets(variants: 4, comparisons: Self.worked))
  }

  @Test func `Rank sets equal the oracle's`() throws {
    for row in try Fixture("ranks").rows {
      let comparisons = try row["pairs"].split(separator: " ").map { cell in
        let parts = cell.split(separator: ":")
        return PairwiseComparison(
          first: try #require(Int(parts[0])), second: try #require(Int(parts[1])),
          adjustedPValue: try #require(Double(parts[2])), sign: try #require(Int(parts[3])))
      }
      let ranks = Ranking.rankSets(
        variants: try row.int("variants"), comparisons: comparisons, alpha: try row.double("alpha"))
      #expect(ranks.map { Double($0.low) } == row.doubles("low"), "\(row)")
      #expect(ranks.map { Double($0.high) } == row.doubles("high"), "\(row)")
      #expect(Ranking.winners(ranks).map(Double.init) == row.doubles("winners"), "\(row)")
      // Whoever says it, the pair means the same.
      let turned = comparisons.map {
        PairwiseComparison(
          first: $0.second, second: $0.first, adjustedPValue: $0.adjustedPValue, sign: -$0.sign)
      }
      #expect(
        Ranking.rankSets(
          variants: try row.int("variants"), comparisons: turned, alpha: try row.double("alpha")) == ranks)
    }
  }

  @Test func `Without evidence every rank is possible`() {
    #expect(
      Ranking.rankSets(variants: 3, comparisons: []) == [RankInterval](repeating: .init(low: 1, high: 3), count: 3))
    #expect(Ranking.rankSets(variants: 1, comparisons: []) == [RankInterval(low: 1, high: 1)])
    #expect(Ranking.rankSets(variants: 0, comparisons: []).isEmpty)
    let tied = PairwiseComparison(first: 0, second: 1, adjustedPValue: 0, sign: 0)
    #expect(Ranking.winners(Ranking.rankSets(variants: 2, comparisons: [tied])) == [0, 1])
  }

  @Test func `A p equal to α decides`() {
    let pair = PairwiseComparison(first: 0, second: 1, adjustedPValue: 0.05, sign: -1)
    #expect(Ranking.winners(Ranking.rankSets(variants: 2, comparisons: [pair], alpha: 0.05)) == [1])
  }
}
