import Records

/// A record that the ledger can hold.
protocol StorableRecord {
  static var table: RecordTable { get }
  /// Event time.
  var time: Instant { get }
  /// What identifies the thing that is spoken of: a later record with the same key replaces the earlier one. It rests on
  /// nothing that a correction may change.
  func visitKey(_ visitor: inout KeyBytes)
  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws
  /// Reads a row as `table.selection` selects it.
  init(_ row: inout RowReader) throws
}
