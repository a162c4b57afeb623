import Statistics
import Testing

/// Every distribution against mpmath (`Oracles/distributions.py`): both tails down to 1e-300, parameters to a million.
///
/// One tolerance for all, relative: 1e-12. The largest error met is 2.3e-13, in tails near 1e-300, where it is the
/// rounding of an exponent of 690.
@Suite struct DistributionOracleTests {
  private static let tolerance = 1e-12

  @Test func normal() throws {
    try expectContinuous("normal") {
      try Normal(mean: $0.double("mean"), standardDeviation: $0.double("sd"))
    }
  }

  @Test func studentT() throws {
    try expectContinuous("student-t") { try StudentT(degreesOfFreedom: $0.double("df")) }
  }

  @Test func chiSquared() throws {
    try expectContinuous("chi-squared") { try ChiSquared(degreesOfFreedom: $0.double("df")) }
  }

  @Test func fDistribution() throws {
    try expectContinuous("f") {
      try FDistribution(
        numeratorDegreesOfFreedom: $0.double("df1"), denominatorDegreesOfFreedom: $0.double("df2"))
    }
  }

  @Test func beta() throws {
    try expectContinuous("beta") { try BetaDistribution(alpha: $0.double("alpha"), beta: $0.double("beta")) }
  }

  @Test func binomial() throws {
    try expectDiscrete("binomial") {
      try Binomial(trials: $0.int("trials"), probability: $0.double("p_success"))
    }
  }

  @Test func hypergeometric() throws {
    try expectDiscrete("hypergeometric") {
      try Hypergeometric(
        population: $0.int("population"), successes: $0.int("successes"), draws: $0.int("draws"))
    }
  }

  private func expectContinuous<D: ContinuousDistribution>(_ name: String, _ make: (Row) throws -> D) throws {
    var compared: [String: Int] = [:]
    for row in try Fixture(name).rows {
      let distribution = try make(row)
      let x = try row.double("x")
      func expect(_ column: String, of computed: @autoclosure () throws -> Double) throws {
        try compare(row, column, computed, &compared)
      }
      try expect("cdf", of: distribution.cumulative(x))
      try expect("survival", of: distribution.survival(x))
      try expect("log_survival", of: distribution.logSurvival(x))
      try expect("quantile", of: distribution.quantile(row.double("p")))
      try expect("upper_quantile", of: distribution.upperQuantile(row.double("q")))
    }
    #expect(compared["cdf", default: 0] >= 200)
    #expect(compared["survival", default: 0] >= 200)
    #expect(compared["log_survival", default: 0] >= 200)
    #expect(compared["quantile", default: 0] + compared["upper_quantile", default: 0] >= 300)
  }

  private func expectDiscrete<D: DiscreteDistribution>(_ name: String, _ make: (Row) throws -> D) throws {
    var compared: [String: Int] = [:]
    for row in try Fixture(name).rows {
      let distribution = try make(row)
      let k = try row.int("k")
      try compare(row, "probability", { distribution.probability(k) }, &compared)
      try compare(row, "cdf", { distribution.cumulative(k) }, &compared)
      try compare(row, "survival", { distribution.survival(k) }, &compared)
      try compare(row, "log_survival", { distribution.logSurvival(k) }, &compared)
      try compare(row, "quantile", { Double(distribution.quantile(try row.double("p"))) }, &compared)
    }
    for column in ["probability", "cdf", "survival", "log_survival", "quantile"] {
      #expect(compared[column, default: 0] >= 200, "\(column)")
    }
  }

  /// An empty cell is one that a double cannot hold, or that is badly posed (the oracle's script says which).
  private func compare(
    _ row: Row, _ column: String, _ computed: () throws -> Double, _ compared: inout [String: Int]
  ) throws {
    if row[column].isEmpty { return }
    let value = try computed()
    let expected = try row.double(column)
    #expect(relativeError(value, expected) <= Self.tolerance, "\(column) is \(value) at \(row)")
    compared[column, default: 0] += 1
  }
}
