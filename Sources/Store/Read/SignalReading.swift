public import Records

/// One annotation as a value of a signal, with what made the answer that it judges.
public struct SignalWord: Sendable, Equatable {
  public let id: RecordID
  public let value: AnnotationRecord.Value
  public let annotator: String
  public let at: Instant
  /// Of the span that is judged; nil where no feature was asked for, or the span says nothing.
  public let modelServed: String?
  public let promptSHA256: String?
  public let indexSHA256: String?
}

extension Snapshot {
  /// Hands out the current annotations of one name that were made since, oldest row first.
  ///
  /// Of one feature, its spans that started since are looked at: a span is not found by its id alone.
  /// - Parameter feature: nil for the annotations of all, whatever they judge.
  public func forEachSignalWord(
    named name: String, feature: String?, since: Instant, _ body: (SignalWord) throws -> Void
  ) throws {
    let word = "a.name = (SELECT id FROM term WHERE value = ?1) AND a.at >= ?2 AND a.at <= ?3"
    let current = horizon.current(.annotation, "a")
    var arguments: [SQLValue] = [
      .text(name.identifier), .integer(since.nanoseconds), .integer(asOf.nanoseconds),
    ]
    func term(_ column: String) -> String { "(SELECT value FROM term WHERE id = \(column))" }
    let versions: String
    let tables: String
    if let feature {
      guard let firstRow = try firstSpanRow(deliveredSince: since) else { return }
      arguments += [.text(feature.identifier), .integer(firstRow)]
      versions = "\(term("s.model_served")), \(term("s.prompt_sha256")), \(term("s.index_sha256"))"
      tables = """
        span s CROSS JOIN annotation a
        WHERE s.feature = (SELECT id FROM term WHERE value = ?4) AND s.started_at >= ?2 AND s.row >= ?5
          AND s.span_id IN (
            SELECT n.subject FROM annotation n
            WHERE n.name = (SELECT id FROM term WHERE value = ?1) AND n.at >= ?2 AND n.at <= ?3)
          AND \(horizon.current(.span, "s")) AND a.subject = s.span_id AND \(word) AND \(current)
        """
    } else {
      versions = "CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT)"
      tables = "annotation a WHERE \(word) AND \(current)"
    }
    let statement = Statement(
      "SELECT a.record_id, a.label, a.number, \(term("a.annotator")), a.at, \(versions) FROM \(tables) ORDER BY a.row",
      arguments, columns: [.blob, .text, .real, .text, .integer, .text, .text, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let id = batch.recordID(0, row),
          let value = batch.string(1, row).map(AnnotationRecord.Value.label)
            ?? batch.real(2, row).map(AnnotationRecord.Value.number)
        else { continue }
        try body(
          SignalWord(
            id: id, value: value, annotator: batch.string(3, row) ?? "",
            at: Instant(nanoseconds: batch.integer(4, row) ?? 0), modelServed: batch.string(5, row),
            promptSHA256: batch.string(6, row), indexSHA256: batch.string(7, row)))
      }
    }
  }

  /// When the newest sign of life was given that was stored last; nil where there is none.
  public func newestHeartbeat() throws -> Instant? {
    try first(
      Query(
        Statement(
          "SELECT t.at FROM heartbeat t WHERE \(horizon.current(.heartbeat, "t")) ORDER BY t.row DESC LIMIT 1",
          columns: [.integer])
      ) { $0.integer(0, $1) })?.map(Instant.init(nanoseconds:))
  }

  /// How many spans started in a stretch of time: of a feature, and of all. Looks at index entries only.
  public func spanCounts(feature: String, since: Instant, until: Instant) throws -> (feature: Int, all: Int) {
    let hour = SpanRecord.hour("t")
    func count(_ condition: String, _ more: [SQLValue]) throws -> Int {
      let statement = Statement(
        """
        SELECT COUNT(*) FROM span t
        WHERE \(condition) AND t.started_at >= ?1 AND t.started_at <= ?2 AND \(horizon.current(.span, "t"))
        """, [.integer(since.nanoseconds), .integer(until.nanoseconds)] + more, columns: [.integer])
      return Int(try first(Query(statement) { $0.integer(0, $1) ?? 0 }) ?? 0)
    }
    return (
      try count("t.feature = (SELECT id FROM term WHERE value = ?3)", [.text(feature.identifier)]),
      try count(
        "\(hour) >= ?3 AND \(hour) <= ?4",
        [.integer(SpanRecord.hour(of: since)), .integer(SpanRecord.hour(of: until))])
    )
  }

  /// The newest event of each incident, by their ids. Incidents are few.
  public func incidents() throws -> [(id: RecordID, record: IncidentRecord)] {
    var newest: [String: (id: RecordID, record: IncidentRecord)] = [:]
    try forEachRecord(IncidentRecord.self, where: "t.at <= ?1", [.integer(asOf.nanoseconds)]) { id, record in
      if let known = newest[record.incidentID], known.record.at > record.at { return }
      newest[record.incidentID] = (id, record)
    }
    return newest.values.sorted {
      $0.record.incidentID.utf8.lexicographicallyPrecedes($1.record.incidentID.utf8)
    }
  }

  /// All events of one incident, in the order of their times.
  public func incidentEvents(_ incident: String) throws -> [IncidentRecord] {
    var events: [IncidentRecord] = []
    try forEachRecord(
      IncidentRecord.self, where: "t.at <= ?1 AND t.incident_id = ?2",
      [.integer(asOf.nanoseconds), .text(incident.identifier)]
    ) { events.append($1) }
    return events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }

  /// Whether a suite has an item: a card of it, or a trial. Without a card it looks at all trials.
  public func hasSuiteItem(_ item: String) throws -> Bool {
    let card = Query(
      Statement(
        """
        SELECT 1 FROM artifact t
        WHERE t.artifact_kind = (SELECT id FROM term WHERE value = 'dataset_item') AND t.name = ?1
          AND \(horizon.current(.artifact, "t")) LIMIT 1
        """, [.text(item.identifier)], columns: [.integer])
    ) { $0.integer(0, $1) }
    if try first(card) != nil { return true }
    let trial = Query(
      Statement(
        "SELECT 1 FROM trial t WHERE t.item = ?1 AND \(horizon.current(.trial, "t")) LIMIT 1",
        [.text(item.identifier)], columns: [.integer])
    ) { $0.integer(0, $1) }
    return try first(trial) != nil
  }
}
