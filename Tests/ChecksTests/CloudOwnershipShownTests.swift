import Records
import Testing

@testable import Checks

/// All that `cloud-ownership` shows, and which accounts nobody owns.
@Suite struct CloudOwnershipShownTests {
  /// An account whose lines are all owned.
  private static let owned = Bill.line("a", 100, on: "2026-05-01", owner: "ana")

  private static func shown(_ more: [String] = []) -> [String] {
    [
      "accounts_incomplete 0", "unowned_share 0", "amount 100", "billed 200", "unowned 0", "unowned_run_rate 0",
      "accounts 1", "unowned_accounts 0", "unowned_account_share 0", "stage 1", "lines 1", "category_assumed 0",
      "not_counted 0", "spikes 0", "days_since_month 0",
    ] + more
  }

  @Test func anOwnedBillHasNothingToDo() async throws {
    let finding = try await Bill.finding([Self.owned])
    #expect(finding.measured == Self.shown() && finding.drawn.isEmpty && finding.reasons.isEmpty)
    #expect(finding.next == "Nothing to do: keep the bill flowing in.")
    // What comes after the month is not counted in it.
    let later = try await Bill.finding([Self.owned, Bill.line("b", 5, on: "2026-06-01", owner: "ana")])
    #expect(later.measured == Self.shown())
  }

  /// A line without an effective cost names nobody.
  @Test func whatIsLeftOutIsNotShown() async throws {
    var unpriced = Bill.line("a", 7, on: "2026-05-02", owner: "bob")
    unpriced.effectiveCost = nil
    let finding = try await Bill.finding(
      [Self.owned, unpriced], "policies: {cloud-ownership: {max_missing_share: 0.5}}\n")
    #expect(finding.measured == Self.shown(["excluded 1"]) && finding.reasons.isEmpty)
  }

  @Test func linesWithoutAnOwnerAreNamedNext() async throws {
    let finding = try await Bill.finding([Self.owned, Bill.line("a", 1, on: "2026-05-02")])
    #expect(finding.value("unowned_accounts") == 0 && finding.drawn.isEmpty)
    #expect(finding.next == "Name owners for the lines without one, by a tag or their account.")
  }

  /// More than half of its amount, or of its lines where nothing was spent.
  @Test func anAccountIsUnownedByItsLargerHalf() async throws {
    func unowned(_ amounts: (ana: Int, nobody: Int)..., nobody lines: Int = 1) async throws -> Double? {
      var charges = [Self.owned]
      for (number, amount) in amounts.enumerated() {
        charges.append(Bill.line("b", amount.ana, on: "2026-05-0\(number + 1)", owner: "ana"))
        for line in 0..<lines {
          charges.append(Bill.line("b", amount.nobody, on: "2026-05-0\(number + 1)", days: Int64(line + 2)))
        }
      }
      return try await Bill.finding(charges).value("unowned_accounts")
    }
    #expect(try await unowned((50, 50)) == 0)
    #expect(try await unowned((49, 50)) == 1)
    #expect(try await unowned((51, 50)) == 0)
    #expect(try await unowned((0, 0)) == 0)
    #expect(try await unowned((0, 0), nobody: 2) == 1)
    // What comes to less than nothing was not spent either.
    #expect(try await unowned((-9, 1), nobody: 1) == 0)
    #expect(try await unowned((-9, 1), nobody: 2) == 1)
  }

  @Test func mostOfTheAmountSaysWhatIsWrong() async throws {
    func reason(nobody: Int, bob: Int) async throws -> String? {
      let finding = try await Bill.finding([
        Bill.line("b", nobody, on: "2026-05-01"), Bill.line("b", bob, on: "2026-05-01", owner: "bob"),
      ])
      guard case .table(_, _, let rows)? = finding.figures.first else { return nil }
      return rows.first?[3]
    }
    #expect(try await reason(nobody: 10, bob: 9) == "NO_OWNER")
    #expect(try await reason(nobody: 10, bob: 11) == "INACTIVE")
    #expect(try await reason(nobody: 10, bob: 10) == "NO_OWNER")
  }

  @Test func theLargestShareIsTold() async throws {
    func headline(eur: Int, usd: Int) async throws -> String {
      try await Bill.finding([
        Bill.line("a", 100 - eur, on: "2026-05-01", owner: "ana", currency: "EUR"),
        Bill.line("b", eur, on: "2026-05-01", currency: "EUR"),
        Bill.line("a", 100 - usd, on: "2026-05-01", owner: "ana"), Bill.line("b", usd, on: "2026-05-01"),
      ]).headline
    }
    #expect(try await headline(eur: 3, usd: 4).contains("4.00 of 100.00 USD"))
    #expect(try await headline(eur: 4, usd: 3).contains("4.00 of 100.00 EUR"))
    #expect(try await headline(eur: 4, usd: 4).contains("4.00 of 100.00 EUR"))
  }

  /// One currency needs no name, and one account stands alone.
  @Test func whatThereIsOneOfIsNotCounted() async throws {
    #expect(try await Bill.share(600).reasons.map(\.about) == [nil])
    let finding = try await Bill.finding([Self.owned], "accounts: {b: {owner: ana, env: prod}}\n")
    #expect(finding.reasons.map(\.text) == ["Account 'b' in tally.yaml lacks cost_center, expires_at."])
  }
}
