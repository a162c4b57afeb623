public import Records

/// What a classifier predicted in one trial. Labels are numbers of texts that the ledger keeps once; ask
/// `Snapshot.numbers(of:)` for those of the labels that matter.
public struct PredictedLabel {
  public let predicted: Int64?
  public let expected: Int64?
  public let confidence: Double?
  public let recordID: RecordID?
}

extension Snapshot {
  /// Lends the current trials of some series with what was predicted, the trials of an item one after the other.
  ///
  /// Items with contradicting rows are left out. The lent row has no score.
  public func forEachPrediction(
    of series: [TrialSeriesSummary], _ body: (_ row: borrowing TrialRow, _ label: PredictedLabel) throws -> Void
  ) throws {
    guard !series.isEmpty else { return }
    // Single trials need no order by item, which would cost sorting them.
    let isRepeated = series.contains(where: \.hasRepeats) || series.count > 1
    let order = isRepeated ? "t.item, COALESCE(t.repeat, -1), t.row" : "t.row"
    let statement = Statement(
      """
      SELECT t.item, CAST(t.repeat AS TEXT), t.prediction, CAST(t.judge_repeat AS TEXT),
        (SELECT value FROM term WHERE id = t.cluster), t.predicted, t.expected, t.confidence, t.record_id
      FROM trial t
      WHERE t.series IN (\(Snapshot.list(series))) AND \(currentTrials(series)) \(try withoutConflicts(series))
      ORDER BY \(order)
      """, columns: [.text, .text, .text, .text, .text, .integer, .integer, .real, .blob])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let item = batch.text(0, row) else { continue }
        var trial = TrialRow(item: item)
        trial.repetition = batch.text(1, row)
        trial.prediction = batch.text(2, row)
        trial.judgeRepeat = batch.text(3, row)
        trial.cluster = batch.text(4, row)
        try body(
          trial,
          PredictedLabel(
            predicted: batch.integer(5, row), expected: batch.integer(6, row), confidence: batch.real(7, row),
            recordID: batch.recordID(8, row)))
      }
    }
  }

  /// The numbers of texts that many records share; texts that no record has are left out.
  public func numbers(of texts: [String]) throws -> [String: Int64] {
    var numbers: [String: Int64] = [:]
    for text in texts {
      let query = Query(
        Statement("SELECT id FROM term WHERE value = ?1", [.text(text.identifier)], columns: [.integer])
      ) { $0.integer(0, $1) }
      if let number = try first(query) ?? nil { numbers[text] = number }
    }
    return numbers
  }
}
