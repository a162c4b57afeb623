import Guards
import Records

/// The rows of `breaker_hold`.
enum BreakerHoldTable {
  private static let columns = "name, position, reason, actor, at, ends_at"

  /// All, also those that are over, by name.
  static func all(_ engine: any EngineReader) throws -> [(name: String, hold: BreakerHold)] {
    try engine.fetch(query("ORDER BY name")).compactMap(\.self)
  }

  static func hold(of name: String, _ engine: any EngineReader) throws -> BreakerHold? {
    try engine.first(query("WHERE name = ?1", [.text(name)]))??.hold
  }

  private static func query(
    _ rest: String, _ arguments: [SQLValue] = []
  ) -> Query<(name: String, hold: BreakerHold)?> {
    let statement = Statement(
      "SELECT \(columns) FROM breaker_hold \(rest)", arguments,
      columns: [.text, .text, .text, .text, .integer, .integer])
    return Query(statement) { batch, row in
      // A position that this version does not know is none that it could keep.
      guard let name = batch.string(0, row),
        let position = batch.string(1, row).flatMap({ BreakerHold.Position(rawValue: $0) })
      else { return nil }
      return (
        name,
        BreakerHold(
          position, reason: batch.string(2, row) ?? "", actor: batch.string(3, row) ?? "",
          at: Instant(nanoseconds: batch.integer(4, row) ?? 0),
          expiresAt: Instant(nanoseconds: batch.integer(5, row) ?? 0))
      )
    }
  }

  static func insert(_ name: String, _ hold: BreakerHold, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "INSERT INTO breaker_hold(\(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        [
          .text(name), .text(hold.position.rawValue), .text(hold.reason), .text(hold.actor),
          .integer(hold.at.nanoseconds), .integer(hold.expiresAt.nanoseconds),
        ]))
  }

  static func remove(_ name: String, _ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM breaker_hold WHERE name = ?1", [.text(name)]))
  }
}
