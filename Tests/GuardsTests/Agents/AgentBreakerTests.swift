import Guards
import Records
import Testing

@Suite struct AgentBreakerTests {
  private static let rule = AgentBreaker.Rule()

  /// So many calls a second apart, those that failed by their places; how it stands after so many more seconds.
  private func level(
    _ count: Int, failed: Set<Int>, after seconds: Int64 = 0, _ rule: AgentBreaker.Rule = rule
  ) -> AgentBreaker.Level {
    let events = (0..<count).map { (at: AgentGuardTests.at(Int64($0)), hasFailed: failed.contains($0)) }
    return AgentBreaker.level(after: events, rule, at: AgentGuardTests.at(Int64(max(0, count - 1)) + seconds))
  }

  @Test func sharesAreReached() {
    #expect(level(10, failed: []) == .closed && level(0, failed: []) == .closed)
    #expect(level(10, failed: [0]) == .warning && level(11, failed: [0]) == .closed)
    #expect(level(9, failed: [0, 2]) == .closed)
    #expect(level(12, failed: [0, 2, 11]) == .open && level(13, failed: [0, 2, 12]) == .warning)
    // It is looked at after a failure: 3 of 12 have passed by unseen where the third was the tenth.
    #expect(level(12, failed: [0, 2, 9]) == .open)
    // A share of nothing is not reached without a failure.
    #expect(level(10, failed: [], AgentBreaker.Rule(warn: 0, open: 0)) == .closed)
  }

  @Test func failuresInARow() {
    #expect(level(5, failed: [0, 1, 2, 3, 4]) == .open && level(5, failed: [1, 2, 3, 4]) == .closed)
    #expect(level(6, failed: [0, 1, 2, 3, 5]) == .closed)
  }

  @Test func theWindowSlides() {
    // Two failures and eight others within five minutes, then not.
    #expect(level(10, failed: [0], after: 291) == .warning)
    #expect(level(10, failed: [0], after: 292) == .closed)
  }

  @Test func itOpensForTwiceAsLongEachTimeAProbeFails() {
    let rule = AgentBreaker.Rule(consecutive: 1, openTime: .seconds(30), probes: 2, mostOpenTime: .seconds(100))
    var breaker = AgentBreaker()
    breaker.note(hasFailed: true, rule, at: AgentGuardTests.at(0))
    var opened: Int64 = 0
    for time in [30, 60, 100, 100] as [Int64] {
      #expect(breaker.level(rule, at: AgentGuardTests.at(opened + time - 1)) == .open)
      // What ends while it is open says nothing.
      breaker.note(hasFailed: false, rule, at: AgentGuardTests.at(opened + time - 1))
      #expect(breaker.level(rule, at: AgentGuardTests.at(opened + time)) == .halfOpen)
      opened += time + 5
      breaker.note(hasFailed: false, rule, at: AgentGuardTests.at(opened - 1))
      #expect(breaker.level(rule, at: AgentGuardTests.at(opened - 1)) == .halfOpen)
      breaker.note(hasFailed: true, rule, at: AgentGuardTests.at(opened))
    }
    #expect(breaker.openings == 5)
    breaker.note(hasFailed: false, rule, at: AgentGuardTests.at(opened + 100))
    breaker.note(hasFailed: false, rule, at: AgentGuardTests.at(opened + 101))
    #expect(breaker.level(rule, at: AgentGuardTests.at(opened + 101)) == .closed)
    // Closed again, it remembers nothing: the first time is 30 seconds again.
    breaker.note(hasFailed: true, rule, at: AgentGuardTests.at(opened + 200))
    #expect(breaker.level(rule, at: AgentGuardTests.at(opened + 229)) == .open)
    #expect(breaker.level(rule, at: AgentGuardTests.at(opened + 230)) == .halfOpen)
  }

  /// Every sequence of ten calls against a rule that opens at three failures of five: it is open or half-open exactly if some
  /// beginning of the sequence reached it.
  @Test func everySequence() {
    let rule = AgentBreaker.Rule(
      minCalls: 5, warn: 0.5, open: 0.6, consecutive: 3, openTime: .seconds(1000), mostOpenTime: .seconds(1000))
    for bits in 0..<1024 {
      let calls = (0..<10).map { bits & (1 << $0) != 0 }
      var hasOpened = false
      for end in 1...10 where calls[end - 1] {
        let beginning = calls[..<end]
        let failed = beginning.count { $0 }
        let isShare = beginning.count >= 5 && failed * 5 >= 3 * beginning.count
        if isShare || end >= 3 && calls[(end - 3)..<end].allSatisfy({ $0 }) { hasOpened = true }
      }
      let level = level(10, failed: Set(calls.indices.filter { calls[$0] }), rule)
      #expect((level == .open) == hasOpened, "\(bits)")
    }
  }
}
