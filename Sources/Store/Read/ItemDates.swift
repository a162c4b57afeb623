public import Records

extension Snapshot {
  /// When the newest item of some series was first tried; nil without trials. One pass and one sort by item.
  public func newestItem(of series: [TrialSeriesSummary]) throws -> Instant? {
    guard !series.isEmpty else { return nil }
    let query = Query(
      Statement(
        """
        SELECT MAX(i.earliest) FROM (
          SELECT MIN(t.at) AS earliest FROM trial t
          WHERE t.series IN (\(Snapshot.list(series))) AND \(currentTrials(series)) GROUP BY t.item) i
        """, columns: [.integer])
    ) { $0.integer(0, $1) }
    return (try first(query) ?? nil).map(Instant.init(nanoseconds:))
  }
}
