public import Records

/// Spans of one feature on some days that are alike in everything that checks tell apart.
public struct TrafficCell: Sendable, Equatable {
  /// Days since 1970, UTC.
  public let day: Int64
  public let feature: String
  public let trafficCluster: String?
  public let tags: Tags
  public let modelServed: String?
  public let promptSHA256: String?
  public let predicted: String?
  public let spans: Int64
  /// In dollars; spans whose cost is not known add nothing.
  public let cost: Money?
}

extension Snapshot {
  /// Traffic of whole UTC days, from the rollup that is written with the spans: its size grows with the number of
  /// combinations and days, not of spans.
  /// - Parameters:
  ///   - feature: one feature; nil for all.
  ///   - days: how many days, the day of `asOf` the last of them.
  public func traffic(
    feature: String?, days: Int64, _ body: (TrafficCell) throws -> Void
  ) throws {
    let condition = feature == nil ? "" : "AND r.feature = (SELECT id FROM term WHERE value = ?4)"
    let last = asOf.day
    func term(_ column: String) -> String { "(SELECT value FROM term WHERE id = r.\(column))" }
    let statement = Statement(
      """
      SELECT r.day, \(term("feature")), \(term("traffic_cluster")), \(term("tags")), \(term("model_served")),
        \(term("prompt_sha256")), \(term("predicted")), SUM(r.spans), SUM(r.cost_high), SUM(r.cost_low)
      FROM span_rollup r WHERE r.seq <= ?1 AND r.day > ?2 AND r.day <= ?3 \(condition)
      GROUP BY r.day, r.feature, r.traffic_cluster, r.tags, r.model_served, r.prompt_sha256, r.predicted
      HAVING SUM(r.spans) > 0
      ORDER BY r.day, r.feature, r.traffic_cluster, r.tags, r.model_served, r.prompt_sha256, r.predicted
      """,
      [.integer(horizon.seq), .integer(last - days), .integer(last)] + (feature.map { [.text($0.identifier)] } ?? []),
      columns: [.integer, .text, .text, .text, .text, .text, .text, .integer, .integer, .integer])
    try forEach(
      Query(statement) { batch, row in
        TrafficCell(
          day: batch.integer(0, row) ?? 0, feature: batch.string(1, row) ?? "", trafficCluster: batch.string(2, row),
          tags: Tags(canonical: batch.string(3, row) ?? "{}"), modelServed: batch.string(4, row),
          promptSHA256: batch.string(5, row), predicted: batch.string(6, row), spans: batch.integer(7, row) ?? 0,
          cost: Money(
            units: Int128(batch.integer(8, row) ?? 0) << 32 + Int128(batch.integer(9, row) ?? 0), currency: "USD"))
      }, body)
  }
}
