public import Records

/// Whether one trial was right, and what places it.
public struct TrialOutcome: Sendable, Equatable {
  public let id: RecordID
  public let item: String
  /// Nil is a missing score: neither passed nor failed, nor a score of exactly 1 or 0.
  public let isRight: Bool?
  public let at: Instant
  /// Number of the topic, for `Snapshot.term`.
  public let trafficCluster: Int64?
}

/// How many items lie between two thresholds of confidence, and how many of them are right.
public struct ConfidenceStep: Sendable, Equatable {
  /// How many of the thresholds the confidence reaches; nil where none was stated.
  public let reached: Int?
  /// Items with an outcome.
  public let items: Int
  /// The sum over items of the share of their repeats that are right.
  public let right: Double
  /// Items of which every repeat is right.
  public let allRight: Int
  /// Items without an outcome.
  public let missing: Int

  public init(reached: Int?, items: Int, right: Double, allRight: Int, missing: Int) {
    self.reached = reached
    self.items = items
    self.right = right
    self.allRight = allRight
    self.missing = missing
  }
}

extension Snapshot {
  /// Hands out the current trials of a series in the order in which they were stored.
  /// - Parameter wrongOnly: only those that are known to be wrong.
  public func forEachOutcome(
    of series: TrialSeriesSummary, wrongOnly: Bool = false, _ body: (TrialOutcome) throws -> Void
  ) throws {
    let pass = Snapshot.passExpression(lowerIsBetter: false)
    let statement = Statement(
      """
      SELECT t.record_id, t.item, \(pass), t.at, t.traffic_cluster
      FROM trial t WHERE t.series = \(series.id) \(wrongOnly ? "AND \(pass) = 0" : "")
        AND \(currentTrials([series])) ORDER BY t.row
      """, columns: [.blob, .text, .integer, .integer, .integer])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let id = batch.recordID(0, row) else { continue }
        try body(
          TrialOutcome(
            id: id, item: batch.string(1, row) ?? "", isRight: batch.integer(2, row).map { $0 != 0 },
            at: Instant(nanoseconds: batch.integer(3, row) ?? 0),
            trafficCluster: batch.integer(4, row)))
      }
    }
  }

  /// Counts the items of some series by the thresholds that their confidence reaches, repeats of an item averaged first.
  ///
  /// Items whose rows contradict each other are left out. One pass; where items have repeats, one sort by item.
  /// - Parameters:
  ///   - series: of one suite, version, variant and metric.
  ///   - thresholds: in 0…1, in any order; a confidence equal to one reaches it.
  public func confidenceSteps(of series: [TrialSeriesSummary], thresholds: [Double]) throws -> [ConfidenceStep] {
    guard !series.isEmpty else { return [] }
    let reached = thresholds.indices.map { "CASE WHEN o.confidence >= ?\($0 + 1) THEN 1 ELSE 0 END" }
    let pass = Snapshot.passExpression(lowerIsBetter: false)
    let hasRepeats = series.count > 1 || series.contains(where: \.hasRepeats)
    let outcome =
      hasRepeats
      ? "AVG(1.0 * \(pass)) AS mean, AVG(t.confidence) AS confidence"
      : "1.0 * \(pass) AS mean, t.confidence AS confidence"
    let statement = Statement(
      """
      SELECT s.step, COUNT(s.mean), SUM(s.mean), SUM(CASE WHEN s.mean >= 1 THEN 1 ELSE 0 END), COUNT(*)
      FROM (
        SELECT o.mean AS mean, CASE WHEN o.confidence IS NULL THEN NULL ELSE \((["0"] + reached).joined(separator: " + ")) END AS step
        FROM (
          SELECT \(outcome) FROM trial t WHERE t.series IN (\(Snapshot.list(series)))
            AND \(currentTrials(series)) \(try withoutConflicts(series)) \(hasRepeats ? "GROUP BY t.item" : "")
        ) o
      ) s GROUP BY s.step ORDER BY s.step
      """, thresholds.map { .real($0 - 1e-9) }, columns: [.integer, .integer, .real, .integer, .integer])
    return try fetch(
      Query(statement) { batch, row in
        let items = Int(batch.integer(1, row) ?? 0)
        return ConfidenceStep(
          reached: batch.integer(0, row).map { Int($0) }, items: items, right: batch.real(2, row) ?? 0,
          allRight: Int(batch.integer(3, row) ?? 0), missing: Int(batch.integer(4, row) ?? 0) - items)
      })
  }

  /// The text that a number stands for; nil when it stands for none.
  public func term(_ number: Int64) throws -> String? {
    try first(
      Query(Statement("SELECT value FROM term WHERE id = ?1", [.integer(number)], columns: [.text])) {
        $0.string(0, $1)
      }) ?? nil
  }
}
