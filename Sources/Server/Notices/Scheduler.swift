internal import Gateway
internal import Logging
internal import Records
internal import ServiceLifecycle
internal import Store

/// Does what is due, one after the other, as long as the server runs; what has begun is ended.
///
/// Of several servers of a ledger one does it: whoever has taken a run in the ledger (`Ledger.takeRun`), and says every now and then
/// that it is still at it. From one that died it goes to the next.
struct Scheduler: Service {
  let scheduling: Scheduling
  let ledger: Ledger
  let statistics: ScheduleStatistics
  let logger: Logger
  /// Is told what was put into the spool.
  let queued: @Sendable (SpoolCounts) -> Void

  private let ending = Ending()

  init(
    _ scheduling: Scheduling, _ ledger: Ledger, statistics: ScheduleStatistics, logger: Logger,
    queued: @escaping @Sendable (SpoolCounts) -> Void
  ) {
    (self.scheduling, self.ledger, self.statistics) = (scheduling, ledger, statistics)
    (self.logger, self.queued) = (logger, queued)
  }

  /// How long a run belongs to a process that says nothing more, and how often it says something.
  private static let lease = (whole: Duration.seconds(30), renewal: Duration.seconds(10))
  /// How often it looks what is due.
  private static let lookInterval = Duration.seconds(1)
  /// How long it leaves alone what it could not do or write down.
  private static let pause = Duration.seconds(30)

  func run() async throws {
    await ending.during {
      var pausedUntil: [String: ContinuousClock.Instant] = [:]
      while !ending.hasBegun {
        for entry in scheduling.plan.entries where !ending.hasBegun {
          let now = ContinuousClock.now
          if let end = pausedUntil[entry.name], now < end { continue }
          do {
            try await attempt(entry)
          } catch {
            guard !Task.isCancelled else { return }
            statistics.count(lost: entry.name)
            logger.error("schedule \(entry.name): the ledger cannot be read or written: \(error)")
            pausedUntil[entry.name] = now + Scheduler.pause
          }
        }
        await ending.wait(atMost: Scheduler.lookInterval)
      }
    }
  }

  private func attempt(_ entry: SchedulePlan.Entry) async throws {
    let source = scheduling.source
    guard
      let due = try await ledger.takeRun(
        of: entry.name, entry.rule, holder: source.holder, for: Scheduler.lease.whole)
    else { return }
    let begun = source.clock()
    let run = await whileHeld(entry) {
      do {
        return try await scheduling.run(entry, ledger)
      } catch {
        return ScheduledRun(problem: "\(error)")
      }
    }
    // What was broken off says nothing.
    try Task.checkCancellation()
    if let problem = run.problem { logger.error("schedule \(entry.name): could not run: \(problem)") }
    for failure in run.failures {
      logger.error("schedule \(entry.name): \(failure.check) could not run: \(failure.problem)")
    }
    let now = source.clock()
    let origin = try await ledger.noticeOrigin(orElse: scheduling.origin)
    let decision = NoticeDecision(scheduling.plan, entry, run, origin: origin, now: now)
    let counts = try await ledger.endRun(of: entry.name, holder: source.holder, for: due) { try decision.round($0) }
    guard let counts else {
      return logger.warning(
        "schedule \(entry.name): a run took so long that another server did it too; its notices count")
    }
    statistics.count(run, of: entry.name, took: begun.duration(to: now))
    queued(counts)
  }

  /// Does something, and says meanwhile that it is at it.
  private func whileHeld(
    _ entry: SchedulePlan.Entry, _ body: @escaping @Sendable () async -> ScheduledRun
  ) async -> ScheduledRun {
    let holder = scheduling.source.holder
    let renewal = Task {
      while (try? await Task.sleep(for: Scheduler.lease.renewal)) != nil {
        try? await ledger.keepRun(of: entry.name, holder: holder, for: Scheduler.lease.whole)
      }
    }
    defer { renewal.cancel() }
    return await body()
  }
}
