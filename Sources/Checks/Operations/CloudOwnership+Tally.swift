import Project
import Records
import Store

extension CloudOwnership {
  /// What one account spent in one currency, and how much of it nobody answers for.
  struct AccountTally {
    struct Sums {
      /// In 10⁻¹² of the currency.
      var amount: Int128 = 0
      var billed: Int128 = 0
      var unowned: Int128 = 0
      var lines = 0
      var unownedLines = 0

      mutating func add(_ cell: ChargeCell, isUnowned: Bool) {
        amount += cell.effective
        billed += cell.billed
        lines += cell.lines
        guard isUnowned else { return }
        unowned += cell.effective
        unownedLines += cell.lines
      }

      /// More than half of the amount has no owner; of the lines, where nothing was spent.
      var isUnowned: Bool { amount > 0 ? 2 * unowned > amount : 2 * unownedLines > lines }
    }

    let account: String
    let currency: String
    /// The month that is judged.
    var month = Sums()
    /// The same, and what came since.
    var recent = Sums()
    /// Amounts of the month by what is wrong with their owner.
    var flaws: [OwnerDirectory.Flaw: Int128] = [:]
    /// The first owner that is named in vain.
    var named: String?
    /// Since when lines have had no living owner, as far as that is known.
    var since: Instant?

    /// What is wrong with most of the amount; of equals what is asked first.
    var flaw: OwnerDirectory.Flaw? {
      OwnerDirectory.Flaw.allCases.filter { flaws[$0] != nil }.greatest { flaws[$0] ?? 0 }
    }
  }

  /// The bill of a month, folded by account. Memory grows with the accounts.
  struct Tally {
    struct Key: Hashable {
      let account: String
      let currency: String
    }

    /// Lines of these count; a correction of them nets with them.
    private static let counted: Set<String> = ["Usage", "Purchase"]

    private(set) var accounts: [Key: AccountTally] = [:]
    /// Lines of the month.
    private(set) var lines = 0
    private(set) var unpriced = 0
    private(set) var categoryAssumed = 0
    /// Credits, taxes and adjustments.
    private(set) var notCounted = 0

    mutating func add(_ cell: ChargeCell, _ directory: OwnerDirectory) {
      let isMonth = cell.phase == .within
      if let category = cell.category, !Tally.counted.contains(category) {
        if isMonth { notCounted += cell.lines + cell.unpriced }
        return
      }
      if isMonth {
        lines += cell.lines
        unpriced += cell.unpriced
        if cell.category == nil { categoryAssumed += cell.lines }
      }
      guard cell.lines > 0 else { return }
      let answer = directory.answer(owner: cell.owner, tags: cell.tags, account: cell.account)
      let key = Key(account: cell.account, currency: cell.currency)
      var tally = accounts[key] ?? AccountTally(account: cell.account, currency: cell.currency)
      if cell.phase != .before { tally.recent.add(cell, isUnowned: answer.flaw != nil) }
      if isMonth { tally.month.add(cell, isUnowned: answer.flaw != nil) }
      if let flaw = answer.flaw {
        if isMonth { tally.flaws[flaw, default: 0] += cell.effective }
        if tally.named == nil { tally.named = answer.owner }
        // The directory's word, or the first line that could be seen; someone who is gone since nobody knows when may
        // have left today.
        if let since = answer.since ?? (flaw == .inactive || flaw == .attestationExpired ? nil : cell.first) {
          tally.since = min(tally.since ?? since, since)
        }
      }
      accounts[key] = tally
    }

    /// With lines in the month.
    var charged: [AccountTally] { accounts.values.filter { $0.month.lines > 0 } }

    var currencies: [String] { Set(charged.map(\.currency)).orderedByBytes() }

    func total(_ currency: String) -> AccountTally.Sums {
      charged.filter { $0.currency == currency }.reduce(into: AccountTally.Sums()) { total, tally in
        total.amount += tally.month.amount
        total.billed += tally.month.billed
        total.unowned += tally.month.unowned
        total.lines += tally.month.lines
        total.unownedLines += tally.month.unownedLines
      }
    }
  }
}
