import Guards
import Records
import Testing

@Suite struct AccountCardTests {
  private let whole = AccountCard(
    owner: "ana", costCenter: "web", environment: "prod", expiresAt: Instant(nanoseconds: 1))

  @Test func whatACardMustSay() {
    #expect(whole.lacking.isEmpty)
    #expect(AccountCard().lacking == [.owner, .costCenter, .environment, .expiresAt])
    #expect(AccountCard().lacking.map(\.rawValue) == ["owner", "cost_center", "env", "expires_at"])
    for (change, field) in [
      ({ $0.owner = " \n" }, .owner), ({ $0.costCenter = "" }, .costCenter), ({ $0.environment = nil }, .environment),
      ({ $0.expiresAt = nil }, .expiresAt),
    ] as [((inout AccountCard) -> Void, AccountCard.Field)] {
      var card = whole
      change(&card)
      #expect(card.lacking == [field])
    }
  }

  @Test func theGateThatAsks() {
    #expect(GateRule.rule(of: "merge", check: "cloud-ownership", code: "ACCOUNT_NO_OWNER") != nil)
    #expect(GateRule.rule(of: "release", check: "cloud-ownership", code: "ACCOUNT_NO_OWNER") == nil)
  }
}
