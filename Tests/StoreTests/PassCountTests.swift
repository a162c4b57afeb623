import Records
import Store
import Testing

@Suite struct PassCountTests {
  private func trial(_ item: String, _ passed: Bool?, repetition: Int64? = nil, tags: [String: String] = [:])
    -> TrialRecord
  {
    var trial = TrialRecord(
      suite: "s", item: item, variant: "v", at: Instant(nanoseconds: 1_600_000_000_000_000_000))
    trial.passed = passed
    trial.repetition = repetition
    trial.tags = Tags(tags)
    return trial
  }

  private func counts(
    _ ledger: Ledger, by traits: [TrialTrait], lowerIsBetter: Bool = false, asOf: Instant? = nil
  ) async throws -> [PassCount] {
    try await ledger.read(asOf: asOf) { snapshot in
      var counts: [PassCount] = []
      try snapshot.forEachPassCount(
        of: try snapshot.trialSeries(suite: "s"), by: traits, lowerIsBetter: lowerIsBetter
      ) { counts.append($0) }
      return counts
    }
  }

  @Test func singleTrialsAreCountedByTraitAndResult() async throws {
    let temporary = try await TemporaryLedger()
    let trials =
      [trial("a", true, tags: ["k": "x"]), trial("b", true, tags: ["k": "x"]), trial("c", false, tags: ["k": "x"])]
      + [trial("d", nil, tags: ["k": "x"]), trial("e", true)]
    try await temporary.ledger.append(source: "test") { for one in trials { try $0.append(one) } }
    let counts = try await counts(temporary.ledger, by: [.tags])
    func count(_ tags: String, _ tries: Int, _ passes: Int) -> [Int]? {
      counts.first { $0.traits == [tags] && $0.tries == tries && $0.passes == passes }.map { [$0.items, $0.missing] }
    }
    #expect(counts.count == 4)
    #expect(count("{\"k\":\"x\"}", 1, 1) == [2, 0] && count("{\"k\":\"x\"}", 1, 0) == [1, 0])
    #expect(count("{\"k\":\"x\"}", 0, 0) == [1, 1] && count("{}", 1, 1) == [1, 0])
    #expect(try await self.counts(temporary.ledger, by: []).map(\.items) == [1, 1, 3])
  }

  @Test func repeatsAreCountedByItem() async throws {
    let temporary = try await TemporaryLedger()
    let results: [(String, [Bool?])] = [
      ("a", [true, true, false]), ("b", [true, nil, false]), ("c", [nil, nil, nil]),
    ]
    try await temporary.ledger.append(source: "test") { appender in
      for (item, passes) in results {
        for (number, passed) in passes.enumerated() {
          try appender.append(trial(item, passed, repetition: Int64(number)))
        }
      }
    }
    let counts = try await counts(temporary.ledger, by: [])
    #expect(counts.map(\.tries) == [0, 2, 3] && counts.map(\.passes) == [0, 1, 2])
    #expect(counts.map(\.missing) == [3, 1, 0] && counts.allSatisfy { $0.items == 1 })
  }

  @Test func scoresCountOnlyWhereTheyAreZeroOrOne() async throws {
    let temporary = try await TemporaryLedger()
    try await temporary.ledger.append(source: "test") { appender in
      for (item, score) in [("a", 1.0), ("b", 1.0), ("c", 0.0), ("d", 0.5)] {
        var one = trial(item, nil)
        one.score = score
        try appender.append(one)
      }
    }
    #expect(try await counts(temporary.ledger, by: []).map { [$0.passes, $0.items] } == [[0, 1], [0, 1], [1, 2]])
    let turned = try await counts(temporary.ledger, by: [], lowerIsBetter: true)
    #expect(turned.first { $0.passes == 1 }?.items == 1 && turned.first { $0.tries == 1 && $0.passes == 0 }?.items == 2)
  }

  @Test func itemsThatContradictThemselvesAreLeftOutAndKnownLaterToo() async throws {
    let temporary = try await TemporaryLedger()
    let ledger = temporary.ledger
    func conflicts(asOf: Instant? = nil) async throws -> Int {
      try await ledger.read(asOf: asOf) { try $0.conflictingItems(of: try $0.trialSeries(suite: "s")) }
    }
    let clean = try await ledger.append(source: "test") { try $0.append(trial("a", true)) }
    let dirty = try await ledger.append(source: "test") { appender in
      for passed in [true, false] { try appender.append(trial("b", passed)) }
    }
    #expect(try await conflicts() == 1)
    #expect(try await counts(ledger, by: []).map(\.items) == [1])
    #expect(try await conflicts(asOf: clean.at) == 0)
    try await ledger.append(source: "test") { try $0.append(trial("b", nil)) }
    #expect(try await conflicts() == 0)
    #expect(try await conflicts(asOf: dirty.at) == 1)
    #expect(try await counts(ledger, by: [], asOf: dirty.at).map(\.items) == [1])
    // Replaced one by one is no conflict.
    try await ledger.append(source: "test") { try $0.append(trial("a", false)) }
    #expect(try await conflicts(asOf: dirty.at) == 1)
  }
}
