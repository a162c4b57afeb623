extension Migrations {
  /// Who may ask a server for what.
  ///
  /// Not records, and not in the chain: a key ends, is revoked and is used, so its row changes, while facts never do; and
  /// what opens it, if only a hash, is nothing that checks, exports and readers of the past should carry. What happened to
  /// keys is in the chain: each creation and revocation is a `change` of the same commit.
  static let access = [
    """
    CREATE TABLE access_key(
      row INTEGER PRIMARY KEY, token_sha256 BLOB NOT NULL, name TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
      tenant TEXT, team TEXT, created_at INTEGER NOT NULL, ends_at INTEGER, revoked_at INTEGER, used_at INTEGER) STRICT
    """,
    "CREATE UNIQUE INDEX access_key_by_token ON access_key(token_sha256)",
  ]
}
