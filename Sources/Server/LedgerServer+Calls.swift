internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Records

extension LedgerServer {
  /// What calls models.
  func addCalls(_ routes: Routes, _ desk: CallDesk?) {
    for endpoint in CallEndpoint.allCases {
      let refusal: Routes.Refusal = { plain, message, _ in CallRefusal(plain, message).answer(endpoint.dialect) }
      routes.onConnection(.post, endpoint.path, CallDesk.demand, refusal: refusal) { request, context, principal in
        guard let desk else { return Response(CallDesk.none.answer(endpoint.dialect)) }
        return await desk.answer(request, context, endpoint, from: principal)
      }
    }
    let refusal: Routes.Refusal = { plain, message, _ in CallRefusal(plain, message).answer(.openai) }
    routes.onConnection(.get, "/v1/models", CallDesk.demand, refusal: refusal) { request, context, principal in
      guard let desk else { return Response(CallDesk.none.answer(.openai)) }
      return await desk.models(request, context, from: principal)
    }
  }
}
