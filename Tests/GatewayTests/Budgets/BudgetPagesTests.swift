import Guards
import Records
import Store
import Testing

@testable import Gateway

/// Budgets a page at a time: every window once, whatever begins between two pages.
struct BudgetPagesTests {
  private static func entry(_ name: String, _ level: BudgetRule.Level) -> CallBudgets.Entry {
    CallBudgets.Entry(BudgetRule(name: name, unit: .calls, limit: 1_000, period: .day, level: level))
  }

  private static let entries = [
    entry("calm", .all), entry("runs", .run), entry("nobody", .key), entry("keys", .key), entry("last", .agent),
  ]

  private struct House {
    let name = LedgerPlace.name()
    let clock = TestClock()
    let ledger: Ledger
    let endpoint: BudgetEndpoint

    init(_ place: LedgerPlace) async throws {
      let clock = clock
      ledger = try await place.open(name, clock)
      endpoint = BudgetEndpoint(ledger, BudgetPagesTests.entries) { clock.now }
    }

    func close() throws {
      try ledger.close()
      LedgerPlace.remove(name)
    }

    func call(_ budget: String, _ subject: String) async throws {
      let entry = try #require(BudgetPagesTests.entries.first { $0.rule.name == budget })
      let hold = "\(budget)-\(subject)"
      let claim = BudgetClaim(entry.rule, subject: subject, amount: 1)
      #expect(try await ledger.reserve([claim], hold: hold, until: Instant(nanoseconds: .max)) == [])
    }

    /// The lines of a page as `BUDGET SUBJECT`, its budgets, and what follows.
    func page(_ query: String) async throws -> (lines: [String], budgets: [String], next: String?) {
      let answer = await endpoint.answer(query)
      #expect(answer.status == 200)
      let json = try JSONValue(parsing: answer.body)
      let budgets = json["budgets"]?.elements ?? []
      return (
        budgets.flatMap { budget in
          (budget["windows"]?.elements ?? []).map { "\(budget["budget"]?.text ?? "") \($0["subject"]?.text ?? "")" }
        }, budgets.compactMap { $0["budget"]?.text }, json["next"]?.text
      )
    }
  }

  @Test(arguments: LedgerPlace.all)
  func everyWindowIsOnOnePage(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    // In the order of their letters' bytes, which is not that of any language.
    let runs = (10..<31).map { "r\($0)" } + ["Ä", "Z", "a b", "ß", "日"]
    for run in runs { try await house.call("runs", run) }
    for key in ["bot", "desk"] { try await house.call("keys", key) }
    let sorted = runs.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let expected = ["calm "] + sorted.map { "runs \($0)" } + ["keys bot", "keys desk"]
    for limit in [1, 2, 4, 26, 27, 28, 29, 30, 1_000] {
      var (lines, budgets, pages) = ([] as [String], [] as [String], 0)
      var next: String?
      repeat {
        let page = try await house.page("limit=\(limit)" + (next.map { "&cursor=\($0)" } ?? ""))
        #expect(page.lines.count <= limit && (page.next == nil || page.lines.count == limit))
        lines += page.lines
        budgets += page.budgets.filter { $0 != budgets.last }
        (next, pages) = (page.next, pages + 1)
      } while next != nil
      #expect(lines == expected && pages == (expected.count + limit - 1) / limit, "\(limit)")
      // Those without windows are said too, and each where it is in the file.
      #expect(budgets == ["calm", "runs", "nobody", "keys", "last"], "\(limit)")
    }
    #expect(try await house.page("").lines == expected)
    try house.close()
  }

  @Test(arguments: LedgerPlace.all)
  func whatBeginsBetweenTwoPagesShiftsNothing(_ place: LedgerPlace) async throws {
    let house = try await House(place)
    for run in ["b", "d", "f", "h"] { try await house.call("runs", run) }
    let first = try await house.page("limit=3")
    #expect(first.lines == ["calm ", "runs b", "runs d"])
    // One before, one behind, and the day ends: pages are of the day of the first.
    for run in ["a", "e"] { try await house.call("runs", run) }
    house.clock.advance(by: .seconds(86_400))
    try await house.call("runs", "g")
    let second = try await house.page("limit=3&cursor=\(try #require(first.next))")
    #expect(second.lines == ["runs e", "runs f", "runs h"] && second.next == nil)
    #expect(second.budgets == ["runs", "nobody", "keys", "last"])
    #expect(try await house.page("").lines == ["calm ", "runs g"])
    try house.close()
  }

  @Test func whatIsNoQuestion() async throws {
    let house = try await House(.sqlite)
    for run in ["b", "d"] { try await house.call("runs", run) }
    let next = try #require(try await house.page("limit=1").next)
    // How many are wanted may change, and nothing else.
    #expect(try await house.page("limit=9&cursor=\(next)").lines == ["runs b", "runs d"])
    let wrong = [
      ("limit=0", "LIMIT"), ("limit=1001", "LIMIT"), ("limit=", "LIMIT"), ("when=now", "UNKNOWN_PARAMETER"),
      ("cursor=", "CURSOR"), ("cursor=b12", "CURSOR"), ("cursor=\(next)0", "CURSOR"),
      ("cursor=1\(next.dropFirst())", "CURSOR"),
      ("cursor=\(next.prefix(17))7fffffffffffffff\(next.dropFirst(33))", "CURSOR"),
      ("cursor=\(next.prefix(17))0000000000000005\(next.dropFirst(33))", "CURSOR"),
      ("cursor=\(next.dropLast())x", "CURSOR"), ("cursor=\(next)ff", "CURSOR"),
      ("at=2026-02-28&cursor=\(next)", "CURSOR"),
      ("limit=2&limit=2", "REPEATED_PARAMETER"),
    ]
    for (query, code) in wrong {
      let answer = await house.endpoint.answer(query)
      #expect(try answer.status == 400 && JSONValue(parsing: answer.body)["code"]?.text == code, "\(query)")
    }
    // A server with other budgets has other pages.
    let clock = house.clock
    let other = BudgetEndpoint(house.ledger, Array(BudgetPagesTests.entries.dropLast())) { clock.now }
    #expect(await other.answer("cursor=\(next)").status == 400)
    try house.close()
  }
}
