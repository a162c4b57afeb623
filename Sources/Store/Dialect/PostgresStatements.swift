/// The statements that only a server is sent: about sessions, transactions and bulk.
public enum PostgresStatements {
  // MARK: Sessions

  /// Settings for the length of a session, in one row.
  ///
  /// Compiling queries costs more than ours take; cursors are read to their end; whoever waits for another writer gives
  /// up after ten minutes; a writer whose process is gone without a word holds the others up no longer than that.
  public static let settings = """
    SELECT set_config('jit', 'off', false), set_config('cursor_tuple_fraction', '1', false),
      set_config('statement_timeout', '0', false), set_config('lock_timeout', '600000', false),
      set_config('idle_in_transaction_session_timeout', '600000', false), set_config('standard_conforming_strings', 'on', false)
    """

  /// What a server must be like: its version, encoding, `synchronous_commit`, `fsync`, whether it only follows another, and
  /// the schema that the ledger lies in.
  public static let facts = Statement(
    """
    SELECT current_setting('server_version_num')::bigint, current_setting('server_encoding'),
      current_setting('synchronous_commit'), current_setting('fsync'), pg_is_in_recovery(), current_schema()::text
    """, columns: [.integer, .text, .text, .text, .integer, .text])

  /// Whether there is a ledger.
  public static let hasLedger = Statement(
    "SELECT 1 FROM sqlite_master WHERE name = 'ledger_version'", columns: [.integer])

  // MARK: Transactions

  /// A state that does not change.
  public static let beginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
  /// A reader holds nobody up, and may wait for long for whom it reads.
  public static let waitsWhileReading = "SET LOCAL idle_in_transaction_session_timeout = 0"
  public static let beginWriting = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
  /// One writer at a time, of all processes: until the transaction ends, however it does. A commit is visible before its
  /// lock is free, so whoever gets the lock sees the chain's end.
  public static let lock = """
    SELECT pg_advisory_xact_lock((1413565516::bigint << 32) | oid::bigint)::text
    FROM pg_catalog.pg_namespace WHERE nspname = current_schema()
    """
  /// How long a statement of this transaction may take.
  public static func patience(_ patience: Duration) -> String {
    let (seconds, attoseconds) = patience.components
    let milliseconds = max(seconds * 1_000 + attoseconds / 1_000_000_000_000_000, 1)
    return "SELECT set_config('statement_timeout', '\(milliseconds)', true)"
  }
  /// The role that may read every table and nothing else, until the transaction ends; an administrator may take it.
  public static let takeReadingRole = ["SAVEPOINT role", "SET LOCAL ROLE pg_read_all_data", "RELEASE SAVEPOINT role"]
  public static let leaveReadingRole = "ROLLBACK TO SAVEPOINT role"
  public static let commit = "COMMIT"
  public static let rollback = "ROLLBACK"

  /// Whether the chain has an end that can be noted.
  public static let hasChain = Statement(
    "SELECT 1 FROM sqlite_master WHERE name = 'chain_head'", columns: [.integer])
  /// The end of the chain.
  public static let chainEnd = Statement("SELECT seq, head FROM chain_head", columns: [.integer, .blob])
  /// Whether a commit is in the chain: its head says that it is that one, and not another of the same number.
  public static func isCommitted(seq: Int64, head: [UInt8]) -> Statement {
    Statement(
      "SELECT 1 FROM ledger_commit WHERE seq = ?1 AND head = ?2", [.integer(seq), .blob(head)], columns: [.integer])
  }

  // MARK: Copies

  /// The schema that the connection works in.
  public static let schema = Statement("SELECT current_schema()::text", columns: [.text])
  public static func hasSchema(_ name: String) -> Statement {
    Statement("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?1", [.text(name)], columns: [.integer])
  }
  public static func makeSchema(_ name: String) -> Statement { Statement("CREATE SCHEMA \(quoted(name))") }
  public static func tables(of schema: String) -> Statement {
    Statement(
      "SELECT tablename::text FROM pg_catalog.pg_tables WHERE schemaname = ?1 ORDER BY 1", [.text(schema)],
      columns: [.text])
  }
  /// Moves a table, with all that belongs to it.
  public static func move(_ table: String, from schema: String, to other: String) -> Statement {
    Statement("ALTER TABLE \(quoted(schema)).\(quoted(table)) SET SCHEMA \(quoted(other))")
  }
  /// Of a schema in which nothing is.
  public static func dropSchema(_ name: String) -> Statement { Statement("DROP SCHEMA \(quoted(name))") }

  /// A name as it is, whatever is in it.
  private static func quoted(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  // MARK: Bulk

  public static func declare(_ cursor: String, for sql: String) -> String {
    "DECLARE \(cursor) NO SCROLL CURSOR FOR \(sql)"
  }
  public static func fetch(_ rows: Int, from cursor: String) -> String { "FETCH FORWARD \(rows) FROM \(cursor)" }
  public static func close(_ cursor: String) -> String { "CLOSE \(cursor)" }
  public static func copy(into table: String, columns: [String]) -> String {
    "COPY \(table)(\(columns.joined(separator: ", "))) FROM STDIN (FORMAT binary)"
  }
  /// Forgets all prepared statements.
  public static let forget = "DEALLOCATE ALL"

  // MARK: Health

  /// What the server knows to be wrong: indexes that were not finished, pages whose checksum did not hold.
  public static let problems = Statement(
    """
    SELECT 'index ' || c.relname || ' is not valid' FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND NOT i.indisvalid
    UNION ALL SELECT checksum_failures::text || ' pages failed their checksum' FROM pg_catalog.pg_stat_database
      WHERE datname = current_database() AND checksum_failures > 0
    """, columns: [.text])
}
