import Records

/// Whether each record is found under its natural key: what is delivered next is compared with what is found there.
struct KeyVerifier<Record: StorableRecord> {
  private let engine: any EngineReader
  private let terms: TermReader
  private let sql: String
  private let lookUps = RowBatch([.integer, .integer, .integer, .integer])

  init(_ engine: any EngineReader, terms: TermReader, keysMoved: Bool) {
    self.engine = engine
    self.terms = terms
    let newest = "SELECT 0, row FROM natural_key WHERE high = ?1 AND low = ?2 AND ?3 > 0 AND row >= ?4"
    sql =
      keysMoved
      ? """
      \(newest)
      UNION ALL
      SELECT 1, row FROM superseded WHERE kind = ?3 AND row = ?4 AND high = ?1 AND low = ?2
      UNION ALL SELECT 1, row FROM rival WHERE high = ?1 AND low = ?2 AND row = ?4 AND kind = ?3
      """ : newest
  }

  /// - Parameter sound: rows of the batch that are what they were.
  func verify(_ batch: RowBatch, _ sound: [Int], into result: inout LedgerVerification) throws {
    let table = Record.table
    var keyBytes = KeyBytes()
    lookUps.removeAll()
    for row in sound {
      var reader = RowReader(batch, row: row, terms: terms)
      keyBytes.reset(kind: table.kind)
      try Record(&reader).visitKey(&keyBytes)
      lookUps.append(keyBytes.key)
      lookUps.append(table.kind.rawValue)
      lookUps.append(batch.integer(table.rowColumn, row))
    }
    // A record is the newest of its key, or stands among those that were replaced or contradict the newest.
    var newest = [Bool](repeating: false, count: sound.count)
    var isFound = newest
    try engine.queryForEach(sql, lookUps, order: nil, columns: [.integer, .integer]) { found in
      for answer in 0..<found.count {
        guard let asked = found.integer(0, answer), let place = found.integer(1, answer),
          let row = found.integer(2, answer)
        else { continue }
        let record = sound[Int(asked)]
        if place == 0 { newest[Int(asked)] = true }
        if row == batch.integer(table.rowColumn, record) { isFound[Int(asked)] = true }
      }
    }
    for (place, record) in sound.enumerated() where !(newest[place] && isFound[place]) {
      let number = batch.integer(table.rowColumn, record) ?? 0
      result.note("\(table.name) row \(number) is not found under its key (natural_key, superseded, rival)")
    }
  }
}
