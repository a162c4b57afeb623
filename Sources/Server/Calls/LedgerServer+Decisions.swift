internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Records

extension LedgerServer {
  /// What decides for other gateways, and hears how their calls ended.
  func addDecisions(_ routes: Routes, _ bodies: BodyReader, _ desk: CallDesk?) {
    // A key that is bound to a tenant decides for that one only.
    let demand = Routes.Demand(.decide, heedsTenant: true)
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.post, "/api/v1/decide", demand, refusal: problem) { request, _, principal in
      await bodies.reading(request, isExpanded: true) { body in
        guard let desk else { return Response(.nothingToDecide) }
        return Response(await DecideEndpoint(desk.decisions).answer(body, from: principal))
      }
    }
    routes.on(.post, "/api/v1/settle", demand, refusal: problem) { request, _, principal in
      await bodies.reading(request, isExpanded: true) { body in
        guard let desk else { return Response(.nothingToDecide) }
        return Response(await SettleEndpoint(desk.decisions).answer(body, from: principal))
      }
    }
  }
}
