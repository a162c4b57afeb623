import Guards
import Records
import SeededRandom
import Testing

@Suite struct RetryBudgetTests {
  private static func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }

  @Test func aShareAndAFewInAnyCase() {
    var budget = RetryBudget(share: 0.2, floor: 3)
    func taken(_ second: Int64, _ wanted: Int) -> Int {
      (0..<wanted).count { _ in budget.take(at: RetryBudgetTests.at(second)) }
    }
    // Without a call there are the few.
    #expect(taken(0, 5) == 3)
    // A fifth of nineteen is three, of twenty four.
    for _ in 0..<19 { budget.note(at: RetryBudgetTests.at(1)) }
    #expect(taken(1, 5) == 0)
    budget.note(at: RetryBudgetTests.at(1))
    #expect(taken(1, 5) == 1)
    // After ten seconds they are forgotten.
    #expect(taken(9, 1) == 0)
    #expect(taken(10, 5) == 3)
  }

  /// Whatever comes in which order: within any ten seconds no more than the share of the calls, or the few.
  @Test func neverMoreThanItsShare() {
    var random = SplitMix(seed: 7)
    for _ in 0..<100 {
      let share = random.unit()
      let floor = random.below(5)
      var budget = RetryBudget(share: share, floor: floor)
      var calls: [Int64] = []
      var retries: [Int64] = []
      var now: Int64 = 0
      for _ in 0..<500 {
        now += random.once(in: 5) ? Int64(random.below(4)) : 0
        if random.chance(0.5) {
          budget.note(at: RetryBudgetTests.at(now))
          calls.append(now)
        } else {
          let before = retries.count { $0 > now - RetryBudget.seconds }
          let all = calls.count { $0 > now - RetryBudget.seconds }
          let isGranted = budget.take(at: RetryBudgetTests.at(now))
          #expect(isGranted == (before < max(floor, Int(share * Double(all)))))
          if isGranted { retries.append(now) }
        }
      }
    }
  }
}
