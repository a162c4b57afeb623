internal import Records

/// What `GET /v1/models` answers: the models that have a route of their own, as the caller's API lists models.
public enum ModelList {
  public static func answer(_ plan: CallPlan, _ dialect: CallDialect) -> Answer {
    let models = plan.models
    var whole = JSONObject()
    switch dialect {
    case .openai:
      whole["object"] = .string("list")
      whole["data"] = .array(
        models.map { model in
          .object(
            object([
              ("id", .string(model.name)), ("object", .string("model")), ("created", .integer(0)),
              ("owned_by", .string(model.upstream)),
            ]))
        })
    case .anthropic:
      whole["data"] = .array(
        models.map { model in
          .object(
            object([
              ("type", .string("model")), ("id", .string(model.name)), ("display_name", .string(model.name)),
              ("created_at", .string("1970-01-01T00:00:00Z")),
            ]))
        })
      whole["has_more"] = .bool(false)
      whole["first_id"] = models.first.map { .string($0.name) } ?? .null
      whole["last_id"] = models.last.map { .string($0.name) } ?? .null
    }
    return Answer(status: 200, json: whole)
  }

  private static func object(_ members: [(String, JSONValue)]) -> JSONObject {
    var object = JSONObject()
    for (key, value) in members { object[key] = value }
    return object
  }
}
