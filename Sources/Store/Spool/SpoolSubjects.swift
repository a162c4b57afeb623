import Records

/// Whose words are in a delivery, as the spool keeps it: JSON, such as `{"tenant":["acme"],"user_id":["u-1","u-2"]}`.
enum SpoolSubjects {
  static func text(_ subjects: Set<ErasureScope>) -> String {
    var object = JSONObject()
    for (name, of) in Dictionary(grouping: subjects, by: \.field.name) {
      object[name] = .array(of.map(\.field.value).sorted().map(JSONValue.string))
    }
    // Texts always have a canonical form.
    return (try? JSONValue.object(object).canonical()) ?? "{}"
  }

  static func holds(_ scope: ErasureScope, _ text: String) -> Bool {
    let names = (try? JSONValue(parsing: text))?[scope.field.name]?.elements ?? []
    return names.contains(.string(scope.field.value.identifier))
  }
}

extension ErasureScope {
  /// Whose words the spans of a delivery are.
  static func all(in batch: RecordBatch) -> Set<ErasureScope> {
    var scopes: Set<ErasureScope> = []
    for case .span(let span) in batch.records {
      if let user = span.userID { scopes.insert(.user(user.identifier)) }
      if let session = span.sessionID { scopes.insert(.session(session.identifier)) }
      if let tenant = span.tenant { scopes.insert(.tenant(tenant.identifier)) }
    }
    return scopes
  }
}

/// Takes deliveries out of the spool that hold the words of somebody.
struct SpoolErasure {
  private struct Row {
    let row: Int64
    let lane: Int64
    let stored: Int64
  }

  private let engine: any EngineWriter
  private var rows: [Row] = []

  var count: Int { rows.count }

  /// Finds those of somebody. O(deliveries that wait), without their bodies.
  init(_ engine: any EngineWriter, _ scope: ErasureScope) throws {
    try self.init(engine) { SpoolSubjects.holds(scope, $0) }
  }

  /// Finds those that came before an instant.
  init(_ engine: any EngineWriter, queuedBefore instant: Instant) throws {
    try self.init(engine, where: "queued_at < ?1", [.integer(instant.nanoseconds)]) { _ in true }
  }

  private init(
    _ engine: any EngineWriter, where condition: String = "1 = 1", _ arguments: [SQLValue] = [],
    _ isMeant: (_ subjects: String) -> Bool
  ) throws {
    self.engine = engine
    var found: [Row] = []
    try engine.query(
      Statement(
        "SELECT row, lane, stored, subjects FROM spool WHERE \(condition)", arguments,
        columns: [.integer, .integer, .integer, .text])
    ) { batch in
      for row in 0..<batch.count where isMeant(batch.string(3, row) ?? "") {
        found.append(
          Row(row: batch.integer(0, row) ?? 0, lane: batch.integer(1, row) ?? 0, stored: batch.integer(2, row) ?? 0))
      }
    }
    rows = found
  }

  func erase() throws {
    guard !rows.isEmpty else { return }
    let keys = RowBatch([.integer])
    func delete() throws {
      try engine.executeForEach("DELETE FROM spool WHERE row = ?1", keys)
      keys.removeAll()
    }
    for row in rows {
      keys.append(row.row)
      if keys.isFull { try delete() }
    }
    if keys.count > 0 { try delete() }
    for var lane in try SpoolLaneState.all(engine) {
      let gone = rows.filter { $0.lane == lane.id }
      guard !gone.isEmpty else { continue }
      lane.remove(deliveries: Int64(gone.count), bytes: gone.reduce(0) { $0 + $1.stored })
      try lane.write(engine)
    }
  }
}
