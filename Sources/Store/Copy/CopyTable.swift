internal import Records

/// A table as a copy reads and writes it: by its columns and its key, whatever indexes it has.
struct CopyTable {
  /// How a table changes while a ledger lives, which says how a copy that was interrupted goes on.
  enum Growth {
    /// Rows are added behind the last one and stay: a copy goes on behind its own last row.
    case appended
    /// Rows change too, but only by commits: they stand as long as the chain has the same end.
    case byCommits
    /// Rows come and go beside the chain: copied last, all in one transaction.
    case anyTime
  }

  let name: String
  let columns: [String]
  let kinds: [RowBatch.ColumnKind]
  /// The places of the columns of its key.
  let key: [Int]
  let growth: Growth

  /// Contents are changed in place where they are erased; a copy looks after those (`CopiedContents`).
  private static let appended: Set<String> =
    Set(RecordKind.allCases.map(\.name)).union([
      "ledger_commit", "term", "trial_series", "trial_rollup", "span_rollup", "content",
    ])
  private static let byCommits: Set<String> = ["commit_part", "natural_key", "superseded", "rival"]

  /// All tables but that of the ledger's version, which a copy has of its own; commits first: by them a half-made copy tells
  /// which ledger it is of.
  static let all: [CopyTable] = TableShapes.current.tables.map { CopyTable($0.key, $0.value) }.sorted { left, right in
    (left.name != "ledger_commit" ? 1 : 0, left.name) < (right.name != "ledger_commit" ? 1 : 0, right.name)
  }

  static func all(_ growth: Growth) -> [CopyTable] { all.filter { $0.growth == growth } }

  private init(_ name: String, _ shape: TableShapes.Table) {
    self.name = name
    columns = shape.columns.map(\.name)
    kinds = shape.columns.map(\.kind)
    key = shape.key.compactMap { column in shape.columns.firstIndex { $0.name == column } }
    // What is not known to grow only is copied at the end.
    growth =
      CopyTable.appended.contains(name) && shape.number != nil
      ? .appended : CopyTable.byCommits.contains(name) ? .byCommits : .anyTime
  }

  /// Rows of one transaction. Packs of contents are 120 KiB before they are compressed; what is larger is one by itself.
  private var rowsAtOnce: Int { name == "content" ? 512 : 16_384 }

  private var keyColumns: String { key.map { columns[$0] }.joined(separator: ", ") }

  /// The key of the last row.
  var last: Statement {
    let order = key.map { "\(columns[$0]) DESC" }.joined(separator: ", ")
    return Statement(
      "SELECT \(keyColumns) FROM \(name) ORDER BY \(order) LIMIT 1", columns: key.map { kinds[$0] })
  }

  /// The rows after a key, some of them; from the first one where there is none.
  func rows(after last: [SQLValue]) -> (statement: Statement, limit: Int) {
    let places = (1...max(last.count, 1)).map { "?\($0)" }.joined(separator: ", ")
    let condition = last.isEmpty ? "" : " WHERE (\(keyColumns)) > (\(places))"
    let statement = Statement(
      "SELECT \(columns.joined(separator: ", ")) FROM \(name)\(condition) ORDER BY \(keyColumns) LIMIT \(rowsAtOnce)",
      last, columns: kinds)
    return (statement, rowsAtOnce)
  }

  /// All rows.
  var everything: Statement {
    Statement("SELECT \(columns.joined(separator: ", ")) FROM \(name) ORDER BY \(keyColumns)", columns: kinds)
  }

  /// One row of a table whose rows are numbered.
  func row(_ number: Int64) -> Statement {
    Statement(
      "SELECT \(columns.joined(separator: ", ")) FROM \(name) WHERE \(keyColumns) = ?1", [.integer(number)],
      columns: kinds)
  }

  /// The values of a key, as arguments.
  static func values(_ batch: RowBatch, _ row: Int) -> [SQLValue] {
    batch.kinds.indices.map { column in
      switch batch.kinds[column] {
      case .integer: SQLValue(batch.integer(column, row))
      case .real: batch.real(column, row).map(SQLValue.real) ?? .null
      case .text: SQLValue(batch.string(column, row))
      case .blob: batch.blob(column, row).map(SQLValue.blob) ?? .null
      }
    }
  }
}
