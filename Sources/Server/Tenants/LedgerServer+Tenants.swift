internal import Gateway
internal import HTTPTypes
internal import Hummingbird
internal import Records

extension LedgerServer {
  /// What says how tenants stand; a tenant's key sees its own.
  func addTenants(_ routes: Routes, _ desk: CallDesk?) {
    let problem: Routes.Refusal = { plain, message, _ in plain.asProblem(message) }
    routes.on(.get, "/api/v1/tenants", Routes.Demand(.read, heedsTenant: true), refusal: problem) { _, _, principal in
      Response(TenantsEndpoint.answer(desk?.tenants, desk?.queues.all ?? [], from: principal))
    }
  }
}
