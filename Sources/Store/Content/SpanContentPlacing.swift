import Records

/// Stores what new spans said, and notes in their rows where it lies.
final class SpanContentPlacing: RowPlacing {
  private let engine: any EngineWriter
  private let contents: ContentAppender
  private let lookUps = RowBatch([.integer])
  private let changes = RowBatch([.integer, .integer])

  private static let startedAt = SpanRecord.table.column("started_at")
  private static let hashes = SpanContents.parts.map { SpanRecord.table.column("\($0.name)_sha256") }
  private static let places = SpanContents.parts.indices.map { SpanRecord.table.rowColumn + 1 + $0 }

  init(_ engine: any EngineWriter, _ contents: ContentAppender) {
    self.engine = engine
    self.contents = contents
  }

  func place(_ rows: RowBatch, stored: [Bool], newest: [Int64?]) throws {
    let earlier = try earlier(rows, stored, newest)
    for row in 0..<rows.count {
      for (part, column) in SpanContentPlacing.hashes.enumerated() {
        guard let sha256 = rows.digest(column, row) else { continue }
        let key = ContentKey(hour: hour(rows, row), sha256: sha256)
        // A span that says again what it said: where that lies already, and what was erased stays erased.
        let known = earlier[row].flatMap { $0.parts[part] }.flatMap { $0.sha256 == sha256 ? $0 : nil }
        if stored[row] {
          if let place = try known?.place ?? contents.place(key) {
            rows.set(SpanContentPlacing.places[part], row, place.rawValue)
          }
        } else if let known, known.place == nil, let row = earlier[row]?.row, let place = try contents.place(key) {
          try fill(part, row, place)
        }
      }
    }
    contents.settle()
  }

  private func hour(_ rows: RowBatch, _ row: Int) -> Int64 {
    Instant(nanoseconds: rows.integer(SpanContentPlacing.startedAt, row) ?? 0).hour
  }

  /// Where what the spans said lay before: of those that are replaced, and of those that are delivered again with what they
  /// said.
  private func earlier(
    _ rows: RowBatch, _ stored: [Bool], _ newest: [Int64?]
  ) throws -> [Int: (row: Int64, parts: [SpanContents.Placed?])] {
    var asked: [Int] = []
    lookUps.removeAll()
    for row in 0..<rows.count {
      guard let known = newest[row] else { continue }
      let isNamed = SpanContentPlacing.hashes.contains { column in
        guard let sha256 = rows.digest(column, row) else { return false }
        return stored[row] || contents.has(ContentKey(hour: hour(rows, row), sha256: sha256))
      }
      guard isNamed else { continue }
      lookUps.append(known)
      asked.append(row)
    }
    guard !asked.isEmpty else { return [:] }
    var found: [Int: (row: Int64, parts: [SpanContents.Placed?])] = [:]
    try engine.queryForEach(
      "SELECT t.row, \(SpanContents.columns("t")) FROM span t WHERE t.row = ?1", lookUps, order: nil,
      columns: [.integer] + SpanContents.columnKinds
    ) { batch in
      for answer in 0..<batch.count {
        guard let place = batch.integer(0, answer), let row = batch.integer(1, answer) else { continue }
        found[asked[Int(place)]] = (row, SpanContents.parts(batch, answer, from: 2))
      }
    }
    return found
  }

  /// The bytes came later than their hash.
  private func fill(_ part: Int, _ row: Int64, _ place: ContentPlace) throws {
    changes.removeAll()
    changes.append(place.rawValue)
    changes.append(row)
    try engine.executeForEach("UPDATE span SET \(SpanContents.placeColumns[part]) = ?1 WHERE row = ?2", changes)
  }
}
