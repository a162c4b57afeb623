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

  /// Hands out the attributes of some series' items, newest first: one trial an item, those that have an attribute of this
  /// name.
  /// - Parameters:
  ///   - attribute: letters, digits and underscores only.
  ///   - limit: most items to hand out.
  public func forEachItemAttributes(
    of series: [TrialSeriesSummary], having attribute: String, limit: Int, _ body: (String) throws -> Void
  ) throws {
    guard !series.isEmpty else { return }
    func condition(_ alias: String) -> String {
      "\(alias).series IN (\(Snapshot.list(series))) AND \(alias).attributes LIKE '%\"\(attribute)\"%'"
    }
    let hasRepeats = series.count > 1 || series.contains(where: \.hasRepeats)
    let current = horizon.current(.trial, "d", isUntouched: series.allSatisfy(\.isUntouched))
    let once =
      hasRepeats
      ? "AND t.row IN (SELECT MIN(d.row) FROM trial d WHERE \(condition("d")) AND \(current) GROUP BY d.item)" : ""
    let statement = Statement(
      """
      SELECT t.attributes FROM trial t WHERE \(condition("t")) AND \(currentTrials(series)) \(once)
      ORDER BY t.row DESC LIMIT \(limit)
      """, columns: [.text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        if let text = batch.string(0, row) { try body(text) }
      }
    }
  }
}
