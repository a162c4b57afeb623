internal import Records
internal import Statistics

/// The company's cloud: accounts that people and teams answer for, and a sandbox that nobody does.
struct CloudScene: Scene {
  static let accounts = 23
  static let sandbox = "sandbox"

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  /// What each account costs on a weekday, in dollars.
  private let sizes: [Double]
  /// Hundredths of the whole that the sandbox costs.
  private let sandboxShare: Int64

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    var generator = generator
    sizes = (0..<Self.accounts).map { _ in generator.between(600, 1400) }
    self.generator = generator
    sandboxShare = plan.truth == .onTheBar ? 5 : 1
  }

  /// By a tag, and spelt as people spell. Bob has left.
  private func owner(_ account: Int) -> String {
    if plan.planted == .ownersLeft, account < 3 { return "bob" }
    return account % 4 == 0 ? "platform" : account % 4 == 1 ? "Ana" : "ana"
  }

  mutating func records(on day: Int) -> [Record] {
    let date = quarter.date(day)
    let isWeekend = [5, 6].contains(((date.day + 3) % 7 + 7) % 7)
    var records: [Record] = []
    var cents: Int64 = 0
    for account in 0..<Self.accounts {
      let amount = Int64(100 * sizes[account] * (isWeekend ? 0.6 : 1) * generator.between(0.9, 1.1))
      cents += amount
      records.append(.charge(line("account-\(account)", "usage", amount, on: day, owner: owner(account))))
    }
    var own = cents * sandboxShare / (100 - sandboxShare)
    if plan.planted == .ownerlessSpike, day == 80 { own = own * 8 / 5 }
    records.append(.charge(line(Self.sandbox, "usage", own, on: day, owner: nil)))
    if day % 30 == 10 {
      records.append(.charge(line(Self.sandbox, "credit", -500_000, on: day, owner: nil, category: "Credit")))
      records.append(.charge(line("account-1", "tax", 90_000, on: day, owner: nil, category: "Tax")))
    }
    return records
  }

  private func line(
    _ account: String, _ what: String, _ cents: Int64, on day: Int, owner: String?, category: String = "Usage"
  ) -> ChargeRecord {
    var charge = ChargeRecord()
    charge.account = account
    charge.chargeID = "\(what)-\(day)"
    charge.service = "compute"
    if let owner { charge.tags = Tags(["team": owner]) }
    charge.effectiveCost = Int128(cents) * (Money.unitsPerOne / 100)
    charge.billedCost = charge.effectiveCost
    charge.currency = "USD"
    charge.periodFrom = quarter.date(day)
    charge.periodTo = quarter.date(day + 1)
    charge.chargeCategory = category
    return charge
  }

  var declaration: Declaration {
    let attested = quarter.date(60).dateText
    var declaration = Declaration()
    declaration.people = ["ana: {attested_at: \(attested)}", "bob: {active: false, attested_at: \(attested)}"]
    declaration.teams = ["platform: {attested_at: \(attested)}"]
    declaration.accounts = [
      "account-0: {owner: platform, cost_center: it, env: prod, expires_at: \(quarter.date(200).dateText)}"
    ]
    return declaration
  }
}
