internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Records
internal import Store

extension LedgerServer {
  /// The breakers of calls, and what they are told by the ledger and tell it.
  static func breakers(
    _ settings: Calling.Breakers, _ ledger: Ledger, _ group: GroupCommit, _ reception: Reception, _ logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) -> CallDesk.Breakers {
    let journal = BreakerJournal(group, reception, settings.mode) { problem in
      logger.error("the change of a breaker could not be written: \(problem)")
    }
    let breakers = CallBreakers(
      settings.mode, settings.rule, countsMissedSchemas: settings.countsMissedSchemas, clock: clock
    ) { journal.record($0) }
    let isJudged = settings.mode != .off && !settings.judges.isEmpty
    let holds = LedgerWatch(read: { try await ledger.breakerHolds() }, follow: breakers.follow)
    return CallDesk.Breakers(
      all: breakers, holds: holds, budget: FallbackBudget(share: settings.fallbackShare, clock: clock),
      journal: journal, judges: isJudged ? BreakerJudges(settings.judges, breakers) : nil)
  }

  /// What says how breakers stand. They are about everybody's calls: who is bound to a tenant sees none.
  func addBreakers(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/breakers", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(BreakersEndpoint.answer(desk?.breakers.all))
    }
  }
}
