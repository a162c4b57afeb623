import Guards
import Records

/// The rows of `call_order`.
enum CallOrderTable {
  private static let columns = "kind, name, facts, reason, actor, at, ends_at"

  /// All, also those that are over, by kind and name. What this version does not know it cannot keep.
  static func all(_ engine: any EngineReader) throws -> [CallOrder] {
    try engine.fetch(query("ORDER BY kind, name")).compactMap(\.self)
  }

  static func order(_ kind: CallOrder.Kind, _ name: String, _ engine: any EngineReader) throws -> CallOrder? {
    try engine.first(query("WHERE kind = ?1 AND name = ?2", [.text(kind.rawValue), .text(name)])) ?? nil
  }

  private static func query(_ rest: String, _ arguments: [SQLValue] = []) -> Query<CallOrder?> {
    let statement = Statement(
      "SELECT \(columns) FROM call_order \(rest)", arguments,
      columns: [.text, .text, .text, .text, .text, .integer, .integer])
    return Query(statement) { batch, row in
      guard let kind = batch.string(0, row).flatMap({ CallOrder.Kind(rawValue: $0) }), let name = batch.string(1, row),
        case .object(let facts)? = try? JSONValue(parsing: batch.string(2, row) ?? "")
      else { return nil }
      let order = StandingOrder(
        reason: batch.string(3, row) ?? "", actor: batch.string(4, row) ?? "",
        at: Instant(nanoseconds: batch.integer(5, row) ?? 0),
        expiresAt: Instant(nanoseconds: batch.integer(6, row) ?? 0))
      switch kind {
      case .freeze: return CallFreeze(name, facts: facts, order: order).map { .freeze($0) }
      case .drill: return CallDrill(name, facts: facts, order: order).map { .drill($0) }
      }
    }
  }

  static func insert(_ order: CallOrder, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "INSERT INTO call_order(\(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        [
          .text(order.kind.rawValue), .text(order.name), .text(try JSONValue.object(order.facts).canonical()),
          .text(order.order.reason), .text(order.order.actor), .integer(order.order.at.nanoseconds),
          .integer(order.order.expiresAt.nanoseconds),
        ]))
  }

  static func remove(_ kind: CallOrder.Kind, _ name: String, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement("DELETE FROM call_order WHERE kind = ?1 AND name = ?2", [.text(kind.rawValue), .text(name)]))
  }
}
