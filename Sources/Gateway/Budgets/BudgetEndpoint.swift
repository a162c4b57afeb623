internal import Guards
public import Records
public import Store

/// `GET /api/v1/budgets`: how budgets stand.
public struct BudgetEndpoint: Sendable {
  private let ledger: Ledger
  private let entries: [CallBudgets.Entry]
  private let clock: @Sendable () -> Instant

  /// - Parameter entries: budgets that are in force, in the order in which they are said.
  public init(_ ledger: Ledger, _ entries: [CallBudgets.Entry], clock: @escaping @Sendable () -> Instant) {
    self.ledger = ledger
    self.entries = entries
    self.clock = clock
  }

  /// The windows that hold now, or at the instant `at`: `limit` of them, from `cursor` on.
  public func answer(_ query: String?) async -> Answer {
    do {
      let page = try BudgetPage(query, budgets: entries.map(\.rule.name), now: clock())
      let lines = lines(try await ledger.budgets(at: page.instant), at: page.instant)
      let (budgets, next) = page.cut(lines, of: entries.count)
      var answer = JSONObject()
      answer["at"] = .string(page.instant.description)
      answer["budgets"] = .array(
        budgets.map { .object(BudgetEndpoint.object(entries[$0.number].rule, $0.windows)) })
      answer["next"] = next.map(JSONValue.string)
      return Answer(status: 200, json: answer)
    } catch {
      return Answer(problem: error)
    }
  }

  /// The windows of budgets that are in force.
  private func lines(_ statuses: [BudgetStatus], at instant: Instant) -> [BudgetPage.Line] {
    func line(_ number: Int, _ status: BudgetStatus) -> BudgetPage.Line {
      BudgetPage.Line(
        place: .init(number: number, subject: status.subject, start: status.startsAt), status: status)
    }
    let known = Dictionary(grouping: statuses, by: \.budget)
    return entries.indices.flatMap { number -> [BudgetPage.Line] in
      let rule = entries[number].rule
      let own = (known[rule.name] ?? []).filter { $0.unit == rule.unit.word }
      guard own.isEmpty, rule.level == .all else { return own.map { line(number, $0) } }
      // Nobody has called yet, and all of it is left.
      let (start, end) = rule.period.window(at: instant)
      let fresh = BudgetStatus(
        budget: rule.name, subject: "", unit: rule.unit.word, startsAt: start, endsAt: end, window: BudgetWindow(),
        orphans: [])
      return [line(number, fresh)]
    }
  }

  private static func object(_ rule: BudgetRule, _ statuses: [BudgetStatus]) -> JSONObject {
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    object["mode"] = .string(rule.mode.rawValue)
    object["each"] = .string(rule.level.rawValue)
    object["unit"] = .string(rule.unit.word)
    object["limit"] = .string(rule.unit.text(rule.limit))
    object["per"] = .string(rule.period.rawValue)
    object["windows"] = .array(statuses.map { .object(window($0, rule)) })
    return object
  }

  private static func window(_ status: BudgetStatus, _ rule: BudgetRule) -> JSONObject {
    var object = JSONObject()
    object["subject"] = .string(status.subject)
    object["spent"] = .string(rule.unit.text(status.window.spent))
    object["held"] = .string(rule.unit.text(status.window.held))
    object["left"] = .string(rule.unit.text(status.window.left(of: rule.limit)))
    object["starts_at"] = .string(status.startsAt.description)
    object["resets_at"] = .string(status.endsAt.description)
    object["orphaned"] = .array(
      status.orphans.map { orphan in
        var line = JSONObject()
        if orphan.isBlock {
          line["block"] = .string(orphan.hold)
        } else {
          let ids = orphan.hold.split(separator: "-", maxSplits: 1)
          line["trace_id"] = .string(String(ids.first ?? ""))
          line["span_id"] = .string(String(ids.dropFirst().first ?? ""))
        }
        line["amount"] = .string(rule.unit.text(orphan.amount))
        line["expired_at"] = .string(orphan.expiredAt.description)
        return .object(line)
      })
    return object
  }
}
