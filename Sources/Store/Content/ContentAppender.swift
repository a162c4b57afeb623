import Records

/// Stores what records name by their hashes, each once an hour, in the commit of the record.
///
/// What no record names that is kept is not stored: nobody could find it to erase it.
final class ContentAppender {
  private struct Key: Hashable, Comparable {
    let hour: Int64
    let sha256: SHA256Digest

    static func < (left: Key, right: Key) -> Bool {
      (left.hour, left.sha256.words.0, left.sha256.words.1) < (right.hour, right.sha256.words.0, right.sha256.words.1)
    }
  }

  private let engine: any EngineWriter
  private let coder = ContentCoder()
  /// Delivered and not yet named.
  private var delivered: [Key: [UInt8]] = [:]
  /// Named and delivered, and not yet written.
  private var waiting: [Key: [UInt8]] = [:]
  private var waitingBytes = 0
  /// Named and not delivered in this commit.
  private var named: Set<Key> = []
  /// Known to be in the ledger.
  private var written: Set<Key> = []
  private let lookUps = RowBatch([.integer, .blob])
  private let rows = RowBatch([.integer, .integer, .blob, .integer, .integer, .blob])
  private var nextRow: Int64?

  private static let waitingLimit = 16 << 20

  init(_ engine: any EngineWriter) {
    self.engine = engine
  }

  /// Takes what the next records may name.
  func append(_ content: Content) {
    let key = Key(hour: content.at.hour, sha256: content.sha256)
    if waiting[key] == nil, !written.contains(key) { delivered[key] = content.bytes }
  }

  /// Notes that a record names some contents, which came before it, are here, or lie elsewhere.
  func note(_ contents: SpanContents, at: Instant) throws {
    for digest in contents.all {
      let key = Key(hour: at.hour, sha256: digest)
      guard waiting[key] == nil, !written.contains(key) else { continue }
      if let bytes = delivered.removeValue(forKey: key) {
        named.remove(key)
        waitingBytes += bytes.count
        waiting[key] = bytes
      } else {
        named.insert(key)
      }
    }
    if waitingBytes > ContentAppender.waitingLimit || waiting.count + named.count >= RowBatch.capacity { try flush() }
  }

  /// What was delivered and no record names is forgotten.
  func startDelivery() { delivered.removeAll(keepingCapacity: true) }

  func flush() throws {
    guard !waiting.isEmpty || !named.isEmpty else { return }
    let keys = (Array(waiting.keys) + named).sorted()
    for start in stride(from: 0, to: keys.count, by: RowBatch.capacity) {
      try write(Array(keys[start..<min(start + RowBatch.capacity, keys.count)]))
    }
    if written.count > RowBatch.capacity * 16 { written.removeAll() }
    written.formUnion(waiting.keys)
    waiting.removeAll(keepingCapacity: true)
    named.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  private func write(_ keys: [Key]) throws {
    let known = try forms(of: keys)
    var row = try nextRow ?? (try engine.integer("SELECT MAX(row) FROM content") ?? 0) + 1
    rows.removeAll()
    for (place, key) in keys.enumerated() {
      // What was erased stays erased, whoever delivers it again.
      if let form = known[place] {
        if form == .elsewhere, let bytes = waiting[key] { try fill(key, bytes) }
        continue
      }
      rows.append(row)
      rows.append(key.hour)
      rows.append(key.sha256)
      if let bytes = waiting[key] {
        rows.append(Int64(bytes.count))
        try coder.encode(bytes) { form, stored in
          rows.append(form.rawValue)
          rows.append(bytes: stored)
        }
      } else {
        rows.append(nil as Int64?)
        rows.append(ContentForm.elsewhere.rawValue)
        rows.append(bytes: nil)
      }
      row += 1
    }
    nextRow = row
    try engine.insert(into: "content", columns: ["row", "hour", "sha256", "bytes", "form", "body"], rows)
    rows.removeAll()
  }

  /// How those lie here that do, by their places.
  private func forms(of keys: [Key]) throws -> [Int: ContentForm] {
    lookUps.removeAll()
    for key in keys {
      lookUps.append(key.hour)
      lookUps.append(key.sha256)
    }
    var forms: [Int: ContentForm] = [:]
    try engine.queryForEach(
      "SELECT form FROM content WHERE hour = ?1 AND sha256 = ?2", lookUps, order: nil, columns: [.integer]
    ) { batch in
      for row in 0..<batch.count {
        guard let place = batch.integer(0, row), let form = batch.integer(1, row) else { continue }
        forms[Int(place)] = ContentForm(rawValue: form)
      }
    }
    return forms
  }

  /// Gives the bytes to a hash that came without them.
  private func fill(_ key: Key, _ bytes: [UInt8]) throws {
    try coder.encode(bytes) { form, stored in
      try engine.execute(
        Statement(
          "UPDATE content SET bytes = ?1, form = ?2, body = ?3 WHERE hour = ?4 AND sha256 = ?5",
          [
            .integer(Int64(bytes.count)), .integer(form.rawValue), .blob(Array(stored)), .integer(key.hour),
            .blob(key.sha256.bytes),
          ]))
    }
  }
}

extension Instant {
  /// The hour since 1970, as `SpanRecord.hour` has it in SQL.
  var hour: Int64 { nanoseconds / 3_600_000_000_000 }
}
