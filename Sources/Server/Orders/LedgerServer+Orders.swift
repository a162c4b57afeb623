internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Records
internal import Store

extension LedgerServer {
  static func orders(
    _ calling: Calling, _ ledger: Ledger, clock: @escaping @Sendable () -> Instant
  ) -> CallDesk.Orders {
    let desk = OrderDesk(clock: clock, chance: { Double(calling.random() >> 11) * 0x1p-53 })
    return CallDesk.Orders(
      desk: desk, watch: LedgerWatch(read: { try await ledger.callOrders() }, follow: desk.follow))
  }

  /// What says what is ordered. It is about everybody's calls: who is bound to a tenant sees none.
  func addOrders(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/orders", Routes.Demand(.read), refusal: problem) { _, _, _ in
      Response(OrdersEndpoint.answer(desk?.orders.desk))
    }
  }
}
