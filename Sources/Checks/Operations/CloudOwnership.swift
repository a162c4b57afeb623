import Guards
public import Project
import Records
import Statistics
public import Store

/// Every cost line has a living owner.
///
/// ## What it does
/// Takes the bill of the newest whole month (the running one, where there is no other) and asks of every line of use and
/// purchases who answers for it: the line's own `owner`, else the first of the tags in `owner_tags` that is not empty, else
/// the account's owner. The first text that is not empty decides, without regard to case and white space around it; a wrong tag
/// is not rescued by a right account. An owner lives who is no placeholder, is in `people` or `teams`, is active and
/// was confirmed within `attest_days`. The amount is the effective cost, since commitments that are bought in one place would
/// otherwise look like one owner's spend. Credits, taxes and adjustments do not count; a correction nets with what it
/// corrects. Currencies are never added. It is a census, hence without an interval.
///
/// From the month's first day to now it compares each day of each account with the median of the last weekdays, or days of
/// weekends, before it of which there is a bill. Lines for longer than a day are no day's spending.
///
/// ## Why it matters
/// Accounts multiply faster than ownership. A growing share of the spend has nobody who could be called, or who would notice
/// when it doubles. Tags are not enough: who is named must still be there.
///
/// ## Reads
/// `people`, `teams`, `accounts`; charges (account, owner, tags, effective_cost, billed_cost, currency, period,
/// charge_category), such as `tally ingest` reads them from bills in FOCUS and from Cost and Usage Reports of AWS.
///
/// ## Verdicts
/// - fail `UNOWNED_SPEND`: the share without a living owner is above `max_unowned_share`; above `warn_unowned_share` it warns.
/// - fail `SPIKE_NO_OWNER`: a day's spending rises in an account most of whose amount has no living owner: no one to page.
/// - unknown `NO_PEOPLE`: nobody is listed, so that nobody can be found. `NO_DATA`: no lines, or nothing was spent.
/// - unknown `SHORT_HISTORY`: none of the days on which an account without an owner spent much has four like days before it.
/// - unknown `MISSING_FIELDS`: too many lines have no effective cost.
/// - label `NEW_SPEND`: a day from `spike_min_amount` on in an account whose like days cost nothing.
/// - label `ACCOUNT_NO_OWNER`: an account in tally.yaml lacks owner, cost_center, env or expires_at. The gate `merge` refuses
///   on it.
/// - pass: the spend has living owners.
///
/// What is wrong with a line is `NO_OWNER`, `PLACEHOLDER`, `NOT_IN_DIRECTORY`, `INACTIVE` or `ATTESTATION_EXPIRED`; the table
/// says which, and what to do: adopt, freeze, pause, archive, or invoice the default owner. Nothing is ever deleted. The stage
/// is 1 for up to five accounts, 5 or 4 where more than 30 or 20 % has no owner, 3 for more than 15 accounts, else 2.
///
/// ## Policy
/// - `owner_tags` ([owner, team]), `placeholders`: where an owner is named, and what names none.
/// - `attest_days` (90, days): how long a confirmation counts.
/// - `max_unowned_share` (0.05), `warn_unowned_share` (0.02, share of the amount).
/// - `default_owner` (none): who carries what nobody owns, and hears of spikes.
/// - `spike_ratio` (0.40), `spike_min_amount` (100, in the bill's currency), `spike_history` (8, like days; at least 4).
/// - `escalate_days` ([14, 30, 60]): days without an owner until notice, freeze and pause.
/// - `max_missing_share` (0.05, share of lines): what may be left out.
///
/// Nothing is estimated: a share above the limit, or a day at the ratio, is found every time.
///
/// ## Example
/// ```yaml
/// people:
///   ana: {attested_at: 2026-05-01}
/// accounts:
///   acc-1: {owner: ana, cost_center: web, env: prod, expires_at: 2027-01-01}
/// ```
/// prints, for 47 accounts of which 20 have no living owner:
/// ```
/// fail: 34 % of the spend of 2026-05 has no living owner: 170000.00 of 500000.00 USD, 20 of 47 accounts.
/// ```
public enum CloudOwnership: Check {
  public static let question = "Does every cost line have a living owner?"

  public static func subjects(_ project: Project, _ ledger: Snapshot) throws -> [CheckSubject] {
    guard !project.accounts.isEmpty || ledger.hasCharges else { return [] }
    return [CheckSubject("cloud", owner: project.policy(Policy.self).value.defaultOwner)]
  }

  public static func judge(_ subject: CheckSubject, policy: Policy, _ context: CheckContext) throws -> Judgement {
    let (project, ledger) = (context.project, context.ledger)
    ledger.include("\(project.people) \(project.teams) \(project.accounts)")
    var judgement = Judgement()
    judgement.maxMissingShare = policy.maxMissingShare
    judgement.method = "a census of effective costs; days against the median of like days"
    labelAccounts(&judgement, project)
    guard let window = try window(ledger) else {
      return nothing(judgement, "There is no bill up to now", "lines of a bill")
    }
    let directory = OwnerDirectory(project, policy, asOf: ledger.asOf)
    let judged = window.month.lowerBound
    let start = min(
      judged.adding(days: -SpikeSearch.daysBack(policy)),
      ledger.asOf.adding(days: -1 - Int64(policy.escalateDays.last ?? 0)))
    var tally = Tally()
    try ledger.forEachChargeCell(from: min(start, judged), window: window.month) { tally.add($0, directory) }
    (judgement.used, judgement.excluded) = (tally.lines, tally.unpriced)
    guard !tally.charged.isEmpty else {
      return nothing(
        judgement, "The bill of \(judged.monthText) has no line of use or purchases with an effective cost",
        "lines of use or purchases")
    }
    var search = SpikeSearch(
      policy, days: try ledger.chargedDays(from: start), judging: judged.day...ledger.asOf.day)
    try ledger.forEachChargeDay(from: start) { search.add($0) }
    search.finish()
    let facts = Facts(project, directory, tally, search, window: window, asOf: ledger.asOf)
    if directory.isEmpty {
      judgement.unknown(
        "NO_PEOPLE", "Neither people nor teams are in tally.yaml: no owner can be found among them.",
        missing: "people or teams in tally.yaml", 1)
    } else {
      judgeShares(&judgement, facts, policy)
      judgeSpikes(&judgement, facts, policy)
    }
    report(&judgement, facts, policy)
    for account in facts.unowned.prefix(3) {
      judgement.evidence += try ledger.dearestCharges(of: account.account, window: window.month, limit: 5)
    }
    return judgement
  }

  // MARK: The month

  struct Window {
    let month: Range<Instant>
    /// Whether the month is over, so that twelve of it make a year.
    let isWhole: Bool
  }

  /// The newest whole month with a charge, else the running one if it has any.
  private static func window(_ ledger: Snapshot) throws -> Window? {
    let running = ledger.asOf.monthStart
    if let newest = try ledger.newestCharge(before: running) {
      return Window(month: newest.monthStart..<newest.nextMonthStart, isWhole: true)
    }
    guard try ledger.newestCharge(before: Instant(nanoseconds: ledger.asOf.nanoseconds + 1)) != nil else { return nil }
    return Window(month: running..<running.nextMonthStart, isWhole: false)
  }

  // MARK: The rule

  private static func labelAccounts(_ judgement: inout Judgement, _ project: Project) {
    let incomplete = project.accounts.filter { !$0.value.card.lacking.isEmpty }
    judgement.measure("accounts_incomplete", incomplete.count, unit: "accounts")
    guard let first = incomplete.first else { return }
    let lacking = first.value.card.lacking.map(\.rawValue).joined(separator: ", ")
    let others = incomplete.count > 1 ? "; so do \(incomplete.count - 1) more" : ""
    judgement.reasons.append(
      Finding.Reason(
        "ACCOUNT_NO_OWNER", about: first.id, .pass, "Account '\(first.id)' in tally.yaml lacks \(lacking)\(others)."))
  }

  private static func judgeShares(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    for row in facts.currencies {
      let about = facts.currencies.count > 1 ? row.currency : nil
      guard let share = row.share else {
        judgement.unknown(
          "NO_DATA", about: about,
          "The lines of \(facts.month) come to \(Money.decimal(row.total.amount)) \(row.currency): no share can be taken.",
          missing: "spend in \(row.currency)", nil)
        continue
      }
      let text =
        "\(NumberWords.percent(share)) of \(Money.decimal(row.total.amount)) \(row.currency) has no living owner; at most \(NumberWords.percent(policy.maxUnownedShare)) may."
      if share.isAbove(policy.maxUnownedShare) {
        judgement.fail("UNOWNED_SPEND", about: about, text)
      } else if share.isAbove(policy.warnUnownedShare) {
        judgement.warn("UNOWNED_SPEND", about: about, text)
      }
    }
  }

  private static func judgeSpikes(_ judgement: inout Judgement, _ facts: Facts, _ policy: Policy) {
    let route = policy.defaultOwner.map { "routed to \($0)" } ?? "nobody hears of it"
    for spikes in facts.unownedSpikes.prefix(Facts.shown) {
      guard let spike = spikes.last else { continue }
      let more = spikes.count > 1 ? ", and \(NumberWords.counted(spikes.count - 1, "day")) before it" : ""
      judgement.fail(
        "SPIKE_NO_OWNER", about: spike.account,
        "\(spike.account) spent \(spike.sentence)\(more): no one to page (\(route)).")
    }
    let fresh = facts.spikes.filter(\.isNew)
    if let first = fresh.first {
      let more = fresh.count > 1 ? " (and \(NumberWords.counted(fresh.count - 1, "more day")))" : ""
      judgement.reasons.append(
        Finding.Reason(
          "NEW_SPEND", about: first.account, .pass, "\(first.account) spent \(first.sentence)\(more)."))
    }
    for (account, need) in facts.undecided.prefix(Facts.shown) {
      judgement.unknown(
        "SHORT_HISTORY", about: account,
        "\(account) has no living owner and spent \(NumberWords.plain(policy.spikeMinAmount)) or more on days that have fewer than \(SpikeSearch.leastHistory) like days before them: whether that is a spike is not known.",
        missing: "earlier days of the bill", need)
    }
  }
}

extension AccountSettings {
  var card: AccountCard {
    AccountCard(owner: owner, costCenter: costCenter, environment: environment, expiresAt: expiresAt)
  }
}

extension CloudOwnership.Spike {
  var date: String { Instant.start(ofDay: day)?.dateText ?? "day \(day)" }

  /// "1400.00 USD on 2026-05-30, 40 % above the median of its weekends".
  var sentence: String {
    let spent = "\(NumberWords.fixed(amount, 2)) \(currency) on \(date)"
    let days = CloudOwnership.Spike.isWeekend(day) ? "days of weekends" : "weekdays"
    return isNew
      ? "\(spent), and nothing on \(days) before"
      : "\(spent), \(NumberWords.percent(amount / median - 1)) above the median of its \(days)"
  }
}
