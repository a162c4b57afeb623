import Records

/// The statement that reads the spans of one hour.
struct HourStatement {
  let columns: SpanColumns
  /// ?1 is the hour, ?2 and ?3 are from when to when.
  private let sql: String
  private let since: Instant
  private let until: Instant
  private let texts: [SQLValue]

  /// - Parameter features: those that are asked for; none for all.
  init(_ question: SpanQuestion, features: [String], _ horizon: Horizon) {
    var texts: [SQLValue] = []
    func argument(_ text: String) -> String {
      texts.append(.text(text))
      return "?\(texts.count + 3)"
    }
    func named(_ values: [String]) -> String? {
      let places = values.map { argument($0.identifier) }.joined(separator: ", ")
      return values.isEmpty ? nil : "IN (SELECT id FROM term WHERE value IN (\(places)))"
    }
    let hour = "\(SpanRecord.hour("t")) = ?1"
    let (feature, kind) = (named(features), named(question.kinds))
    let isBetween = "t.started_at >= ?2 AND t.started_at <= ?3"
    // Rows are found by an index alone and read in the order in which they lie: no row is sorted. The sign keeps other indexes from
    // being taken.
    let place: String
    var conditions: [String]
    if let feature {
      place = "t.feature \(feature) AND \(isBetween)"
      conditions = ["+\(hour)"] + (kind.map { ["+t.span_kind \($0)"] } ?? [])
    } else {
      place = hour + (kind.map { " AND t.span_kind \($0)" } ?? "")
      conditions = ["+t.started_at >= ?2", "+t.started_at <= ?3"]
    }
    if let sourced = named(question.sourcedKinds) {
      conditions.append("(t.retrieved IS NOT NULL OR t.span_kind NOT \(sourced))")
    }
    if let attribute = question.attribute {
      conditions.append("t.attributes LIKE \(argument(SpanQuestion.pattern(attribute)))")
    }
    let named = question.attributes.map { "t.attributes LIKE \(argument("%\($0)\":%"))" }
    columns = SpanColumns(question, namesAttribute: named.joined(separator: " OR "))
    conditions.append(horizon.current(.span, "t"))
    sql = """
      SELECT \(columns.selection) FROM span t WHERE t.row IN (SELECT t.row FROM span t WHERE \(place))
        AND \(conditions.joined(separator: " AND ")) ORDER BY \(question.isOldestFirst ? "t.started_at, t.row" : "t.row")
      """
    (since, until, self.texts) = (question.since, question.until, texts)
  }

  func reading(_ hour: Int64) -> Statement {
    let bounds = SpanRecord.bounds(ofHour: hour)
    let times = [max(bounds.lowerBound, since.nanoseconds), min(bounds.upperBound, until.nanoseconds)]
    return Statement(sql, [.integer(hour)] + times.map(SQLValue.integer) + texts, columns: columns.kinds)
  }
}
