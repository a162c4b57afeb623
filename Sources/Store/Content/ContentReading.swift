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

/// What tells a span from all others.
public protocol SpanIdentity {
  var traceID: String { get }
  var spanID: String { get }
  var startedAt: Instant { get }
}

extension SpanRecord: SpanIdentity {}
extension WindowSpan: SpanIdentity {}

extension Snapshot {
  /// What a span named by its hash, checked against the hash.
  ///
  /// Spans that are asked in the order in which they were stored cost the least: what was said lies in that order.
  public func content(_ sha256: SHA256Digest, of span: some SpanIdentity) throws -> ContentAnswer {
    // The hash that names it is part of the inputs already.
    switch try place(of: sha256, in: span) {
    case nil: .damaged("no span names content \(sha256)")
    case .some(nil): .elsewhere
    case .some(let place?): packs.answer(try packs.pack(place.pack, hour: span.startedAt.hour), place, sha256)
    }
  }

  /// Nil when the span does not name it; nil in it when its bytes were never delivered.
  private func place(of sha256: SHA256Digest, in span: some SpanIdentity) throws -> ContentPlace?? {
    func find(_ source: String, _ arguments: [SQLValue]) throws -> ContentPlace?? {
      let query = Query(
        Statement(
          "SELECT \(SpanContents.columns("t")) FROM \(source)", arguments, columns: SpanContents.columnKinds)
      ) { batch, row in SpanContents.places(batch, row, from: 0) }
      let named = try fetchUnhashed(query).joined().filter { $0.sha256 == sha256 }
      guard let first = named.first else { return nil }
      return .some(named.compactMap(\.place).first ?? first.place)
    }
    var bytes = KeyBytes()
    bytes.reset(kind: .span)
    bytes.placeBy(span.startedAt)
    bytes.append(span.traceID)
    bytes.append(span.spanID)
    let key = bytes.key
    let newest = try find(
      "natural_key k JOIN span t ON t.row = k.row WHERE k.high = ?1 AND k.low = ?2",
      [.integer(Int64(bitPattern: key.high)), .integer(Int64(bitPattern: key.low))])
    if let newest, newest != nil { return newest }
    // The span as it was, before it was replaced.
    let earlier = try find(
      "span t WHERE t.row IN (\(SpanRecord.rowsOfTrace("?1"))) AND t.span_id = ?2",
      [.text(span.traceID.identifier), .text(span.spanID.identifier)])
    return earlier ?? newest
  }
}

extension SpanContents {
  /// A hash and where its bytes are; nil when they were never delivered.
  typealias Placed = (sha256: SHA256Digest, place: ContentPlace?)

  /// The columns of places, in the order of the parts.
  static let placeColumns = parts.map { "\($0.name)_place" }

  /// Hashes and places, in turn.
  static func columns(_ alias: String) -> String {
    parts.map { "\(alias).\($0.name)_sha256, \(alias).\($0.name)_place" }.joined(separator: ", ")
  }

  static let columnKinds = parts.flatMap { _ in [RowBatch.ColumnKind.blob, .integer] }

  /// What is selected by `columns`: of each part in turn, nil where nothing is named.
  static func parts(_ batch: RowBatch, _ row: Int, from column: Int) -> [Placed?] {
    parts.indices.map { part in
      batch.digest(column + 2 * part, row).map { sha256 in
        (sha256, batch.integer(column + 2 * part + 1, row).map(ContentPlace.init(rawValue:)))
      }
    }
  }

  static func places(_ batch: RowBatch, _ row: Int, from column: Int) -> [Placed] {
    parts(batch, row, from: column).compactMap(\.self)
  }
}
