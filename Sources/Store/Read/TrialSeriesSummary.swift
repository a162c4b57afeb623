public import Records

/// All trials of one run of a suite by one variant, as one delivery after the other added to them.
public struct TrialSeriesSummary: Sendable, Equatable {
  public let id: Int64
  public let suite: String
  public let suiteVersion: String?
  public let variant: String
  public let metric: String
  public let configSHA256: String?
  public let subjectSHA256: String?
  public let judge: String?
  /// Current trials: replaced ones are not counted.
  public let trials: Int64
  /// Whether some trial is a repeat of another of the same item.
  public let hasRepeats: Bool
  /// Whether none of its trials was ever replaced, as of the instant that is looked at.
  let isUntouched: Bool
  /// Of all trials that were ever in the series.
  public let firstAt: Instant
  public let lastAt: Instant
  /// The commit that first named it: runs are ordered by when they came to be known where their times are equal.
  public let firstCommit: Int64
}

extension Snapshot {
  /// The series of a suite (of all suites when nil) that have trials, in the order in which they appeared.
  public func trialSeries(suite: String? = nil) throws -> [TrialSeriesSummary] {
    let condition = suite == nil ? "" : "AND s.suite = ?2"
    let statement = Statement(
      """
      SELECT s.id, s.suite, s.suite_version, s.variant, s.metric, s.config_sha256, s.subject_sha256, s.judge,
        SUM(r.trials), SUM(r.repeats), SUM(r.replaced), MIN(r.first_at), MAX(r.last_at), MIN(r.seq)
      FROM trial_series s JOIN trial_rollup r ON r.series = s.id
      WHERE r.seq <= ?1 \(condition)
      GROUP BY s.id HAVING SUM(r.trials) > 0 ORDER BY MIN(r.seq), s.id
      """,
      [.integer(horizon.seq)] + (suite.map { [.text($0.identifier)] } ?? []),
      columns: [.integer] + TrialSeries.columns.map { _ in .text }
        + [.integer, .integer, .integer, .integer, .integer, .integer])
    return try fetch(
      Query(statement) { batch, row in
        TrialSeriesSummary(
          id: batch.integer(0, row) ?? 0, suite: batch.string(1, row) ?? "", suiteVersion: batch.string(2, row),
          variant: batch.string(3, row) ?? "", metric: batch.string(4, row) ?? "", configSHA256: batch.string(5, row),
          subjectSHA256: batch.string(6, row), judge: batch.string(7, row), trials: batch.integer(8, row) ?? 0,
          hasRepeats: (batch.integer(9, row) ?? 0) > 0, isUntouched: batch.integer(10, row) == 0,
          firstAt: Instant(nanoseconds: batch.integer(11, row) ?? 0),
          lastAt: Instant(nanoseconds: batch.integer(12, row) ?? 0), firstCommit: batch.integer(13, row) ?? 0)
      })
  }
}
