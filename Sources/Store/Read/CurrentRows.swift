import Records

extension Horizon {
  /// The condition under which a row of `alias` is in sight and was not replaced: the one place that says what is current.
  func current(_ kind: RecordKind, _ alias: String) -> String {
    let last = lastRow(kind)
    return """
      \(alias).row <= \(last) AND NOT EXISTS (SELECT 1 FROM superseded x WHERE x.kind = \(kind.rawValue) \
      AND x.row = \(alias).row AND x.by_row <= \(last))
      """
  }
}

extension Snapshot {
  /// Hands out the current records of a kind, oldest row first.
  /// - Parameter condition: SQL on the table `t`, with `?1`, `?2`, … for `arguments`.
  func forEachRecord<Record: StorableRecord>(
    _ type: Record.Type, where condition: String = "1", _ arguments: [SQLValue] = [],
    _ body: (_ id: RecordID, _ record: Record) throws -> Void
  ) throws {
    let table = Record.table
    let statement = Statement(
      "\(table.selection) WHERE \(condition) AND \(horizon.current(table.kind, "t")) ORDER BY t.row", arguments,
      columns: table.selectionKinds)
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        var reader = RowReader(batch, row: row)
        _ = reader.integer()
        guard let id = reader.bytes().flatMap({ RecordID(bytes: $0) }) else { continue }
        try body(id, try Record(&reader))
      }
    }
  }
}
