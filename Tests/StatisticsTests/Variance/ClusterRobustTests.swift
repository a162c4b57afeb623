import Statistics
import Testing

@Suite struct ClusterRobustTests {
  @Test func meanAgreesWithItsOracle() throws {
    for row in try Fixture("cluster-mean").rows {
      let clusters = split(row, "values", "sizes")
      for estimate in [
        try #require(ClusterRobust.mean(of: clusters.map { Moments($0) })), try #require(fromSums(clusters)),
      ] {
        #expect(isClose(estimate.estimate, try row.double("estimate")), "\(row)")
        #expect(isClose(estimate.standardError, try row.double("error")), "\(row)")
        #expect(isClose(try #require(estimate.designEffect), try row.double("effect")), "\(row)")
        #expect(isClose(try #require(estimate.effectiveSize), try row.double("effective")), "\(row)")
        #expect(isClose(try #require(estimate.intraclassCorrelation), try row.double("icc")), "\(row)")
        let test = try #require(estimate.test())
        #expect(isClose(try #require(test.statistic), try row.double("t")), "\(row)")
        #expect(isClose(test.pValue, try row.double("p")), "\(row)")
        try expect(estimate.interval(), row)
      }
    }
  }

  @Test func bellMcCaffreyAgreesWithItsOracle() throws {
    for row in try Fixture("cluster-bell-mccaffrey").rows {
      let clusters = split(row, "values", "sizes").map { Moments($0) }
      let estimate = try #require(ClusterRobust.mean(of: clusters, correction: .bellMcCaffrey))
      #expect(isClose(estimate.estimate, try row.double("estimate")), "\(row)")
      #expect(isClose(estimate.standardError, try row.double("error")), "\(row)")
      #expect(isClose(estimate.degreesOfFreedom, try row.double("df")), "\(row)")
    }
  }

  @Test func ratioAgreesWithItsOracle() throws {
    for row in try Fixture("cluster-ratio").rows {
      let estimate = try #require(
        ClusterRobust.ratio(numerators: row.doubles("numerators"), denominators: row.doubles("denominators")))
      #expect(isClose(estimate.estimate, try row.double("estimate")), "\(row)")
      #expect(isClose(estimate.standardError, try row.double("error")), "\(row)")
      try expect(estimate.interval(), row)
    }
  }

  @Test func differenceAgreesWithItsOracle() throws {
    for row in try Fixture("cluster-difference").rows {
      let arms = [split(row, "first", "first_sizes"), split(row, "second", "second_sizes")]
      let plain = try arms.map { try #require(fromSums($0)) }
      let difference = ClusterRobust.difference(plain[0], plain[1])
      #expect(isClose(difference.estimate, try row.double("estimate")), "\(row)")
      #expect(isClose(difference.standardError, try row.double("error")), "\(row)")
      #expect(difference.degreesOfFreedom == (try row.double("df")), "\(row)")
      #expect(isClose(try #require(difference.test()).pValue, try row.double("p")), "\(row)")
      let adjusted = try arms.map { try #require(fromSums($0, .bellMcCaffrey)) }
      let careful = ClusterRobust.difference(adjusted[0], adjusted[1], correction: .bellMcCaffrey)
      #expect(isClose(careful.standardError, try row.double("adjusted_error")), "\(row)")
      #expect(isClose(careful.degreesOfFreedom, try row.double("adjusted_df")), "\(row)")
    }
  }

  /// eval-power, worked example 5.
  @Test func workedExample() throws {
    let clusters: [[Double]] = [
      [1, 1, 0, 1], [0, 0, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 1, 0],
    ]
    let estimate = try #require(fromSums(clusters))
    #expect(abs(estimate.estimate - 0.333) < 0.0005)
    #expect(abs(estimate.standardError - 0.1900) < 0.00005)
    #expect(abs(try #require(estimate.independentStandardError) - 0.1153) < 0.00005)
    #expect(abs(try #require(estimate.designEffect) - 2.72) < 0.005)
    #expect(abs(try #require(estimate.effectiveSize) - 8.8) < 0.05)
    let test = try #require(estimate.test())
    #expect(abs(try #require(test.statistic) - 1.754) < 0.0005 && abs(test.pValue - 0.140) < 0.0005)
    expectRounded(estimate.interval(), -0.155, 0.822, digits: 3)
  }

  @Test func clustersOfOneItemAreIndependentItems() throws {
    let values = [0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2]
    for correction in ClusterCorrection.allCases {
      let estimate = try #require(fromSums(values.map { [$0] }, correction))
      let plain = try #require(MeanInference.oneSample(Moments(values)))
      #expect(isClose(estimate.standardError, plain.standardError, 1e-13))
      #expect(isClose(estimate.degreesOfFreedom, 7, 1e-12))
      #expect(isClose(try #require(estimate.designEffect), 1, 1e-12))
      #expect(estimate.intraclassCorrelation == nil)
    }
  }

  @Test func correctionsAgreeOnEqualSizesAndPartOnUnequalOnes() throws {
    let equal: [[Double]] = [[1, 2, 3], [4, 4, 4], [0, 1, 0], [9, 2, 1]]
    let standard = try #require(fromSums(equal))
    let adjusted = try #require(fromSums(equal, .bellMcCaffrey))
    #expect(isClose(standard.standardError, adjusted.standardError, 1e-13))
    #expect(isClose(adjusted.degreesOfFreedom, 3, 1e-12))
    let unequal = equal + [[Double](repeating: 5, count: 40)]
    let fewer = try #require(fromSums(unequal, .bellMcCaffrey))
    #expect(fewer.degreesOfFreedom < 3)
  }

  @Test func oneClusterGivesNoEstimate() {
    #expect(fromSums([]) == nil)
    #expect(fromSums([[1, 2, 3]]) == nil)
    #expect(fromSums([[1, 2, 3], []]) == nil)
    #expect(ClusterRobust.mean(of: []) == nil)
    #expect(ClusterRobust.mean(of: [Moments(), Moments([1, 2])]) == nil)
    #expect(ClusterRobust.ratio(numerators: [1], denominators: [2]) == nil)
    #expect(ClusterRobust.ratio(numerators: [0, 0], denominators: [0, 0]) == nil)
  }

  @Test func equalValuesGiveAPointAndNoTest() throws {
    let clusters = [3, 7, 11].map { [Double](repeating: 0.1, count: $0) }
    for correction in ClusterCorrection.allCases {
      for estimate in [
        try #require(fromSums(clusters, correction)),
        try #require(ClusterRobust.mean(of: clusters.map { Moments($0) }, correction: correction)),
      ] {
        #expect(estimate.standardError == 0 && estimate.test() == nil)
        #expect(estimate.interval() == Interval(point: estimate.estimate))
        #expect(estimate.designEffect == nil && estimate.intraclassCorrelation == nil)
      }
    }
  }

  @Test func emptyClustersDoNotCount() throws {
    let clusters: [[Double]] = [[1, 0], [0, 1, 1], [1, 1]]
    for correction in ClusterCorrection.allCases {
      #expect(
        try #require(fromSums(clusters, correction)) == (try #require(fromSums([[]] + clusters + [[]], correction))))
    }
  }

  @Test func momentsKeepTheirDigitsAtALargeOffset() throws {
    let clusters: [[Double]] = [[1, 2, 4], [0, 1], [5, 3, 3, 2]]
    let plain = try #require(ClusterRobust.mean(of: clusters.map { Moments($0) }))
    let shifted = try #require(ClusterRobust.mean(of: clusters.map { Moments($0.map { $0 + 1e9 }) }))
    #expect(isClose(shifted.standardError, plain.standardError, 1e-9))
    #expect(isClose(try #require(shifted.designEffect), try #require(plain.designEffect), 1e-9))
  }

  private func fromSums(_ clusters: [[Double]], _ correction: ClusterCorrection = .standard) -> ClusterEstimate? {
    ClusterRobust.mean(
      sums: clusters.map { $0.reduce(0, +) }, sizes: clusters.map { Double($0.count) },
      sumOfSquares: clusters.joined().reduce(0) { $0 + $1 * $1 }, correction: correction)
  }

  private func split(_ row: Row, _ values: String, _ sizes: String) -> [[Double]] {
    var rest = row.doubles(values)[...]
    return row.doubles(sizes).map { size in
      defer { rest = rest.dropFirst(Int(size)) }
      return Array(rest.prefix(Int(size)))
    }
  }
}
