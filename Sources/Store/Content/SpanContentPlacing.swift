import Records

/// Stores what new spans said, and notes in their rows where it lies.
final class SpanContentPlacing: RowPlacing {
  private let engine: any EngineWriter
  private let contents: ContentAppender
  private let lookUps = RowBatch([.integer, .integer, .integer])
  private let changes = RowBatch([.integer, .integer])

  private static let startedAt = SpanRecord.table.column("started_at")
  private static let hashes = SpanContents.parts.map { SpanRecord.table.column("\($0.name)_sha256") }
  private static let places = SpanContents.parts.indices.map { SpanRecord.table.rowColumn + 1 + $0 }

  init(_ engine: any EngineWriter, _ contents: ContentAppender) {
    self.engine = engine
    self.contents = contents
  }

  func place(_ rows: RowBatch, keys: [NaturalKey], stored: [Bool], newest: [Int64?]) throws {
    let earlier = try earlier(rows, keys, stored, newest)
    for row in 0..<rows.count {
      for (part, column) in SpanContentPlacing.hashes.enumerated() {
        guard let sha256 = rows.digest(column, row) else { continue }
        let key = ContentKey(hour: hour(rows, row), sha256: sha256)
        // A span that says again what it said in that hour: where that lies already, and what was erased stays erased.
        let known = earlier[row, default: []].filter { $0.key == key && $0.part == part }
        if stored[row] {
          if let place = try known.compactMap(\.place).first ?? contents.place(key) {
            rows.set(SpanContentPlacing.places[part], row, place.rawValue)
          }
        } else if let bare = known.first(where: { $0.row == newest[row] && $0.place == nil }),
          let place = try contents.place(key)
        {
          try fill(part, bare.row, place)
        }
      }
    }
    contents.settle()
  }

  private func hour(_ rows: RowBatch, _ row: Int) -> Int64 {
    Instant(nanoseconds: rows.integer(SpanContentPlacing.startedAt, row) ?? 0).hour
  }

  /// What a span said before, and where that lies.
  private struct Said {
    let row: Int64
    let part: Int
    let key: ContentKey
    let place: ContentPlace?
  }

  /// What the spans said before: those that are replaced, the newest first, and those that are delivered again with their words.
  private func earlier(
    _ rows: RowBatch, _ keys: [NaturalKey], _ stored: [Bool], _ newest: [Int64?]
  ) throws -> [Int: [Said]] {
    var found: [Int: [Said]] = [:]
    func ask(_ asked: [Int], _ source: String) throws {
      guard !asked.isEmpty else { return }
      lookUps.removeAll()
      for row in asked {
        lookUps.append(newest[row])
        lookUps.append(keys[row])
      }
      try engine.queryForEach(
        "SELECT t.row, t.started_at, \(SpanContents.columns("t")) FROM \(source)", lookUps, order: nil,
        columns: [.integer, .integer] + SpanContents.columnKinds
      ) { batch in
        for answer in 0..<batch.count {
          guard let place = batch.integer(0, answer), let row = batch.integer(1, answer) else { continue }
          let hour = Instant(nanoseconds: batch.integer(2, answer) ?? 0).hour
          for (part, placed) in SpanContents.parts(batch, answer, from: 3).enumerated() {
            guard let placed else { continue }
            found[asked[Int(place)], default: []].append(
              Said(row: row, part: part, key: ContentKey(hour: hour, sha256: placed.sha256), place: placed.place))
          }
        }
      }
    }
    let named = (0..<rows.count).filter { row in
      newest[row] != nil
        && SpanContentPlacing.hashes.contains { column in
          guard let sha256 = rows.digest(column, row) else { return false }
          return stored[row] || contents.has(ContentKey(hour: hour(rows, row), sha256: sha256))
        }
    }
    try ask(named, "span t WHERE t.row = ?1 AND ?2 IS NOT NULL AND ?3 IS NOT NULL")
    let kind = RecordKind.span.rawValue
    for table in ["superseded", "rival"] {
      try ask(
        named.filter { stored[$0] },
        """
        \(table) x JOIN span t ON t.row = x.row WHERE x.high = ?2 AND x.low = ?3 AND x.kind = \(kind) AND t.row <> ?1
        ORDER BY t.row DESC
        """)
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
