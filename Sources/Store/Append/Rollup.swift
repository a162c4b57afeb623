import Records

/// Sums that are written in the same commit as the rows they count, so that no question ever scans the rows.
protocol Rollup: AnyObject {
  /// Counts some rows of a batch that was filled by the kind's table.
  func add(_ rows: RowBatch, _ stored: [Int]) throws
  /// Takes back what rows have added that are now replaced.
  func remove(_ rows: [Int64]) throws
  /// - Returns: what the chain shall cover; nil when nothing changed.
  func write(seq: Int64) throws -> CommitEntry.Part?
}

/// Writes numbered rows of integers, and hashes them in the order in which they come.
struct RollupRows {
  private let engine: any EngineWriter
  private let table: String
  private let columns: [String]
  private let batch: RowBatch
  private var digest = SHA256Stream()
  private let firstRow: Int64
  private var nextRow: Int64

  init(_ engine: any EngineWriter, table: String, columns: [String]) throws {
    self.engine = engine
    self.table = table
    self.columns = ["row"] + columns
    batch = RowBatch(.init(repeating: .integer, count: columns.count + 1))
    firstRow = (try engine.integer("SELECT MAX(row) FROM \(table)") ?? 0) + 1
    nextRow = firstRow
  }

  mutating func append(_ values: [Int64?]) throws {
    batch.append(nextRow)
    for value in values { batch.append(value) }
    RollupRows.update(&digest, values)
    nextRow += 1
    if batch.isFull { try flush() }
  }

  private func flush() throws {
    try engine.insert(into: table, columns: columns, batch)
    batch.removeAll()
  }

  /// What the chain shall cover; nil when there was no row.
  func finish(_ table: CommitTable) throws -> CommitEntry.Part? {
    try flush()
    guard nextRow > firstRow else { return nil }
    return CommitEntry.Part(table, first: firstRow, last: nextRow - 1, digest: digest.digest())
  }

  static func update(_ digest: inout SHA256Stream, _ values: [Int64?]) {
    for value in values {
      digest.update(value == nil ? 0 : 1 as Int64)
      digest.update(value ?? 0)
    }
  }
}
