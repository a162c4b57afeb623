import Records

/// Something that a span may say of an answer.
public enum SpanTrait: Sendable {
  /// Its attributes have a key.
  case attribute(String)
  /// It says what was retrieved, if only that nothing was.
  case retrieval
  /// One of these models served it.
  case served([String])
}

extension Snapshot {
  /// The features of which one of the newest spans has a trait, in UTF-8 order.
  ///
  /// A feature that is seldom used may be missing where many others are used much: what must be judged is declared.
  /// O(amongNewest).
  /// - Parameter amongNewest: how many of the spans that were stored last are looked at.
  public func recentFeatures(with trait: SpanTrait, amongNewest count: Int64 = 20_000) throws -> [String] {
    let condition =
      switch trait {
      case .attribute: "t.attributes LIKE ?2"
      case .retrieval: "t.retrieved IS NOT NULL"
      case .served(let models):
        "t.model_served IN (SELECT id FROM term WHERE value IN (\(models.indices.map { "?\($0 + 2)" }.joined(separator: ", "))))"
      }
    var arguments: [SQLValue] = [.integer(horizon.lastRow(.span) - count)]
    switch trait {
    case .attribute(let key): arguments.append(.text("%\"\(key)\"%"))
    case .retrieval: break
    case .served(let models):
      guard !models.isEmpty else { return [] }
      arguments += models.map { .text($0.identifier) }
    }
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = f.feature) FROM (
        SELECT DISTINCT t.feature AS feature FROM span t
        WHERE t.row > ?1 AND \(condition) AND \(horizon.current(.span, "t"))) f
      """, arguments, columns: [.text])
    return try fetch(Query(statement) { $0.string(0, $1) ?? "" }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
