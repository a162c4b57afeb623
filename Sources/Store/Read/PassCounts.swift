public import Records

/// Items that are alike in what was asked for and in how often they passed.
public struct PassCount: Sendable, Equatable {
  /// Values of the traits that were asked for, in that order; nil where the items have none.
  public let traits: [String?]
  /// Trials of each of these items that have a result.
  public let tries: Int
  /// How many of those passed, in 0...tries.
  public let passes: Int
  /// How many such items there are.
  public let items: Int
  /// Trials of all these items together that have no result.
  public let missing: Int
}

/// What a trial is: what results can be counted by.
public enum TrialTrait: String, Sendable {
  /// The canonical text of the tags.
  case tags
  case expected
  case predicted
  /// The dependence cluster.
  case cluster
  /// The topic.
  case trafficCluster = "traffic_cluster"
}

extension Snapshot {
  /// Counts how items of some series came out: one row for each combination of traits, tries and passes that occurs.
  ///
  /// Items with contradicting rows are left out. A result is `passed`, or where that is absent a score of exactly 0 or 1.
  /// - Parameters:
  ///   - series: of one suite, version, variant and metric.
  ///   - traits: of an item that was tried several times, the smallest value counts.
  ///   - lowerIsBetter: a score of 0 is the pass.
  public func forEachPassCount(
    of series: [TrialSeriesSummary], by traits: [TrialTrait], lowerIsBetter: Bool = false,
    _ body: (PassCount) throws -> Void
  ) throws {
    guard !series.isEmpty else { return }
    let pass = Snapshot.passExpression(lowerIsBetter: lowerIsBetter)
    let condition = """
      t.series IN (\(Snapshot.list(series))) AND \(currentTrials(series)) \(try withoutConflicts(series))
      """
    let columns = traits.map(\.rawValue)
    func all(_ last: [String], _ prefix: String = "") -> String {
      (columns.map { prefix + $0 } + last).joined(separator: ", ")
    }
    let isRepeated = series.contains(where: \.hasRepeats) || series.count > 1
    let items: String
    if isRepeated {
      let traits = columns.map { "MIN(t.\($0)) AS \($0)" }
      let fields = traits + ["COUNT(\(pass)) AS tries", "COALESCE(SUM(\(pass)), 0) AS passes", "COUNT(*) AS trials"]
      items = """
        SELECT \(all(["tries", "passes"])), COUNT(*) AS items, SUM(trials - tries) AS missing
        FROM (SELECT \(fields.joined(separator: ", ")) FROM trial t WHERE \(condition) GROUP BY t.item) i
        GROUP BY \(all(["tries", "passes"]))
        """
    } else {
      items = """
        SELECT \(all(["COUNT(pass) AS tries", "COALESCE(SUM(pass), 0) AS passes", "COUNT(*) AS items"])),
          COUNT(*) - COUNT(pass) AS missing
        FROM (SELECT \(all(["\(pass) AS pass"], "t.")) FROM trial t WHERE \(condition)) i
        GROUP BY \(all(["pass"]))
        """
    }
    let values = columns.map { "(SELECT value FROM term WHERE id = g.\($0))" }
    let statement = Statement(
      """
      SELECT \((values + ["g.tries", "g.passes", "g.items", "g.missing"]).joined(separator: ", ")) FROM (\(items)) g
      ORDER BY \(all(["g.tries", "g.passes"], "g."))
      """, columns: traits.map { _ in .text } + [.integer, .integer, .integer, .integer])
    try forEach(
      Query(statement) { batch, row in
        let place = traits.count
        let items = Int(batch.integer(place + 2, row) ?? 0)
        let (tries, passes) = (Int(batch.integer(place, row) ?? 0), Int(batch.integer(place + 1, row) ?? 0))
        // Single trials are summed by their result: each of them is one try, or none.
        return PassCount(
          traits: traits.indices.map { batch.string($0, row) }, tries: isRepeated ? tries : min(tries, 1),
          passes: isRepeated ? passes : min(passes, 1), items: items, missing: Int(batch.integer(place + 3, row) ?? 0))
      }, body)
  }

  /// Trials that did not pass, oldest first: a sample to look at.
  /// - Parameters:
  ///   - tags: only trials with one of these tags; nil for all.
  ///   - expected: only trials with this expected label; nil for all.
  public func failingTrials(
    of series: [TrialSeriesSummary], tags: [Tags]? = nil, expected: String? = nil, lowerIsBetter: Bool = false,
    limit: Int = 20
  ) throws -> [RecordID] {
    guard !series.isEmpty, tags?.isEmpty != true else { return [] }
    let places = (tags ?? []).indices.map { "?\($0 + 1)" }.joined(separator: ", ")
    var condition = tags == nil ? "" : "AND t.tags IN (SELECT id FROM term WHERE value IN (\(places)))"
    var arguments = (tags ?? []).map { SQLValue.text($0.canonical.identifier) }
    if let expected {
      arguments.append(.text(expected.identifier))
      condition += " AND t.expected = (SELECT id FROM term WHERE value = ?\(arguments.count))"
    }
    let statement = Statement(
      """
      SELECT t.record_id FROM trial t
      WHERE t.series IN (\(Snapshot.list(series))) AND \(Snapshot.passExpression(lowerIsBetter: lowerIsBetter)) = 0
        \(condition) AND \(currentTrials(series))
      ORDER BY t.row LIMIT \(limit)
      """, arguments, columns: [.blob])
    return try fetch(Query(statement) { $0.recordID(0, $1) }).compactMap(\.self)
  }

  /// 1, 0 or null of a trial `t`.
  static func passExpression(lowerIsBetter: Bool) -> String {
    let best = lowerIsBetter ? 0 : 1
    let fromScore = "WHEN t.score = \(best) THEN 1 WHEN t.score = \(1 - best) THEN 0"
    return "(CASE WHEN t.passed IS NOT NULL THEN t.passed \(fromScore) END)"
  }
}
