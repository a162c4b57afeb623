import Records

/// Whose words are erased.
public enum ErasureScope: Sendable, Hashable {
  case user(String)
  case session(String)
  case tenant(String)

  /// The field of spans and what it must be.
  public var field: (name: String, value: String) {
    switch self {
    case .user(let id): ("user_id", id)
    case .session(let id): ("session_id", id)
    case .tenant(let id): ("tenant", id)
    }
  }

  fileprivate var condition: String {
    switch self {
    case .user: "t.user_id = ?1"
    case .session: "t.session_id = ?1"
    case .tenant: "t.tenant = (SELECT id FROM term WHERE value = ?1)"
    }
  }
}

/// What an erasure did.
public struct Erasure: Sendable, Equatable {
  /// Spans of the scope, also those that were replaced.
  public var spans = 0
  /// Contents whose bytes are gone now.
  public var contents = 0
  /// Contents that others said too, word for word, and that stay for their sake.
  public var shared = 0
  /// Deliveries that waited to be forwarded, held something of the scope, and do not go on.
  public var deliveries = 0
}

extension Ledger {
  /// Erases what was said in the spans of a user, a session or a tenant, for good. The facts and the hashes stay, and so
  /// does the chain; the erasure itself is a record.
  ///
  /// Whole deliveries that wait in the spool and hold something of the scope are gone as well, with what is others' in them.
  /// What spans of others name too stays: it is what they said. Reads the spans of the ledger, and those of the hours in
  /// which something is erased once more.
  /// - Parameters:
  ///   - actor: who asks for it.
  ///   - reason: for the record.
  ///   - dryRun: only counts.
  public func erase(_ scope: ErasureScope, actor: String, reason: String, dryRun: Bool = false) async throws -> Erasure
  {
    let (clock, location) = (clock, location)
    return try await engine.write { writer in
      let eraser = Eraser(engine: writer, scope: scope, location: location)
      let (found, places) = try eraser.find()
      var erasure = found
      let waiting = try SpoolErasure(writer, scope)
      erasure.deliveries = waiting.count
      guard !dryRun, !places.isEmpty || waiting.count > 0 else { return erasure }
      try eraser.erase(places)
      try waiting.erase()
      var change = ChangeRecord(surface: "data", actor: actor, at: clock())
      change.reason = reason
      var facts = JSONObject()
      facts[scope.field.name] = .string(scope.field.value)
      facts["contents"] = .integer(Int64(erasure.contents))
      if erasure.deliveries > 0 { facts["deliveries"] = .integer(Int64(erasure.deliveries)) }
      var attributes = JSONObject()
      attributes["erased"] = .object(facts)
      change.attributes = try JSONValue.object(attributes).canonical()
      let appender = try Appender(writer, location: location)
      try appender.append(change)
      _ = try appender.finish(source: "erasure", now: clock())
      return erasure
    }
  }
}

private struct Eraser {
  let engine: any EngineWriter
  let scope: ErasureScope
  let location: String

  private var value: SQLValue { .text(scope.field.value.identifier) }

  /// What the scope said, without what others said too.
  func find() throws -> (Erasure, Set<ContentPlace>) {
    var erasure = Erasure()
    var places: Set<ContentPlace> = []
    var hours: Set<Int64> = []
    try read("WHERE \(scope.condition)", [value]) { hour, said in
      erasure.spans += 1
      places.formUnion(said)
      if !said.isEmpty { hours.insert(hour) }
    }
    // Spans of different hours share no content.
    for hour in hours.sorted() {
      let others = "WHERE \(SpanRecord.hour("t")) = ?2 AND NOT COALESCE(\(scope.condition), 1 = 0)"
      try read(others, [value, .integer(hour)]) { _, said in
        for place in said where places.remove(place) != nil { erasure.shared += 1 }
      }
    }
    let packs = PackReader(engine)
    // In their order, so that each pack is read once.
    places = Set(
      try places.sorted().filter { place in
        switch try packs.pack(place.pack, hour: nil) {
        case .erased: return false
        case .pack(let pack):
          return pack.contents.indices.contains(place.ordinal) && pack.contents[place.ordinal] != nil
        case .damaged(let problem):
          throw LedgerError(
            .damaged, location: location,
            problem: "content row \(place.pack), of which something is to be erased, \(problem)",
            remedy: "Run `tally ledger verify`; nothing was erased")
        }
      })
    erasure.contents = places.count
    return (erasure, places)
  }

  private func read(
    _ condition: String, _ arguments: [SQLValue], _ body: (_ hour: Int64, _ said: [ContentPlace]) -> Void
  ) throws {
    let columns = SpanContents.placeColumns.map { "t.\($0)" }.joined(separator: ", ")
    let statement = Statement(
      "SELECT \(SpanRecord.hour("t")), \(columns) FROM span t \(condition)", arguments,
      columns: [.integer] + SpanContents.placeColumns.map { _ in .integer })
    try engine.query(statement) { batch in
      for row in 0..<batch.count {
        let said = SpanContents.placeColumns.indices.compactMap { column in
          batch.integer(1 + column, row).map(ContentPlace.init(rawValue:))
        }
        body(batch.integer(0, row) ?? 0, said)
      }
    }
  }

  /// Writes the packs again without what is erased.
  func erase(_ places: Set<ContentPlace>) throws {
    let packs = PackReader(engine)
    let coder = ContentCoder()
    for (row, places) in Dictionary(grouping: places, by: \.pack).sorted(by: { $0.key < $1.key }) {
      guard case .pack(var pack) = try packs.pack(row, hour: nil) else { continue }
      for place in places { pack.erase(place.ordinal) }
      if pack.count == 0 {
        try write(row, [.integer(0), .null, .integer(ContentForm.erased.rawValue), .null])
      } else {
        let bytes = pack.bytes
        try coder.encode(bytes) { form, stored in
          try write(
            row,
            [
              .integer(Int64(pack.count)), .integer(Int64(bytes.count)), .integer(form.rawValue), .blob(Array(stored)),
            ])
        }
      }
    }
  }

  private func write(_ row: Int64, _ values: [SQLValue]) throws {
    try engine.execute(
      Statement(
        "UPDATE content SET contents = ?1, bytes = ?2, form = ?3, body = ?4 WHERE row = ?5", values + [.integer(row)]))
  }
}
