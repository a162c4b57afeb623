internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import Records
internal import Store

extension LedgerServer {
  /// - Returns: nil where none are in force.
  static func failures(
    _ settings: Calling.Failures, clock: @escaping @Sendable () -> Instant
  ) -> FailureDesk? {
    let entries = settings.entries.filter { $0.rule.mode != .off }
    guard !entries.isEmpty else { return nil }
    return FailureDesk(entries, readers: settings.readers, people: settings.people, clock: clock)
  }

  /// Writes into the ledger how failure budgets have changed.
  static func journal(
    of desk: FailureDesk, _ ledger: Ledger, _ reception: Reception, _ logger: Logger
  ) -> @Sendable () async -> Void {
    let journal = FailureJournal(ledger, reception) { problem in
      logger.error("the change of a failure budget could not be written: \(problem)")
    }
    return { await journal.follow(desk) }
  }

  /// What is read of calls that have ended, once for all who want to know; nil where nobody does.
  /// - Parameter afterwards: is done after each reading.
  static func endedCalls(
    _ listeners: [any EndedCallListener], _ ledger: Ledger, afterwards: (@Sendable () async -> Void)?
  ) -> LedgerWatch? {
    guard !listeners.isEmpty else { return nil }
    let feed = EndedCallFeed(listeners)
    return LedgerWatch {
      try await feed.read(ledger)
      await afterwards?()
    } follow: { _ in
    }
  }

  /// What says how failure budgets stand. They are about everybody's calls: who is bound to a tenant sees none.
  func addFailures(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/failure-budgets", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(FailureBudgetsEndpoint.answer(desk?.failures))
    }
  }
}
