import Glibc
import Records
import Store
import StoreSQLite
import Testing

/// A ledger of its own in a temporary folder, with a clock that the test moves.
struct TemporaryLedger: ~Copyable {
  let ledger: Ledger
  let folder: String

  init(now: Int64 = 1_700_000_000_000_000_000) async throws {
    var template = Array("/tmp/tally-ledger-XXXXXX".utf8CString)
    folder = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    ledger = try await Ledger(engine: SQLiteEngine(path: folder + "/ledger.db")) { Instant(nanoseconds: now) }
  }

  deinit {
    try? ledger.close()
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] { unlink(folder + "/" + name) }
    rmdir(folder)
  }
}

@Suite struct LedgerTests {
  private func trial(_ item: Int, _ variant: String = "prod", passed: Bool = true) -> TrialRecord {
    var trial = TrialRecord(
      suite: "triage", item: "item-\(item)", variant: variant, at: Instant(nanoseconds: 1_600_000_000_000_000_000))
    trial.passed = passed
    trial.tags = Tags(["intent": item % 2 == 0 ? "refund" : "shipping"])
    return trial
  }

  @Test func storesOnceWhatIsDeliveredTwice() async throws {
    let temporary = try await TemporaryLedger()
    let ledger = temporary.ledger
    let records = (0..<10_000).map { trial($0) }
    let first = try await ledger.append(source: "test") { appender in
      for record in records { try appender.append(record) }
    }
    #expect(first.total.stored == 10_000)
    let second = try await ledger.append(source: "test") { appender in
      for record in records { try appender.append(record) }
    }
    #expect(second.total.stored == 0)
    #expect(second.total.duplicates == 10_000)
    #expect(second.commit == nil)
    let verification = try await ledger.verify()
    #expect(verification.problems == [])
    #expect(verification.records == 10_000)
  }

  @Test func aCorrectionReplacesAndThePastStays() async throws {
    let temporary = try await TemporaryLedger()
    let ledger = temporary.ledger
    let before = try await ledger.append(source: "test") { try $0.append(trial(1)) }
    let after = try await ledger.append(source: "test") { try $0.append(trial(1, passed: false)) }
    #expect(after.total.superseding == 1)
    for (asOf, expected) in [(before.at, 1.0), (after.at, 0.0), (nil, 0.0)] {
      let scores = try await ledger.read(asOf: asOf) { snapshot in
        var scores: [Double?] = []
        try snapshot.forEachTrial(of: snapshot.trialSeries(suite: "triage")) { row, _ in scores.append(row.score) }
        return scores
      }
      #expect(scores == [expected])
    }
    let back = try await ledger.append(source: "test") { try $0.append(trial(1)) }
    #expect(back.total.duplicates == 1)
  }
}
