internal import Guards
internal import Records
internal import Store

/// `GET /api/v1/orders`: what people have ordered of calls, while it holds.
public enum OrdersEndpoint {
  /// - Parameter desk: nil where no models are called.
  public static func answer(_ desk: OrderDesk?) -> Answer {
    let (orders, statistics) = (desk?.orders, desk?.statistics ?? .init())
    var answer = JSONObject()
    answer["freezes"] = .array(
      (orders?.freezes ?? []).map { freeze in
        var object = freeze.json
        object["refused"] = .integer(Int64(statistics.refused[freeze.subject.text] ?? 0))
        object["observed"] = .integer(Int64(statistics.observed[freeze.subject.text] ?? 0))
        return .object(object)
      })
    answer["drills"] = .array(
      (orders?.drills ?? []).map { drill in
        var object = drill.json
        object["met"] = .integer(Int64(statistics.drilled[drill.name] ?? 0))
        return .object(object)
      })
    return Answer(status: 200, json: answer)
  }
}
