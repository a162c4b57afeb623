@testable import Comparison
import Testing

/// The worked examples of the `eval-power` specification, through the whole engine.
@Suite struct WorkedExampleTests {
  static func close(_ value: Double?, _ expected: Double, _ tolerance: Double) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= tolerance
  }

  static func unpaired(base: (Int, Int), candidate: (Int, Int)) throws -> ItemTable {
    var trials: [Trial] = []
    for (arm, counts) in [("base", base), ("candidate", candidate)] {
      for item in 0..<counts.1 {
        trials.append(Trial(item: "\(arm)-\(item)", score: item < counts.0 ? 1 : 0, arm: arm))
      }
    }
    return try TrialTable(trials).join()
  }

  static func paired(_ differences: [Double], clusters: [String]? = nil) throws -> ItemTable {
    var trials: [Trial] = []
    for (item, difference) in differences.enumerated() {
      let isWhole = difference == difference.rounded()
      let base = isWhole ? (difference < 0 ? 1.0 : 0.0) : 0.25
      let cluster = clusters?[item]
      trials.append(Trial(item: "\(item)", score: base, arm: "base", cluster: cluster))
      trials.append(Trial(item: "\(item)", score: base + difference, arm: "candidate", cluster: cluster))
    }
    return try TrialTable(trials).join()
  }

  static func policy(_ change: (inout ComparisonPolicy) -> Void) -> ComparisonPolicy {
    var policy = ComparisonPolicy()
    change(&policy)
    return policy
  }

  @Test func example1UnpairedRates() throws {
    let policy = WorkedExampleTests.policy {
      $0.claim = .improvement
      $0.minEffect = 0.03
    }
    let small = try Comparer(table: WorkedExampleTests.unpaired(base: (82, 100), candidate: (85, 100)), policy: policy)
      .compare()
    let evidence = try #require(small.evidence)
    #expect(WorkedExampleTests.close(evidence.statistic, 0.572, 5e-4))
    #expect(WorkedExampleTests.close(evidence.pValue, 0.568, 5e-4))
    #expect(WorkedExampleTests.close(evidence.low, -0.074, 5e-4))
    #expect(WorkedExampleTests.close(evidence.high, 0.134, 5e-4))
    #expect(WorkedExampleTests.close(small.power?.atMinEffect, 0.088, 5e-4))
    #expect(small.outcome == .inconclusive)
    #expect(small.verdict.exitCode == 2)
    #expect(small.missing == [MissingEvidence(what: "items per arm", howMuch: 2_300)])

    let large = try Comparer(
      table: WorkedExampleTests.unpaired(base: (1_968, 2_400), candidate: (2_040, 2_400)), policy: policy
    ).compare()
    #expect(WorkedExampleTests.close(large.evidence?.statistic, 2.80, 5e-3))
    #expect(WorkedExampleTests.close(large.evidence?.pValue, 0.0051, 5e-5))
    #expect(WorkedExampleTests.close(large.evidence?.low, 0.0090, 5e-5))
    #expect(WorkedExampleTests.close(large.evidence?.high, 0.0510, 5e-5))
    #expect(large.outcome == .improved)
    #expect(large.verdict == .improved)
  }

  @Test(arguments: [(50, 16.1, 24.8), (100, 12.5, 17.2), (200, 9.4, 11.8), (500, 6.3, 7.3), (1_000, 4.55, 5.05)])
  func example2Ruler(items: Int, up: Double, down: Double) throws {
    let passes = items * 82 / 100
    let result = try Comparer(
      table: WorkedExampleTests.unpaired(base: (passes, items), candidate: (passes, items)), policy: ComparisonPolicy()
    ).compare()
    #expect(WorkedExampleTests.close(result.power?.minDetectableGain, up / 100, 6e-4))
    #expect(WorkedExampleTests.close(result.power?.minDetectableLoss, down / 100, 6e-4))
  }

  @Test func example3PairedRates() throws {
    let small = try Comparer(
      table: TrialTable(both: 60, baseOnly: 5, candidateOnly: 8, neither: 27).join(), policy: ComparisonPolicy()
    ).compare()
    #expect(small.discordant == ComparisonResult.Discordant(baseOnly: 5, candidateOnly: 8, both: 60, neither: 27))
    #expect(WorkedExampleTests.close(small.evidence?.pValue, 0.581, 5e-4))
    #expect(WorkedExampleTests.close(small.evidence?.low, -0.045, 5e-4))
    #expect(WorkedExampleTests.close(small.evidence?.high, 0.109, 5e-4))
    #expect(small.verdict == .inconclusive)

    let large = try Comparer(
      table: TrialTable(both: 400, baseOnly: 40, candidateOnly: 72, neither: 288).join(), policy: ComparisonPolicy()
    ).compare()
    #expect(WorkedExampleTests.close(large.evidence?.pValue, 0.0032, 5e-5))
    #expect(WorkedExampleTests.close(large.evidence?.low, 0.014, 5e-4))
    #expect(WorkedExampleTests.close(large.evidence?.high, 0.066, 5e-4))
    #expect(large.verdict == .improved)
  }

  @Test func example4TestAndIntervalDisagree() throws {
    let table = try WorkedExampleTests.paired([0.2, 0.1, 0, 0.3, -0.1, 0.2, 0.1, 0.2])
    let policy = WorkedExampleTests.policy {
      $0.claim = .improvement
      $0.margin = 0.02
      $0.minEffect = 0.03
    }
    let result = try Comparer(table: table, policy: policy).compare()
    #expect(WorkedExampleTests.close(result.evidence?.estimate, 0.125, 1e-12))
    #expect(WorkedExampleTests.close(result.evidence?.low, 0.018, 5e-4))
    #expect(WorkedExampleTests.close(result.evidence?.high, 0.232, 5e-4))
    #expect(result.evidence?.pValue == 0.0625)
    #expect(result.outcome == .nonInferior)
    #expect(result.verdict == .inconclusive)
  }

  static let example5: [Double] = [1, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -1, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0]

  @Test func example5Clusters() throws {
    let clusters = (0..<24).map { "document-\($0 / 4)" }
    let table = try WorkedExampleTests.paired(WorkedExampleTests.example5, clusters: clusters)
    let result = try Comparer(table: table, policy: ComparisonPolicy()).compare()
    #expect(WorkedExampleTests.close(result.evidence?.estimate, 1.0 / 3, 1e-12))
    #expect(WorkedExampleTests.close(result.evidence?.standardError, 0.1900, 5e-5))
    #expect(WorkedExampleTests.close(result.evidence?.low, -0.155, 5e-4))
    #expect(WorkedExampleTests.close(result.evidence?.high, 0.822, 5e-4))
    #expect(result.evidence?.pValue == 0.25)
    #expect(WorkedExampleTests.close(result.design.designEffect, 2.72, 5e-3))
    #expect(WorkedExampleTests.close(result.design.effectiveItems, 8.8, 0.05))
    #expect(result.design.clusters == 6)
    #expect(result.verdict == .inconclusive)
    #expect(result.reasons.contains { $0.code == .fewClustersWarning })

    let naive = try Comparer(
      table: table, policy: WorkedExampleTests.policy { $0.method = .mcnemar }
    ).compare()
    #expect(WorkedExampleTests.close(naive.evidence?.pValue, 0.0215, 5e-5))
    #expect(naive.defaultEvidence?.pValue == 0.25)
    #expect(naive.reasons.contains { $0.code == .methodOverridden })

    let t = try Comparer(table: table, policy: WorkedExampleTests.policy { $0.method = .pairedT }).compare()
    #expect(WorkedExampleTests.close(t.evidence?.statistic, 1.754, 5e-4))
    #expect(WorkedExampleTests.close(t.evidence?.pValue, 0.140, 5e-4))
  }

  @Test func example6WhereNoiseComesFrom() throws {
    let scores = [
      [[1.0, 0.8], [0.6, 0.8]], [[0.2, 0.4], [0.4, 0.2]], [[0.9, 0.9], [0.5, 0.7]], [[0.1, 0.3], [0.5, 0.3]],
    ]
    var trials: [Trial] = []
    for (item, predictions) in scores.enumerated() {
      for (prediction, judged) in predictions.enumerated() {
        for (run, score) in judged.enumerated() {
          for (arm, value) in [("base", 0.0), ("candidate", score)] {
            trials.append(
              Trial(item: "\(item)", score: value, arm: arm, repetition: "\(prediction)", judgeRepeat: "\(run)"))
          }
        }
      }
    }
    let result = try Comparer(table: TrialTable(trials).join(), policy: ComparisonPolicy()).compare()
    #expect(WorkedExampleTests.close(result.evidence?.estimate, 0.5375, 1e-12))
    #expect(WorkedExampleTests.close(result.variance?.item, 0.065, 1e-12))
    #expect(WorkedExampleTests.close(result.variance?.prediction, 0.0125, 1e-12))
    #expect(WorkedExampleTests.close(result.variance?.judge, 0.0175, 1e-12))
    #expect(WorkedExampleTests.close(result.variance?.varianceOfMean, 0.01891, 5e-6))
  }

  @Test func example8Margins() throws {
    let table = try TrialTable(both: 600, baseOnly: 12, candidateOnly: 14, neither: 374).join()
    let noRegression = try Comparer(
      table: table,
      policy: WorkedExampleTests.policy {
        $0.claim = .noRegression
        $0.margin = 0.02
      }
    ).compare()
    #expect(WorkedExampleTests.close(noRegression.evidence?.low, -0.0085, 5e-5))
    #expect(WorkedExampleTests.close(noRegression.evidence?.high, 0.0128, 5e-5))
    #expect(noRegression.outcome == .equivalent)
    #expect(noRegression.verdict == .equivalent)
    #expect(noRegression.verdict.exitCode == 0)

    let improvement = try Comparer(
      table: table,
      policy: WorkedExampleTests.policy {
        $0.claim = .improvement
        $0.minEffect = 0.03
        $0.margin = 0.02
      }
    ).compare()
    #expect(improvement.outcome == .equivalent)
    #expect(improvement.verdict == .inconclusive)
    #expect(improvement.reasons.contains { $0.code == .noWorthwhileEffect })

    let apart = try Comparer(
      table: WorkedExampleTests.unpaired(base: (900, 1_000), candidate: (895, 1_000)),
      policy: WorkedExampleTests.policy {
        $0.claim = .noRegression
        $0.margin = 0.03
      }
    ).compare()
    #expect(WorkedExampleTests.close(apart.evidence?.low, -0.0317, 5e-5))
    #expect(WorkedExampleTests.close(apart.evidence?.high, 0.0217, 5e-5))
    #expect(apart.outcome == .inconclusive)
  }

  @Test func example11AnytimeLooks() throws {
    func look(_ base: Int, _ candidate: Int, of items: Int) throws -> ComparisonResult {
      let rest = items - base - candidate
      return try Comparer(
        table: TrialTable(both: rest / 2, baseOnly: base, candidateOnly: candidate, neither: rest - rest / 2).join(),
        policy: WorkedExampleTests.policy {
          $0.sequential = true
          $0.plannedItems = 1_000
        }
      ).compare()
    }
    #expect(WorkedExampleTests.close(try look(0, 7, of: 200).evidence?.statistic, 16.0, 0.05))
    #expect(WorkedExampleTests.close(try look(0, 8, of: 200).evidence?.statistic, 28.4, 0.05))
    let late = try look(40, 72, of: 800)
    #expect(WorkedExampleTests.close(late.evidence?.statistic, 11.6, 0.05))
    #expect(WorkedExampleTests.close(late.evidence?.pValue, 0.086, 5e-4))
    #expect(late.verdict == .inconclusive)
    let early = try look(0, 20, of: 60)
    #expect(early.reasons.contains { $0.code == .tooEarly })
    #expect(early.verdict == .inconclusive)
  }
}
