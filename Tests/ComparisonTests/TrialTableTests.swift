import SeededRandom
import Records
import Testing

@testable import Comparison

@Suite struct TrialTableTests {
  static func manyTrials(items: Int, seed: UInt64) -> [Trial] {
    var generator = SplitMix(seed: seed)
    var trials: [Trial] = []
    for item in 0..<items {
      for arm in ["base", "candidate"] {
        if generator.next() % 20 == 0 { continue }
        for repetition in 0..<3 {
          let missing = generator.next() % 30 == 0
          trials.append(
            Trial(
              item: "item-\(item)", score: missing ? nil : Double(generator.next() % 1000) / 1000, arm: arm,
              repetition: "\(repetition)", cluster: "document-\(item % 37)", slices: ["\(item % 5)"]))
        }
      }
    }
    return trials
  }

  /// The table's content as text, in its own order; cluster numbers by name so that the order of reading does not show.
  static func content(_ table: ItemTable) -> [String] {
    (0..<table.count).map { item in
      table.scores.indices.map { arm in "\(table.states[arm][item]) \(table.scores[arm][item])" }.joined(separator: "|")
    }
  }

  @Test func orderOfRowsDoesNotMatter() throws {
    let trials = TrialTableTests.manyTrials(items: 3_000, seed: 1)
    var generator = SplitMix(seed: 2)
    let first = try TrialTable(trials)
    let second = try TrialTable([trials[0]] + trials.dropFirst().shuffled(using: &generator))
    let order = first.arms.map(\.name).map { name in second.arms.firstIndex { $0.name == name } ?? -1 }
    #expect(first.rows == second.rows)
    let tables = (try first.join(), try second.join(arms: order))
    #expect(TrialTableTests.content(tables.0) == TrialTableTests.content(tables.1))
    #expect(first.fingerprint == second.fingerprint)
  }

  @Test(arguments: [1, 100, 4_999]) func spillingChangesNothing(limit: Int) throws {
    let trials = TrialTableTests.manyTrials(items: 2_000, seed: 3)
    let whole = try TrialTable(trials).join()
    let spilled = try TrialTable(trials, spillLimit: limit).join()
    #expect(TrialTableTests.content(whole) == TrialTableTests.content(spilled))
    #expect(whole.clusters == spilled.clusters)
    #expect(whole.sliceSets == spilled.sliceSets)
    #expect(whole.labels == spilled.labels)
  }

  @Test func repeatsAreAveragedAndDuplicatesCountOnce() throws {
    let table = try TrialTable([
      Trial(item: "a", score: 1, repetition: "1"), Trial(item: "a", score: 0, repetition: "2"),
      Trial(item: "a", score: 0, repetition: "2"), Trial(item: "a", score: 1, repetition: "3"),
    ]).join()
    #expect(table.count == 1)
    #expect(table.scores[0] == [2.0 / 3])
    #expect(table.duplicates == 1)
    #expect(table.repeats == [3])
  }

  @Test func judgeRunsAreAveragedWithinTheirPrediction() throws {
    let table = try TrialTable([
      Trial(item: "a", score: 1, repetition: "1", judgeRepeat: "1"),
      Trial(item: "a", score: 0, repetition: "1", judgeRepeat: "2"),
      Trial(item: "a", score: 1, repetition: "2", judgeRepeat: "1"),
    ]).join()
    #expect(table.scores[0] == [0.75])
    #expect(table.repeats == [2])
  }

  @Test func unequalRowsWithOneKeyConflict() throws {
    let trials = [Trial(item: "a", score: 1), Trial(item: "a", score: 0), Trial(item: "b", score: 1)]
    let table = try TrialTable(trials).join()
    #expect(Set(table.states[0]) == [.conflicting, .scored])
    let repeats = try TrialTable(trials, repeatsByOrder: true).join()
    #expect(repeats.states[0] == [.scored, .scored])
    #expect(Set(repeats.scores[0]) == [0.5, 1])
  }

  @Test func aMissingScoreIsNotAZero() throws {
    let table = try TrialTable([
      Trial(item: "a", score: nil), Trial(item: "b", score: nil, repetition: "1"),
      Trial(item: "b", score: 1, repetition: "2"),
    ]).join()
    #expect(Set(table.states[0]) == [.missing, .scored])
    #expect(table.scores[0].contains(1))
  }

  @Test func canonicallyEqualIdentifiersAreOneItem() throws {
    let table = try TrialTable([
      Trial(item: "caf\u{E9}", score: 1, arm: "base"), Trial(item: "cafe\u{301}", score: 0, arm: "candidate"),
      Trial(item: "CAF\u{C9}", score: 1, arm: "base"),
    ]).join()
    #expect(table.count == 2)
  }

  @Test func itemsOfDifferentSuitesDoNotPair() throws {
    let table = try TrialTable([
      Trial(item: "1", score: 1, arm: "base", suite: "maths"),
      Trial(item: "1", score: 0, arm: "candidate", suite: "history"),
    ]).join()
    #expect(table.count == 2)
  }

  @Test func longLabelsAreCutBetweenScalars() throws {
    let long = String(repeating: "ü", count: 500)
    let table = try TrialTable([Trial(item: long, score: 1, arm: "base"), Trial(item: "x", score: 1, arm: "candidate")])
      .join()
    let labels = (0..<table.count).map(table.label)
    #expect(Set(labels) == [String(repeating: "ü", count: 120), "x"])
  }

  @Test func labelsSortLikeUTF8Bytes() throws {
    let names = ["item-00000010", "item-0000001", "b", "ü", "", "item-00000011", "itém", "item-0000001\u{0}"]
    var labels = ItemLabels()
    for (position, name) in names.enumerated() {
      var name = name
      name.withUTF8 { labels.append(UnsafeRawBufferPointer($0), item: 10 * position) }
    }
    let byBytes = names.indices.sorted { names[$0].utf8.lexicographicallyPrecedes(names[$1].utf8) }
    #expect(labels.sorted(Array(names.indices)) { _ in 1 } == byBytes)
    let byKey = labels.sorted(Array(names.indices)) { $0 == 3 ? 2 : 1 }
    #expect(byKey == [3] + byBytes.filter { $0 != 3 })
    for (position, name) in names.enumerated() {
      #expect(labels[10 * position] == name)
      #expect(labels[10 * position + 1] == nil)
    }
  }

  @Test func emptyTable() throws {
    let table = try TrialTable().join()
    #expect(table.count == 0)
  }
}
