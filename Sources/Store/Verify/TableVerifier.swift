import Records

/// Recomputes the digest of what a commit added to one table.
struct TableVerifier {
  private let engine: any EngineReader
  private let terms: TermReader
  /// Whether any record was ever replaced, or has a rival: only then are there three places to look for its key.
  private let keysMoved: Bool

  init(_ engine: any EngineReader) throws {
    self.engine = engine
    terms = TermReader { try engine.query($0, $1) }
    keysMoved =
      try engine.integer("SELECT 1 FROM superseded LIMIT 1") != nil
      || engine.integer("SELECT 1 FROM rival LIMIT 1") != nil
  }

  /// - Parameter rows: the last acknowledged row of each table, this commit included.
  func digest(
    _ part: CommitEntry.Part, rows: [CommitTable: Int64], into result: inout LedgerVerification
  ) throws -> SHA256Digest {
    switch part.table {
    case .records(.trial): try digest(TrialRecord.self, part, into: &result)
    case .records(.annotation): try digest(AnnotationRecord.self, part, into: &result)
    case .records(.artifact): try digest(ArtifactRecord.self, part, into: &result)
    case .records(.span): try digest(SpanRecord.self, part, into: &result)
    case .records(.change): try digest(ChangeRecord.self, part, into: &result)
    case .records(.charge): try digest(ChargeRecord.self, part, into: &result)
    case .records(.run): try digest(RunRecord.self, part, into: &result)
    case .records(.item): try digest(ItemRecord.self, part, into: &result)
    case .records(.attempt): try digest(AttemptRecord.self, part, into: &result)
    case .records(.receipt): try digest(ReceiptRecord.self, part, into: &result)
    case .records(.lease): try digest(LeaseRecord.self, part, into: &result)
    case .records(.heartbeat): try digest(HeartbeatRecord.self, part, into: &result)
    case .records(.incident): try digest(IncidentRecord.self, part, into: &result)
    case .records(.decision): try digest(DecisionRecord.self, part, into: &result)
    case .records(.cost): try digest(CostRecord.self, part, into: &result)
    case .records(.finding): try digest(Finding.self, part, into: &result)
    case .records(.waiver): try digest(Waiver.self, part, into: &result)
    case .replaced(let kind): try replaced(kind, last: rows[.records(kind), default: 0], part)
    case .terms: try termDigest(part)
    case .series: try seriesDigest(part, into: &result)
    case .trialRollup: try rollup("trial_rollup", TrialRollup.columns, part)
    case .spanRollup: try rollup("span_rollup", SpanRollup.columns, part)
    }
  }

  private func digest<Record: StorableRecord>(
    _ type: Record.Type, _ part: CommitEntry.Part, into result: inout LedgerVerification
  ) throws -> SHA256Digest {
    let table = Record.table
    let (name, time) = (table.name, table.column(table.time))
    let fields = CanonicalBytes(kind: table.kind)
    var stream = SHA256Stream()
    var expected = part.first
    let keys = KeyVerifier<Record>(engine, terms: terms, keysMoved: keysMoved)
    let statement = Statement(
      "\(table.selection) WHERE t.row BETWEEN ?1 AND ?2 ORDER BY t.row", [.integer(part.first), .integer(part.last)],
      columns: table.batchKinds)
    try engine.query(statement) { batch in
      var sound: [Int] = []
      for row in 0..<batch.count {
        let number = batch.integer(table.rowColumn, row) ?? 0
        while expected < number, !result.isFull {
          result.note("\(name) row \(expected) is gone")
          expected += 1
        }
        expected = number + 1
        guard let at = batch.integer(time, row), try append(batch, row, of: table, to: fields) else {
          result.note("\(name) row \(number) names a shared text that is gone")
          continue
        }
        let digest = fields.digest
        stream.update(digest)
        stream.update(at)
        let id = RecordID(milliseconds: Instant(nanoseconds: at).milliseconds, digest: digest)
        if batch.recordID(table.idColumn, row) == id {
          sound.append(row)
        } else {
          result.note("\(name) row \(number) was changed after it was stored")
        }
      }
      try keys.verify(batch, sound, into: &result)
    }
    while expected <= part.last, !result.isFull {
      result.note("\(name) row \(expected) is gone")
      expected += 1
    }
    return stream.digest()
  }

  /// What was hashed when the row was stored; false when a shared text is missing.
  private func append(_ batch: RowBatch, _ row: Int, of table: RecordTable, to fields: CanonicalBytes) throws -> Bool {
    fields.reset(kind: table.kind)
    for (column, field) in table.columns.enumerated() {
      switch field.kind {
      case .integer: fields.append(batch.integer(column, row))
      case .real: fields.append(batch.real(column, row))
      case .stamp: break
      case .text:
        if let bytes = batch.bytes(column, row) { fields.append(text: bytes) } else { fields.appendAbsent() }
      case .blob:
        if let bytes = batch.bytes(column, row) { fields.append(bytes: bytes) } else { fields.appendAbsent() }
      case .term:
        guard let number = batch.integer(column, row) else {
          fields.appendAbsent()
          continue
        }
        guard let text = try terms.text(number) else { return false }
        fields.append(text)
      case .series:
        guard let number = batch.integer(column, row), let series = try terms.series(number) else { return false }
        series.append(to: fields)
      }
    }
    return true
  }

  private func replaced(_ kind: RecordKind, last: Int64, _ part: CommitEntry.Part) throws -> SHA256Digest {
    // The rows that replace lie in this commit, the newest that was looked at: from the end back.
    let first = try engine.integer(
      "SELECT first_row FROM commit_part WHERE part = ?1 AND last_row = ?2",
      [.integer(CommitTable.records(kind).number), .integer(last)])
    return try digest(
      "SELECT row, by_row FROM superseded WHERE kind = ?1 AND by_row BETWEEN ?2 AND ?3 ORDER BY by_row, row",
      [.integer(kind.rawValue), .integer(first ?? last), .integer(last)], columns: [.integer, .integer]
    ) { stream, batch, row in
      stream.update(batch.integer(0, row) ?? 0)
      stream.update(batch.integer(1, row) ?? 0)
    }
  }

  private func termDigest(_ part: CommitEntry.Part) throws -> SHA256Digest {
    try digest(
      "SELECT id, value FROM term WHERE id BETWEEN ?1 AND ?2 ORDER BY id", part, columns: [.integer, .text]
    ) { stream, batch, row in
      Terms.update(&stream, id: batch.integer(0, row) ?? 0, text: batch.string(1, row) ?? "")
    }
  }

  private func seriesDigest(_ part: CommitEntry.Part, into result: inout LedgerVerification) throws -> SHA256Digest {
    try digest(
      "SELECT id, key FROM trial_series WHERE id BETWEEN ?1 AND ?2 ORDER BY id", part, columns: [.integer, .blob]
    ) { stream, batch, row in
      let id = batch.integer(0, row) ?? 0
      guard let series = try terms.series(id) else { return }
      let key = Terms.key(series)
      if batch.blob(1, row) != key.bytes { result.note("trial_series \(id) was changed after it was stored") }
      Terms.update(&stream, id: id, key: key)
    }
  }

  private func rollup(_ name: String, _ columns: [String], _ part: CommitEntry.Part) throws -> SHA256Digest {
    try digest(
      "SELECT \(columns.joined(separator: ", ")) FROM \(name) WHERE row BETWEEN ?1 AND ?2 ORDER BY row", part,
      columns: columns.map { _ in .integer }
    ) { stream, batch, row in
      RollupRows.update(&stream, columns.indices.map { batch.integer($0, row) })
    }
  }

  private func digest(
    _ sql: String, _ part: CommitEntry.Part, columns: [RowBatch.ColumnKind],
    _ update: (inout SHA256Stream, RowBatch, Int) throws -> Void
  ) throws -> SHA256Digest {
    try digest(sql, [.integer(part.first), .integer(part.last)], columns: columns, update)
  }

  private func digest(
    _ sql: String, _ arguments: [SQLValue], columns: [RowBatch.ColumnKind],
    _ update: (inout SHA256Stream, RowBatch, Int) throws -> Void
  ) throws -> SHA256Digest {
    var stream = SHA256Stream()
    try engine.query(Statement(sql, arguments, columns: columns)) { batch in
      for row in 0..<batch.count { try update(&stream, batch, row) }
    }
    return stream.digest()
  }
}
