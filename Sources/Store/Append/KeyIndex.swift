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
  /// Whether one delivery ever contradicted itself: seldom, and then each change has to ask.
  private var hasRivals: Bool
  private let lookUps = RowBatch([.integer, .integer])
  private let entries = RowBatch([.integer, .integer, .integer, .blob])
  private let replacements = RowBatch([.integer, .integer, .integer, .blob, .integer, .integer])
  private let contradictions = RowBatch([.integer, .integer, .integer, .integer, .blob])

  init(_ engine: any EngineWriter, kind: RecordKind) throws {
    self.engine = engine
    self.kind = kind
    hasRivals = try engine.integer("SELECT 1 FROM rival LIMIT 1") != nil
  }

  /// The newest record of each key; nil where there is none.
  func newest(of keys: [NaturalKey], order: [Int]) throws -> [Entry?] {
    var found = [Entry?](repeating: nil, count: keys.count)
    lookUps.removeAll()
    for key in keys { lookUps.append(key) }
    try engine.queryForEach(
      "SELECT row, record_id FROM natural_key WHERE high = ?1 AND low = ?2", lookUps, order: order,
      columns: [.integer, .blob]
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
      SELECT row, record_id FROM superseded WHERE high = ?1 AND low = ?2
      UNION ALL SELECT row, record_id FROM rival WHERE high = ?1 AND low = ?2
      """
    ) { index, entry in
      if entry.id.statesTheSame(as: ids[index]) { equal.insert(index) }
    }
    return equal
  }

  /// The current records that contradict the newest one of a key, oldest first.
  func rivals(_ asked: [Int], keys: [NaturalKey]) throws -> [Int: [Entry]] {
    guard hasRivals else { return [:] }
    var found: [Int: [Entry]] = [:]
    try forEach(asked, keys, "SELECT row, record_id FROM rival WHERE high = ?1 AND low = ?2 ORDER BY row") {
      found[$0, default: []].append($1)
    }
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
  func replace(_ old: Entry, by row: Int64, key: NaturalKey) {
    replacements.append(kind.rawValue)
    replacements.append(old.row)
    replacements.append(row)
    replacements.append(old.id)
    replacements.append(key)
  }

  /// Notes that a record stays current beside the newest one of its key.
  mutating func contradict(_ old: Entry, key: NaturalKey) {
    hasRivals = true
    contradictions.append(key)
    contradictions.append(kind.rawValue)
    contradictions.append(old.row)
    contradictions.append(old.id)
  }

  /// Writes what was noted, and the newest records of keys.
  /// - Parameters:
  ///   - new: keys that were not there, in the order of keys.
  ///   - changed: keys that were.
  func write(new: [(NaturalKey, Entry)], changed: [(NaturalKey, Entry)]) throws {
    fill(new)
    try engine.insert(into: "natural_key", columns: ["high", "low", "row", "record_id"], entries)
    fill(changed)
    try engine.executeForEach(
      "UPDATE natural_key SET row = ?3, record_id = ?4 WHERE high = ?1 AND low = ?2", entries)
    try engine.insert(
      into: "superseded", columns: ["kind", "row", "by_row", "record_id", "high", "low"], replacements)
    if hasRivals {
      // Whoever is replaced is no rival any more.
      try engine.executeForEach(
        "DELETE FROM rival WHERE high = ?5 AND low = ?6 AND kind = ?1 AND row = ?2", replacements)
      try engine.insert(into: "rival", columns: ["high", "low", "kind", "row", "record_id"], contradictions)
    }
    replacements.removeAll()
    contradictions.removeAll()
  }

  private func fill(_ changes: [(key: NaturalKey, entry: Entry)]) {
    entries.removeAll()
    for change in changes {
      entries.append(change.key)
      entries.append(change.entry.row)
      entries.append(change.entry.id)
    }
  }
}
