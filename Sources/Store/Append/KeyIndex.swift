import Records

/// Which records the ledger holds under a natural key: the newest, those that it replaced, and its rivals.
struct KeyIndex {
  /// A record in its place.
  struct Entry {
    let row: Int64
    let id: RecordID
  }

  private let engine: any EngineWriter
  private let kind: RecordKind
  private let table: String
  /// Whether one delivery ever contradicted itself: seldom, and then each change has to ask.
  private var hasRivals: Bool
  private var fresh: FreshKeys
  private let lookUps = RowBatch([.integer, .integer])
  private let entries = RowBatch([.integer, .integer, .integer])
  private let replacements = RowBatch([.integer, .integer, .integer, .integer, .integer])
  private let contradictions = RowBatch([.integer, .integer, .integer, .integer])

  init(_ engine: any EngineWriter, _ table: RecordTable) throws {
    self.engine = engine
    kind = table.kind
    self.table = table.name
    fresh = FreshKeys(engine)
    hasRivals = try engine.integer("SELECT 1 FROM rival LIMIT 1") != nil
  }

  /// The newest record of each key; nil where there is none.
  /// - Parameter order: positions of the keys, sorted by key.
  mutating func newest(of keys: [NaturalKey], order: [Int]) throws -> [Entry?] {
    var found = [Entry?](repeating: nil, count: keys.count)
    let order = try fresh.possiblyKnown(keys, order: order)
    guard !order.isEmpty else { return found }
    lookUps.removeAll()
    for key in keys { lookUps.append(key) }
    try engine.queryForEach(
      "SELECT t.row, t.record_id FROM natural_key k JOIN \(table) t ON t.row = k.row WHERE k.high = ?1 AND k.low = ?2",
      lookUps, order: order, columns: [.integer, .blob]
    ) { batch in
      for row in 0..<batch.count {
        guard let asked = batch.integer(0, row), let known = batch.integer(1, row), let id = batch.recordID(2, row)
        else { continue }
        found[Int(asked)] = Entry(row: known, id: id)
      }
    }
    return found
  }

  /// Whether an equal record was stored and then replaced, or is one of several that contradict each other.
  /// - Parameter asked: which of the keys.
  func wasStored(_ asked: [Int], keys: [NaturalKey], ids: [RecordID]) throws -> Set<Int> {
    var equal: Set<Int> = []
    try forEach(
      asked, keys,
      """
      SELECT t.row, t.record_id FROM superseded x JOIN \(table) t ON t.row = x.row WHERE x.high = ?1 AND x.low = ?2
      UNION ALL SELECT t.row, t.record_id FROM rival x JOIN \(table) t ON t.row = x.row WHERE x.high = ?1 AND x.low = ?2
      """
    ) { index, entry in
      if entry.id.statesTheSame(as: ids[index]) { equal.insert(index) }
    }
    return equal
  }

  /// The current records that contradict the newest one of a key, oldest first.
  func rivals(_ asked: [Int], keys: [NaturalKey]) throws -> [Int: [Int64]] {
    guard hasRivals else { return [:] }
    var found: [Int: [Int64]] = [:]
    try forEach(
      asked, keys,
      """
      SELECT t.row, t.record_id FROM rival x JOIN \(table) t ON t.row = x.row WHERE x.high = ?1 AND x.low = ?2
      ORDER BY t.row
      """
    ) { found[$0, default: []].append($1.row) }
    return found
  }

  private func forEach(
    _ asked: [Int], _ keys: [NaturalKey], _ sql: String, _ body: (_ index: Int, _ entry: Entry) -> Void
  ) throws {
    guard !asked.isEmpty else { return }
    lookUps.removeAll()
    for index in asked { lookUps.append(keys[index]) }
    try engine.queryForEach(sql, lookUps, order: nil, columns: [.integer, .blob]) { batch in
      for row in 0..<batch.count {
        guard let place = batch.integer(0, row), let known = batch.integer(1, row), let id = batch.recordID(2, row)
        else { continue }
        body(asked[Int(place)], Entry(row: known, id: id))
      }
    }
  }

  // MARK: Changing, from `write` to `write`

  /// Notes that a row replaces an earlier one.
  func replace(_ old: Int64, by row: Int64, key: NaturalKey) {
    replacements.append(kind.rawValue)
    replacements.append(old)
    replacements.append(row)
    replacements.append(key)
  }

  /// Notes that a record stays current beside the newest one of its key.
  mutating func contradict(_ old: Int64, key: NaturalKey) {
    hasRivals = true
    contradictions.append(key)
    contradictions.append(kind.rawValue)
    contradictions.append(old)
  }

  /// Writes what was noted, and the newest records of keys.
  /// - Parameters:
  ///   - new: keys that were not there, in the order of keys.
  ///   - changed: keys that were.
  mutating func write(new: [(NaturalKey, Int64)], changed: [(NaturalKey, Int64)]) throws {
    fill(new)
    for (key, _) in new { fresh.insert(key) }
    try engine.insert(into: "natural_key", columns: ["high", "low", "row"], entries)
    fill(changed)
    try engine.executeForEach("UPDATE natural_key SET row = ?3 WHERE high = ?1 AND low = ?2", entries)
    try engine.insert(into: "superseded", columns: ["kind", "row", "by_row", "high", "low"], replacements)
    if hasRivals {
      // Whoever is replaced is no rival any more.
      try engine.executeForEach(
        "DELETE FROM rival WHERE high = ?4 AND low = ?5 AND kind = ?1 AND row = ?2", replacements)
      try engine.insert(into: "rival", columns: ["high", "low", "kind", "row"], contradictions)
    }
    replacements.removeAll()
    contradictions.removeAll()
  }

  private func fill(_ changes: [(key: NaturalKey, row: Int64)]) {
    entries.removeAll()
    for change in changes {
      entries.append(change.key)
      entries.append(change.row)
    }
  }
}
