public import Records

/// What folds ask of a span, whether it still lies in a row or was read whole; fields that were not asked for are nil.
public protocol SpanFacts {
  var recordID: RecordID? { get }
  var spanID: String { get throws }
  var startedAt: Instant { get throws }
  var kind: String? { get throws }
  var modelServed: String? { get throws }
  var promptSHA256: String? { get throws }
  var configSHA256: String? { get throws }
  var indexSHA256: String? { get throws }
  /// JSON of a list; `[]` ran and found nothing, nil was not recorded.
  var retrieved: String? { get throws }
  /// JSON of an object; nil where none of the keys that were asked for is in it.
  var attributes: String? { get throws }
  /// The id of its trace.
  var trace: TextKey { get throws }
}

extension WindowSpan: SpanFacts {
  public var trace: TextKey { TextKey(traceID) }
}

/// A span where it was read: a field is made when it is asked for. Whoever folds millions of spans asks little of most of them.
///
/// It is there while it is handed out.
public struct SpanRow: SpanFacts {
  let batch: RowBatch
  let row: Int
  let columns: SpanColumns
  let terms: TermReader

  public var recordID: RecordID? { batch.recordID(SpanColumns.recordID, row) }
  public var spanID: String { get throws { try required(batch.string(SpanColumns.spanID, row), SpanColumns.spanID) } }
  public var trace: TextKey {
    get throws { TextKey(try required(batch.bytes(SpanColumns.traceID, row), SpanColumns.traceID)) }
  }
  public var startedAt: Instant {
    get throws {
      Instant(nanoseconds: try required(batch.integer(SpanColumns.startedAt, row), SpanColumns.startedAt))
    }
  }
  public var kind: String? { get throws { try term(columns.kind) } }
  public var modelServed: String? { get throws { try term(columns.modelServed) } }
  public var promptSHA256: String? { get throws { try term(columns.digests) } }
  public var configSHA256: String? { get throws { try term(columns.digests.map { $0 + 1 }) } }
  public var indexSHA256: String? { get throws { try term(columns.digests.map { $0 + 2 }) } }
  public var retrieved: String? { columns.retrieved.flatMap { batch.string($0, row) } }
  public var attributes: String? { columns.attributes.flatMap { batch.string($0, row) } }

  private func term(_ column: Int?) throws -> String? {
    guard let column, let number = batch.integer(column, row) else { return nil }
    return try required(try terms.text(number), column)
  }

  private func required<Value>(_ value: Value?, _ column: Int) throws -> Value {
    guard let value else { throw RowReader.UnreadableRow(row: row, column: column) }
    return value
  }
}
