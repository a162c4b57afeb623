internal import Guards
internal import Records

/// `GET /api/v1/failure-budgets`: how failure budgets stand, as this server last read the ledger.
public enum FailureBudgetsEndpoint {
  /// - Parameter desk: nil where none are declared.
  public static func answer(_ desk: FailureDesk?) -> Answer {
    var answer = JSONObject()
    let reach = desk?.reach
    answer["read_at"] = reach?.readAt.map { .string($0.description) } ?? .null
    answer["is_whole"] = .bool(reach?.isWhole ?? true)
    let statistics = desk?.statistics ?? .init()
    answer["failure_budgets"] = .array((desk?.readings() ?? []).map { .object(json($0, statistics)) })
    return Answer(status: 200, json: answer)
  }

  private static func json(_ reading: FailureDesk.Reading, _ statistics: FailureDesk.Statistics) -> JSONObject {
    let rule = reading.entry.rule
    var object = JSONObject()
    object["budget"] = .string(rule.name)
    object["subject"] = .string(rule.subject.text)
    object["mode"] = .string(rule.mode.rawValue)
    object["when_spent"] = .string(rule.response.rawValue)
    object["rate"] = .number(rule.rate)
    object["per"] = .string(FailureFigures.text(rule.period))
    object["confidence"] = .number(rule.confidence)
    object["state"] = .string(reading.state.rawValue)
    object["since"] = reading.since.map { .string($0.description) } ?? .null
    object["from"] = .string(reading.from.description)
    FailureFigures.add(reading.whole, to: &object)
    object["moves_on_at"] = reading.recovery.map { .string($0.description) } ?? .null
    object["windows"] = .array(
      zip(rule.burns, reading.burns).map { burn, windows in
        var line = JSONObject()
        line["long"] = .string(FailureFigures.text(burn.long))
        line["short"] = .string(FailureFigures.text(burn.short))
        line["burn"] = .number(burn.rate)
        line["limit"] = .number(FailureFigures.plain(burn.rate * rule.rate))
        line["calls"] = .integer(Int64(windows.long.calls))
        line["mean"] = windows.long.mean.map(JSONValue.number) ?? .null
        line["low"] = .number(windows.long.low)
        line["short_calls"] = .integer(Int64(windows.short.calls))
        line["short_mean"] = windows.short.mean.map(JSONValue.number) ?? .null
        line["burns"] = .bool(windows.burns)
        return .object(line)
      })
    object["refused"] = .integer(Int64(statistics.refused[rule.name] ?? 0))
    object["observed"] = .integer(Int64(statistics.observed[rule.name] ?? 0))
    object["approved"] = .integer(Int64(statistics.approved[rule.name] ?? 0))
    return object
  }
}
