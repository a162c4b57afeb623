import Records

/// What a commit asks of the appender of any kind.
protocol KindAppending: AnyObject {
  var kind: RecordKind { get }
  /// What became of the records so far.
  var count: AppendReceipt.Count { get }
  /// What the delivery added, once it is flushed.
  var parts: [CommitEntry.Part] { get }
  /// What follows comes from somebody else, or later, than what came before.
  func startDelivery()
  func flush() throws
}

/// Fills in the columns of a batch that say where something lies, before it is written.
protocol RowPlacing: AnyObject {
  /// - Parameters:
  ///   - keys: the natural key of each row.
  ///   - stored: whether each row will be written; it is a duplicate otherwise.
  ///   - newest: the row that bears the natural key now.
  func place(_ rows: RowBatch, keys: [NaturalKey], stored: [Bool], newest: [Int64?]) throws
}

/// Appends the records of one kind, a batch at a time.
///
/// A record is put into columns and hashed as it comes. A batch is then looked up by its natural keys and sorted:
/// - nothing bears the key: the record is stored;
/// - the newest record of the key states the same, or an earlier one did: a duplicate, which is dropped, so that
///   deliveries can be repeated in any order. What is compared is what the records state, not when;
/// - the newest record of the key states something else: it is replaced. If it came in this same delivery, the delivery
///   contradicts itself, and as no order says which of the two is meant, both stay current. A commit may hold several
///   deliveries, of which a later one replaces what an earlier one said.
///
/// Keys that occur twice in a batch end it early, so that each look-up sees everything before it.
final class KindAppender<Record: StorableRecord>: KindAppending {
  private let engine: any EngineWriter
  private let location: String
  private let rollup: (any Rollup)?
  private let placing: (any RowPlacing)?
  private var index: KeyIndex
  private let rows = RowBatch(Record.table.writtenKinds)
  private let visitor: RowVisitor
  private var keyBytes = KeyBytes()
  private var keys: [NaturalKey] = []
  private var keySet = KeySet()
  private var ids: [RecordID] = []
  private var digests: [SHA256Digest] = []
  private var times: [Int64] = []

  private let firstRow: Int64
  private var nextRow: Int64
  /// First row of the delivery at hand.
  private var deliveryRow: Int64
  /// Where in the batch later deliveries begin: which rows those become is known when it is known what is new.
  private var deliveryStarts: [Int] = []
  private var records = SHA256Stream()
  private var replaced = SHA256Stream()
  private var replacedCount: Int64 = 0
  private(set) var count = AppendReceipt.Count()

  init(
    _ engine: any EngineWriter, terms: Terms, rollup: (any Rollup)? = nil, placing: (any RowPlacing)? = nil,
    location: String
  ) throws {
    self.engine = engine
    self.location = location
    self.rollup = rollup
    self.placing = placing
    index = try KeyIndex(engine, Record.table)
    visitor = RowVisitor(batch: rows, terms: terms)
    firstRow = (try engine.integer("SELECT MAX(row) FROM \(Record.table.name)") ?? 0) + 1
    nextRow = firstRow
    deliveryRow = firstRow
  }

  let kind = Record.table.kind

  func startDelivery() {
    if deliveryStarts.last != keys.count { deliveryStarts.append(keys.count) }
  }

  /// - Throws: `LedgerError` with cause `refused` for a record that cannot be kept; those before it are not affected.
  func append(_ record: Record) throws {
    keyBytes.reset(kind: Record.table.kind)
    record.visitKey(&keyBytes)
    let key = keyBytes.key
    if rows.isFull || keySet.contains(key, in: keys) { try flush() }
    let digest = try put(record)
    let id = RecordID(milliseconds: record.time.milliseconds, digest: digest)
    rows.append(id)
    // The number is known when it is known which records are new.
    rows.append(0 as Int64)
    for _ in Record.table.places { rows.append(nil as Int64?) }
    keys.append(key)
    keySet.insertLast(of: keys)
    ids.append(id)
    digests.append(digest)
    times.append(record.time.nanoseconds)
  }

  private func put(_ record: Record) throws -> SHA256Digest {
    visitor.digest.start(Record.table.kind)
    var visitor = visitor
    do {
      try record.visit(&visitor)
      return visitor.digest.fields.digest
    } catch let refusal as Refusal {
      let column = Record.table.columns[min(rows.cursor, Record.table.columns.count - 1)].name
      rows.dropPartialRow()
      throw LedgerError(
        .refused, location: location, problem: "a \(Record.table.name) cannot be kept (\(column): \(refusal.reason))",
        remedy: "Correct the source; nothing of this delivery was stored")
    }
  }

  func flush() throws {
    guard rows.count > 0 else { return }
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    let newest = try index.newest(of: keys, order: order)
    let changed = keys.indices.filter { position in
      newest[position].map { !$0.id.statesTheSame(as: ids[position]) } ?? false
    }
    let resent = try index.wasStored(changed, keys: keys, ids: ids)
    let differing = changed.filter { !resent.contains($0) }
    let rivals = try index.rivals(differing, keys: keys)
    var isStored = [Bool](repeating: false, count: keys.count)
    for position in keys.indices where newest[position] == nil { isStored[position] = true }
    for position in differing { isStored[position] = true }
    let stored = keys.indices.filter { isStored[$0] }
    count.duplicates += keys.count - stored.count

    var replacedRows: [Int64] = []
    var starts = deliveryStarts[...]
    for position in stored {
      while let start = starts.first, position >= start {
        deliveryRow = nextRow
        starts.removeFirst()
      }
      rows.set(Record.table.rowColumn, position, nextRow)
      records.update(digests[position])
      records.update(times[position])
      if let old = newest[position] {
        if old.row >= deliveryRow {
          count.conflicting += 1
          index.contradict(old.row, key: keys[position])
        } else {
          count.superseding += 1
          for row in rivals[position, default: []] + [old.row] {
            index.replace(row, by: nextRow, key: keys[position])
            replaced.update(row)
            replaced.update(nextRow)
            replacedRows.append(row)
          }
        }
      }
      nextRow += 1
    }
    if !starts.isEmpty { deliveryRow = nextRow }
    count.stored += stored.count
    try placing?.place(rows, keys: keys, stored: isStored, newest: newest.map { $0?.row })
    try rollup?.remove(replacedRows)
    try rollup?.add(rows, stored)
    replacedCount += Int64(replacedRows.count)
    try engine.insert(into: Record.table.name, columns: Record.table.writtenNames, rows, order: stored)
    func entries(_ belongs: (Int) -> Bool) -> [(NaturalKey, Int64)] {
      order.filter { isStored[$0] && belongs($0) }.map { (keys[$0], rows.integer(Record.table.rowColumn, $0) ?? 0) }
    }
    try index.write(new: entries { newest[$0] == nil }, changed: entries { newest[$0] != nil })
    removeAll()
  }

  private func removeAll() {
    rows.removeAll()
    deliveryStarts.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    keySet.removeAll()
    ids.removeAll(keepingCapacity: true)
    digests.removeAll(keepingCapacity: true)
    times.removeAll(keepingCapacity: true)
  }

  var parts: [CommitEntry.Part] {
    guard count.stored > 0 else { return [] }
    let kind = Record.table.kind
    let stored = CommitEntry.Part(.records(kind), first: firstRow, last: nextRow - 1, digest: records.digest())
    guard replacedCount > 0 else { return [stored] }
    return [stored, CommitEntry.Part(.replaced(kind), first: 1, last: replacedCount, digest: replaced.digest())]
  }
}
