import Records
import Testing

@testable import Store

/// Whatever is changed behind the ledger's back is found, and what it is is named.
@Suite struct TamperTests {
  /// What is done, and a word that a problem must hold.
  struct Tampering: Sendable, CustomTestStringConvertible {
    let sql: [String]
    let named: String

    init(_ sql: String..., named: String) {
      self.sql = sql
      self.named = named
    }

    var testDescription: String { sql.joined(separator: "; ") }
  }

  private static let ledgerOfEverything: @Sendable (EngineUnderTest, String) async throws -> Ledger = {
    engine, folder in
    var records = RandomRecords(seed: 11)
    let ledger = try await Ledger(engine: engine.open(folder)) { Instant(nanoseconds: 1_700_000_000_000_000_000) }
    try await ledger.deliver(records.delivery(60) + records.declaredOfEachKind(3))
    for count in [1, 60, 60] { try await ledger.deliver(records.delivery(count)) }
    return ledger
  }

  /// Runs the tampering, then verifies.
  private func problems(
    _ engine: EngineUnderTest, _ tampering: @Sendable (any EngineWriter) throws -> Void
  ) async throws -> [String] {
    let folder = TemporaryFolder()
    let ledger = try await TamperTests.ledgerOfEverything(engine, folder.path)
    defer { try? ledger.close() }
    #expect(try await ledger.verify().problems == [])
    try await ledger.engine.write(tampering)
    return try await ledger.verify().problems
  }

  @Test(arguments: EngineUnderTest.all, RecordKind.allCases)
  func everyColumnOfEveryRecordCounts(_ engine: EngineUnderTest, _ kind: RecordKind) async throws {
    let folder = TemporaryFolder()
    let ledger = try await TamperTests.ledgerOfEverything(engine, folder.path)
    defer { try? ledger.close() }
    let table = TamperTests.table(kind)
    for column in table.columns + [(name: "record_id", kind: .blob)] {
      let value =
        switch column.kind {
        case .text: "COALESCE(\(column.name), '') || 'x'"
        case .real: "COALESCE(\(column.name), 0) + 0.25"
        case .blob: "x'00112233445566778899AABBCCDDEEFF'"
        case .term: "(SELECT MAX(id) FROM term WHERE id <> COALESCE(\(table.name).\(column.name), 0))"
        case .integer, .series: "COALESCE(\(column.name), 0) + 1"
        // A second, which the record's id tells.
        case .stamp: "\(column.name) + 1000000000"
        }
      let (tableName, columnName) = (table.name, column.name)
      let kept = "kept_\(tableName)"
      try await ledger.engine.write { engine in
        try engine.execute(Statement("CREATE TABLE \(kept) AS SELECT * FROM \(tableName) WHERE row = 2"))
        try engine.execute(Statement("UPDATE \(tableName) SET \(columnName) = \(value) WHERE row = 2"))
      }
      let problems = try await ledger.verify().problems
      #expect(problems.contains { $0.hasPrefix("\(tableName) row 2 ") }, "\(tableName).\(columnName): \(problems)")
      // A changed hash also names a content that is not there.
      let others = problems.filter { !$0.hasPrefix("\(tableName) row 2 ") }
      #expect(
        others.allSatisfy { $0.hasPrefix("content ") && columnName.hasSuffix("_sha256") },
        "\(tableName).\(columnName): \(problems)")
      try await ledger.engine.write { engine in
        try engine.execute(Statement("DELETE FROM \(tableName) WHERE row = 2"))
        try engine.execute(Statement("INSERT INTO \(tableName) SELECT * FROM \(kept)"))
        try engine.execute(Statement("DROP TABLE \(kept)"))
      }
      #expect(try await ledger.verify().problems == [])
    }
  }

  private static func table(_ kind: RecordKind) -> RecordTable {
    switch kind {
    case .trial: TrialRecord.table
    case .annotation: AnnotationRecord.table
    case .artifact: ArtifactRecord.table
    case .span: SpanRecord.table
    case .change: ChangeRecord.table
    case .finding: Finding.table
    case .waiver: Waiver.table
    case .charge: ChargeRecord.table
    case .run: RunRecord.table
    case .item: ItemRecord.table
    case .attempt: AttemptRecord.table
    case .receipt: ReceiptRecord.table
    case .lease: LeaseRecord.table
    case .heartbeat: HeartbeatRecord.table
    case .incident: IncidentRecord.table
    case .decision: DecisionRecord.table
    case .cost: CostRecord.table
    }
  }

  static let tamperings = [
    Tampering("DELETE FROM trial WHERE row = 3", named: "trial row 3 is gone"),
    Tampering("DELETE FROM trial WHERE row = (SELECT MAX(row) FROM trial)", named: "is gone"),
    Tampering(
      "UPDATE trial SET row = -1 WHERE row = 2", "UPDATE trial SET row = 2 WHERE row = 3",
      "UPDATE trial SET row = 3 WHERE row = -1", named: "trial row"),
    Tampering(
      "INSERT INTO span SELECT row + 100000, record_id, span_id, trace_id, parent_id, name, span_kind, started_at, ended_at, status, error_type, feature, tenant, session_id, user_id, tags, traffic_cluster, stage, model_requested, model_served, prompt_id, prompt_sha256, config_sha256, parameters, input_tokens, output_tokens, cached_tokens, cost_high, cost_low, cost_currency, finish_reason, refusal, retrieved, index_sha256, tool, tool_schema_sha256, attempt, idempotency_key, subject, subject_sha256, attributes, input_sha256, output_sha256, instructions_sha256, tools_sha256, other_sha256, input_place, output_place, instructions_place, tools_place, other_place FROM span WHERE row = 1",
      named: "span holds"),
    // Less than a record's id tells.
    Tampering("UPDATE trial SET at = at + 1 WHERE row = 2", named: "trial of commit 1"),
    Tampering("UPDATE term SET value = value || 'x' WHERE id = 3", named: "term of commit 1"),
    Tampering("DELETE FROM term WHERE id = (SELECT MAX(id) FROM term)", named: "term"),
    Tampering("INSERT INTO term SELECT MAX(id) + 1, 'sneaked in' FROM term", named: "term holds"),
    Tampering("UPDATE trial_series SET suite = 'another' WHERE id = 1", named: "trial_series 1"),
    Tampering("UPDATE trial_series SET key = x'00' WHERE id = 1", named: "trial_series 1"),
    Tampering("UPDATE trial_rollup SET trials = trials + 1 WHERE row = 1", named: "trial_rollup of commit 1"),
    Tampering("UPDATE trial_rollup SET replaced = 0", named: "trial_rollup of commit"),
    Tampering("DELETE FROM trial_rollup WHERE row = 1", named: "trial_rollup"),
    Tampering("UPDATE span_rollup SET cost_low = cost_low + 1 WHERE row = 1", named: "span_rollup of commit 1"),
    Tampering("UPDATE span_rollup SET seq = 2 WHERE row = 1", named: "span_rollup of commit 1"),
    Tampering(
      "INSERT INTO span_rollup SELECT MAX(row) + 1, 4, 1, 1, 1, 1, 1, 1, 1, 5, 0, 0 FROM span_rollup",
      named: "span_rollup holds"),
    Tampering(
      "DELETE FROM superseded WHERE kind = 1 AND row = (SELECT MIN(row) FROM superseded WHERE kind = 1)",
      named: "superseded"),
    Tampering("UPDATE superseded SET by_row = by_row + 1 WHERE kind = 1", named: "superseded"),
    Tampering("UPDATE superseded SET low = low + 1 WHERE kind = 1", named: "is not found under its key"),
    Tampering(
      "INSERT INTO superseded SELECT 1, row, 1000000, 0, 0 FROM trial WHERE row NOT IN (SELECT row FROM superseded WHERE kind = 1) LIMIT 1",
      named: "superseded holds"),
    Tampering(
      "UPDATE natural_key SET row = row + 1 WHERE row = (SELECT MAX(row) FROM natural_key)",
      named: "is not found under its key"),
    Tampering("UPDATE natural_key SET low = low + 1 WHERE row = 1", named: "is not found under its key"),
    Tampering("INSERT INTO natural_key VALUES (1, 2, 3)", named: "natural_key holds"),
    Tampering("DELETE FROM rival WHERE row = (SELECT MIN(row) FROM rival)", named: "natural_key holds"),
    Tampering("UPDATE rival SET row = row + 1000", named: "is not found under its key"),
    Tampering("UPDATE ledger_commit SET source = 'somebody else' WHERE seq = 2", named: "commit 2 "),
    Tampering("UPDATE ledger_commit SET at = at + 1000 WHERE seq = 2", named: "commit 2 "),
    Tampering("UPDATE ledger_commit SET records = records + 1 WHERE seq = 2", named: "commit 2 "),
    Tampering("UPDATE ledger_commit SET root = previous WHERE seq = 2", named: "commit 2 "),
    Tampering("UPDATE ledger_commit SET previous = root WHERE seq = 2", named: "commit 2 "),
    Tampering("UPDATE ledger_commit SET head = root WHERE seq = 2", named: "commit 2 "),
    Tampering("DELETE FROM ledger_commit WHERE seq = 2", named: "commit 2 is missing"),
    Tampering("DELETE FROM ledger_commit WHERE seq = 4", named: "the chain ends at commit 3"),
    Tampering("UPDATE commit_part SET last_row = last_row - 1 WHERE seq = 1 AND part = 1", named: "trial"),
    Tampering("UPDATE commit_part SET digest = x'00' WHERE seq = 1 AND part = 1", named: "commit 1 "),
    Tampering("UPDATE commit_part SET part = 77 WHERE seq = 1 AND part = 4", named: "commit 1 "),
    Tampering("DELETE FROM commit_part WHERE seq = 1 AND part = 4", named: "commit 1 "),
    Tampering(
      "INSERT INTO commit_part SELECT part, 9, first_row, last_row, digest FROM commit_part WHERE seq = 1 AND part = 4",
      named: "commit_part holds"),
    Tampering("DELETE FROM chain_head", named: "chain_head"),
    Tampering("UPDATE chain_head SET head = x'00'", named: "chain_head"),
    // The newest commit is cut off together with the head, its rows are left.
    Tampering(
      "DELETE FROM ledger_commit WHERE seq = 4", "DELETE FROM commit_part WHERE seq = 4",
      "UPDATE chain_head SET seq = 3, head = (SELECT head FROM ledger_commit WHERE seq = 3)", named: "trial holds"),
  ]

  @Test(arguments: EngineUnderTest.all, tamperings)
  func whatIsChangedIsNamed(_ engine: EngineUnderTest, _ tampering: Tampering) async throws {
    let problems = try await problems(engine) { engine in
      for sql in tampering.sql { try engine.execute(Statement(sql)) }
    }
    #expect(problems.contains { $0.contains(tampering.named) }, "\(problems)")
  }

  /// Whoever cuts off the newest commit and everything that belongs to it leaves a sound, older ledger: only a head that
  /// was noted elsewhere tells.
  @Test(arguments: EngineUnderTest.all)
  func aHeadThatWasNotedTellsWhatWasCutOff(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 0) }
    defer { try? ledger.close() }
    try await ledger.deliver([.waiver(waiver("one"))])
    let older = try await ledger.status().head
    try await ledger.deliver([.waiver(waiver("two"))])
    let newest = try await ledger.status().head
    #expect(try await ledger.verify(head: older).isSound)
    #expect(try await ledger.verify(head: newest).isSound)
    try await ledger.engine.write { engine in
      for sql in [
        "DELETE FROM ledger_commit WHERE seq = 2", "DELETE FROM natural_key WHERE row = 2",
        "DELETE FROM term WHERE id IN (SELECT value FROM (SELECT first_row AS value FROM commit_part WHERE seq = 2 AND part = 201) v)",
        "DELETE FROM commit_part WHERE seq = 2", "DELETE FROM waiver WHERE row = 2",
        "UPDATE chain_head SET seq = 1, head = (SELECT head FROM ledger_commit WHERE seq = 1)",
      ] { try engine.execute(Statement(sql)) }
    }
    #expect(try await ledger.verify().problems == [])
    #expect(try await ledger.verify(head: older).isSound)
    #expect(try await ledger.verify(head: newest).problems == ["no commit of this chain has the head \(newest)"])
  }

  private func waiver(_ check: String) -> Waiver {
    Waiver(
      check: check, subject: "s", owner: "ada", reason: "r", at: Instant(nanoseconds: 0),
      expiresAt: Instant(nanoseconds: 1))
  }
}
