import Records

/// Counts the spans of one commit by what checks ask of traffic, so that a check never scans the spans themselves.
final class SpanRollup: Rollup {
  /// Numbers of terms; nil where the span says nothing.
  private struct Cell: Hashable {
    var day: Int64
    var feature: Int64
    var trafficCluster: Int64?
    var tags: Int64
    var modelServed: Int64?
    var promptSHA256: Int64?
    var predicted: Int64?

    var values: [Int64?] { [day, feature, trafficCluster, tags, modelServed, promptSHA256, predicted] }
  }

  private struct Sum {
    var spans: Int64 = 0
    var costHigh: Int64 = 0
    var costLow: Int64 = 0
  }

  static let columns = [
    "seq", "day", "feature", "traffic_cluster", "tags", "model_served", "prompt_sha256", "predicted", "spans",
    "cost_high", "cost_low",
  ]
  /// What it needs of a span.
  private static let spanColumns = [
    "started_at", "feature", "traffic_cluster", "tags", "model_served", "prompt_sha256", "cost_high", "cost_low",
    "cost_currency", "attributes",
  ]

  private let engine: any EngineWriter
  private let terms: Terms
  private var cells: [Cell: Sum] = [:]
  private let places = SpanRollup.spanColumns.map { SpanRecord.table.column($0) }

  init(_ engine: any EngineWriter, terms: Terms) {
    self.engine = engine
    self.terms = terms
  }

  func add(_ rows: RowBatch, _ stored: [Int]) throws {
    for row in stored { try count(rows, row, places, by: 1) }
  }

  func remove(_ rows: [Int64]) throws {
    guard !rows.isEmpty else { return }
    let asked = RowBatch([.integer])
    for row in rows { asked.append(row) }
    try engine.queryForEach(
      "SELECT \(SpanRollup.spanColumns.joined(separator: ", ")) FROM span WHERE row = ?1", asked, order: nil,
      columns: places.map { SpanRecord.table.batchKinds[$0] }
    ) { batch in
      for row in 0..<batch.count { try count(batch, row, Array(1...places.count), by: -1) }
    }
  }

  private func count(_ rows: RowBatch, _ row: Int, _ places: [Int], by sign: Int64) throws {
    let cell = Cell(
      day: Instant(nanoseconds: rows.integer(places[0], row) ?? 0).day, feature: rows.integer(places[1], row) ?? 0,
      trafficCluster: rows.integer(places[2], row), tags: rows.integer(places[3], row) ?? 0,
      modelServed: rows.integer(places[4], row), promptSHA256: rows.integer(places[5], row),
      predicted: try SpanRollup.predicted(rows.bytes(places[9], row)).map { try terms.id($0.identifier, column: 63) })
    var sum = cells[cell, default: Sum()]
    sum.spans += sign
    // Currencies are never added: the rollup counts dollars, which is what `cost_usd` holds.
    if let high = rows.integer(places[6], row), let low = rows.integer(places[7], row),
      let currency = rows.integer(places[8], row), currency == (try terms.id("USD", column: 62))
    {
      sum.costHigh += sign * high
      sum.costLow += sign * low
    }
    cells[cell] = sum
  }

  /// The label that a classifier gave, which lies among the attributes.
  private static func predicted(_ attributes: UnsafeRawBufferPointer?) throws -> String? {
    // Most attributes have no such member: they are not parsed.
    guard let attributes, attributes.holds("\"predicted\"") else { return nil }
    return (try? JSONValue(parsing: String(decoding: attributes, as: UTF8.self)))?["predicted"]?.text
  }

  func write(seq: Int64) throws -> CommitEntry.Part? {
    var rows = try RollupRows(engine, table: "span_rollup", columns: SpanRollup.columns)
    let changed = cells.filter { $0.value.spans != 0 || $0.value.costHigh != 0 || $0.value.costLow != 0 }
    // Equal deliveries write equal rows, whatever the order of a dictionary.
    for (cell, sum) in changed.sorted(by: { SpanRollup.precedes($0.key.values, $1.key.values) }) {
      try rows.append([seq] + cell.values + [sum.spans, sum.costHigh, sum.costLow])
    }
    cells.removeAll()
    return try rows.finish(.spanRollup)
  }

  private static func precedes(_ left: [Int64?], _ right: [Int64?]) -> Bool {
    for (left, right) in zip(left, right) where left != right { return (left ?? .min) < (right ?? .min) }
    return false
  }
}
