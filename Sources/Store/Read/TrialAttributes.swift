import Records

extension Snapshot {
  /// Lends the attributes of the newest trials of some series, newest first, with how each came out.
  ///
  /// Attributes are read text by text, so that only the newest are asked for.
  /// - Parameter body: gets the attributes, the input tokens, and whether the trial passed; nil where it has no result.
  public func forEachRecentTrial(
    of series: [TrialSeriesSummary], lowerIsBetter: Bool = false, limit: Int,
    _ body: (_ attributes: String?, _ inputTokens: Int64?, _ passed: Bool?) throws -> Void
  ) throws {
    guard !series.isEmpty else { return }
    let statement = Statement(
      """
      SELECT t.attributes, t.input_tokens, \(Snapshot.passExpression(lowerIsBetter: lowerIsBetter)) FROM trial t
      WHERE t.series IN (\(Snapshot.list(series))) AND (t.attributes IS NOT NULL OR t.input_tokens IS NOT NULL)
        AND \(currentTrials(series))
      ORDER BY t.row DESC LIMIT \(limit)
      """, columns: [.text, .integer, .integer])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        try body(batch.string(0, row), batch.integer(1, row), batch.integer(2, row).map { $0 != 0 })
      }
    }
  }
}
