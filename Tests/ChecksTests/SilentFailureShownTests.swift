import Guards
import Records
import Store
import Testing

@testable import Checks

/// All that `silent-failure` shows, and what is decided by an instant.
@Suite struct SilentFailureShownTests {
  @Test func aRunThatIsProvedShowsNoItems() async throws {
    var run = RunBench()
    run.done("a")
    let finding = try await run.finding()
    #expect(
      finding.measured == [
        "hidden_failure_rate 0", "hidden_failures 0", "items 1", "claimed_complete 1", "verified 1",
        "claimed_success 1", "verified_success 1", "unfinished 0", "attempts_beyond_max 0", "audited 1",
        "defect_rate 0",
      ])
    #expect(finding.drawn == ["What run-7 claims, and what is verified 2"])
    #expect(finding.next == "Nothing to do: what is claimed is proved.")
  }

  @Test func aRunThatNothingProvesShowsNoShares() async throws {
    var run = RunBench()
    run.done("a", receipts: [], checks: [])
    let finding = try await run.finding()
    #expect(
      finding.measured == [
        "hidden_failure_rate -", "hidden_failures 0", "items 1", "claimed_complete 1", "verified 0",
        "claimed_success -", "verified_success -", "unfinished 0", "attempts_beyond_max 0", "audited 0",
        "defect_rate -",
      ])
    #expect(finding.measures.first?.low == 0 && finding.measures.first?.high == 1)
    #expect(finding.drawn.isEmpty)
    #expect(finding.headline == "run-7 claims 1 of 1 item complete, and nothing proves any of them.")
    #expect(finding.codes(.unknown) == ["NO_RECEIPTS", "AUDIT_SHORT"])
    // Where nothing has a receipt, none is missing of what others have.
    #expect(finding.reasons.allSatisfy { $0.code != ItemStatus.Class.partial.code })
  }

  /// With nothing claimed there is nothing to audit.
  @Test func aRunThatClaimsNothingNeedsNoAudit() async throws {
    var run = RunBench()
    run.item("a")
    run.attempt("a", "running", at: 39)
    let finding = try await run.finding()
    #expect(finding.reasons.map(\.code) == ["NO_RECEIPTS"] && finding.value("unfinished") == 1)
    #expect(finding.headline == "run-7 claims 0 of 1 item complete." && finding.drawn.isEmpty)
  }

  @Test func fiftyItemsAreShown() async throws {
    var run = RunBench()
    for item in 0..<51 { run.done("\(item)", receipts: ["1"]) }
    let finding = try await run.finding()
    #expect(finding.value("partial") == 51 && finding.evidence.count == 50)
    #expect(finding.drawn == ["What run-7 claims, and what is verified 2", "Items that are not done 50"])
  }

  @Test func fiveAreNamedAndTheOthersCounted() async throws {
    func finding(_ items: [String]) async throws -> Finding {
      var run = RunBench()
      run.done("z")
      for item in items {
        run.item(item)
        run.attempt(item, "failed")
      }
      return try await run.finding()
    }
    let five = try await finding(["a", "b", "c", "d", "e"])
    #expect(five.reasons.map(\.text) == ["5 items failed, with attempts left: a, b, c, d, e."])
    #expect(five.next == "Retry the items that failed or are late.")
    let six = try await finding(["a", "b", "c", "d", "e", "f"])
    #expect(six.reasons.map(\.text) == ["6 items failed, with attempts left: a, b, c, d, e and 1 more."])
  }

  @Test func itemsWithoutAnAttemptLeftComeFirst() async throws {
    var run = RunBench()
    run.done("z")
    run.item("a")
    for number in 1...3 { run.attempt("a", "failed", number) }
    for (step, minute) in [("1", 2), ("2", 4), ("3", 3)] as [(String, Int64)] { run.receipt("a", step, at: minute) }
    let finding = try await run.finding()
    #expect(finding.next == "Change what made the items in the dead-letter box fail before replaying them.")
    guard case .table("Dead letters", _, let rows)? = finding.figures.last else {
      Issue.record("no table")
      return
    }
    #expect(rows == [["a", "3", "2", "0.00 USD"]])
  }

  // MARK: Instants

  /// "Now" is minute 40.
  @Test func whatHappensNowHasHappened() async throws {
    func attempt(at minute: Int64) async throws -> Finding {
      var run = RunBench()
      run.done("a")
      run.item("b")
      run.attempt("b", "failed", at: minute)
      return try await run.finding()
    }
    #expect(try await attempt(at: 40).codes(.warn) == ["EXCEPTION"])
    #expect(try await attempt(at: 41).codes(.warn) == [])
    func receipt(at minute: Int64) async throws -> Finding {
      var run = RunBench()
      run.done("a", receipts: ["1", "2", "3", "4", "5"])
      run.receipt("a", "6", at: minute)
      return try await run.finding()
    }
    #expect(try await receipt(at: 40).verdict == .pass)
    #expect(try await receipt(at: 41).codes(.fail) == ["PARTIAL"])
    func check(at minute: Int64) async throws -> Finding {
      var run = RunBench()
      run.done("a")
      run.check("a", "fail", ["schema"], at: minute)
      return try await run.finding()
    }
    #expect(try await check(at: 40).codes(.fail) == ["SEMANTIC"])
    #expect(try await check(at: 41).verdict == .pass)
    // Calls are looked for from the first attempt on, though that is of now.
    var run = RunBench()
    run.item("b") { $0.budget = 2 * Money.unitsPerOne }
    run.attempt("b", "running", at: 40)
    run.call("b", "{}", cost: "3.00 USD", at: 40)
    #expect(try await run.finding().codes(.fail) == ["BUDGET"])
  }

  @Test func ofOneInstantTheLastWordCounts() async throws {
    func claims(_ words: [String]) async throws -> Double? {
      var run = RunBench()
      run.done("a")
      run.item("b")
      for (number, word) in words.enumerated() { run.attempt("b", word, at: 5, number) }
      return try await run.finding().value("claimed_complete")
    }
    #expect(try await claims(["succeeded", "failed"]) == 1)
    #expect(try await claims(["failed", "succeeded"]) == 2)
    func checked(_ words: [String]) async throws -> [String] {
      var run = RunBench()
      run.done("a")
      for word in words { run.check("a", word, ["schema"], at: 5) }
      return try await run.finding().codes(.fail)
    }
    #expect(try await checked(["pass", "fail"]) == ["SEMANTIC"])
    #expect(try await checked(["fail", "pass"]) == [])
  }

  // MARK: Schedules

  /// Every 20 minutes; the first run is 40 minutes old and whole, the second has no items.
  @Test func aRunWithoutItemsKeepsNoSchedule() async throws {
    func finding(period: Double) async throws -> Finding {
      let bench = try await CheckBench("policies: {silent-failure: {output_checks: []}}\n")
      var first = RunBench("run-0") { $0.periodSeconds = period }
      first.done("a", checks: [])
      let second = RunBench("run-1") { ($0.periodSeconds, $0.at) = (period, RunBench.at(30)) }
      let records = first.records + second.records
      try await bench.append { appender in for record in records { try appender.append(record) } }
      return try #require(try await bench.run(["silent-failure"]).findings.first { $0.subject == "run-1" })
    }
    #expect(try await finding(period: 1200).codes(.fail) == ["MISSED_SCHEDULE"])
    // What comes again after no time comes never.
    #expect(try await finding(period: 0).codes(.fail) == [])
  }
}
