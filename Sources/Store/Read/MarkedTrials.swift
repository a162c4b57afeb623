public import Records

/// What a trial says of itself beside its score.
///
/// The bytes of the attributes are valid only during the call that receives them.
public struct TrialMarks {
  /// Canonical JSON of an object; nil when there are none.
  public let attributes: BorrowedText?
  public let outputTokens: Int64?
  public let at: Instant
}

extension Snapshot {
  /// Lends the current trials of some series with their attributes, series after series, each in the order in which it was
  /// stored. The one slice of each row is its topic (traffic cluster).
  /// - Parameters:
  ///   - series: which; all of one suite.
  ///   - clusterTag: the tag whose equal values make items depend on each other; nil for the trials' own clusters.
  ///   - body: gets each row and the index of its series. Texts are valid only during the call.
  public func forEachMarkedTrial(
    of series: [TrialSeriesSummary], clusterTag: String? = nil,
    _ body: (_ row: borrowing TrialRow, _ marks: TrialMarks, _ series: Int) throws -> Void
  ) throws {
    let (clusters, topics) = (TermTexts(), TermTexts())
    let tagged = clusterTag.map { tag in SliceTexts { [$0[tag]] } }
    for (index, one) in series.enumerated() {
      let shared = SharedTexts(one)
      var trial = shared.row
      trial.slices = [nil]
      let statement = Statement(
        """
        SELECT t.item, CAST(t.repeat AS TEXT), t.prediction, CAST(t.judge_repeat AS TEXT), COALESCE(t.score, t.passed),
          \(tagged == nil ? "t.cluster" : "t.tags"), t.traffic_cluster, t.attributes, t.output_tokens, t.at
        FROM trial t WHERE t.series = ?1 AND \(currentTrials([one])) ORDER BY t.row
        """, [.integer(one.id)],
        columns: [.text, .text, .text, .text, .real, .integer, .integer, .text, .integer, .integer])
      try forEachBatch(statement) { batch in
        for row in 0..<batch.count {
          guard let item = batch.text(0, row) else { continue }
          trial.item = item
          trial.repetition = batch.text(1, row)
          trial.prediction = batch.text(2, row)
          trial.judgeRepeat = batch.text(3, row)
          trial.score = batch.real(4, row)
          if let tagged {
            trial.cluster = try tagged.values(tags: batch.integer(5, row) ?? 0, terms)[0]
          } else {
            trial.cluster = try batch.integer(5, row).flatMap { try clusters.text($0, terms) }
          }
          trial.slices[0] = try batch.integer(6, row).flatMap { try topics.text($0, terms) }
          let marks = TrialMarks(
            attributes: batch.text(7, row), outputTokens: batch.integer(8, row),
            at: Instant(nanoseconds: batch.integer(9, row) ?? 0))
          try body(trial, marks, index)
        }
      }
    }
  }

  /// The attributes of the newest trial of a series; nil where it has none. One look-up.
  public func newestAttributes(of series: TrialSeriesSummary) throws -> String? {
    let query = Query(
      Statement(
        "SELECT t.attributes FROM trial t WHERE t.series = ?1 AND \(currentTrials([series])) ORDER BY t.row DESC LIMIT 1",
        [.integer(series.id)], columns: [.text])
    ) { $0.string(0, $1) }
    return try first(query) ?? nil
  }
}
