import Records

/// The table of a kind of record.
struct RecordTable: Sendable {
  /// How a field lies in the table.
  enum FieldKind: Sendable {
    case integer, real, text, blob
    /// The number of a shared text.
    case term
    /// The number of a series.
    case series
    /// An instant that is no part of what is stated.
    case stamp

    var column: RowBatch.ColumnKind {
      switch self {
      case .integer, .term, .series, .stamp: .integer
      case .real: .real
      case .text: .text
      case .blob: .blob
      }
    }
  }

  let kind: RecordKind
  let name: String
  /// The column of the event time.
  let time: String
  /// The fields in the order in which they are visited; `record_id` and `row` follow them.
  let columns: [(name: String, kind: FieldKind)]
  /// Columns of numbers that say where something lies, are filled in when the row is written, and state nothing.
  var places: [String] = []

  var idColumn: Int { columns.count }
  var rowColumn: Int { columns.count + 1 }

  var batchKinds: [RowBatch.ColumnKind] { columns.map(\.kind.column) + [.blob, .integer] }

  /// Of the columns of `batchKinds`.
  var names: [String] { columns.map(\.name) + ["record_id", "row"] }

  /// The same for the columns that are written.
  var writtenKinds: [RowBatch.ColumnKind] { batchKinds + places.map { _ in .integer } }
  var writtenNames: [String] { names + places }

  /// The place of a column; of the row's number for a name that there is not.
  func column(_ name: String) -> Int { columns.firstIndex { $0.name == name } ?? rowColumn }

  /// Selects the columns of `batchKinds` from the table as `t`; ends where a condition may follow.
  var selection: String {
    "SELECT \(names.map { "t.\($0)" }.joined(separator: ", ")) FROM \(name) t"
  }
}
