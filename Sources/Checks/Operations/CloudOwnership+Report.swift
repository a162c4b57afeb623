import Project
import Records

extension CloudOwnership {
  /// Everything that is shown, computed from the bill.
  struct Facts {
    /// How many accounts are named.
    static let shown = 30

    struct CurrencyRow {
      let currency: String
      let total: AccountTally.Sums
      /// Nil where nothing was spent.
      let share: Double?
    }

    /// An account without a living owner.
    struct Unowned {
      let account: String
      /// Nil where it has no lines.
      let tally: AccountTally?
      let flaw: OwnerDirectory.Flaw
      let named: String?
      /// Days; nil where nobody knows since when.
      let age: Double?
    }

    let month: String
    let isWhole: Bool
    let daysSince: Double
    let currencies: [CurrencyRow]
    /// All accounts with a line in the month, and all that are declared.
    let accounts: Int
    /// By unowned amount, largest first.
    let unowned: [Unowned]
    let tally: Tally
    let spikes: [Spike]
    /// Of accounts without a living owner, by account; the newest last.
    let unownedSpikes: [[Spike]]
    /// Accounts without a living owner whose days cannot be judged, with the like days that are missing.
    let undecided: [(account: String, need: Int)]

    init(
      _ project: Project, _ directory: OwnerDirectory, _ tally: Tally, _ search: SpikeSearch, window: Window,
      asOf: Instant
    ) {
      self.tally = tally
      month = window.month.lowerBound.monthText
      isWhole = window.isWhole
      daysSince = window.isWhole ? window.month.upperBound.days(to: asOf) : 0
      currencies = tally.currencies.map { currency in
        let total = tally.total(currency)
        return CurrencyRow(
          currency: currency, total: total, share: Share.of(total.unowned, total.amount))
      }
      let charged = Set(tally.charged.map(\.account))
      accounts = charged.union(project.accounts.ids).count
      var unowned = tally.charged.filter(\.month.isUnowned).map { one in
        Unowned(
          account: one.account, tally: one, flaw: one.flaw ?? .noOwner, named: one.named,
          age: one.since.map { max(0, $0.days(to: asOf)) })
      }
      for account in project.accounts where !charged.contains(account.id) {
        let answer = directory.answer(owner: nil, tags: Tags(), account: account.id)
        guard let flaw = answer.flaw else { continue }
        unowned.append(
          Unowned(
            account: account.id, tally: nil, flaw: flaw, named: answer.owner,
            age: answer.since.map { max(0, $0.days(to: asOf)) }))
      }
      self.unowned = unowned.orderedByBytes(of: \.account).ordered { -($0.tally?.month.unowned ?? 0) }
      let ownerless = Set(tally.accounts.filter { $0.value.recent.isUnowned }.keys)
      spikes = search.spikes.orderedByBytes(of: \.currency).orderedByBytes(of: \.account).ordered(by: \.day)
      let hit = spikes.filter { ownerless.contains(Tally.Key(account: $0.account, currency: $0.currency)) }
      unownedSpikes = Dictionary(grouping: hit) { $0.account + "\u{0}" + $0.currency }.values
        .orderedByBytes { $0.last?.account ?? "" }.ordered { -($0.last?.amount ?? 0) }
      undecided = search.undecided.keys.filter { ownerless.contains($0) && search.decided[$0] == nil }
        .map { (account: $0.account, need: SpikeSearch.leastHistory - (search.history[$0] ?? 0)) }
        .orderedByBytes(of: \.account)
    }

    var unownedAccounts: Int { Set(unowned.map(\.account)).count }

    /// Of the currency with the largest share.
    var largestShare: Double? { currencies.compactMap(\.share).max() }

    /// Display only.
    var stage: Int {
      if accounts <= 5 { return 1 }
      if let share = largestShare {
        if share.isAbove(0.30) { return 5 }
        if share.isAbove(0.20) { return 4 }
      }
      return accounts > 15 ? 3 : 2
    }
  }

  /// The month's bill is there but says nothing.
  static func nothing(_ judgement: Judgement, _ problem: String, _ missing: String) -> Judgement {
    var judgement = judgement
    judgement.unknown("NO_DATA", "\(problem): nothing is known of who answers for the spend.", missing: missing, 1)
    judgement.headline = "\(problem)."
    judgement.next = "Store a bill: tally ingest the export of your provider, in FOCUS or as a Cost and Usage Report."
    judgement.measure("unowned_share", nil, unit: "share")
    return judgement
  }

  static func report(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for row in facts.currencies {
      let suffix = facts.currencies.count > 1 ? "_\(row.currency)" : ""
      func amount(_ name: String, _ units: Int128?) {
        judgement.measure(name + suffix, units.map { Double($0) / 1e12 }, unit: row.currency)
      }
      // Nobody can be found where nobody is listed: a share of 1 would say more than is known.
      let isKnown = !judgement.codes(.unknown).contains("NO_PEOPLE")
      judgement.measure(
        "unowned_share" + suffix, isKnown ? row.share : nil, limit: policy.maxUnownedShare, unit: "share")
      amount("amount", row.total.amount)
      amount("billed", row.total.billed)
      amount("unowned", isKnown ? row.total.unowned : nil)
      amount("unowned_run_rate", isKnown && facts.isWhole ? row.total.unowned * 12 : nil)
      for flaw in OwnerDirectory.Flaw.allCases where isKnown {
        let units = facts.tally.charged.filter { $0.currency == row.currency }.compactMap { $0.flaws[flaw] }
        if !units.isEmpty { amount(flaw.rawValue.lowercased(), units.reduce(0, +)) }
      }
    }
    judgement.measure("accounts", facts.accounts, unit: "accounts")
    judgement.measure("unowned_accounts", facts.unownedAccounts, unit: "accounts")
    judgement.measure(
      "unowned_account_share", Share.of(facts.unownedAccounts, facts.accounts), unit: "share")
    judgement.measure("stage", facts.stage, unit: "stage")
    judgement.measure("lines", facts.tally.lines, unit: "lines")
    judgement.measure("category_assumed", facts.tally.categoryAssumed, unit: "lines")
    judgement.measure("not_counted", facts.tally.notCounted, unit: "lines")
    judgement.measure("spikes", facts.spikes.count, unit: "days")
    judgement.measure("days_since_month", facts.daysSince, unit: "days")
    judgement.headline = headline(judgement, facts)
    judgement.next = next(judgement, facts, policy)
    let rows = facts.unowned.prefix(Facts.shown).map { row($0, facts, policy) }
    guard !rows.isEmpty else { return }
    judgement.figures = [
      .table(
        title: "Accounts without a living owner, \(facts.month)",
        columns: ["account", "unowned", "of", "reason", "named", "age", "proposal"], rows: Array(rows))
    ]
  }

  private static func headline(_ judgement: Judgement, _ facts: Facts) -> String {
    if judgement.leading?.code == "NO_PEOPLE" {
      let total = facts.currencies.map { "\(Money.decimal($0.total.amount)) \($0.currency)" }
      return "Nobody is listed who could own the \(total.joined(separator: " and ")) of \(facts.month)."
    }
    let part = facts.isWhole ? facts.month : "\(facts.month), which is not over,"
    guard let worst = facts.currencies.greatest(by: { $0.share ?? -1 }), let share = worst.share else {
      return "Nothing was spent in \(facts.month): there is no share to take."
    }
    let accounts =
      "\(NumberWords.grouped(facts.unownedAccounts)) of \(NumberWords.counted(facts.accounts, "account"))"
    let spike = facts.unownedSpikes.first?.last.map { "; \($0.account) spikes with no one to page" } ?? ""
    return
      "\(NumberWords.percent(share)) of the spend of \(part) has no living owner: \(Money.decimal(worst.total.unowned)) of \(Money.decimal(worst.total.amount)) \(worst.currency), \(accounts)\(spike)."
  }

  private static func next(_ judgement: Judgement, _ facts: Facts, _ policy: Policy) -> String {
    switch judgement.leading?.code {
    case "NO_PEOPLE": return "List who may own accounts under people or teams in tally.yaml, with attested_at."
    case "SHORT_HISTORY": return "Store earlier months of the bill, or give the account an owner."
    default: break
    }
    if let spike = facts.unownedSpikes.first?.last {
      return "Find out what \(spike.account) runs, and give it an owner today."
    }
    guard let first = facts.unowned.first else {
      return facts.largestShare.map { $0 > 0 } == true
        ? "Name owners for the lines without one, by a tag or their account."
        : "Nothing to do: keep the bill flowing in."
    }
    switch first.flaw {
    case .attestationExpired:
      return "Have \(first.named ?? "the owner") confirmed, and write attested_at: \(first.account) costs most."
    default: return "Give \(first.account) an owner who is listed and active: it costs most."
    }
  }

  private static func row(_ account: Facts.Unowned, _ facts: Facts, _ policy: Policy) -> [String] {
    let currency = account.tally?.currency ?? ""
    func amount(_ units: Int128?) -> String { units.map { "\(Money.decimal($0)) \(currency)" } ?? "–" }
    return [
      account.account, amount(account.tally?.month.unowned), amount(account.tally?.month.amount), account.flaw.rawValue,
      account.named ?? "–", account.age.map { "\(NumberWords.fixed($0, 0)) days" } ?? "?", proposal(account, policy),
    ]
  }

  /// Day 14 notice, day 30 freeze, day 60 pause; never delete. Until somebody claims it, the default owner pays.
  private static func proposal(_ account: Facts.Unowned, _ policy: Policy) -> String {
    let payer = policy.defaultOwner.map { ", invoice \($0)" } ?? ""
    guard account.tally != nil else { return "archive" }
    guard let age = account.age, policy.escalateDays.count == 3 else { return "adopt" }
    if age.isAtLeast(Double(policy.escalateDays[2])) { return "pause\(payer)" }
    if age.isAtLeast(Double(policy.escalateDays[1])) { return "freeze new spend\(payer)" }
    return age.isAtLeast(Double(policy.escalateDays[0])) ? "adopt (notice)\(payer)" : "adopt"
  }
}
