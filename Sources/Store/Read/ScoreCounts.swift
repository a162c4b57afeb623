import Records

/// Items with one score and one expected label.
public struct ScoreCount: Sendable, Equatable {
  /// The mean over an item's repeats; nil where it has no score.
  public let score: Double?
  public let expected: String?
  public let items: Int
}

extension Snapshot {
  /// Counts the items of some series by their score and their expected label, from the lowest score to the highest; those
  /// without a score come first.
  ///
  /// Repeats of an item are averaged first; of different labels of an item one counts. Items whose rows contradict each
  /// other are left out. One pass and one sort.
  /// - Parameter series: of one suite, version, variant and metric.
  public func forEachScoreCount(of series: [TrialSeriesSummary], _ body: (ScoreCount) throws -> Void) throws {
    guard !series.isEmpty else { return }
    let hasRepeats = series.count > 1 || series.contains(where: \.hasRepeats)
    let fields =
      hasRepeats ? "AVG(t.score) AS score, MIN(t.expected) AS label" : "t.score AS score, t.expected AS label"
    let statement = Statement(
      """
      SELECT s.score, (SELECT value FROM term WHERE id = s.label), COUNT(*)
      FROM (
        SELECT \(fields) FROM trial t WHERE t.series IN (\(Snapshot.list(series)))
          AND \(currentTrials(series)) \(try withoutConflicts(series)) \(hasRepeats ? "GROUP BY t.item" : "")
      ) s GROUP BY s.score, s.label ORDER BY s.score, s.label
      """, columns: [.real, .text, .integer])
    try forEach(
      Query(statement) { batch, row in
        ScoreCount(score: batch.real(0, row), expected: batch.string(1, row), items: Int(batch.integer(2, row) ?? 0))
      }, body)
  }
}
