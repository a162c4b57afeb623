internal import Guards
internal import Records

/// `GET /api/v1/tenants`: how the tenants of this server stand. Whoever is bound to one sees that one.
public enum TenantsEndpoint {
  /// - Parameters:
  ///   - tenants: nil where no models are called, or none are declared.
  ///   - queues: of upstreams that have only so many places.
  public static func answer(_ tenants: CallTenants?, _ queues: [CallQueue], from principal: Principal) -> Answer {
    var answer = JSONObject()
    answer["mode"] = .string((tenants?.mode ?? .off).rawValue)
    let seen = (tenants?.readings() ?? []).filter { principal.tenant == nil || principal.tenant == $0.entry.name }
    answer["tenants"] = .array(seen.map { .object(json($0, seesOthers: principal.tenant == nil)) })
    let waits = principal.tenant == nil ? queues : []
    answer["queues"] = .array(waits.map { .object(json($0)) })
    return Answer(status: 200, json: answer)
  }

  private static func json(_ reading: CallTenants.Reading, seesOthers: Bool) -> JSONObject {
    var object = JSONObject()
    object["tenant"] = .string(reading.entry.name)
    object["weight"] = .number(reading.entry.rule.weight)
    object["limits"] = .array(
      TenantRule.Limit.allCases.compactMap { limit in
        guard let amount = reading.entry.rule.amount(of: limit), let left = reading.left[limit] else { return nil }
        var line = JSONObject()
        line["limit"] = .string(limit.rawValue)
        line["amount"] = .integer(amount)
        line["left"] = .integer(left)
        return .object(line)
      })
    object["under_way"] = .integer(Int64(reading.underWay))
    object["calls"] = .integer(Int64(reading.calls))
    object["refused"] = .integer(Int64(reading.refused))
    object["observed"] = .integer(Int64(reading.observed))
    // That another tenant's words came is for whoever keeps the house.
    if seesOthers { object["leaks"] = .integer(Int64(reading.leaks)) }
    return object
  }

  private static func json(_ queue: CallQueue) -> JSONObject {
    let statistics = queue.statistics
    var object = JSONObject()
    object["upstream"] = .string(queue.upstream)
    object["concurrency"] = .integer(Int64(queue.places))
    object["under_way"] = .integer(Int64(statistics.underWay))
    object["waiting"] = .integer(Int64(statistics.waiting))
    object["waited"] = .integer(Int64(statistics.waited))
    object["refused"] = .integer(Int64(statistics.refused))
    return object
  }
}
