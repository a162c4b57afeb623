import Records

/// Counts the spans of one commit by what checks ask of traffic, so that a check never scans the spans themselves.
final class SpanRollup {
  /// Numbers of terms; nil where the span says nothing.
  private struct Cell: Hashable {
    var day: Int64
    var feature: Int64
    var trafficCluster: Int64?
    var tags: Int64
    var modelServed: Int64?
    var promptSHA256: Int64?
    var predicted: Int64?
  }

  private struct Sum {
    var spans: Int64 = 0
    var costHigh: Int64 = 0
    var costLow: Int64 = 0
  }

  private let engine: any EngineWriter
  private let terms: Terms
  private var cells: [Cell: Sum] = [:]

  init(_ engine: any EngineWriter, terms: Terms) {
    self.engine = engine
    self.terms = terms
  }

  func add(_ span: SpanRecord) throws { try count(span, by: 1) }

  /// Takes back what a span that is replaced has added.
  func remove(row: Int64) throws {
    let table = SpanRecord.table
    let statement = Statement(
      "\(table.selection) WHERE t.row = ?1", [.integer(row)], columns: table.selectionKinds)
    let old = try engine.first(
      Query(statement) { batch, row in
        var reader = RowReader(batch, row: row)
        _ = (reader.integer(), reader.bytes())
        return try SpanRecord(&reader)
      })
    if let old { try count(old, by: -1) }
  }

  private func count(_ span: SpanRecord, by sign: Int64) throws {
    let cell = Cell(
      day: span.startedAt.day, feature: try terms.id(span.feature),
      trafficCluster: try span.trafficCluster.map(terms.id), tags: try terms.id(span.tags.canonical),
      modelServed: try span.modelServed.map(terms.id), promptSHA256: try span.promptSHA256.map(terms.id),
      predicted: try SpanRollup.predicted(span).map(terms.id))
    var sum = cells[cell, default: Sum()]
    sum.spans += sign
    // Currencies are never added: the rollup counts dollars, which is what `cost_usd` holds.
    if let cost = span.cost, cost.currency == "USD" {
      sum.costHigh += sign * Int64(truncatingIfNeeded: cost.units >> 32)
      sum.costLow += sign * Int64(truncatingIfNeeded: cost.units & 0xFFFF_FFFF)
    }
    cells[cell] = sum
  }

  /// The label that a classifier gave, which lies among the attributes.
  private static func predicted(_ span: SpanRecord) -> String? {
    guard let attributes = span.attributes, attributes.contains("\"predicted\"") else { return nil }
    return (try? JSONValue(parsing: attributes))?["predicted"]?.text
  }

  func write(seq: Int64) throws {
    let batch = RowBatch([RowBatch.ColumnKind](repeating: .integer, count: 11))
    func write() throws {
      try engine.executeForEach(
        """
        INSERT INTO span_rollup(
          seq, day, feature, traffic_cluster, tags, model_served, prompt_sha256, predicted, spans, cost_high, cost_low)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        """, batch)
      batch.removeAll()
    }
    for (cell, sum) in cells where sum.spans != 0 || sum.costHigh != 0 || sum.costLow != 0 {
      batch.append(seq)
      for value in [
        cell.day, cell.feature, cell.trafficCluster, cell.tags, cell.modelServed, cell.promptSHA256, cell.predicted,
        sum.spans, sum.costHigh, sum.costLow,
      ] { batch.append(value) }
      if batch.isFull { try write() }
    }
    try write()
    cells.removeAll()
  }
}
