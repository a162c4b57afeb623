import Guards
import Records
import Testing

@Suite struct SuiteCardTests {
  static let end = Instant(nanoseconds: 1_780_272_000_000_000_000)
  static let whole = SuiteCard(reason: "a complaint", trafficCluster: "billing", expiresAt: end)

  @Test func cardsSayWhyWhatAndUntilWhen() {
    #expect(SuiteCardTests.whole.lacking == [])
    #expect(SuiteCard().lacking == [.reason, .trafficCluster, .expiresAt])
    let empty = SuiteCard(reason: "", trafficCluster: "", expiresAt: SuiteCardTests.end)
    #expect(empty.lacking == [.reason, .trafficCluster])
    #expect(SuiteCard.Field.allCases.map(\.rawValue) == ["reason", "traffic_cluster", "expires_at"])
  }

  @Test func aPinnedCaseIsDeletedByRetiringOrByTheList() {
    var (pinned, retired, both) = (SuiteCardTests.whole, SuiteCardTests.whole, SuiteCardTests.whole)
    (pinned.isPinned, retired.isRetired) = (true, true)
    (both.isPinned, both.isRetired) = (true, true)
    #expect(!SuiteCardTests.whole.deletesPinned(earlier: nil, isListed: nil))
    #expect(!SuiteCardTests.whole.deletesPinned(earlier: nil, isListed: false))
    #expect(!pinned.deletesPinned(earlier: nil, isListed: nil))
    #expect(!pinned.deletesPinned(earlier: nil, isListed: true))
    #expect(pinned.deletesPinned(earlier: nil, isListed: false))
    #expect(both.deletesPinned(earlier: nil, isListed: nil))
    // Unpinned and retired in one step; in two steps its owner has said so.
    #expect(retired.deletesPinned(earlier: pinned, isListed: nil))
    #expect(!retired.deletesPinned(earlier: SuiteCardTests.whole, isListed: nil))
    #expect(!retired.deletesPinned(earlier: both, isListed: nil))
    #expect(!retired.deletesPinned(earlier: nil, isListed: false))
    // Unpinning alone deletes nothing.
    #expect(!SuiteCardTests.whole.deletesPinned(earlier: pinned, isListed: true))
  }
}
