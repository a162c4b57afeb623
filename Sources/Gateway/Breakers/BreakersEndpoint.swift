internal import Guards
internal import Records

/// `GET /api/v1/breakers`: the breakers of this server, and what people say of them.
public enum BreakersEndpoint {
  /// - Parameter breakers: nil where no models are called.
  public static func answer(_ breakers: CallBreakers?) -> Answer {
    var answer = JSONObject()
    answer["mode"] = .string((breakers?.mode ?? .off).rawValue)
    answer["breakers"] = .array((breakers?.readings() ?? []).map { .object(json($0)) })
    answer["holds"] = .array(
      (breakers?.holds ?? [:]).sorted { $0.key < $1.key }.map { .object($0.value.json(name: $0.key)) })
    return Answer(status: 200, json: answer)
  }

  private static func json(_ reading: CallBreakers.Reading) -> JSONObject {
    let breaker = reading.breaker
    var object = JSONObject()
    object["name"] = .string(reading.key.name)
    object["upstream"] = .string(reading.key.upstream)
    object["model"] = .string(reading.key.model)
    object["state"] = .string(breaker.state.rawValue)
    object["since"] = breaker.since.map { .string($0.description) }
    object["until"] = breaker.until.map { .string($0.description) }
    if let cause = breaker.cause {
      object["cause"] = .string(cause.word)
      object["fault"] = cause.fault.map { .string($0.rawValue) }
      object["why"] = .string(cause.clause)
    }
    object["calls"] = .integer(Int64(breaker.calls))
    object["failed"] = .integer(Int64(breaker.failed))
    object["streak"] = .integer(Int64(breaker.streak))
    object["judged"] = .integer(Int64(breaker.judged))
    object["judged_bad"] = .integer(Int64(breaker.judgedBad))
    object["refused"] = .integer(Int64(reading.refused))
    object["observed"] = .integer(Int64(reading.observed))
    object["is_held"] = .bool(breaker.hold != nil)
    return object
  }
}
