import Records

/// Whether everything that spans name is there, or was erased, or was never delivered; and is what was named.
struct ContentVerifier {
  private let engine: any EngineReader

  init(_ engine: any EngineReader) {
    self.engine = engine
  }

  /// Spans in the order of their rows name contents nearly in the order of theirs: packs are read about once.
  func verify(into result: inout LedgerVerification) throws {
    let packs = PackReader(engine)
    // Instructions that many spans share are hashed once.
    var sound: [ContentPlace: ContentKey] = [:]
    let named = SpanContents.parts.map { "t.\($0.name)_sha256 IS NOT NULL" }.joined(separator: " OR ")
    let statement = Statement(
      "SELECT t.row, \(SpanRecord.hour("t")), \(SpanContents.columns("t")) FROM span t WHERE \(named) ORDER BY t.row",
      columns: [.integer, .integer] + SpanContents.columnKinds)
    try engine.query(statement) { batch in
      for row in 0..<batch.count where !result.isFull {
        for (part, placed) in zip(SpanContents.parts, SpanContents.parts(batch, row, from: 2)) {
          let key = placed.map { ContentKey(hour: batch.integer(1, row) ?? 0, sha256: $0.sha256) }
          guard let placed, let place = placed.place, sound[place] != key else { continue }
          let found = try packs.pack(place.pack, hour: key?.hour)
          if case .damaged(let problem) = packs.answer(found, place, placed.sha256) {
            result.note("\(problem): the \(part.name) of span row \(batch.integer(0, row) ?? 0)")
          } else {
            if sound.count >= ContentVerifier.mostRemembered { sound.removeAll(keepingCapacity: true) }
            sound[place] = key
          }
        }
      }
    }
    try verifyCounts(packs, into: &result)
  }

  private static let mostRemembered = 16_384

  /// How many contents a pack says that it holds is what a pruning counts.
  private func verifyCounts(_ packs: PackReader, into result: inout LedgerVerification) throws {
    try engine.query(
      Statement("SELECT row, contents FROM content ORDER BY row", columns: [.integer, .integer])
    ) { batch in
      for row in 0..<batch.count where !result.isFull {
        guard let number = batch.integer(0, row) else { continue }
        let count: Int
        switch try packs.pack(number, hour: nil) {
        case .erased: count = 0
        case .pack(let pack): count = pack.count
        case .damaged(let problem):
          result.note("content row \(number) \(problem)")
          continue
        }
        if batch.integer(1, row) != Int64(count) { result.note("content row \(number) holds \(count) contents") }
      }
    }
  }
}
