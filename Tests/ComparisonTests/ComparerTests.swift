import SeededRandom
@testable import Comparison
import Testing

@Suite struct ComparerTests {
  static func compare(
    _ trials: [Trial], slices: [String] = [], _ change: (inout ComparisonPolicy) -> Void = { _ in }
  ) throws -> ComparisonResult {
    try Comparer(
      table: TrialTable(trials, sliceNames: slices).join(), policy: WorkedExampleTests.policy(change)
    ).compare()
  }

  static func pair(_ item: String, _ base: Double?, _ candidate: Double?, slices: [String?] = []) -> [Trial] {
    [
      Trial(item: item, score: base, arm: "base", slices: slices),
      Trial(item: item, score: candidate, arm: "candidate", slices: slices),
    ]
  }

  @Test func oneItemDecidesNothing() throws {
    let binary = try ComparerTests.compare(ComparerTests.pair("only", 0, 1))
    #expect(binary.verdict == .inconclusive)
    #expect(binary.evidence?.pValue == 1)
    let real = try ComparerTests.compare(ComparerTests.pair("only", 0.25, 0.75))
    #expect(real.evidence == nil)
    #expect(real.reasons.map(\.code).contains(.tooFewItems))
    #expect(real.verdict == .inconclusive)
  }

  @Test func armsWithoutScores() throws {
    let result = try ComparerTests.compare([
      Trial(item: "a", score: nil, arm: "base"), Trial(item: "a", score: nil, arm: "candidate"),
    ])
    #expect(result.reasons.map(\.code).contains(.noTrials))
    #expect(result.verdict.exitCode == 2)
  }

  @Test func allEqualScores() throws {
    let trials = (0..<50).flatMap { ComparerTests.pair("i\($0)", 1, 1) }
    let binary = try ComparerTests.compare(trials)
    #expect(binary.evidence?.estimate == 0)
    // No discordant pair still leaves room: ±z²/(n + z²).
    #expect(WorkedExampleTests.close(binary.evidence?.high, 3.8414588 / (50 + 3.8414588), 1e-6))
    let real = try ComparerTests.compare((0..<50).flatMap { ComparerTests.pair("i\($0)", 3.5, 3.5) })
    #expect(real.reasons.map(\.code).contains(.zeroVariance))
    #expect(real.verdict == .inconclusive)
    #expect(real.evidence?.low == 0)
    #expect(real.evidence?.high == 0)
  }

  @Test func droppedItemsThatDecide() throws {
    var trials = (0..<40).flatMap { ComparerTests.pair("i\($0)", 0, $0 < 12 ? 1 : 0) }
    let clean = try ComparerTests.compare(trials)
    #expect(clean.verdict == .improved)
    for item in 0..<12 { trials.append(Trial(item: "d\(item)", score: 1, arm: "base")) }
    let dropped = try ComparerTests.compare(trials)
    #expect(dropped.outcome == .improved)
    #expect(dropped.verdict == .inconclusive)
    #expect(dropped.reasons.first?.code == .droppedItemsDecide)
    #expect(dropped.design.onlyBase == 12)
    #expect(dropped.missing.contains(MissingEvidence(what: "items the candidate was not run on", howMuch: 12)))
    #expect(dropped.design.population == "on the 40 common items of 52")
  }

  @Test func droppedItemsThatDoNot() throws {
    var trials = (0..<100).flatMap { ComparerTests.pair("i\($0)", 0, $0 < 40 ? 1 : 0) }
    trials.append(Trial(item: "d", score: 1, arm: "base"))
    trials.append(Trial(item: "e", score: 1, arm: "candidate"))
    let result = try ComparerTests.compare(trials)
    #expect(result.verdict == .improved)
    #expect(result.reasons.map(\.code).contains(.droppedItems))
    #expect(result.reasons.map(\.code).contains(.addedItems))
  }

  @Test func missingScoresAreBounded() throws {
    let scored = (0..<100).flatMap { ComparerTests.pair("i\($0)", 0, $0 < 10 ? 1 : 0) }
    let one = try ComparerTests.compare(scored + ComparerTests.pair("m", 1, nil))
    #expect(one.verdict == .improved)
    #expect(one.design.missingScore == 1)
    let many = try ComparerTests.compare(scored + (0..<10).flatMap { ComparerTests.pair("m\($0)", 1, nil) })
    #expect(many.verdict == .inconclusive)
    #expect(many.reasons.map(\.code).contains(.missingScores))
  }

  @Test func conflictingRows() throws {
    let scored = (0..<50).flatMap { ComparerTests.pair("i\($0)", 0, 1) }
    let conflict = [Trial(item: "i0", score: 1, arm: "base")]
    let result = try ComparerTests.compare(scored + conflict)
    #expect(result.design.conflicting == 1)
    #expect(result.reasons.map(\.code).contains(.conflictingTrials))
    #expect(result.verdict == .inconclusive)
    let more = (0..<100).flatMap { ComparerTests.pair("j\($0)", 0, 1) }
    #expect(try ComparerTests.compare(scored + conflict + more).verdict == .improved)
  }

  @Test func fewerThanSixClustersDecideNothing() throws {
    let trials = (0..<40).flatMap { item in
      ["base", "candidate"].map { arm in
        Trial(item: "\(item)", score: arm == "base" ? 0 : 1, arm: arm, cluster: "c\(item % 5)")
      }
    }
    let result = try ComparerTests.compare(trials)
    #expect(result.reasons.first?.code == .fewClusters)
    #expect(result.verdict == .inconclusive)
  }

  @Test func lowerIsBetterTurnsTheDifferenceRound() throws {
    let trials = (0..<30).flatMap { ComparerTests.pair("i\($0)", 100 + Double($0 % 7), 90 + Double($0 % 5)) }
    let higher = try ComparerTests.compare(trials)
    let lower = try ComparerTests.compare(trials) { $0.lowerIsBetter = true }
    #expect(higher.verdict == .regressed)
    #expect(lower.verdict == .improved)
    #expect(higher.evidence?.estimate == lower.evidence.map { -$0.estimate })
    #expect(higher.evidence?.pValue == lower.evidence?.pValue)
  }

  @Test func slicesAreAdjustedAndReversalsNamed() throws {
    let up = (0..<100).flatMap { ComparerTests.pair("u\($0)", 0, $0 < 60 ? 1 : 0, slices: ["billing"]) }
    let down = (0..<60).flatMap { ComparerTests.pair("d\($0)", $0 < 20 ? 1 : 0, 0, slices: ["refunds"]) }
    let result = try ComparerTests.compare(up + down, slices: ["intent"])
    #expect(result.slices.map(\.value) == ["billing", "refunds"])
    #expect(result.slices.map(\.verdict) == [.improved, .regressed])
    #expect(result.slices.allSatisfy { ($0.adjustedPValue ?? 0) >= ($0.evidence?.pValue ?? 1) })
    #expect(result.reasons.map(\.code).contains(.signReversal))
  }

  @Test func flipsAreListedLargestFirst() throws {
    let result = try ComparerTests.compare(
      ComparerTests.pair("b", 0.1, 0.2) + ComparerTests.pair("é", 0.9, 0.1) + ComparerTests.pair("c", 0.5, 0.5))
    #expect(result.flips.map(\.item) == ["é", "b"])
    #expect(result.flips.map(\.difference).first == -0.8)
  }

  @Test func methodsThatDoNotFitAreRefused() throws {
    let trials = (0..<10).flatMap { ComparerTests.pair("i\($0)", 0.25, 0.5) }
    #expect(throws: MethodMismatch.self) { try ComparerTests.compare(trials) { $0.method = .mcnemar } }
    #expect(throws: MethodMismatch.self) { try ComparerTests.compare(trials) { $0.method = .welch } }
    #expect(throws: MethodMismatch.self) { try ComparerTests.compare(trials) { $0.method = .clusterRobust } }
  }

  @Test func seedAndOrderDecideNothing() throws {
    var generator = SplitMix(seed: 9)
    let trials = (0..<200).flatMap { ComparerTests.pair("i\($0)", generator.unit(), generator.unit()) }
    let first = try ComparerTests.compare(trials)
    let second = try ComparerTests.compare(
      Array(trials.prefix(1)) + trials.dropFirst().shuffled(using: &generator))
    #expect(first.seed == second.seed)
    #expect(first.evidence?.pValue == second.evidence?.pValue)
    #expect(first.evidence?.low == second.evidence?.low)
  }

  @Test func swappingTheArmsMirrorsTheResult() throws {
    var generator = SplitMix(seed: 10)
    for isBinary in [true, false] {
      let trials = (0..<80).flatMap { item in
        ComparerTests.pair(
          "i\(item)", isBinary ? (generator.unit() < 0.5 ? 1 : 0) : generator.unit(),
          isBinary ? (generator.unit() < 0.7 ? 1 : 0) : generator.unit())
      }
      let table = try TrialTable(trials).join()
      let policy = ComparisonPolicy()
      let there = try Comparer(table: table, policy: policy).compare()
      let back = try Comparer(table: table, base: 1, candidate: 0, policy: policy).compare()
      #expect(WorkedExampleTests.close(there.evidence?.low, -(back.evidence?.high ?? .nan), 1e-9))
      #expect(WorkedExampleTests.close(there.evidence?.pValue, back.evidence?.pValue ?? .nan, 0.03))
    }
  }

  @Test func variantsAreRankedWithTheirUncertainty() throws {
    var trials: [Trial] = []
    for (arm, passes) in [("a", 90), ("b", 88), ("c", 50), ("d", 20)] {
      for item in 0..<120 { trials.append(Trial(item: "\(item)", score: item < passes ? 1 : 0, arm: arm)) }
    }
    let result = try Ranker(table: TrialTable(trials).join(), policy: ComparisonPolicy()).rank()
    #expect(result.variants.map(\.name) == ["a", "b", "c", "d"])
    #expect(result.variants.map(\.bestRank) == [1, 1, 3, 4])
    #expect(result.variants.map(\.worstRank) == [2, 2, 3, 4])
    #expect(result.variants.filter(\.isWinner).map(\.name) == ["a", "b"])
    #expect(result.pairs.count == 6)
    #expect(result.pairs.allSatisfy { $0.evidence.estimate >= 0 })
  }
}
