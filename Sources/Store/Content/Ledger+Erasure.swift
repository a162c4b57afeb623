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
      let eraser = Eraser(engine: writer, scope: scope)
      let (found, keys) = try eraser.find()
      var erasure = found
      let waiting = try SpoolErasure(writer, scope)
      erasure.deliveries = waiting.count
      guard !dryRun, !keys.isEmpty || waiting.count > 0 else { return erasure }
      try eraser.erase(keys)
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
  struct Key: Hashable {
    let hour: Int64
    let sha256: SHA256Digest
  }

  let engine: any EngineWriter
  let scope: ErasureScope

  private var value: SQLValue { .text(scope.field.value.identifier) }

  private static let hashes = SpanContents.parts.map { "t.\($0.name)_sha256" }.joined(separator: ", ")

  /// What the scope said, without what others said too.
  func find() throws -> (Erasure, Set<Key>) {
    var erasure = Erasure()
    var keys: Set<Key> = []
    var hours: Set<Int64> = []
    try read("WHERE \(scope.condition)", [value]) { hour, digests in
      erasure.spans += 1
      for digest in digests { keys.insert(Key(hour: hour, sha256: digest)) }
      if !digests.isEmpty { hours.insert(hour) }
    }
    for hour in hours.sorted() {
      let others = "WHERE \(SpanRecord.hour("t")) = ?2 AND NOT COALESCE(\(scope.condition), 1 = 0)"
      try read(others, [value, .integer(hour)]) { hour, digests in
        for digest in digests where keys.remove(Key(hour: hour, sha256: digest)) != nil { erasure.shared += 1 }
      }
    }
    keys = try keys.filter(isHere)
    erasure.contents = keys.count
    return (erasure, keys)
  }

  private func read(
    _ condition: String, _ arguments: [SQLValue], _ body: (_ hour: Int64, _ digests: [SHA256Digest]) -> Void
  ) throws {
    let statement = Statement(
      "SELECT \(SpanRecord.hour("t")), \(Eraser.hashes) FROM span t \(condition)", arguments,
      columns: [.integer] + SpanContents.parts.map { _ in .blob })
    try engine.query(statement) { batch in
      for row in 0..<batch.count {
        body(
          batch.integer(0, row) ?? 0, SpanContents.parts.indices.compactMap { batch.digest($0 + 1, row) })
      }
    }
  }

  private func isHere(_ key: Key) throws -> Bool {
    try engine.first(
      Query(
        Statement(
          "SELECT 1 FROM content WHERE hour = ?1 AND sha256 = ?2 AND form IN (0, 1)",
          [.integer(key.hour), .blob(key.sha256.bytes)], columns: [.integer])
      ) { $0.integer(0, $1) }) != nil
  }

  func erase(_ keys: Set<Key>) throws {
    for key in keys {
      try engine.execute(
        Statement(
          "UPDATE content SET form = ?1, body = NULL WHERE hour = ?2 AND sha256 = ?3",
          [.integer(ContentForm.erased.rawValue), .integer(key.hour), .blob(key.sha256.bytes)]))
    }
  }
}
