import Guards
import Testing

@Suite struct ContextLimitTests {
  @Test func callsAboveTheLimitAreRefused() {
    let limit = ContextLimit(hardLimit: 100)
    #expect(limit.refusal(inputTokens: 100) == nil && limit.refusal(inputTokens: 101) == "CONTEXT_BUDGET_EXCEEDED")
    #expect(ContextLimit.status == 422)
    #expect(ContextLimit(hardLimit: nil).refusal(inputTokens: .max) == nil)
    #expect(ContextLimit(hardLimit: 0).refusal(inputTokens: 1) != nil)
  }
}
