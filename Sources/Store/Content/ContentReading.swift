public import Records

/// What the ledger has under a hash.
public enum ContentAnswer: Sendable, Equatable {
  case bytes([UInt8])
  /// It was here; somebody had it erased.
  case erased
  /// Only its hash was ever delivered.
  case elsewhere
  /// It should be here, and is not, or is not what it was: why, in words.
  case damaged(String)
}

extension Snapshot {
  /// What a record named by its hash, checked against the hash.
  /// - Parameter at: when the record happened.
  public func content(_ sha256: SHA256Digest, at: Instant) throws -> ContentAnswer {
    let query = Query(
      Statement(
        "SELECT bytes, form, body FROM content WHERE hour = ?1 AND sha256 = ?2",
        [.integer(at.hour), .blob(sha256.bytes)], columns: [.integer, .integer, .blob])
    ) { batch, row in StoredContent(batch, row) }
    // The hash that names it is part of the inputs already.
    guard let stored = try fetchUnhashed(query).first else { return .damaged("content \(sha256) is gone") }
    return stored.answer(sha256, ContentCoder())
  }
}

/// A row of a content.
struct StoredContent {
  private let length: Int64?
  private let form: Int64?
  private let body: [UInt8]?

  /// Reads the columns `bytes`, `form` and `body`.
  init(_ batch: RowBatch, _ row: Int, from column: Int = 0) {
    length = batch.integer(column, row)
    form = batch.integer(column + 1, row)
    body = batch.blob(column + 2, row)
  }

  func answer(_ sha256: SHA256Digest, _ coder: ContentCoder) -> ContentAnswer {
    guard let form = form.flatMap(ContentForm.init(rawValue:)) else {
      return .damaged("content \(sha256) is in a form that there is not")
    }
    switch form {
    case .erased: return .erased
    case .elsewhere: return .elsewhere
    case .plain, .zstd:
      guard let length = length.flatMap({ Int(exactly: $0) }), length >= 0, let body,
        let bytes = body.withUnsafeBytes({ coder.decode($0, form, length: length) }),
        SHA256Digest(of: bytes) == sha256
      else { return .damaged("content \(sha256) was changed after it was stored") }
      return .bytes(bytes)
    }
  }
}
