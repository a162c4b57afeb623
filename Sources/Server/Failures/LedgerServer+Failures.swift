internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Records
internal import Store

extension CallDesk {
  /// Failure budgets, and how the ledger feeds them.
  struct Failures: Sendable {
    let desk: FailureDesk
    let watch: LedgerWatch
  }
}

extension LedgerServer {
  /// - Returns: nil where none are in force.
  static func failures(
    _ settings: Calling.Failures, _ ledger: Ledger, _ reception: Reception, _ logger: Logger,
    clock: @escaping @Sendable () -> Instant
  ) -> CallDesk.Failures? {
    let entries = settings.entries.filter { $0.rule.mode != .off }
    guard !entries.isEmpty else { return nil }
    let desk = FailureDesk(entries, readers: settings.readers, people: settings.people, clock: clock)
    let journal = FailureJournal(ledger, reception) { problem in
      logger.error("the change of a failure budget could not be written: \(problem)")
    }
    let watch = LedgerWatch {
      try await desk.read(ledger)
      await journal.follow(desk)
    } follow: {
      _ in
    }
    return CallDesk.Failures(desk: desk, watch: watch)
  }

  /// What says how failure budgets stand. They are about everybody's calls: who is bound to a tenant sees none.
  func addFailures(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/failure-budgets", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(FailureBudgetsEndpoint.answer(desk?.failures?.desk))
    }
  }
}
