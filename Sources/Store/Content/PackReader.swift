import Records

/// Reads packs, and remembers those that were read last.
final class PackReader {
  /// A pack as it was found.
  enum Found {
    case pack(ContentPack)
    /// All of it was erased.
    case erased
    /// Why it cannot be read, after "content … ".
    case damaged(String)
  }

  private let fetch: (Query<(Int64?, Found)>) throws -> (Int64?, Found)?
  private let coder = ContentCoder()
  private var known: [Int64: (hour: Int64?, found: Found)] = [:]
  /// Oldest first.
  private var order: [Int64] = []
  private var bytes = 0

  private static let mostBytes = 8 << 20

  /// - Parameter fetch: the first row of an answer.
  init(_ fetch: @escaping (Query<(Int64?, Found)>) throws -> (Int64?, Found)?) {
    self.fetch = fetch
  }

  convenience init(_ engine: any EngineReader) { self.init { try engine.first($0) } }

  /// - Parameter hour: in which its contents were said; nil does not matter.
  func pack(_ row: Int64, hour: Int64?) throws -> Found {
    let (known, found) = try load(row)
    if let hour, let known, known != hour { return .damaged("lies in hour \(known), and was said in hour \(hour)") }
    return found
  }

  private func load(_ row: Int64) throws -> (hour: Int64?, found: Found) {
    if let pack = known[row] { return pack }
    let coder = coder
    let statement = Statement(
      "SELECT hour, bytes, form, body FROM content WHERE row = ?1", [.integer(row)],
      columns: [.integer, .integer, .integer, .blob])
    let query = Query(statement) { batch, row in (batch.integer(0, row), PackReader.decode(batch, row, coder)) }
    let pack: (hour: Int64?, found: Found) = try fetch(query) ?? (nil, .damaged("is gone"))
    remember(pack, row)
    return pack
  }

  /// Reads the columns `bytes`, `form` and `body`, the second and those after it.
  private static func decode(_ batch: RowBatch, _ row: Int, _ coder: ContentCoder) -> Found {
    guard let form = batch.integer(2, row).flatMap(ContentForm.init(rawValue:)) else {
      return .damaged("is in a form that there is not")
    }
    if form == .erased { return .erased }
    guard let length = batch.integer(1, row).flatMap({ Int(exactly: $0) }), length >= 0,
      let body = batch.bytes(3, row), let bytes = coder.decode(body, form, length: length),
      let pack = ContentPack(bytes: bytes)
    else { return .damaged("was changed after it was stored") }
    return .pack(pack)
  }

  private func remember(_ pack: (hour: Int64?, found: Found), _ row: Int64) {
    func size(_ found: Found) -> Int {
      guard case .pack(let pack) = found else { return 64 }
      return pack.contents.reduce(64) { $0 + 64 + ($1?.count ?? 0) }
    }
    bytes += size(pack.found)
    known[row] = pack
    order.append(row)
    while bytes > PackReader.mostBytes, order.count > 1 {
      guard let old = known.removeValue(forKey: order.removeFirst()) else { continue }
      bytes -= size(old.found)
    }
  }

  /// What lies at a place, checked against its hash.
  func answer(_ found: Found, _ place: ContentPlace, _ sha256: SHA256Digest) -> ContentAnswer {
    switch found {
    case .erased: return .erased
    case .damaged(let problem): return .damaged("content \(sha256) \(problem)")
    case .pack(let pack):
      guard pack.contents.indices.contains(place.ordinal) else { return .damaged("content \(sha256) is gone") }
      guard let bytes = pack.contents[place.ordinal] else { return .erased }
      guard SHA256Digest(of: bytes) == sha256 else {
        return .damaged("content \(sha256) was changed after it was stored")
      }
      return .bytes(bytes)
    }
  }
}
