internal import Gateway
internal import Guards
internal import HTTPTypes
internal import Hummingbird
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
    _ settings: Calling.Failures, _ ledger: Ledger, clock: @escaping @Sendable () -> Instant
  ) -> CallDesk.Failures? {
    let entries = settings.entries.filter { $0.rule.mode != .off }
    guard !entries.isEmpty else { return nil }
    let desk = FailureDesk(entries, readers: settings.readers, people: settings.people, clock: clock)
    return CallDesk.Failures(
      desk: desk, watch: LedgerWatch(read: { try await desk.read(ledger) }, follow: { _ in }))
  }

  /// What says how failure budgets stand. They are about everybody's calls: who is bound to a tenant sees none.
  func addFailures(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/failure-budgets", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(FailureBudgetsEndpoint.answer(desk?.failures?.desk))
    }
  }
}
