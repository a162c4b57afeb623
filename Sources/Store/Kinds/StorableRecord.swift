import Records

/// A record that the ledger can hold.
protocol StorableRecord {
  static var table: RecordTable { get }
  /// Event time.
  var time: Instant { get }
  /// What identifies the thing that is spoken of: a later record with the same key replaces the earlier one.
  func visitKey(_ visitor: inout KeyBytes)
  func visit<Visitor: FieldVisitor>(_ visitor: inout Visitor) throws
  /// Reads a row as `table.selection` selects it.
  init(_ row: inout RowReader) throws
}

/// The table of a kind of record.
struct RecordTable: Sendable {
  let kind: RecordKind
  let name: String
  /// Columns after `row` and `record_id`, in the order in which fields are visited.
  let columns: [(name: String, kind: FieldKind)]

  /// How a field lies in the table.
  enum FieldKind: Sendable {
    case integer, real, text, blob, term, series
  }

  var batchKinds: [RowBatch.ColumnKind] {
    [.integer, .blob]
      + columns.map { column in
        switch column.kind {
        case .integer, .term, .series: .integer
        case .real: .real
        case .text: .text
        case .blob: .blob
        }
      }
  }

  var insertion: String {
    let names = ["row", "record_id"] + columns.map(\.name)
    let places = names.indices.map { "?\($0 + 1)" }
    return "INSERT INTO \(name)(\(names.joined(separator: ", "))) VALUES (\(places.joined(separator: ", ")))"
  }

  /// Selects `row`, `record_id` and every field, shared texts resolved; ends where a condition on `t` may follow.
  var selection: String {
    var joins: [String] = []
    let fields = columns.map { column -> String in
      switch column.kind {
      case .term: return "(SELECT value FROM term WHERE id = t.\(column.name))"
      case .series:
        joins.append("JOIN trial_series s ON s.id = t.series")
        return TrialSeries.columns.map { "s.\($0)" }.joined(separator: ", ")
      default: return "t.\(column.name)"
      }
    }
    return "SELECT t.row, t.record_id, \(fields.joined(separator: ", ")) FROM \(name) t \(joins.joined(separator: " "))"
  }

  var selectionKinds: [RowBatch.ColumnKind] {
    [.integer, .blob]
      + columns.flatMap { column -> [RowBatch.ColumnKind] in
        switch column.kind {
        case .integer: [.integer]
        case .real: [.real]
        case .text, .term: [.text]
        case .blob: [.blob]
        case .series: TrialSeries.columns.map { _ in .text }
        }
      }
  }
}
