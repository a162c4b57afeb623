import Checks
import Guards
import Project
import Records
import Store
import Testing

/// Lines of a bill.
enum Bill {
  static func line(
    _ account: String, _ amount: Int, on date: String, owner: String? = nil, tags: [String: String] = [:],
    category: String? = "Usage", currency: String = "USD", days: Int64 = 31
  ) -> ChargeRecord {
    var charge = ChargeRecord()
    charge.account = account
    charge.chargeID = "\(account) \(date) \(amount) \(category ?? "") \(owner ?? "") \(currency) \(days) \(tags.count)"
    charge.effectiveCost = Int128(amount) * Money.unitsPerOne
    charge.billedCost = Int128(amount) * 2 * Money.unitsPerOne
    charge.currency = currency
    charge.periodFrom = Instant(date) ?? CheckBench.now
    charge.periodTo = charge.periodFrom.adding(days: days)
    charge.owner = owner
    charge.tags = Tags(tags)
    charge.chargeCategory = category
    return charge
  }

  static func day(_ account: String, _ amount: Int, on date: String, owner: String? = nil) -> ChargeRecord {
    line(account, amount, on: date, owner: owner, days: 1)
  }

  static let people = """
    people:
      ana: {attested_at: 2026-05-01}
      bob: {active: false, attested_at: 2026-05-01}
      Zoë: {attested_at: 2026-03-03}
      old: {attested_at: 2026-03-02}
      gone: {until: 2026-06-01, attested_at: 2026-05-01}
      stays: {until: 2026-06-02, attested_at: 2026-05-01}
      never: {}
      future: {attested_at: 2026-06-02}
      today: {attested_at: 2026-06-01}
    teams:
      web: {attested_at: 2026-05-01}
      closed: {active: false, attested_at: 2026-05-01}

    """

  static func finding(_ charges: [ChargeRecord], _ yaml: String = "", people: String = people) async throws -> Finding {
    let bench = try await CheckBench(people + yaml)
    try await bench.append { appender in for charge in charges { try appender.append(charge) } }
    return try await bench.finding("cloud-ownership")
  }

  /// So much of 10,000 USD has no owner.
  static func share(_ unowned: Int, _ policy: String = "") async throws -> Finding {
    try await finding(
      [line("a", 10_000 - unowned, on: "2026-05-01", owner: "ana"), line("b", unowned, on: "2026-05-01")],
      policy.isEmpty ? "" : "policies: {cloud-ownership: {\(policy)}}\n")
  }
}

@Suite struct CloudOwnershipTests {
  @Test func theWorkedExample() async throws {
    var charges = [Bill.line("acc-1", -12_000, on: "2026-05-03", category: "Credit")]
    for account in 1...47 {
      let owner = account <= 17 ? nil : account <= 20 ? "bob" : "ana"
      // 170,000 over 20 accounts, 330,000 over 27.
      let amount = account <= 20 ? 8_500 : account == 21 ? 330_000 - 26 * 12_000 : 12_000
      charges.append(Bill.line("acc-\(account)", amount, on: "2026-05-01", owner: owner))
    }
    let finding = try await Bill.finding(charges)
    #expect(finding.verdict == .fail && finding.codes(.fail) == ["UNOWNED_SPEND"])
    #expect(finding.value("unowned_share") == 0.34 && finding.measure("unowned_share")?.limit == 0.05)
    #expect(finding.value("unowned_run_rate") == 2_040_000 && finding.value("amount") == 500_000)
    #expect(finding.value("billed") == 1_000_000 && finding.value("unowned") == 170_000)
    #expect(finding.value("accounts") == 47 && finding.value("unowned_accounts") == 20)
    #expect(close(finding.value("unowned_account_share"), 0.426, 5e-4) && finding.value("stage") == 5)
    #expect(finding.value("no_owner") == 144_500 && finding.value("inactive") == 25_500)
    #expect(finding.value("not_counted") == 1 && finding.evidence.count == 3)
    #expect(
      finding.headline
        == "34 % of the spend of 2026-05 has no living owner: 170000.00 of 500000.00 USD, 20 of 47 accounts.")
    guard case .table(_, let columns, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(rows.count == 20 && columns.count == 7 && rows.filter { $0[3] == "INACTIVE" }.count == 3)
    // A credit in an account without an owner changes nothing.
    let without = try await Bill.finding(Array(charges.dropFirst()))
    #expect(without.value("unowned_share") == 0.34 && without.value("not_counted") == 0)
  }

  @Test func theWorkedSpike() async throws {
    var charges = [Bill.line("big", 200_000, on: "2026-05-01", owner: "ana")]
    for date in ["05-03", "05-09", "05-10", "05-16", "05-17", "05-23", "05-24"] {
      charges.append(Bill.day("acc-31", 1_000, on: "2026-\(date)"))
    }
    // Weekdays are no days like it, however dear they are.
    charges.append(Bill.day("acc-31", 50, on: "2026-05-27"))
    charges.append(Bill.day("acc-31", 1_000, on: "2026-05-02"))
    let rising = try await Bill.finding(charges + [Bill.day("acc-31", 1_400, on: "2026-05-30")])
    #expect(rising.codes(.fail) == ["SPIKE_NO_OWNER"] && rising.value("spikes") == 1)
    #expect(
      rising.reasons.first?.text
        == "acc-31 spent 1,400.00 USD on 2026-05-30, 40 % above the median of its days of weekends: no one to page (nobody hears of it)."
    )
    let below = try await Bill.finding(charges + [Bill.day("acc-31", 1_399, on: "2026-05-30")])
    #expect(below.value("spikes") == 0 && !below.codes(.fail).contains("SPIKE_NO_OWNER"))
    let routed = try await Bill.finding(
      charges + [Bill.day("acc-31", 1_400, on: "2026-05-30")],
      "policies: {cloud-ownership: {default_owner: finops}}\n")
    #expect(routed.owner == "finops" && routed.reasons.first?.text.contains("(routed to finops)") == true)
    // With an owner it is shown and nothing more.
    let owned = try await Bill.finding(
      charges + [Bill.day("acc-31", 1_400, on: "2026-05-30")], "accounts: {acc-31: {owner: ana}}\n")
    #expect(owned.verdict == .pass && owned.value("spikes") == 1)
  }

  @Test func spendFromNothingIsNew() async throws {
    var charges: [ChargeRecord] = []
    for day in 1...29 {
      charges.append(Bill.day("big", 9_000, on: "2026-05-\(day < 10 ? "0" : "")\(day)", owner: "ana"))
    }
    let new = try await Bill.finding(charges + [Bill.day("new", 100, on: "2026-05-29")])
    #expect(new.codes(.fail) == ["SPIKE_NO_OWNER"] && new.codes(.pass) == ["NEW_SPEND"])
    #expect(new.reasons.last?.text == "new spent 100.00 USD on 2026-05-29, and nothing on weekdays before.")
    let small = try await Bill.finding(charges + [Bill.day("new", 99, on: "2026-05-29")])
    #expect(small.verdict == .pass && small.codes(.pass).isEmpty)
    // In the running month too, which the share does not count yet.
    let later = try await Bill.finding(charges + [Bill.day("new", 500, on: "2026-06-01")])
    #expect(later.codes(.fail) == ["SPIKE_NO_OWNER"] && later.value("unowned_share") == 0)
  }

  @Test func withoutFourLikeDaysASpikeIsUnknown() async throws {
    func finding(_ days: [Int]) async throws -> Finding {
      let bill = days.map { Bill.day("big", 90_000, on: "2026-05-\($0)", owner: "ana") }
      return try await Bill.finding(bill + [Bill.day("b", 100, on: "2026-05-29")])
    }
    let three = try await finding([26, 27, 28])
    #expect(three.codes(.unknown) == ["SHORT_HISTORY"] && three.missing == [.init("earlier days of the bill", 1)])
    #expect(try await finding([25, 26, 27, 28]).codes(.fail) == ["SPIKE_NO_OWNER"])
    // A weekend is no day like it.
    #expect(try await finding([23, 24, 26, 27, 28]).codes(.unknown) == ["SHORT_HISTORY"])
  }

  @Test(
    arguments: [
      ("ana", nil), ("  ANA ", nil), ("web", nil), ("ZOE\u{308}", nil), ("stays", nil), ("today", nil),
      ("unknown", "placeholder"),
      ("N/A", "placeholder"), ("-", "placeholder"), ("{}", "placeholder"), ("carl", "not_in_directory"),
      ("bob", "inactive"), ("closed", "inactive"), ("gone", "inactive"), ("old", "attestation_expired"),
      ("never", "attestation_expired"), ("future", "attestation_expired"), ("__proto__", "not_in_directory"),
      ("'; --", "not_in_directory"), ("=1+1", "not_in_directory"), ("   ", "no_owner"),
    ] as [(String, String?)])
  func owners(owner: String, flaw: String?) async throws {
    let finding = try await Bill.finding([Bill.line("a", 100, on: "2026-05-01", owner: owner)])
    let flaws = finding.measures.map(\.name).filter {
      ["no_owner", "placeholder", "not_in_directory", "inactive", "attestation_expired"].contains($0)
    }
    #expect(flaws == [flaw].compactMap(\.self), "\(owner)")
    #expect(finding.verdict == (flaw == nil ? .pass : .fail))
  }

  @Test func theFirstTextThatIsNotEmptyDecides() async throws {
    let yaml = "accounts: {a: {owner: ana}}\n"
    func share(_ owner: String?, _ tags: [String: String], _ more: String = "") async throws -> Double? {
      try await Bill.finding([Bill.line("a", 100, on: "2026-05-01", owner: owner, tags: tags)], yaml + more)
        .value("unowned_share")
    }
    #expect(try await share(nil, [:]) == 0)
    #expect(try await share("bob", ["owner": "ana"]) == 1)
    #expect(try await share("", ["owner": " ", "team": "web"]) == 0)
    #expect(try await share(nil, ["owner": "nobody", "team": "web"]) == 1)
    #expect(try await share(nil, ["team": "tbd"]) == 1)
    #expect(try await share(nil, ["Owner": "bob"]) == 0)
    #expect(
      try await share(nil, ["Owner": "bob"], "policies: {cloud-ownership: {owner_tags: [Owner]}}\n") == 1)
  }

  @Test func nothingIsUnknown() async throws {
    let empty = try await Bill.finding([], "accounts: {a: {owner: ana}}\n")
    #expect(empty.codes(.unknown) == ["NO_DATA"] && empty.missing == [.init("lines of a bill", 1)])
    let bare = try await CheckBench(Bill.people)
    #expect(try await bare.run(["cloud-ownership"]).notApplicable == ["cloud-ownership"])
    let tax = try await Bill.finding([Bill.line("a", 5, on: "2026-05-01", category: "Tax")])
    #expect(tax.codes(.unknown) == ["NO_DATA"] && tax.missing == [.init("lines of use or purchases", 1)])
    let zero = try await Bill.finding([Bill.line("a", 0, on: "2026-05-01")])
    #expect(zero.codes(.unknown) == ["NO_DATA"] && zero.measure("unowned_share")?.value == nil)
    let negative = try await Bill.finding([Bill.line("a", -5, on: "2026-05-01")])
    #expect(negative.codes(.unknown) == ["NO_DATA"])
    let nobody = try await Bill.finding([Bill.line("a", 5, on: "2026-05-01")], people: "")
    #expect(nobody.codes(.unknown) == ["NO_PEOPLE"] && nobody.measure("unowned_share")?.value == nil)
    #expect(nobody.missing == [.init("people or teams in tally.yaml", 1)])
    var later = Bill.line("a", 5, on: "2026-06-02")
    later.chargeID = "later"
    #expect(try await Bill.finding([later]).codes(.unknown) == ["NO_DATA"])
  }

  @Test func linesWithoutAnEffectiveCostAreLeftOut() async throws {
    func finding(_ missing: Int) async throws -> Finding {
      var charges = (0..<(100 - missing)).map {
        Bill.line("a", 10, on: "2026-05-01", owner: "ana", days: Int64($0 + 2))
      }
      for number in 0..<missing {
        var line = Bill.line("a", 10, on: "2026-05-02", owner: "ana", days: Int64(number + 2))
        line.effectiveCost = nil
        charges.append(line)
      }
      return try await Bill.finding(charges)
    }
    let five = try await finding(5)
    #expect(five.verdict == .pass && five.value("excluded") == 5)
    #expect(try await finding(6).codes(.unknown) == ["MISSING_FIELDS"])
  }

  @Test func currenciesAreNeverAdded() async throws {
    let finding = try await Bill.finding([
      Bill.line("a", 100, on: "2026-05-01", owner: "ana"),
      Bill.line("a", 90, on: "2026-05-01", owner: "ana", currency: "EUR"),
      Bill.line("b", 10, on: "2026-05-01", currency: "EUR"), Bill.line("c", -1, on: "2026-05-01", currency: "JPY"),
    ])
    #expect(finding.value("unowned_share_EUR") == 0.1 && finding.value("unowned_share_USD") == 0)
    #expect(
      finding.reasons.map(\.about) == ["EUR", "JPY"] && finding.reasons.map(\.code) == ["UNOWNED_SPEND", "NO_DATA"])
    #expect(finding.value("accounts") == 3)
  }

  @Test func correctionsNetAndMissingCategoriesAreAssumed() async throws {
    var correction = Bill.line("b", -40, on: "2026-05-10")
    correction.chargeClass = "Correction"
    let finding = try await Bill.finding([
      Bill.line("a", 960, on: "2026-05-01", owner: "ana", category: nil), Bill.line("b", 80, on: "2026-05-01"),
      correction,
      Bill.line("b", 7, on: "2026-05-01", category: "Adjustment"),
    ])
    #expect(finding.value("amount") == 1_000 && finding.value("unowned") == 40)
    #expect(finding.value("category_assumed") == 1 && finding.value("not_counted") == 1)
    #expect(finding.codes(.warn) == ["UNOWNED_SPEND"])
  }

  @Test func aRunningMonthMakesNoYear() async throws {
    let finding = try await Bill.finding([Bill.line("a", 100, on: "2026-06-01", owner: "ana")])
    #expect(finding.measure("unowned_run_rate")?.value == nil)
    #expect(finding.headline.contains("2026-06, which is not over,"))
    // A whole month comes first, the newest of them.
    let both = try await Bill.finding([
      Bill.line("a", 100, on: "2026-06-01"), Bill.line("a", 100, on: "2026-04-30", owner: "ana"),
      Bill.line("a", 100, on: "2026-03-01"),
    ])
    #expect(both.headline.contains("2026-04 ") && both.value("unowned_share") == 0)
    #expect(both.value("days_since_month") == 31)
  }

  @Test func accountsWithoutChargesAreArchived() async throws {
    let finding = try await Bill.finding(
      [Bill.line("a", 100, on: "2026-05-01", owner: "ana")],
      "accounts: {a: {owner: ana}, idle: {owner: bob}, used: {owner: web}}\n")
    #expect(finding.value("accounts") == 3 && finding.value("unowned_accounts") == 1)
    guard case .table(_, _, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(rows == [["idle", "–", "–", "INACTIVE", "bob", "?", "archive"]])
  }

  /// Days without an owner: notice, freeze, pause; the day of each included.
  @Test(
    arguments: [
      ("2026-05-18T00:00:01Z", "adopt"), ("2026-05-18", "adopt (notice), invoice finops"),
      ("2026-05-02T00:00:01Z", "adopt (notice), invoice finops"), ("2026-05-02", "freeze new spend, invoice finops"),
    ])
  func escalation(since: String, proposal: String) async throws {
    let finding = try await Bill.finding(
      [Bill.line("b", 100, on: since)], "policies: {cloud-ownership: {default_owner: finops}}\n")
    guard case .table(_, _, let rows)? = finding.figures.first else {
      Issue.record("no table")
      return
    }
    #expect(rows[0][6] == proposal)
  }

  @Test func anOldOneIsPaused() async throws {
    for (first, proposal) in [("2026-04-02", "pause"), ("2026-04-02T00:00:01Z", "freeze new spend")] {
      let finding = try await Bill.finding([Bill.line("b", 1, on: first), Bill.line("b", 100, on: "2026-05-20")])
      guard case .table(_, _, let rows)? = finding.figures.first else {
        Issue.record("no table")
        return
      }
      #expect(rows[0][6] == proposal)
    }
  }

  @Test func limitsAreInclusive() async throws {
    #expect(try await Bill.share(500).verdict == .warn)
    #expect(try await Bill.share(501).codes(.fail) == ["UNOWNED_SPEND"])
    #expect(try await Bill.share(200).verdict == .pass)
    #expect(try await Bill.share(201).codes(.warn) == ["UNOWNED_SPEND"])
    #expect(try await Bill.share(501, "max_unowned_share: 0.0501").verdict == .warn)
    #expect(try await Bill.share(201, "warn_unowned_share: 0.0201").verdict == .pass)
  }

  @Test func stages() async throws {
    func stage(_ accounts: Int, unowned: Int) async throws -> Double? {
      var charges = (0..<accounts).map { Bill.line("a\($0)", 0, on: "2026-05-01", owner: "ana") }
      charges.append(Bill.line("a0", 100 - unowned, on: "2026-05-02", owner: "ana"))
      charges.append(Bill.line("a0", unowned, on: "2026-05-03"))
      return try await Bill.finding(charges).value("stage")
    }
    #expect(try await stage(5, unowned: 90) == 1)
    #expect(try await stage(6, unowned: 31) == 5)
    #expect(try await stage(6, unowned: 30) == 4)
    #expect(try await stage(6, unowned: 20) == 2)
    #expect(try await stage(15, unowned: 20) == 2)
    #expect(try await stage(16, unowned: 20) == 3)
  }

  @Test func aMergeIsRefusedForAnAccountWithoutAnOwner() async throws {
    let whole = "cost_center: c, env: prod, expires_at: 2027-01-01"
    let finding = try await Bill.finding(
      [Bill.line("a", 1, on: "2026-05-01", owner: "ana")],
      "accounts: {a: {owner: ana, \(whole)}, b: {owner: ana, env: prod}, c: {\(whole)}}\n")
    #expect(finding.verdict == .pass && finding.codes(.pass) == ["ACCOUNT_NO_OWNER"])
    #expect(
      finding.reasons[0].text == "Account 'b' in tally.yaml lacks cost_center, expires_at; so do 1 more.")
    let entry = DecidedFinding(finding: finding)
    func gate(_ name: String) -> Gate {
      Gate(
        name: name, mode: .enforce, onUnknown: .report,
        required: [Gate.Requirement(check: "cloud-ownership", entries: [entry])])
    }
    #expect(gate("merge").decision == .refused(code: "ACCOUNT_NO_OWNER"))
    #expect(gate("release").decision == .pass)
  }

  @Test func equalThresholdsAreNoContradiction() throws {
    _ = try Project.parse(
      "policies: {cloud-ownership: {warn_unowned_share: 0.05, max_unowned_share: 0.05}}\n",
      policies: Catalogue.policies)
  }

  @Test func thresholdsThatContradictEachOtherAreRefused() {
    for policy in [
      "warn_unowned_share: 0.06", "escalate_days: [14, 30]", "escalate_days: [30, 14, 60]", "spike_history: 3",
      "spike_ratio: -0.1",
    ] {
      #expect(throws: (any Error).self) {
        try Project.parse("policies: {cloud-ownership: {\(policy)}}\n", policies: Catalogue.policies)
      }
    }
  }
}
