import Statistics
import Testing

@Suite struct MixTests {
  @Test func agreesWithItsOracle() throws {
    for row in try Fixture("mixes").rows {
      let (first, second) = (row.doubles("first").map { Int($0) }, row.doubles("second").map { Int($0) })
      let test = try #require(GTest.homogeneity(first, second))
      #expect(try test.degreesOfFreedom == Double(row.int("categories") - 1))
      let pairs = [
        (TotalVariation.distance(first, second), "variation"), (JensenShannon.divergence(first, second), "js"),
        (JensenShannon.floor(first, second), "js_floor"),
        (PopulationStabilityIndex.index(expected: first, observed: second), "psi"),
        (PopulationStabilityIndex.floor(expected: first, observed: second), "psi_floor"),
        (test.statistic, "g"), (test.pValue, "p_value"),
      ]
      for (value, column) in pairs {
        #expect(try isClose(#require(value), row.double(column)), "\(row) \(column): \(String(describing: value))")
      }
    }
  }

  /// eval-rot, worked example: live cases A–F against the spans of the window, and 300 more A cases.
  @Test func theRottenSuite() throws {
    let (cases, spans) = ([900, 600, 400, 100, 0, 0], [2_000, 1_700, 1_700, 1_300, 2_000, 1_300])
    #expect(abs(try #require(JensenShannon.divergence(cases, spans)) - 0.2279) < 5e-5)
    let test = try #require(GTest.homogeneity(cases, spans))
    #expect(abs(try #require(test.statistic) - 1_815.3) < 0.05)
    #expect(test.degreesOfFreedom == 5 && test.pValue < 1e-300)
    let more = [1_200, 600, 400, 100, 0, 0]
    #expect(abs(try #require(JensenShannon.divergence(more, spans)) - 0.2419) < 5e-5)
  }

  /// classifier-risk and eval-validity, worked examples.
  @Test func workedExamples() throws {
    let suite = [900, 100]
    let drift = try #require(PopulationStabilityIndex.index(expected: suite, observed: [800, 200]))
    let more = try #require(PopulationStabilityIndex.index(expected: suite, observed: [700, 300]))
    #expect(abs(drift - 0.0808) < 5e-5 && abs(more - 0.2690) < 5e-5)
    #expect(isClose(try #require(TotalVariation.distance([70, 30], [20, 80])), 0.5, 1e-15))
  }

  @Test func observationsBringTheFloorDown() throws {
    for (categories, total, limit) in [(2, 1_000, 0.10), (5, 1_000, 0.10), (12, 900, 0.05)] {
      let needed = try #require(
        PopulationStabilityIndex.observationsNeeded(categories: categories, expectedTotal: total, limit: limit))
      var first = [Int](repeating: 0, count: categories)
      first[0] = total
      func floor(_ observations: Int) -> Double? {
        let second = (0..<categories).map { $0 == 0 ? observations - categories + 1 : 1 }
        return PopulationStabilityIndex.floor(expected: first, observed: second)
      }
      #expect(try #require(floor(needed)) <= limit + 1e-12)
      #expect(try #require(floor(needed - 1)) > limit)
    }
    #expect(PopulationStabilityIndex.observationsNeeded(categories: 2, expectedTotal: 50, limit: 0.1) == nil)
    #expect(PopulationStabilityIndex.observationsNeeded(categories: 1, expectedTotal: 50, limit: 0.1) == 1)
    #expect(PopulationStabilityIndex.observationsNeeded(categories: 2, expectedTotal: 0, limit: 0.1) == nil)
    #expect(PopulationStabilityIndex.observationsNeeded(categories: 2, expectedTotal: 50, limit: 0) == nil)
  }

  @Test func emptyMixesHaveNoDistance() {
    for (first, second) in [([], []), ([0, 0], [1, 2]), ([1, 2], [0, 0])] as [([Int], [Int])] {
      #expect(TotalVariation.distance(first, second) == nil)
      #expect(JensenShannon.divergence(first, second) == nil && JensenShannon.floor(first, second) == nil)
      #expect(PopulationStabilityIndex.index(expected: first, observed: second) == nil)
      #expect(PopulationStabilityIndex.floor(expected: first, observed: second) == nil)
      #expect(GTest.homogeneity(first, second) == nil)
    }
  }

  @Test func theEndsAreExact() {
    #expect(TotalVariation.distance([3, 0], [0, 5]) == 1 && JensenShannon.divergence([3, 0], [0, 5]) == 1)
    #expect(TotalVariation.distance([3, 6], [1, 2]) == 0 && JensenShannon.divergence([3, 6], [1, 2]) == 0)
    #expect(GTest.homogeneity([3, 6], [1, 2]) == TestResult(statistic: 0, pValue: 1, degreesOfFreedom: 1))
    #expect(GTest.homogeneity([4, 0], [9, 0]) == TestResult(statistic: 0, pValue: 1, degreesOfFreedom: 0))
    #expect(JensenShannon.floor([4, 0], [9, 0]) == 0)
    #expect(PopulationStabilityIndex.floor(expected: [4, 0], observed: [9, 0]) == 0)
    #expect(PopulationStabilityIndex.index(expected: [4, 0], observed: [9, 0]) == 0)
  }

  /// Symmetric, bounded by Pinsker's inequality, blind to categories that nobody uses, and G is a divergence.
  @Test func distancesAreDistances() throws {
    var generator = Xoshiro256StarStar(seed: 204)
    for _ in 0..<300 {
      let count = Int.random(in: 1...8, using: &generator)
      let first = (0..<count).map { _ in Int.random(in: 0...30, using: &generator) } + [1]
      let second = (0..<count).map { _ in Int.random(in: 0...30, using: &generator) } + [1]
      let variation = try #require(TotalVariation.distance(first, second))
      let divergence = try #require(JensenShannon.divergence(first, second))
      #expect(variation >= 0 && variation <= 1 && divergence >= 0 && divergence <= variation + 1e-15)
      #expect(divergence >= variation * variation / 2 - 1e-15)
      #expect(isClose(variation, try #require(TotalVariation.distance(second, first)), 1e-15))
      #expect(isClose(divergence, try #require(JensenShannon.divergence(second, first)), 1e-14))
      #expect(TotalVariation.distance(first + [0], second + [0]) == variation)
      #expect(JensenShannon.divergence(first + [0], second + [0]) == divergence)
      let index = try #require(PopulationStabilityIndex.index(expected: first, observed: second))
      #expect(index >= 0)
      #expect(isClose(index, try #require(PopulationStabilityIndex.index(expected: second, observed: first)), 1e-13))
      #expect(PopulationStabilityIndex.index(expected: first + [0], observed: second + [0]) == index)
      let test = try #require(GTest.homogeneity(first, second)?.statistic)
      let tripled = try #require(GTest.homogeneity(first.map { 3 * $0 }, second.map { 3 * $0 })?.statistic)
      #expect(test >= 0 && isClose(tripled, 3 * test, 1e-12))
    }
  }
}
