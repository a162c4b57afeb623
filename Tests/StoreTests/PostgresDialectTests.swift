import SeededRandom
import Testing

@testable import Store

/// What PostgreSQL is sent.
@Suite struct PostgresDialectTests {
  static let translations = [
    (
      "SELECT a FROM t WHERE b = ?1 AND c = '?2' AND \"?3\" = ?12",
      "SELECT a FROM t WHERE b = $1 AND c = '?2' AND \"?3\" = $12"
    ),
    ("SELECT x'00ff', 1.5, 15, x FROM t", "SELECT '\\x00ff'::bytea, 1.5::double precision, 15, x FROM t"),
    ("SELECT CAST(a AS TEXT), CAST(b AS REAL)", "SELECT CAST(a AS TEXT), CAST(b AS DOUBLE PRECISION)"),
    // Never null, so an index serves; may be null; descending; neither column nor number.
    ("SELECT 1 FROM trial t ORDER BY t.row, t.cluster", "SELECT 1 FROM trial t ORDER BY t.row, t.cluster NULLS FIRST "),
    ("SELECT 1 ORDER BY (t.started_at / 5) DESC", "SELECT 1 ORDER BY (t.started_at / 5) DESC"),
    ("SELECT 1 ORDER BY cluster DESC LIMIT 3", "SELECT 1 ORDER BY cluster DESC NULLS LAST LIMIT 3"),
    (
      "SELECT (SELECT a ORDER BY COALESCE(b, 1), c) ORDER BY item",
      "SELECT (SELECT a ORDER BY COALESCE(b, 1) NULLS FIRST , c NULLS FIRST ) ORDER BY item"
    ),
    (
      "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT NOT NULL UNIQUE, c BLOB) STRICT",
      "CREATE TABLE t(a BIGINT PRIMARY KEY, b TEXT COLLATE \"C\" NOT NULL , c BYTEA, EXCLUDE USING hash (b WITH =))"
    ),
    (
      "CREATE TABLE t(a INTEGER, b REAL, PRIMARY KEY(a, b)) WITHOUT ROWID, STRICT",
      "CREATE TABLE t(a BIGINT, b DOUBLE PRECISION, PRIMARY KEY(a, b))"
    ),
    ("CREATE TABLE t AS SELECT * FROM trial", "CREATE TABLE t AS SELECT * FROM trial"),
  ]

  @Test(arguments: translations)
  func translates(_ here: String, _ there: String) {
    #expect(PostgresDialect.translate(here) == there)
  }

  static let indexes = [
    ("CREATE INDEX i ON trial(series)", ["CREATE INDEX i ON trial(series, row)"]),
    ("CREATE UNIQUE INDEX i ON trial_rollup(series, seq)", ["CREATE UNIQUE INDEX i ON trial_rollup(series, seq)"]),
    ("CREATE UNIQUE INDEX i ON trial(item, series)", ["CREATE INDEX i ON trial USING hash (item)"]),
    (
      "CREATE INDEX i ON span((started_at / 5), trace_id) WHERE stage IS NOT NULL",
      [
        "CREATE INDEX i ON span USING hash (trace_id) WHERE stage IS NOT NULL",
        "CREATE INDEX i_order ON span((started_at / 5)) WHERE stage IS NOT NULL",
      ]
    ),
  ]

  @Test(arguments: indexes)
  func indexesTakeTextsOfAnyLength(_ here: String, _ there: [String]) {
    #expect(PostgresDialect.indexes(here) == there)
    #expect(PostgresDialect.indexes("CREATE TABLE t(a INTEGER)") == nil)
  }

  /// Every text, those that look escaped among them: another text each, in the same order, and back.
  @Test func textsKeepTheirOrder() {
    var random = SplitMix(seed: 3)
    var texts = (0..<400).map { _ in
      (0..<Int.random(in: 0...5, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
    }
    texts += [[0], [1], [1, 1], [1, 2], [0, 0], []]
    func escaped(_ text: [UInt8]) -> [UInt8] { text.withUnsafeBytes { PostgresText.escaped($0) } }
    for text in texts {
      #expect(!escaped(text).contains(0))
      #expect(escaped(text).withUnsafeBytes { PostgresText.unescaped($0) } == text)
      #expect(text.withUnsafeBytes { PostgresText.isSpecial($0) } == text.contains { $0 < 2 })
      for other in texts.prefix(60) {
        #expect(escaped(text).lexicographicallyPrecedes(escaped(other)) == text.lexicographicallyPrecedes(other))
      }
    }
  }
}
