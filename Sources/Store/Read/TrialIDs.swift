public import Records

extension Snapshot {
  /// Ids of the current trials of some items, in the order of the items' names: examples for a reader, not part of the
  /// inputs. O(trials of the series).
  /// - Parameters:
  ///   - items: at most a few dozen.
  ///   - limit: most ids to give.
  public func trialIDs(of series: [TrialSeriesSummary], items: [String], limit: Int = 20) throws -> [RecordID] {
    guard !items.isEmpty else { return [] }
    var ids: [RecordID] = []
    for one in series where ids.count < limit {
      let places = items.indices.map { "?\($0 + 2)" }.joined(separator: ", ")
      let statement = Statement(
        """
        SELECT t.record_id FROM trial t WHERE t.series = ?1 AND t.item IN (\(places))
        AND \(horizon.current(.trial, "t")) ORDER BY t.item, t.row LIMIT \(limit - ids.count)
        """, [.integer(one.id)] + items.map(SQLValue.text), columns: [.blob])
      ids += try fetchUnhashed(Query(statement) { $0.recordID(0, $1) }).compactMap(\.self)
    }
    return ids
  }
}
