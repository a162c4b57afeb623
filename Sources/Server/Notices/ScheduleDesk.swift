internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Records
internal import ServiceLifecycle
internal import Store

/// What the parts of schedules and notices share in one process.
struct ScheduleDesk: Sendable {
  let plan: SchedulePlan
  private let scheduling: Scheduling?
  private let logger: Logger
  private let runs = ScheduleStatistics()
  private let sent = ForwardStatistics()
  private let bells: [SpoolLane: Bell]

  init(_ scheduling: Scheduling?, logger: Logger) {
    self.scheduling = scheduling
    self.logger = logger
    plan = scheduling?.plan ?? SchedulePlan([], targets: [])
    bells = Dictionary(uniqueKeysWithValues: plan.targets.map { ($0.lane, Bell()) })
  }

  func scheduler(_ ledger: Ledger) -> Scheduler? {
    guard let scheduling, !plan.entries.isEmpty else { return nil }
    return Scheduler(scheduling, ledger, statistics: runs, logger: logger) { [bells, logger] counts in
      for (lane, bell) in bells where counts.queued[lane.target] != nil { bell.ring() }
      for (target, count) in counts.skipped {
        logger.error(
          "\(target): \(count) notices find no room in the spool and are lost; the target has been away too long")
      }
    }
  }

  /// What sends notices, a service for each target.
  func senders(_ ledger: Ledger, _ client: ForwardClient) -> [any Service] {
    guard let source = scheduling?.source else { return [] }
    return plan.targets.compactMap { target in
      guard let bell = bells[target.lane] else { return nil }
      return Forwarder(
        target: target.address, lane: target.lane, ledger: ledger, bell: bell, statistics: sent,
        complaints: ForwardComplaints(target.address, section: "notify", logger: logger), source: source
      ) { _, body in
        guard let notice = (try? JSONValue(parsing: body)).flatMap({ Notice(json: $0) }) else {
          return ForwardClient.Reply(verdict: .refused, message: "a newer tally wrote it, and this one cannot read it")
        }
        return await client.send(notice, to: target)
      }
    }
  }

  /// Says for whom notices wait whom nobody names any more.
  func sayWhoIsMissing(_ ledger: Ledger) async throws {
    let known = Set(plan.targets.map(\.lane.target))
    for status in try await ledger.spoolStatus() where status.deliveries > 0 && !known.contains(status.target) {
      guard status.target.hasPrefix(NoticeTarget.lanePrefix) else { continue }
      logger.warning(
        """
        \(status.deliveries) notices wait for '\(status.target.dropFirst(NoticeTarget.lanePrefix.count))', which tally.yaml does not \
        name in notify: name it again to send them
        """)
    }
  }

  /// Nothing where nothing is scheduled.
  func metrics(_ ledger: Ledger) async -> String {
    guard scheduling != nil else { return "" }
    return ScheduleMetricsText.text(
      plan, runs.counts, sent.counts, try? await ledger.spoolStatus(), try? await ledger.schedules())
  }
}

extension ForwardClient {
  /// Sends a notice in its target's own form.
  func send(_ notice: Notice, to target: NoticeTarget) async -> Reply {
    let request = NoticeRequest(notice, to: target, now: clock())
    return await send(
      request.body, contentType: "application/json", path: request.path, to: target.address, headers: request.headers)
  }
}

extension LedgerServer {
  /// What says what runs by the clock. It is about everybody's findings: who is bound to a tenant sees none.
  func addSchedule(_ routes: Routes, _ schedule: ScheduleEndpoint) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/schedule", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(await schedule.answer())
    }
  }
}
