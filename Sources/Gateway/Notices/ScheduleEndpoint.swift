internal import Guards
public import Records
public import Store

/// `GET /api/v1/schedule`: what runs by the clock, what it said, and what is open.
public struct ScheduleEndpoint: Sendable {
  private let ledger: Ledger
  private let plan: SchedulePlan
  private let clock: @Sendable () -> Instant

  public init(_ ledger: Ledger, _ plan: SchedulePlan, clock: @escaping @Sendable () -> Instant) {
    (self.ledger, self.plan, self.clock) = (ledger, plan, clock)
  }

  public func answer() async -> Answer {
    do {
      let (states, kept) = (try await ledger.schedules(), try await ledger.keptNotices())
      let now = clock()
      let waiting = try await ledger.spoolStatus()
      var answer = JSONObject()
      answer["at"] = .string(now.description)
      answer["schedules"] = .array(
        plan.entries.map { entry in .object(object(entry, states.first { $0.name == entry.name }, kept, now)) })
      answer["targets"] = .array(
        plan.targets.map { target in
          var object = JSONObject()
          object["target"] = .string(target.name)
          object["kind"] = .string(target.kind.rawValue)
          object["waiting"] = .integer(waiting.first { $0.target == target.lane.target }?.deliveries ?? 0)
          return .object(object)
        })
      return Answer(status: 200, json: answer)
    } catch {
      return Answer(problem: error)
    }
  }

  private func object(
    _ entry: SchedulePlan.Entry, _ state: ScheduleState?, _ kept: [KeptNotice], _ now: Instant
  ) -> JSONObject {
    var object = JSONObject()
    object["schedule"] = .string(entry.name)
    object["checks"] = entry.checks.map { .array($0.map(JSONValue.string)) }
    object["gate"] = entry.gate.map(JSONValue.string)
    object["notify"] = .array(entry.targets.map(JSONValue.string))
    let next = state.flatMap { entry.rule.next(after: min($0.lastDue, now)) } ?? now
    object["next_at"] = .string(next.description)
    object["is_running"] = .bool(state.map { $0.heldUntil > now } ?? false)
    object["begun_at"] = state?.begunAt.map { .string($0.description) }
    object["done_at"] = state?.doneAt.map { .string($0.description) }
    object["well_at"] = state?.wellAt.map { .string($0.description) }
    if let state, let run = try? JSONValue(parsing: state.outcome) { object["last_run"] = run }
    object["open"] = .array(
      kept.filter { isOf(entry, $0.key) }.compactMap { notice in
        guard let told = notice.state.told else { return nil }
        var line = JSONObject()
        line["target"] = .string(notice.key.target)
        line["check"] = .string(notice.key.check)
        line["subject"] = .string(notice.key.subject)
        line["verdict"] = .string(told.verdict.rawValue)
        line["code"] = .string(told.code)
        line["sentence"] = .string(notice.sentence)
        line["opened_at"] = notice.state.openedAt.map { .string($0.description) }
        line["told_at"] = notice.state.toldAt.map { .string($0.description) }
        return .object(line)
      })
    return object
  }

  private func isOf(_ entry: SchedulePlan.Entry, _ key: KeptNotice.Key) -> Bool {
    guard entry.targets.contains(key.target) else { return false }
    return key.check == Notice.runs ? key.subject == entry.name : entry.checks?.contains(key.check) ?? true
  }
}
