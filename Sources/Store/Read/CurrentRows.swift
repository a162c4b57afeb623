import Records

extension Horizon {
  /// The condition under which a row of `alias` is in sight and was not replaced: the one place that says what is current.
  /// - Parameter isUntouched: whether it is known that no row that is asked for was replaced, which spares a look-up a row.
  func current(_ kind: RecordKind, _ alias: String, isUntouched: Bool = false) -> String {
    let last = lastRow(kind)
    let inSight = "\(alias).row <= \(last)"
    if isUntouched || !hasReplaced(kind) { return inSight }
    return "\(inSight) AND \(Horizon.neverReplaced(kind, alias, upTo: last))"
  }

  /// The condition under which a row of `alias` was not replaced.
  /// - Parameter last: the last row in sight; nil for all.
  static func neverReplaced(_ kind: RecordKind, _ alias: String, upTo last: Int64? = nil) -> String {
    """
    NOT EXISTS (SELECT 1 FROM superseded x WHERE x.kind = \(kind.rawValue) \
    AND x.row = \(alias).row\(last.map { " AND x.by_row <= \($0)" } ?? ""))
    """
  }
}

extension Snapshot {
  /// Hands out the current records of a kind, oldest row first.
  /// - Parameters:
  ///   - condition: SQL on the table `t`, with `?1`, `?2`, … for `arguments`.
  ///   - isUntouched: as `Horizon.current` takes it.
  func forEachRecord<Record: StorableRecord>(
    _ type: Record.Type, where condition: String = "1 = 1", _ arguments: [SQLValue] = [], isUntouched: Bool = false,
    _ body: (_ id: RecordID, _ record: Record) throws -> Void
  ) throws {
    let table = Record.table
    let current = horizon.current(table.kind, "t", isUntouched: isUntouched)
    let statement = Statement(
      "\(table.selection) WHERE \(condition) AND \(current) ORDER BY t.row", arguments, columns: table.batchKinds)
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let id = batch.recordID(table.idColumn, row) else { continue }
        var reader = RowReader(batch, row: row, terms: terms)
        try body(id, try Record(&reader))
      }
    }
  }

  /// Current records that are no evidence.
  func unhashed<Record: StorableRecord>(
    _ type: Record.Type, where condition: String = "1 = 1", _ arguments: [SQLValue] = [], order: String
  ) throws -> [Record] {
    let table = Record.table
    let statement = Statement(
      "\(table.selection) WHERE \(condition) AND \(horizon.current(table.kind, "t")) ORDER BY \(order)", arguments,
      columns: table.batchKinds)
    return try fetchUnhashed(
      Query(statement) { [terms = unhashedTerms] batch, row in
        var reader = RowReader(batch, row: row, terms: terms)
        return try Record(&reader)
      })
  }
}
