import Records

/// Stores what records name by their hashes, in packs, in the commit of the record.
///
/// What no record names that is kept is not stored: nobody could find it to erase it.
final class ContentAppender {
  /// A pack that is not full yet.
  private struct Open {
    let row: Int64
    var contents: [[UInt8]?] = []
    var size = 0
  }

  /// A pack that is full, and is being compressed.
  private struct Pressing {
    let row: Int64
    let hour: Int64
    let contents: Int
    let bytes: Int
    let pressed: PackPress.Pressed
  }

  private let engine: any EngineWriter
  private let recent: RecentContents
  private let coder = ContentCoder()
  /// Most commits have no full pack.
  private lazy var press = PackPress()
  private var pressing: [Pressing] = []
  /// Delivered and not yet named; of a delivery that came whole, all of it.
  private var delivered: [ContentKey: [UInt8]] = [:]
  private var isWhole = false
  /// Named by records of which it is not known yet whether they are new.
  private var waiting: [ContentKey: [UInt8]] = [:]
  private var waitingBytes = 0
  /// By their hours.
  private var open: [Int64: Open] = [:]
  private let rows = RowBatch([.integer, .integer, .integer, .integer, .integer, .blob])
  /// The next pack's row.
  private var nextRow: Int64?
  /// What `RecentContents` calls this commit; nil when it stores no contents.
  private(set) var commit: Int?

  private static let waitingLimit = 16 << 20
  private static let openLimit = 64
  /// Packs that wait for each other: what they hold is twice in memory.
  private static let pressingLimit = 16

  init(_ engine: any EngineWriter, recent: RecentContents) {
    self.engine = engine
    self.recent = recent
  }

  /// Takes what the next records may name.
  func append(_ content: Content) {
    delivered[ContentKey(hour: content.at.hour, sha256: content.sha256)] = content.bytes
  }

  /// Notes that a record names some contents, which came before it.
  func note(_ contents: SpanContents, at: Instant) {
    guard !delivered.isEmpty else { return }
    for digest in contents.all {
      let key = ContentKey(hour: at.hour, sha256: digest)
      // Of a delivery, the next record may name it too, and by then this one may turn out to be known already.
      guard let bytes = isWhole ? delivered[key] : delivered.removeValue(forKey: key) else { continue }
      if waiting.updateValue(bytes, forKey: key) == nil { waitingBytes += bytes.count }
    }
  }

  /// Whether it is time to find out which records are new.
  var isFull: Bool { waitingBytes > ContentAppender.waitingLimit }

  /// The contents of one delivery follow, then its records. What was delivered before and no record named is forgotten.
  /// - Parameter count: how many contents those are: tables that grow by doubling would be filled again and again.
  func startDelivery(of count: Int) {
    delivered.removeAll(keepingCapacity: true)
    delivered.reserveCapacity(count)
    waiting.reserveCapacity(waiting.count + count)
    isWhole = true
  }

  /// It is known of all records so far whether they are new.
  func settle() {
    waiting.removeAll(keepingCapacity: true)
    waitingBytes = 0
  }

  /// Whether the bytes were delivered with this commit.
  func has(_ key: ContentKey) -> Bool { waiting[key] != nil }

  /// Where a content lies; it is stored if it is not. Nil when its bytes did not come with this commit: what others said is
  /// nobody's who only knows the hash.
  func place(_ key: ContentKey) throws -> ContentPlace? {
    guard let bytes = waiting[key] else { return nil }
    let row = try nextRow ?? start()
    if let place = recent[key] { return place }
    let place = try put(bytes, hour: key.hour, row: row)
    recent.keep(place, of: key)
    return place
  }

  private func start() throws -> Int64 {
    var found: (row: Int64, change: Int64) = (1, 0)
    try engine.query(
      Statement(
        "SELECT (SELECT MAX(row) FROM content), (SELECT MAX(row) FROM change)", columns: [.integer, .integer])
    ) { batch in
      found = ((batch.integer(0, 0) ?? 0) + 1, batch.integer(1, 0) ?? 0)
    }
    commit = recent.start(after: found.change)
    nextRow = found.row
    return found.row
  }

  private func put(_ bytes: [UInt8], hour: Int64, row: Int64) throws -> ContentPlace {
    var pack: Open
    if let known = open.removeValue(forKey: hour) {
      pack = known
    } else {
      if open.count >= ContentAppender.openLimit { try closeAll() }
      nextRow = row + 1
      pack = Open(row: row)
    }
    pack.contents.append(bytes)
    pack.size += bytes.count
    let place = ContentPlace(pack: pack.row, ordinal: pack.contents.count - 1)
    if pack.size >= ContentPack.size || pack.contents.count == ContentPack.mostContents {
      try closeFull(pack, hour: hour)
    } else {
      open[hour] = pack
    }
    return place
  }

  private func closeFull(_ pack: Open, hour: Int64) throws {
    let packed = ContentPack(pack.contents).bytes
    pressing.append(
      Pressing(
        row: pack.row, hour: hour, contents: pack.contents.count, bytes: packed.count, pressed: press.press(packed)))
    if pressing.count >= ContentAppender.pressingLimit { try settlePressing() }
  }

  private func settlePressing() throws {
    for pack in pressing {
      let (form, bytes) = pack.pressed.take()
      try bytes.withUnsafeBytes {
        try append(row: pack.row, hour: pack.hour, contents: pack.contents, bytes: pack.bytes, form, $0)
      }
    }
    pressing.removeAll(keepingCapacity: true)
  }

  private func closeAll() throws {
    for (hour, pack) in open.sorted(by: { $0.value.row < $1.value.row }) { try close(pack, hour: hour) }
    open.removeAll()
  }

  private func close(_ pack: Open, hour: Int64) throws {
    let packed = ContentPack(pack.contents).bytes
    try coder.encode(packed) {
      try append(row: pack.row, hour: hour, contents: pack.contents.count, bytes: packed.count, $0, $1)
    }
  }

  private func append(
    row: Int64, hour: Int64, contents: Int, bytes: Int, _ form: ContentForm, _ body: UnsafeRawBufferPointer
  ) throws {
    rows.append(row)
    rows.append(hour)
    rows.append(Int64(contents))
    rows.append(Int64(bytes))
    rows.append(form.rawValue)
    rows.append(bytes: body)
    if rows.isFull { try write() }
  }

  /// Writes what is not written yet.
  func finish() throws {
    try settlePressing()
    try closeAll()
    try write()
  }

  private func write() throws {
    guard rows.count > 0 else { return }
    try engine.insert(into: "content", columns: ["row", "hour", "contents", "bytes", "form", "body"], rows)
    rows.removeAll()
  }
}

extension Instant {
  /// The hour since 1970, as `SpanRecord.hour` has it in SQL.
  var hour: Int64 { nanoseconds / 3_600_000_000_000 }
}
