import Records

/// The rows of `call_decision`.
enum DecisionTable {
  /// How long a call is known that has expired.
  private static let memory = Duration.seconds(86_400)

  static func decision(_ id: String, _ engine: any EngineReader) throws -> CallDecision? {
    let query = Query(
      Statement(
        "SELECT id, tenant, facts, expires_at, settled_at FROM call_decision WHERE id = ?1", [.text(id)],
        columns: [.text, .text, .text, .integer, .integer])
    ) { batch, row in
      CallDecision(
        id: batch.string(0, row) ?? "", tenant: batch.string(1, row), facts: batch.string(2, row) ?? "",
        expiresAt: Instant(nanoseconds: batch.integer(3, row) ?? 0),
        settledAt: batch.integer(4, row).map { Instant(nanoseconds: $0) })
    }
    return try engine.first(query)
  }

  /// Adds a call, and forgets those that expired long ago.
  static func insert(_ decision: CallDecision, now: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "INSERT INTO call_decision(id, tenant, facts, expires_at) VALUES (?1, ?2, ?3, ?4)",
        [
          .text(decision.id), decision.tenant.map { .text($0) } ?? .null, .text(decision.facts),
          .integer(decision.expiresAt.nanoseconds),
        ]))
    guard let old = now.advanced(by: .zero - memory) else { return }
    try engine.execute(Statement("DELETE FROM call_decision WHERE expires_at < ?1", [.integer(old.nanoseconds)]))
  }

  static func settle(_ id: String, at now: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "UPDATE call_decision SET settled_at = ?2 WHERE id = ?1", [.text(id), .integer(now.nanoseconds)]))
  }
}
