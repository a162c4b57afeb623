import Statistics
import Testing

@Suite struct VarianceComponentsTests {
  @Test func agreeWithTheirOracle() throws {
    for row in try Fixture("variance-components").rows {
      let (n, k, j) = (try row.int("items"), try row.int("predictions"), try row.int("judge_runs"))
      let scores = row.doubles("scores")
      let nested = (0..<n).map { i in
        (0..<k).map { p in Array(scores[((i * k + p) * j)..<((i * k + p + 1) * j)]) }
      }
      let components = try #require(VarianceComponents(nested))
      #expect(components.items == n && components.predictions == k && components.judgeRuns == j)
      #expect(isClose(components.mean, try row.double("mean")), "\(row)")
      #expect(isClose(components.itemMeanSquare, try row.double("ms_item")), "\(row)")
      try expectOptional(components.predictionMeanSquare, row, "ms_prediction")
      try expectOptional(components.judgeMeanSquare, row, "ms_judge")
      let terms = row.doubles("terms")
      #expect(components.terms.count == terms.count)
      for (term, reference) in zip(components.terms, terms) {
        #expect(isClose(term.variance, reference), "\(row): \(term)")
      }
      #expect(isClose(components.varianceOfMean, try row.double("variance_of_mean")), "\(row)")
    }
  }

  /// eval-power, worked example 6.
  @Test func workedExample() throws {
    let components = try #require(
      VarianceComponents([
        [[1.0, 0.8], [0.6, 0.8]], [[0.2, 0.4], [0.4, 0.2]], [[0.9, 0.9], [0.5, 0.7]], [[0.1, 0.3], [0.5, 0.3]],
      ]))
    #expect(isClose(components.mean, 0.5375, 1e-14))
    #expect(isClose(components.itemMeanSquare, 0.3025, 1e-13))
    #expect(isClose(try #require(components.predictionMeanSquare), 0.0425, 1e-13))
    #expect(isClose(try #require(components.judgeMeanSquare), 0.0175, 1e-13))
    #expect(isClose(try #require(components.item), 0.065, 1e-13))
    #expect(isClose(try #require(components.prediction), 0.0125, 1e-13))
    #expect(isClose(try #require(components.judge), 0.0175, 1e-13))
    #expect(abs(components.varianceOfMean - 0.01891) < 0.000005)
    let repeats = try #require(
      VarianceComponents.bestRepeats(itemVariance: 0.09, repeatVariance: 0.04, costPerItem: 10, costPerRepeat: 1))
    #expect(abs(repeats - 2.1) < 0.05 && repeats.rounded() == 2)
  }

  @Test func neighboursThatTheDesignCannotTellApartAreOneTerm() throws {
    let judgedTwice = try #require(VarianceComponents([[[1, 2]], [[3, 5]], [[2, 2]]]))
    #expect(judgedTwice.terms.map(\.sources) == [[.item, .prediction], [.judge]])
    #expect(judgedTwice.item == nil && judgedTwice.prediction == nil && judgedTwice.judge != nil)
    #expect(judgedTwice.repetition == nil && judgedTwice.bestRepeats(costPerItem: 1, costPerRepeat: 1) == nil)

    let answeredTwice = try #require(VarianceComponents([[[1], [2]], [[3], [5]], [[2], [2]]]))
    #expect(answeredTwice.terms.map(\.sources) == [[.item], [.prediction, .judge]])
    #expect(answeredTwice.item != nil && answeredTwice.judge == nil)
    #expect(answeredTwice.repetition == answeredTwice.variance(of: [.prediction, .judge]))
    #expect(answeredTwice.bestRepeats(costPerItem: 4, costPerRepeat: 1) != nil)

    let once = try #require(VarianceComponents([[[1]], [[3]], [[2]]]))
    #expect(once.terms.map(\.sources) == [[.item, .prediction, .judge]])
    #expect(isClose(once.varianceOfMean, 1.0 / 3, 1e-15))
  }

  @Test func unbalancedOrTooSmallDesignsHaveNoComponents() {
    #expect(VarianceComponents([]) == nil)
    #expect(VarianceComponents([[]]) == nil)
    #expect(VarianceComponents([[[]], [[]]]) == nil)
    #expect(VarianceComponents([[[1, 2], [3, 4]]]) == nil)
    #expect(VarianceComponents([[[1, 2], [3, 4]], [[1, 2]]]) == nil)
    #expect(VarianceComponents([[[1, 2], [3, 4]], [[1, 2], [3]]]) == nil)
  }

  @Test func equalScoresHaveNoVariance() throws {
    let components = try #require(
      VarianceComponents(Array(repeating: Array(repeating: [0.1, 0.1], count: 3), count: 5)))
    #expect(components.terms.allSatisfy { $0.variance == 0 } && components.varianceOfMean == 0)
    #expect(components.bestRepeats(costPerItem: 1, costPerRepeat: 1) == nil)
  }

  @Test func bestRepeatsIsAtLeastOne() {
    #expect(
      VarianceComponents.bestRepeats(itemVariance: 1, repeatVariance: 0, costPerItem: 9, costPerRepeat: 1) == 1)
    #expect(
      VarianceComponents.bestRepeats(itemVariance: 1, repeatVariance: 4, costPerItem: 9, costPerRepeat: 1) == 6)
    #expect(
      VarianceComponents.bestRepeats(itemVariance: 0, repeatVariance: 4, costPerItem: 9, costPerRepeat: 1) == nil)
    #expect(
      VarianceComponents.bestRepeats(itemVariance: 1, repeatVariance: 4, costPerItem: 9, costPerRepeat: 0) == nil)
  }

  /// The streaming routes (scores, sufficient statistics, merged halves) are one computation.
  @Test func streamingRoutesAgree() throws {
    var generator = Xoshiro256StarStar(seed: 81)
    var whole = VarianceAccumulator(predictions: 3)
    var statistics = VarianceAccumulator(predictions: 3)
    var halves = [VarianceAccumulator(predictions: 3), VarianceAccumulator(predictions: 3)]
    for index in 0..<500 {
      let hardness = Double.random(in: 0...1, using: &generator)
      let scores = (0..<3).map { _ in hardness + Double.random(in: 0...0.3, using: &generator) }
      whole.add(item: scores)
      halves[index % 2].add(item: scores)
      let moments = Moments(scores)
      statistics.add(mean: moments.mean, predictionSquares: moments.sumOfSquaredDeviations, judgeSquares: 0)
    }
    halves[0].merge(halves[1])
    let expected = try #require(whole.components)
    #expect(expected == statistics.components)
    let merged = try #require(halves[0].components)
    #expect(merged.items == 500)
    for (term, reference) in zip(merged.terms, expected.terms) {
      #expect(relativeError(term.variance, reference.variance) < 1e-11)
    }
    // Var(uniform 0...1) = 1/12 between items, Var(uniform 0...0.3) = 0.0075 between predictions.
    #expect(abs(try #require(expected.item) - 1.0 / 12) < 0.01)
    #expect(abs(try #require(expected.repetition) - 0.0075) < 0.001)
  }

  private func expectOptional(_ value: Double?, _ row: Row, _ column: String) throws {
    guard let value else {
      #expect(row[column].isEmpty, "\(row)")
      return
    }
    #expect(isClose(value, try row.double(column)), "\(row): \(value)")
  }
}
