internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Records

extension LedgerServer {
  /// What says what the ledger holds.
  func addReading(_ routes: Routes, _ reading: ReadingEndpoint, _ budgets: BudgetEndpoint) {
    let read = Routes.Demand(.read)
    // The records say whose they are, or the endpoint refuses who is bound to a tenant.
    let readOwn = Routes.Demand(.read, heedsTenant: true)
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/spans", readOwn, refusal: problem) { request, _, principal in
      Response(await reading.spans(request.uri.query, from: principal))
    }
    routes.on(.get, "/api/v1/traces/{trace_id}", readOwn, refusal: problem) { request, path, principal in
      Response(await reading.trace(path.get("trace_id") ?? "", request.uri.query, from: principal))
    }
    routes.on(.get, "/api/v1/findings", readOwn, refusal: problem) { request, _, principal in
      Response(await reading.findings(request.uri.query, from: principal))
    }
    routes.on(.get, "/api/v1/records/{kind}", readOwn, refusal: problem) { request, path, principal in
      Response(await reading.records(path.get("kind") ?? "", request.uri.query, from: principal))
    }
    routes.on(.get, "/api/v1/checks", readOwn, refusal: problem) { _, _, _ in Response(reading.checks()) }
    routes.on(.get, "/api/v1/ledger", read, refusal: problem) { _, _, _ in Response(await reading.status()) }
    routes.on(.get, "/api/v1/budgets", read, refusal: problem) { request, _, _ in
      Response(await budgets.answer(request.uri.query))
    }
    routes.open("/api/v1/openapi.json") {
      Answer(status: 200, contentType: "application/json", body: Array(OpenAPIDocument.text.utf8))
    }
  }
}
