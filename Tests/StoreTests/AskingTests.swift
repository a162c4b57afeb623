import Glibc
import Records
import SeededRandom
import Store
import Synchronization
import Testing

/// Keeps an answer.
final class KeptAnswer: AnswerReceiver, Sendable {
  private let state = Mutex<(columns: [String], rows: [[AskedValue]])>(([], []))
  private let limit: Int

  init(limit: Int = .max) { self.limit = limit }

  var columns: [String] { state.withLock { $0.columns } }
  var rows: [[AskedValue]] { state.withLock { $0.rows } }

  func start(columns: [String]) { state.withLock { $0.columns = columns } }
  func receive(_ row: [AskedValue]) -> Bool {
    state.withLock { state in
      state.rows.append(row)
      return state.rows.count < limit
    }
  }
}

/// Questions that people ask in SQL, on every engine.
@Suite struct AskingTests {
  private func ledger(_ engine: EngineUnderTest, _ folder: String) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder)) { Instant(nanoseconds: 1_700_000_000_000_000_000) }
  }

  private func ask(_ ledger: Ledger, _ sql: String, limit: Int = .max) async throws -> KeptAnswer {
    let answer = KeptAnswer(limit: limit)
    try await ledger.ask(sql, patience: .seconds(600), answer)
    return answer
  }

  private func problem(_ ledger: Ledger, _ sql: String, patience: Duration = .seconds(600)) async -> StatementProblem? {
    do {
      try await ledger.ask(sql, patience: patience, KeptAnswer())
      return nil
    } catch {
      return error as? StatementProblem
    }
  }

  private static func span(_ id: String, _ cost: String? = nil, input: Int64? = nil) -> SpanRecord {
    var span = SpanRecord(
      spanID: id, traceID: "t1", name: "chat", spanKind: "chat",
      startedAt: Instant("2026-03-01T12:00:00.123456789Z") ?? Instant(nanoseconds: 0), feature: "desk")
    span.endedAt = span.startedAt.advanced(by: .milliseconds(1_500))
    span.modelServed = "gpt-4o"
    span.inputTokens = input
    span.cost = cost.flatMap { Money($0) }
    span.refusal = true
    span.contents.input = SHA256Digest(of: [1, 2, 3])
    return span
  }

  @Test(arguments: EngineUnderTest.all) func viewsShowWhatPeopleKnow(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await ledger(engine, folder.path)
    var early = AnnotationRecord(
      annotationID: "a", subject: "s1", name: "csat", value: .number(0.5), annotatorKind: .human, annotator: "ada",
      at: Instant(nanoseconds: -1))
    early.reasonTags = ["late"]
    let annotation = early
    try await ledger.append(source: "test") { appender in
      try appender.append(Self.span("s1", "0.25 USD", input: 100))
      try appender.append(Self.span("s2", "0.5 EUR"))
      try appender.append(annotation)
    }
    // A correction: the view shows what holds.
    try await ledger.append(source: "test") { try $0.append(Self.span("s1", "1.50 USD", input: 7)) }
    let answer = try await ask(
      ledger,
      """
      SELECT span_id, feature, started_at, duration_ms, cost_usd, input_tokens, refusal, input_sha256, time_ns, tenant
      FROM spans ORDER BY span_id
      """)
    #expect(answer.columns.prefix(3) == ["span_id", "feature", "started_at"])
    #expect(answer.rows.count == 2)
    let first = answer.rows[0]
    #expect(first[2] == .text("2026-03-01T12:00:00.123456Z") && first[3] == .real(1_500))
    #expect(first[4] == .real(1.5) || first[4] == .decimal("1.5"))
    #expect(first[5] == .integer(7) && first[6] == .integer(1))
    #expect(first[7] == .text("\(SHA256Digest(of: [1, 2, 3]))"))
    #expect(first[8] == .integer(1_772_366_400_123_456_789) && first[9] == .null)
    #expect(answer.rows[1][4] == .null)
    let judged = try await ask(ledger, "SELECT value, at, annotator_kind, reason_tags FROM annotations")
    #expect(
      judged.rows == [
        [.text("0.5"), .text("1969-12-31T23:59:59.999999Z"), .text("human"), .text(#"["late"]"#)]
      ])
    let commits = try await ask(ledger, "SELECT count(*), sum(records) FROM commits")
    #expect(commits.rows == [[.integer(2), .integer(4)]])
    try ledger.close()
  }

  @Test(arguments: EngineUnderTest.all) func everyViewHasItsColumnsAndHidesWhatWasReplaced(
    _ engine: EngineUnderTest
  ) async throws {
    let folder = TemporaryFolder()
    let ledger = try await ledger(engine, folder.path)
    var random = RandomRecords(seed: 11)
    let records = random.declaredOfEachKind(3) + random.delivery(300)
    try await ledger.append(source: "test") { for record in records { try $0.append(record) } }
    let more = random.delivery(300)
    try await ledger.append(source: "test") { for record in more { try $0.append(record) } }
    for view in LedgerView.all {
      let whole = try await ask(ledger, "SELECT * FROM \(view.name)")
      #expect(whole.columns == view.columns.map(\.name), "\(view.name)")
      #expect(!whole.rows.isEmpty, "\(view.name)")
      for (place, column) in view.columns.enumerated() where column.type == "time" {
        for row in whole.rows where row[place] != .null {
          guard case .text(let text) = row[place] else { Issue.record("\(view.name).\(column.name)"); continue }
          #expect(text.utf8.count == 27 && Instant(text) != nil, "\(view.name).\(column.name): \(text)")
        }
      }
    }
    let current = try await ledger.read { snapshot in
      var question = PageQuestion(.span)
      question.limit = 100_000
      return try snapshot.newest(question).count
    }
    #expect(try await ask(ledger, "SELECT count(*) FROM spans").rows == [[.integer(Int64(current))]])
    #expect(try await ask(ledger, "SELECT count(*) FROM span").rows != [[.integer(Int64(current))]])
    try ledger.close()
  }

  @Test(arguments: EngineUnderTest.all) func nothingCanBeChangedOrReachedOutside(
    _ engine: EngineUnderTest
  ) async throws {
    let folder = TemporaryFolder()
    let ledger = try await ledger(engine, folder.path)
    try await ledger.append(source: "test") { try $0.append(Self.span("s1")) }
    let before = try await ledger.status()
    let hostile = [
      "DELETE FROM span", "UPDATE span SET feature = 1", "INSERT INTO term VALUES (99, 'x')", "DROP TABLE span",
      "DROP VIEW spans", "CREATE TABLE x(a INTEGER)", "CREATE TEMPORARY TABLE x(a INTEGER)",
      "CREATE TEMPORARY VIEW x AS SELECT 1", "ALTER TABLE span ADD COLUMN x INTEGER", "VACUUM", "ANALYZE", "REINDEX",
      "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x", "COMMIT; DELETE FROM span", "SELECT 1; DELETE FROM span",
      "SELECT 1; SELECT 2", "SELECT 1;;; -- end\nDELETE FROM span", "; DELETE FROM span",
      "WITH gone AS (DELETE FROM span RETURNING 1) SELECT * FROM gone", "WITH x AS (SELECT 1) DELETE FROM span",
      "WITH x AS (SELECT 1) INSERT INTO term SELECT 99, 'x'",
      // SQLite's ways out.
      "PRAGMA query_only = OFF", "PRAGMA writable_schema = ON", "PRAGMA journal_mode = DELETE",
      "SELECT * FROM pragma_table_info('span')", "ATTACH '\(folder.path)/other.db' AS other",
      "VACUUM INTO '\(folder.path)/other.db'", "SELECT load_extension('x')", "DETACH main",
      // PostgreSQL's.
      "SET TRANSACTION READ WRITE", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE", "RESET ALL",
      "SELECT set_config('transaction_read_only', 'off', false)", "SELECT \"set_config\"('role', 'none', false)",
      "COPY span TO '\(folder.path)/other.db'", "COPY (SELECT 1) TO PROGRAM 'touch \(folder.path)/other.db'",
      "COPY span TO STDOUT", "DO $$ BEGIN DELETE FROM span; END $$", "SELECT pg_read_file('/etc/passwd')",
      "SELECT pg_catalog.pg_read_file('/etc/passwd')", "SELECT pg_ls_dir('/')", "SELECT PG_Sleep(100)",
      "SELECT E'\\'', pg_read_file('/etc/passwd'), '\\''", #"SELECT U&"pg\005Fread_file"('/etc/passwd')"#,
      "SELECT lo_import('/etc/passwd')", "SELECT lo_export(1, '\(folder.path)/other.db')", "SELECT lo_create(0)",
      "SELECT query_to_xml('DELETE FROM span', true, true, '')", "SELECT pg_advisory_lock(1)",
      "SELECT nextval('x')", "SELECT * FROM dblink('dbname=postgres', 'DELETE FROM span') AS t(a text)",
      "SELECT * INTO x FROM span", "SELECT 1 FROM span FOR UPDATE", "LOCK TABLE span", "LISTEN x", "NOTIFY x",
      "DECLARE x CURSOR FOR SELECT 1", "PREPARE x AS DELETE FROM span", "EXECUTE x", "CALL x()",
      "GRANT ALL ON span TO x",
      "TRUNCATE span", "MERGE INTO span USING term ON true WHEN MATCHED THEN DELETE", "SELECT 1\u{0}; DELETE FROM span",
      "", "  ", "-- nothing", "/* nothing */",
    ]
    for statement in hostile {
      let problem = await problem(ledger, statement)
      #expect(problem != nil, "\(statement)")
      #expect(problem?.cause != .slow, "\(statement)")
    }
    #expect(access(folder.path + "/other.db", F_OK) != 0)
    // The ledger is what it was, and takes records as before.
    let after = try await ledger.status()
    #expect(after.commits == before.commits && after.head == before.head)
    #expect(try await ask(ledger, "SELECT count(*) FROM spans").rows == [[.integer(1)]])
    try await ledger.append(source: "test") { try $0.append(Self.span("s2")) }
    #expect(try await ledger.verify().problems == [])
    try ledger.close()
  }

  @Test(arguments: EngineUnderTest.all) func sumsOfAmountsAreRightToTheLastDigit(_ engine: EngineUnderTest) async throws
  {
    let folder = TemporaryFolder()
    let ledger = try await ledger(engine, folder.path)
    // Ten thousand times 0.1 and a large one: adding them one by one is wrong in the twelfth digit.
    try await ledger.append(source: "test") { appender in
      for number in 0..<10_000 { try appender.append(Self.span("s\(number)", "0.1 USD", input: Int64(number))) }
      try appender.append(Self.span("large", "123456.78 USD"))
    }
    let sums = try await ask(
      ledger, "SELECT sum(cost_usd), sum(input_tokens), count(*), min(cost_usd) FROM spans")
    let exact: [AskedValue] = [.real(124_456.78), .decimal("124456.78")]
    #expect(exact.contains(sums.rows[0][0]), "\(sums.rows)")
    #expect(sums.rows[0][1] == .integer(49_995_000) && sums.rows[0][2] == .integer(10_001))
    // Over windows and over nothing.
    let window = try await ask(
      ledger,
      """
      SELECT sum(v) OVER (ORDER BY v ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM
      (SELECT 1 AS v UNION ALL SELECT 2 UNION ALL SELECT 4) n
      """)
    #expect(window.rows == [[.integer(1)], [.integer(3)], [.integer(6)]])
    let none = try await ask(ledger, "SELECT sum(input_tokens), avg(latency_ms) FROM trials")
    #expect(none.rows == [[.null, .null]])
    let tooLarge = await problem(
      ledger, "SELECT sum(v) FROM (SELECT 9223372036854775807 AS v UNION ALL SELECT 9223372036854775807) n")
    #expect((tooLarge?.problem.contains("overflow") ?? false) == (engine.name == "SQLite"))
    try ledger.close()
  }

  @Test func aStatementIsKnownByItsFirstWord() throws {
    for question in [
      "SELECT 1", " \n(select 1)", "-- why\nWITH a AS (SELECT 1) SELECT 1", "/* a /* b */ c */ VALUES (1)",
    ] {
      #expect(try StatementRule.opening(question) == .question, "\(question)")
    }
    #expect(try StatementRule.opening("explain select 1") == .explanation)
    for (statement, offset) in [
      ("DELETE FROM span", 0), ("  é", 2), ("/* SELECT */ drop table span", 13), ("/* open", nil), ("", nil),
      ("SELECTED", 0),
      ("SELECT\0", 6),
    ] as [(String, Int?)] {
      do {
        _ = try StatementRule.opening(statement)
        Issue.record("\(statement) passed")
      } catch let problem as StatementProblem {
        #expect(problem.cause == .refused && problem.offset == offset, "\(statement): \(problem)")
      }
    }
  }

  @Test(arguments: EngineUnderTest.all) func mistakesAreSaidWithTheirPlace(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await ledger(engine, folder.path)
    let unknown = await problem(ledger, "SELECT 'é', wrong FROM spans")
    #expect(unknown?.cause == .failed && unknown?.offset == 12, "\(String(describing: unknown))")
    #expect(unknown?.problem.contains("wrong") == true)
    let broken = await problem(ledger, "SELECT 1 FROM spans WHERE")
    #expect(broken?.cause == .failed)
    let second = await problem(ledger, "SELECT 1; SELECT 2")
    #expect(second != nil)
    #expect(try await ask(ledger, "SELECT 1 AS one; -- the end\n").rows == [[.integer(1)]])
    try ledger.close()
  }

  @Test(arguments: EngineUnderTest.all) func whatTakesTooLongIsStopped(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let clock = Mutex(Int64(1_700_000_000_000_000_000))
    // Each look at the clock is a tenth of a second later.
    let ledger = try await Ledger(engine: engine.open(folder.path)) {
      clock.withLock { now in
        now += 100_000_000
        return Instant(nanoseconds: now)
      }
    }
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    let problem = await problem(ledger, endless, patience: .milliseconds(300))
    #expect(problem?.cause == .slow)
    // Whoever wants no more rows ends an endless answer.
    let some = try await ask(
      ledger, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n", limit: 2_000)
    #expect(some.rows.count == 2_000 && some.rows.last == [.integer(2_000)])
    try ledger.close()
  }
}
