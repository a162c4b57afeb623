@testable import Comparison
import Statistics
import Testing

/// Comparisons decided together, noise between runs, earlier looks.
@Suite struct ComparisonFamilyTests {
  /// A base and candidates that lose and win so many of `items` items.
  static func table(items: Int, _ arms: [(losses: Int, wins: Int)]) throws -> ItemTable {
    var trials: [Trial] = []
    for item in 0..<items {
      // The first half passes in the base.
      let base = item < items / 2
      trials.append(Trial(item: "i\(item)", score: base ? 1 : 0, arm: "base"))
      for (number, arm) in arms.enumerated() {
        let flips = base ? item < arm.losses : item - items / 2 < arm.wins
        trials.append(Trial(item: "i\(item)", score: base != flips ? 1 : 0, arm: "candidate-\(number)"))
      }
    }
    return try TrialTable(trials).join()
  }

  static func family(
    _ table: ItemTable, _ change: (inout ComparisonPolicy) -> Void = { _ in }
  ) throws -> [ComparisonResult] {
    let policy = WorkedExampleTests.policy(change)
    return try ComparisonFamily.compare(
      (1..<table.armNames.count).map { Comparer(table: table, base: 0, candidate: $0, policy: policy) })
  }

  @Test func pValuesAreHolmsAndIntervalsBonferronis() throws {
    let table = try ComparisonFamilyTests.table(items: 400, [(5, 20), (4, 12), (10, 12)])
    let results = try ComparisonFamilyTests.family(table)
    let raw = results.map { $0.evidence?.pValue ?? 1 }
    #expect(results.map { $0.evidence?.adjustedPValue ?? -1 } == Multiplicity.holm(raw))
    for (result, counts) in zip(results, [(5, 20), (4, 12), (10, 12)]) {
      let alone = DifferenceInterval.tango(
        baseOnly: Double(counts.0), candidateOnly: Double(counts.1), pairs: 400, level: 1 - 0.05 / 3)
      #expect(result.evidence?.low == alone.low)
      #expect(result.evidence?.high == alone.high)
      #expect(abs((result.evidence?.confidence ?? 0) - (1 - 0.05 / 3)) < 1e-12)
      #expect(result.policy.level == result.evidence?.confidence)
    }
    // p = 0.0041 alone, 0.0122 among three: still a gain. 0.0768 is none either way.
    #expect(results.map(\.outcome) == [.improved, .inconclusive, .inconclusive])
  }

  @Test func outcomesAreReadFromTheAdjustedPValue() throws {
    // (2, 11): p = 0.0225 alone; among two others without any difference 0.0674.
    let alone = try ComparisonFamilyTests.family(ComparisonFamilyTests.table(items: 400, [(2, 11)]))
    #expect(alone[0].outcome == .improved)
    #expect(alone[0].evidence?.adjustedPValue == nil)
    let among = try ComparisonFamilyTests.family(
      ComparisonFamilyTests.table(items: 400, [(2, 11), (5, 5), (5, 5)]))
    #expect(among[0].outcome == .inconclusive)
    #expect(among[0].reasons.map(\.code).contains(.inconclusive))
    // The items see less in a family: each is planned at α/k.
    #expect((among[0].power?.minDetectableGain ?? 0) > (alone[0].power?.minDetectableGain ?? 1))
  }

  @Test func nothingAndOneAreFamilies() throws {
    #expect(try ComparisonFamily.compare([]).isEmpty)
    let table = try ComparisonFamilyTests.table(items: 100, [(5, 8)])
    let policy = ComparisonPolicy()
    let family = try ComparisonFamily.compare([Comparer(table: table, policy: policy)])
    let plain = try Comparer(table: table, policy: policy).compare()
    #expect(family[0].evidence?.low == plain.evidence?.low)
    #expect(family[0].evidence?.pValue == plain.evidence?.pValue)
  }

  @Test func whatCannotBeTestedCounts() throws {
    // Equal real scores have no variance and so no p: the member still belongs to the family.
    var trials: [Trial] = []
    for item in 0..<12 {
      trials.append(Trial(item: "\(item)", score: 0.5, arm: "base"))
      trials.append(Trial(item: "\(item)", score: 0.5, arm: "same"))
      trials.append(Trial(item: "\(item)", score: 0.5 + 0.01 * Double(item + 1), arm: "better"))
    }
    let results = try ComparisonFamilyTests.family(TrialTable(trials).join())
    let p = try #require(results[1].evidence?.pValue)
    #expect(results[1].evidence?.adjustedPValue == min(1, 2 * p))
  }

  @Test func resamplingIsSaid() throws {
    func result(_ items: Int) throws -> ComparisonResult {
      let trials = (0..<items).flatMap { ComparerTests.pair("i\($0)", 0.5, 0.5 + Double($0 % 7 + 1) / 20) }
      return try ComparerTests.compare(trials)
    }
    #expect(try result(20).evidence?.isResampled == false)
    #expect(try result(21).evidence?.isResampled == true)
  }

  @Test func noiseBetweenRunsWidens() throws {
    let table = try ComparisonFamilyTests.table(items: 400, [(10, 30)])
    let plain = try #require(try Comparer(table: table, policy: ComparisonPolicy()).compare().evidence)
    var policy = ComparisonPolicy()
    policy.runVariance = 0.000136
    let noisy = try Comparer(table: table, policy: policy).compare()
    let evidence = try #require(noisy.evidence)
    let z = 1.959963984540054
    let low =
      plain.estimate - ((plain.estimate - plain.low) * (plain.estimate - plain.low) + z * z * 0.000136).squareRoot()
    #expect(abs(evidence.low - low) < 1e-9)
    #expect(evidence.low < plain.low && evidence.high > plain.high)
    #expect((evidence.pValue ?? 0) > (plain.pValue ?? 1))
    #expect(evidence.testName == "z test with the noise between runs")
    #expect(evidence.intervalMethod.hasSuffix("widened by the noise between runs"))
    let error = (0.0002375 - 0.05 * 0.05 / 400 + 0.0000125 + 0.000136).squareRoot()
    #expect(abs((evidence.pValue ?? 0) - 2 * Normal.standard.survival(0.05 / error)) < 1e-9)
  }

  /// Example 7: the standard error 0.010 becomes 0.01537.
  @Test func example7ABecomesWider() throws {
    // Differences ±: mean 0, standard error 0.010.
    let step = 0.010 * (99.0).squareRoot()
    let trials = (0..<100).flatMap { ComparerTests.pair("i\($0)", 2, 2 + ($0 % 2 == 0 ? step : -step)) }
    let policy = WorkedExampleTests.policy {
      $0.runVariance = 0.01537 * 0.01537 - 0.0001
      $0.method = .pairedT
    }
    let evidence = try #require(try ComparerTests.compare(trials) { $0 = policy }.evidence)
    #expect(WorkedExampleTests.close(evidence.standardError, 0.010, 1e-9))
    #expect(WorkedExampleTests.close(evidence.high, 1.96 * 0.01537, 2e-4))
  }

  @Test func runDifferencesAreThePlainOnes() throws {
    let table = try ComparisonFamilyTests.table(items: 400, [(10, 30)])
    let run = try #require(try Comparer(table: table, policy: ComparisonPolicy()).runDifference())
    #expect(abs(run.difference - 0.05) < 1e-12)
    #expect(abs(run.standardError - (40.0 - 400.0 / 400).squareRoot() / 400) < 1e-12)
    let unpaired = try #require(
      try Comparer(table: table, policy: WorkedExampleTests.policy { $0.unpaired = true }).runDifference())
    #expect(abs(unpaired.standardError - (0.25 / 400 + 0.55 * 0.45 / 400).squareRoot()) < 1e-12)
    let one = try TrialTable(ComparerTests.pair("a", 0.5, 0.7)).join()
    #expect(try Comparer(table: one, policy: ComparisonPolicy()).runDifference() == nil)
  }

  @Test func earlierLooksCountWhereAnyLookIsValid() throws {
    let table = try ComparisonFamilyTests.table(items: 800, [(40, 72)])
    func p(_ change: (inout ComparisonPolicy) -> Void) throws -> Double {
      try Comparer(table: table, policy: WorkedExampleTests.policy(change)).compare().evidence?.pValue ?? -1
    }
    #expect(WorkedExampleTests.close(try p { $0.sequential = true }, 0.086, 5e-4))
    #expect(
      try p {
        $0.sequential = true
        $0.earlierPValue = 0.01
      } == 0.01)
    #expect(
      WorkedExampleTests.close(
        try p {
          $0.sequential = true
          $0.earlierPValue = 0.5
        }, 0.086, 5e-4))
    #expect(WorkedExampleTests.close(try p { $0.earlierPValue = 0.001 }, 0.0032, 5e-5))
  }
}
