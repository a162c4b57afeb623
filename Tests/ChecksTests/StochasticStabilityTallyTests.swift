import Records
import Statistics
import Testing

@testable import Checks
@testable import Store

/// Counts at their limits, and counts of nothing.
@Suite struct StochasticStabilityTallyTests {
  @Test func anItemWithoutAResultIsNoItem() {
    var tally = FailureTally(k: 2)
    tally.add(PassCount(traits: [], tries: 0, passes: 0, items: 3, missing: 4))
    #expect(tally.excluded == 4 && tally.items == 0 && tally.repeated == 0 && tally.failures.trials == 0)
    tally.add(PassCount(traits: [], tries: 1, passes: 1, items: 2, missing: 0))
    #expect(tally.items == 2 && tally.single == 2)
  }

  @Test func moreKindsThanAThousandAreFreeText() {
    var kinds = FailureKinds()
    for number in 0...1_000 {
      kinds.add(attributes: "{\"failure_type\":\"kind \(number)\"}", inputTokens: nil, passed: false)
    }
    #expect(kinds.kinds.count == 1_000)
    // Those that are known go on being counted.
    kinds.add(attributes: "{\"failure_type\":\"kind 999\"}", inputTokens: nil, passed: false)
    #expect(kinds.kinds["kind 999"] == 2 && kinds.kinds["kind 1000"] == nil)
  }

  @Test func anEmptyInputHasALength() {
    var kinds = FailureKinds()
    kinds.add(attributes: nil, inputTokens: 0, passed: true)
    kinds.add(attributes: nil, inputTokens: -1, passed: true)
    #expect(kinds.buckets.map(\.trials) == [1, 0, 0, 0])
  }
}
