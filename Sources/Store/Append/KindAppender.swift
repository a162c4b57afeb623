import Records

/// Appends the records of one kind, a batch at a time.
///
/// A batch is looked up by its natural keys, sorted into new, known and changed, and inserted. Keys that occur twice in a
/// batch end it early, so that each look-up sees everything before it.
final class KindAppender<Record: StorableRecord> {
  private let engine: any EngineWriter
  private let terms: Terms
  private var pending: [Record] = []
  private var keys: [RecordID] = []
  private var ids: [RecordID] = []
  private var digests: [SHA256Digest] = []
  private var keysInBatch: Set<RecordID> = []
  private var hasher = DigestVisitor()
  private var keyBytes = KeyBytes()
  private let rows = RowBatch(Record.table.batchKinds)
  private let lookUps = RowBatch([.blob])
  private let newKeys = RowBatch([.blob, .integer, .blob])
  private let replaced = RowBatch([.integer, .integer, .integer, .blob, .blob])

  /// First row that this delivery gave, and the next to give.
  let firstRow: Int64
  private(set) var nextRow: Int64
  private(set) var count = AppendReceipt.Count()
  /// Over the digests of everything stored, in order.
  private(set) var root: SHA256Stream
  private var hasRivals: Bool
  /// Called with each record that is stored, and with the row that it replaces.
  var onStore: ((_ record: Record, _ replacing: Int64?) throws -> Void)?

  init(_ engine: any EngineWriter, terms: Terms) throws {
    self.engine = engine
    self.terms = terms
    let table = Record.table
    let last = try engine.first(
      Query(Statement("SELECT COALESCE(MAX(row), 0) FROM \(table.name)", columns: [.integer])) {
        $0.integer(0, $1) ?? 0
      })
    firstRow = (last ?? 0) + 1
    nextRow = firstRow
    root = SHA256Stream()
    hasRivals =
      try engine.first(Query(Statement("SELECT 1 FROM rival LIMIT 1", columns: [.integer])) { $0.integer(0, $1) })
      != nil
  }

  func append(_ record: Record) throws {
    keyBytes.reset(kind: Record.table.kind)
    record.visitKey(&keyBytes)
    let key = keyBytes.key
    if pending.count == RowBatch.capacity || keysInBatch.contains(key) { try flush() }
    let digest = try hasher.digest(record)
    pending.append(record)
    keys.append(key)
    digests.append(digest)
    ids.append(RecordID(milliseconds: record.time.milliseconds, digest: digest))
    keysInBatch.insert(key)
  }

  func flush() throws {
    guard !pending.isEmpty else { return }
    var known = [(row: Int64, id: RecordID)?](repeating: nil, count: pending.count)
    lookUps.removeAll()
    for key in keys { lookUps.append(key) }
    try engine.queryForEach(
      "SELECT row, record_id FROM natural_key WHERE key = ?1", lookUps, columns: [.integer, .blob]
    ) { batch in
      for row in 0..<batch.count {
        guard let asked = batch.integer(0, row), let found = batch.integer(1, row), let id = batch.recordID(2, row)
        else { continue }
        known[Int(asked)] = (found, id)
      }
    }
    var visitor = RowVisitor(batch: rows, terms: terms)
    for (index, record) in pending.enumerated() {
      if let known = known[index] {
        // Equal statements are equal whenever they were made: a source without times is stamped anew at each delivery.
        if known.id.content == ids[index].content {
          count.duplicates += 1
          continue
        }
        if try wasStored(index) {
          count.duplicates += 1
          continue
        }
        try replace(known, at: index)
      } else {
        try onStore?(record, nil)
      }
      rows.append(nextRow)
      rows.append(ids[index])
      try record.visit(&visitor)
      newKeys.append(keys[index])
      newKeys.append(nextRow)
      newKeys.append(ids[index])
      root.update(digests[index])
      nextRow += 1
      count.stored += 1
    }
    try write()
    pending.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    ids.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    keysInBatch.removeAll(keepingCapacity: true)
  }

  /// Whether an equal record was stored and then replaced, or is one of several that contradict each other.
  private func wasStored(_ index: Int) throws -> Bool {
    let statement = Statement(
      "SELECT record_id FROM superseded WHERE key = ?1 UNION ALL SELECT record_id FROM rival WHERE key = ?1",
      [.blob(keys[index].bytes)], columns: [.blob])
    return try engine.fetch(Query(statement) { $0.recordID(0, $1) }).contains { id in
      id.map { $0.content == ids[index].content } ?? false
    }
  }

  private func replace(_ known: (row: Int64, id: RecordID), at index: Int) throws {
    let kind = Record.table.kind.rawValue
    let key = keys[index]
    if known.row >= firstRow {
      // One delivery contradicts itself: no order says which record is meant.
      count.conflicting += 1
      hasRivals = true
      try onStore?(pending[index], nil)
      try engine.execute(
        Statement(
          "INSERT INTO rival(key, kind, row, record_id) VALUES (?1, ?2, ?3, ?4)",
          [.blob(key.bytes), .integer(kind), .integer(known.row), .blob(known.id.bytes)]))
      return
    }
    count.superseding += 1
    try onStore?(pending[index], known.row)
    replaced.append(kind)
    replaced.append(known.row)
    replaced.append(nextRow)
    replaced.append(known.id)
    replaced.append(key)
    guard hasRivals else { return }
    try engine.execute(
      Statement(
        """
        INSERT INTO superseded(kind, row, by_row, record_id, key)
        SELECT kind, row, ?2, record_id, key FROM rival WHERE key = ?1
        """, [.blob(key.bytes), .integer(nextRow)]))
    try engine.execute(Statement("DELETE FROM rival WHERE key = ?1", [.blob(key.bytes)]))
  }

  private func write() throws {
    try engine.executeForEach(Record.table.insertion, rows)
    try engine.executeForEach(
      """
      INSERT INTO natural_key(key, row, record_id) VALUES (?1, ?2, ?3)
      ON CONFLICT(key) DO UPDATE SET row = excluded.row, record_id = excluded.record_id
      """, newKeys)
    try engine.executeForEach(
      "INSERT INTO superseded(kind, row, by_row, record_id, key) VALUES (?1, ?2, ?3, ?4, ?5)", replaced)
    rows.removeAll()
    newKeys.removeAll()
    replaced.removeAll()
  }
}
