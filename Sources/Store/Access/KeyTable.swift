import Records

/// The rows of `access_key`.
struct KeyTable {
  /// A key and the digest of its token.
  struct Entry: Sendable {
    let digest: SHA256Digest
    let key: AccessKey
  }

  private static let columns =
    "token_sha256, name, scopes, tenant, team, created_at, ends_at, revoked_at, used_at, break_glass"

  /// All keys, also those that open nothing any more, by name.
  static func all(_ engine: any EngineReader) throws -> [Entry] {
    try engine.fetch(query("ORDER BY name")).compactMap(\.self)
  }

  static func key(named name: String, _ engine: any EngineReader) throws -> AccessKey? {
    try engine.first(query("WHERE name = ?1", [.text(name)]))??.key
  }

  private static func query(_ rest: String, _ arguments: [SQLValue] = []) -> Query<Entry?> {
    let statement = Statement(
      "SELECT \(columns) FROM access_key \(rest)", arguments,
      columns: [.blob, .text, .text, .text, .text, .integer, .integer, .integer, .integer, .text])
    return Query(statement) { batch, row in
      // What is no SHA-256 is that of no token: the key opens nothing.
      guard let digest = batch.digest(0, row) else { return nil }
      func instant(_ column: Int) -> Instant? { batch.integer(column, row).map(Instant.init(nanoseconds:)) }
      // A scope that this version does not know opens nothing here.
      let scopes = (batch.string(2, row) ?? "").split(separator: ",").compactMap { AccessScope(rawValue: String($0)) }
      var key = AccessKey(
        name: batch.string(1, row) ?? "", scopes: Set(scopes), createdAt: instant(5) ?? Instant(nanoseconds: 0))
      (key.tenant, key.team) = (batch.string(3, row), batch.string(4, row))
      (key.expiresAt, key.revokedAt, key.usedAt) = (instant(6), instant(7), instant(8))
      key.breakGlass = batch.string(9, row)
      return Entry(digest: digest, key: key)
    }
  }

  static func insert(_ key: AccessKey, token: SHA256Digest, _ engine: any EngineWriter) throws {
    let newest = try engine.integer("SELECT MAX(row) FROM access_key") ?? 0
    try engine.execute(
      Statement(
        "INSERT INTO access_key(row, \(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        [
          .integer(newest + 1), .blob(token.bytes), .text(key.name), .text(key.scopeText), SQLValue(key.tenant),
          SQLValue(key.team), .integer(key.createdAt.nanoseconds), SQLValue(key.expiresAt?.nanoseconds),
          SQLValue(key.revokedAt?.nanoseconds), SQLValue(key.usedAt?.nanoseconds),
          SQLValue(key.breakGlass),
        ]))
  }

  static func revoke(_ name: String, at instant: Instant, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "UPDATE access_key SET revoked_at = ?2 WHERE name = ?1", [.text(name), .integer(instant.nanoseconds)]))
  }

  static func note(use instant: Instant, of name: String, _ engine: any EngineWriter) throws {
    try engine.execute(
      Statement(
        "UPDATE access_key SET used_at = ?2 WHERE name = ?1 AND COALESCE(used_at, ?3) < ?2",
        [.text(name), .integer(instant.nanoseconds), .integer(.min)]))
  }
}
