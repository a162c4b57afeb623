import SeededRandom
import Records
import Testing

@testable import Store

/// The ledger against a model that is too simple to be wrong: after every delivery, every question at every past time.
@Suite struct HistoryTests {
  @Test(arguments: EngineUnderTest.all, 0..<40)
  func agreesWithTheModelAtEveryTime(_ engine: EngineUnderTest, _ seed: Int) async throws {
    var records = RandomRecords(seed: UInt64(seed))
    let folder = TemporaryFolder()
    let clock = TestClock()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { clock.now }
    defer { try? ledger.close() }
    var model = ModelLedger()
    var deliveries: [[Record]] = []
    var past: [LedgerAnswers] = []
    for _ in 0..<Int.random(in: 3...9, using: &records.random) {
      // Several deliveries may share a commit.
      let group = (0..<Int.random(in: 1...3, using: &records.random)).map { _ in
        var delivery = records.delivery(Int.random(in: 0...40, using: &records.random))
        // Some of it was delivered before, in this order or another.
        if let earlier = deliveries.randomElement(using: &records.random) {
          delivery = (delivery + earlier.prefix(Int.random(in: 0...20, using: &records.random))).shuffled(
            using: &records.random)
        }
        deliveries.append(delivery)
        return delivery
      }
      // Clocks go back at times.
      clock.set(clock.now.nanoseconds + Int64.random(in: -2_000_000_000...10_000_000_000, using: &records.random))
      let receipt = try await ledger.deliver(together: group)
      var expected = AppendReceipt()
      for delivery in group { expected.add(model.deliver(delivery)) }
      #expect(receipt.counts == expected.counts)
      #expect((receipt.commit != nil) == (receipt.total.stored > 0))
      if let at = receipt.at {
        #expect(at > model.commits.last ?? Instant(nanoseconds: .min))
        model.acknowledge(at)
        past.append(try await ledger.answers(asOf: at))
        past[past.count - 1].agree(with: model, commits: past.count, asOf: at)
      }
      for (index, at) in model.commits.enumerated() {
        // What was known then does not change, to the last digest.
        #expect(try await ledger.answers(asOf: at) == past[index])
        let justBefore = try await ledger.answers(asOf: Instant(nanoseconds: at.nanoseconds - 1))
        #expect(justBefore.records == (index == 0 ? [:] : past[index - 1].records))
      }
    }
    try await deliverAgain(deliveries, to: ledger, &records.random)
  }

  private func deliverAgain(_ deliveries: [[Record]], to ledger: Ledger, _ random: inout SplitMix) async throws {
    let before = (try await ledger.answers(), try await ledger.status())
    for delivery in deliveries.shuffled(using: &random) {
      let receipt = try await ledger.deliver(delivery.shuffled(using: &random))
      #expect(receipt.total.stored == 0 && receipt.total.duplicates == delivery.count && receipt.commit == nil)
    }
    let after = (try await ledger.answers(), try await ledger.status())
    #expect(after == before)
    let verification = try await ledger.verify(head: before.1.head)
    #expect(verification.problems == [])
    #expect(verification.commits == before.1.commits)
    #expect(verification.records == before.1.records.values.reduce(0, +))
  }

  @Test(arguments: EngineUnderTest.all)
  func batchesAndDeliveriesAreTheSameToIt(_ engine: EngineUnderTest) async throws {
    // More than a batch, with every fifth record twice.
    let trials = (0..<10_000).map { index in
      var trial = TrialRecord(
        suite: "s\(index % 3)", item: "item \(index - index % 5)", variant: "v", at: Instant(nanoseconds: Int64(index)))
      trial.repetition = Int64(index % 5 == 4 ? 0 : index % 5)
      trial.predicted = "label \(index % 700)"
      return Record.trial(trial)
    }
    let (one, many) = (TemporaryFolder(), TemporaryFolder())
    let ledger = try await Ledger(engine: engine.open(one.path)) { Instant(nanoseconds: 0) }
    let receipt = try await ledger.deliver(trials)
    let other = try await Ledger(engine: engine.open(many.path)) { Instant(nanoseconds: 0) }
    for start in stride(from: 0, to: trials.count, by: 1_000) {
      try await other.deliver(Array(trials[start..<start + 1_000]))
    }
    defer {
      try? ledger.close()
      try? other.close()
    }
    let answers = (try await ledger.answers(), try await other.answers())
    #expect(answers.0.records == answers.1.records)
    #expect(answers.0.scores == answers.1.scores)
    #expect(receipt.total.stored == answers.0.records[.trial]?.count)
    #expect(try await ledger.verify().problems == [])
    #expect(try await other.verify().problems == [])
  }
}
