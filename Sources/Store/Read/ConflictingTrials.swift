import Records

extension Snapshot {
  /// How many items of some series have rows with one key that contradict each other: no order says which is meant.
  public func conflictingItems(of series: [TrialSeriesSummary]) throws -> Int {
    guard !series.isEmpty else { return 0 }
    let statement = Statement(
      """
      SELECT COUNT(DISTINCT t.item) FROM (\(conflictingRows)) c JOIN trial t ON t.row = c.row
      WHERE t.series IN (\(Snapshot.list(series)))
      """, columns: [.integer])
    return Int(try first(Query(statement) { $0.integer(0, $1) ?? 0 }) ?? 0)
  }

  /// The condition that leaves out every item with a conflict; empty when there is none, which is the usual case.
  func withoutConflicts(_ series: [TrialSeriesSummary]) throws -> String {
    guard try conflictingItems(of: series) > 0 else { return "" }
    return """
      AND t.item NOT IN (
        SELECT d.item FROM (\(conflictingRows)) c JOIN trial d ON d.row = c.row
        WHERE d.series IN (\(Snapshot.list(series))))
      """
  }

  /// The condition that leaves the current trials `t` of some series.
  func currentTrials(_ series: [TrialSeriesSummary]) -> String {
    horizon.current(.trial, "t", isUntouched: series.allSatisfy(\.isUntouched))
  }

  static func list(_ series: [TrialSeriesSummary]) -> String {
    series.map { String($0.id) }.sorted().joined(separator: ", ")
  }

  /// All rows of trials that share their key with another row in sight.
  ///
  /// Of the rows of a delivery that contradict each other, all but the newest are rivals; what a later delivery replaced
  /// is a conflict still for whoever looks at the time before it.
  private var conflictingRows: String {
    let kind = RecordKind.trial.rawValue
    let last = horizon.lastRow(.trial)
    let replacedLater = "kind = \(kind) AND row <= \(last) AND by_row > \(last)"
    return """
      SELECT row FROM rival WHERE kind = \(kind) AND row <= \(last)
      UNION SELECT n.row FROM rival v JOIN natural_key n ON n.high = v.high AND n.low = v.low
        WHERE v.kind = \(kind) AND v.row <= \(last)
      UNION SELECT x.row FROM superseded x JOIN (
        SELECT high, low FROM superseded WHERE \(replacedLater) GROUP BY high, low HAVING COUNT(*) > 1) k
        ON k.high = x.high AND k.low = x.low WHERE x.kind = \(kind) AND x.row <= \(last) AND x.by_row > \(last)
      """
  }
}
