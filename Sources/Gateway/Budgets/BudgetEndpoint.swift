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

  /// The windows that hold now, or at the instant `at`.
  public func answer(_ query: String?) async -> Answer {
    do {
      var instant = clock()
      for (name, value) in try QueryText.parameters(query) {
        guard name == "at" else {
          throw Problem.parameter(name, "UNKNOWN_PARAMETER", "There is no parameter '\(name)' here. Known is at.")
        }
        instant = try PageRequest.instant(name, value)
      }
      let statuses = try await ledger.budgets(at: instant)
      var answer = JSONObject()
      answer["at"] = .string(instant.description)
      let known = entries.map { entry in
        BudgetEndpoint.object(
          entry.rule, statuses.filter { $0.budget == entry.rule.name && $0.unit == entry.rule.unit.word }, instant)
      }
      answer["budgets"] = .array(known.map(JSONValue.object))
      return Answer(status: 200, json: answer)
    } catch {
      return Answer(problem: error)
    }
  }

  private static func object(_ rule: BudgetRule, _ statuses: [BudgetStatus], _ instant: Instant) -> JSONObject {
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    object["mode"] = .string(rule.mode.rawValue)
    object["each"] = .string(rule.level.rawValue)
    object["unit"] = .string(rule.unit.word)
    object["limit"] = .string(rule.unit.text(rule.limit))
    object["per"] = .string(rule.period.rawValue)
    var windows = statuses.map { window($0.window, $0.subject, $0.startsAt, $0.endsAt, $0.orphans, rule) }
    // Nobody has called yet, and all of it is left.
    if windows.isEmpty, rule.level == .all {
      let (start, end) = rule.period.window(at: instant)
      windows = [window(BudgetWindow(), "", start, end, [], rule)]
    }
    object["windows"] = .array(windows.map(JSONValue.object))
    return object
  }

  private static func window(
    _ window: BudgetWindow, _ subject: String, _ start: Instant, _ end: Instant, _ orphans: [BudgetOrphan],
    _ rule: BudgetRule
  ) -> JSONObject {
    var object = JSONObject()
    object["subject"] = .string(subject)
    object["spent"] = .string(rule.unit.text(window.spent))
    object["held"] = .string(rule.unit.text(window.held))
    object["left"] = .string(rule.unit.text(window.left(of: rule.limit)))
    object["starts_at"] = .string(start.description)
    object["resets_at"] = .string(end.description)
    object["orphaned"] = .array(
      orphans.map { orphan in
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
