import SeededRandom
import Testing

@testable import Comparison

/// Data that once gave a verdict it did not support.
@Suite struct DoubtTests {
  static func trials(_ arm: String, _ scores: [Double?], item: (Int) -> String = { "i\($0)" }) -> [Trial] {
    scores.enumerated().map { Trial(item: item($0.offset), score: $0.element, arm: arm) }
  }

  @Test func runsOfTheJudgeAreAveragedNotRounded() throws {
    var trials: [Trial] = []
    for item in 0..<20 {
      for run in 0..<3 {
        trials.append(Trial(item: "\(item)", score: run == 0 ? 1 : 0, arm: "base", judgeRepeat: "\(run)"))
        trials.append(Trial(item: "\(item)", score: run == 0 ? 0 : 1, arm: "candidate", judgeRepeat: "\(run)"))
      }
    }
    let result = try ComparerTests.compare(trials)
    #expect(WorkedExampleTests.close(result.evidence?.estimate, 1.0 / 3, 1e-12))
    #expect(result.discordant == nil)
  }

  @Test func failuresWithoutAScoreDoNotMakeAWinner() throws {
    var trials: [Trial] = []
    for item in 0..<60 {
      for run in 0..<2 {
        trials.append(Trial(item: "\(item)", score: run == 0 ? 1 : 0, arm: "base", repetition: "\(run)"))
        trials.append(Trial(item: "\(item)", score: run == 0 ? 1 : nil, arm: "candidate", repetition: "\(run)"))
      }
    }
    let result = try ComparerTests.compare(trials)
    #expect(result.design.missingScore == 60)
    #expect(result.verdict == .inconclusive)
    #expect(result.reasons.first?.code == .missingScores)
  }

  @Test func missingScoresOfIndependentArmsAreBoundedToo() throws {
    let base = DoubtTests.trials("base", (0..<100).map { $0 < 50 ? 1 : 0 }) { "b\($0)" }
    let candidate = DoubtTests.trials("candidate", (0..<100).map { $0 < 50 ? 1 : nil }) { "c\($0)" }
    let result = try ComparerTests.compare(base + candidate)
    #expect(result.outcome == .improved)
    #expect(result.verdict == .inconclusive)
    #expect(result.reasons.first?.code == .missingScores)
  }

  @Test func missingScoresThatCannotMatterAreSaid() throws {
    let base = DoubtTests.trials("base", (0..<200).map { _ in 0 })
    let candidate = DoubtTests.trials("candidate", (0..<200).map { $0 < 5 ? nil : 1 })
    let result = try ComparerTests.compare(base + candidate)
    #expect(result.verdict == .improved)
    #expect(result.reasons.map(\.code).contains(.missingLeftOut))
  }

  @Test func droppedItemsOnAnUnknownScaleLeaveNoVerdict() throws {
    let base = DoubtTests.trials("base", (0..<200).map { Double($0 % 10) + 1 })
    let candidate = DoubtTests.trials("candidate", (0..<60).map { Double($0 % 10) + 2 })
    let result = try ComparerTests.compare(base + candidate)
    #expect(result.outcome == .improved)
    #expect(result.verdict == .inconclusive)
    #expect(result.reasons.first?.code == .droppedItemsDecide)
    let cheap = try ComparerTests.compare(
      DoubtTests.trials("base", (0..<50).map { 0.5 + Double($0 % 7) / 100 })
        + DoubtTests.trials("candidate", (0..<40).map { 0.3 + Double($0 % 7) / 100 })
    ) { $0.lowerIsBetter = true }
    #expect(cheap.verdict == .inconclusive)
  }

  @Test func anAnytimeMethodIsNotReadTooEarly() throws {
    let trials = (0..<12).flatMap { ComparerTests.pair("i\($0)", 0, 1) }
    let result = try ComparerTests.compare(trials) { $0.method = .anytime }
    #expect(result.verdict == .inconclusive)
    #expect(result.reasons.first?.code == .tooEarly)
  }

  @Test func theSequenceIsNotTunedToTheData() throws {
    func width(_ items: Int) throws -> Double {
      let trials = (0..<items).flatMap { ComparerTests.pair("i\($0)", 0, $0 % 2 == 0 ? 0.25 : -0.25) }
      let result = try ComparerTests.compare(trials) { $0.sequential = true }
      let evidence = try #require(result.evidence)
      return (evidence.high - evidence.low) / 2 / (evidence.standardError ?? .nan)
    }
    // In standard errors the sequence must go on widening, else looks without end find something.
    #expect(try width(20_000) > 1.05 * width(2_000))
  }

  @Test func versionsOfASuiteAreNotMixed() throws {
    func trials(_ arm: String, _ version: String) -> [Trial] {
      (0..<30).map { Trial(item: "\($0)", score: arm == "base" ? 0 : 1, arm: arm, suite: "s", suiteVersion: version) }
    }
    let mixed = try ComparerTests.compare(trials("base", "1") + trials("candidate", "2"))
    #expect(mixed.verdict == .inconclusive)
    #expect(mixed.reasons.first?.code == .mixedVersions)
    #expect(try ComparerTests.compare(trials("base", "2") + trials("candidate", "2")).verdict == .improved)
  }

  @Test func plannedItemsAreItemsAlsoInClusters() throws {
    let trials = (0..<120).flatMap { item in
      ["base", "candidate"].map { arm in
        Trial(
          item: "\(item)", score: arm == "base" ? 0 : (item % 3 == 0 ? 0 : 1), arm: arm, cluster: "\(item % 20)")
      }
    }
    #expect(try ComparerTests.compare(trials) { $0.plannedItems = 100 }.verdict == .improved)
    let early = try ComparerTests.compare(trials) { $0.plannedItems = 200 }
    #expect(early.missing.contains(MissingEvidence(what: "planned items", howMuch: 80)))
  }

  /// What was asked and has no score, or two, was looked at all the same.
  @Test func plannedItemsNeedNoScore() throws {
    var trials = (0..<98).flatMap { ComparerTests.pair("i\($0)", 0, $0 % 3 == 0 ? 0 : 1) }
    trials += ["base", "candidate"].map { Trial(item: "lost", score: $0 == "base" ? 0 : nil, arm: $0) }
    trials += ComparerTests.pair("torn", 0, 1) + [Trial(item: "torn", score: 1, arm: "base")]
    let planned = try ComparerTests.compare(trials) { ($0.plannedItems, $0.maxConflictShare) = (100, 0.05) }
    #expect(planned.design.asked == 100 && planned.design.items == 98)
    #expect(!planned.reasons.contains { $0.code == .notYet })
    let early = try ComparerTests.compare(trials) { ($0.plannedItems, $0.maxConflictShare) = (101, 0.05) }
    #expect(early.missing.contains(MissingEvidence(what: "planned items", howMuch: 1)))
    let apart = try ComparerTests.compare(trials) { ($0.plannedItems, $0.unpaired) = (100, true) }
    #expect(apart.design.asked == 100 && !apart.reasons.contains { $0.code == .notYet })
    let onlyBase = try ComparerTests.compare(trials + [Trial(item: "more", score: 1, arm: "base")]) {
      ($0.plannedItems, $0.unpaired) = (101, true)
    }
    #expect(onlyBase.design.asked == 100 && onlyBase.reasons.contains { $0.code == .notYet })
  }

  @Test func manyRepeatsOfOneItemDoNotCollide() throws {
    var trials = (0..<50).flatMap { ComparerTests.pair("i\($0)", 0, 1) }
    for run in 0..<200_000 {
      trials.append(Trial(item: "many", score: run % 2 == 0 ? 1 : 0, arm: "base", repetition: "run-\(run)"))
    }
    trials.append(Trial(item: "many", score: 1, arm: "candidate"))
    #expect(try ComparerTests.compare(trials).design.conflicting == 0)
  }

  @Test func scoresThatAreNoScoresAreRefused() {
    #expect(throws: UnusableTrials.self) { try TrialTable([Trial(item: "a", score: 1e308)]) }
  }

  @Test func everyDoubtSaysWhatIsMissing() throws {
    let trials = (0..<40).flatMap { item in
      ["base", "candidate"].map { Trial(item: "\(item)", score: $0 == "base" ? 0 : 1, arm: $0, cluster: "\(item % 4)") }
    }
    #expect(try ComparerTests.compare(trials).missing == [MissingEvidence(what: "clusters", howMuch: 2)])
    let one = (0..<40).flatMap { item in
      ["base", "candidate"].map { Trial(item: "\(item)", score: $0 == "base" ? 0 : 1, arm: $0, cluster: "only") }
    }
    #expect(try ComparerTests.compare(one).reasons.first?.code == .fewClusters)
  }

  @Test func orderOfSuitesAndConflictsDoesNotShow() throws {
    var generator = SplitMix(seed: 4)
    var trials: [Trial] = []
    for suite in ["b", "a"] {
      for item in 0..<40 {
        trials.append(Trial(item: "\(item)", score: generator.unit(), arm: "base", suite: suite))
        trials.append(Trial(item: "\(item)", score: generator.unit(), arm: "candidate", suite: suite))
      }
    }
    let there = try ComparerTests.compare(trials)
    let back = try ComparerTests.compare([trials[0]] + trials.dropFirst().reversed())
    #expect(there.seed == back.seed)
    #expect(there.evidence?.pValue == back.evidence?.pValue)

    let clean = (0..<200).flatMap { ComparerTests.pair("i\($0)", 0, $0 < 20 ? 1 : 0) }
    for scores in [[1, 0.5], [0.5, 1]] {
      let conflict =
        scores.map { Trial(item: "x", score: $0, arm: "base") } + [Trial(item: "x", score: 1, arm: "candidate")]
      #expect(try ComparerTests.compare(clean + conflict).evidence?.testName == "exact McNemar")
    }
  }

  @Test func aRankingDoubtsTheSameThings() throws {
    let full = DoubtTests.trials("a", (0..<100).map { $0 < 60 ? 1 : nil })
    let others = ["b", "c"].flatMap { arm in DoubtTests.trials(arm, (0..<100).map { $0 % 3 == 0 ? 1 : 0 }) }
    let result = try Ranker(table: TrialTable(full + others).join(), policy: ComparisonPolicy()).rank()
    #expect(result.reasons.first?.code == .missingScores)
  }

  @Test func aRankingIsDecidedByHolm() throws {
    // Holm rejects the closest pair at 0.0414 although its Bonferroni interval reaches over zero.
    var trials: [Trial] = []
    for (arm, passes) in [("p", 0..<100), ("q", 9..<100), ("r", 60..<100)] {
      for item in 0..<100 { trials.append(Trial(item: "\(item)", score: passes.contains(item) ? 1 : 0, arm: arm)) }
    }
    let result = try Ranker(table: TrialTable(trials).join(), policy: ComparisonPolicy()).rank()
    let closest = try #require(result.pairs.first { $0.first == "p" && $0.second == "q" })
    #expect((closest.evidence.adjustedPValue ?? 1) <= 0.05)
    #expect(closest.significant)
    #expect(result.variants.filter(\.isWinner).map(\.name) == ["p"])
  }

  @Test func onlyListsCountWhatTheyDoNotName() throws {
    // The base lists its 40 passes; the candidate names all 100 items and passes 50.
    let list = DoubtTests.trials("base", (0..<40).map { _ in 1 })
    let full = DoubtTests.trials("candidate", (0..<100).map { $0 < 50 ? 1 : 0 })
    var table = try TrialTable(list + full).join()
    table.countAbsentAsFailures(arms: [0])
    let result = try Comparer(table: table, policy: ComparisonPolicy()).compare()
    #expect(result.base.mean == 0.4)
    #expect(result.candidate.mean == 0.5)
    #expect(result.verdict == .improved)
  }
}
