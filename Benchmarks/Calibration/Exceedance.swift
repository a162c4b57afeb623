internal import Statistics

/// A cell whose true null was rejected more often than 5 %: by more than half a point, and too often for chance.
public struct Exceedance: Sendable {
  /// What rejected: the p-value, the interval, or both in a verdict.
  public enum Measure: String, Sendable, CaseIterable {
    case pValue = "p-value"
    case interval = "interval"
    case verdict = "verdict"

    func count(_ result: CellResult) -> Int {
      switch self {
      case .pValue: result.rejectedByP
      case .interval: result.rejectedByInterval
      case .verdict: result.decided
      }
    }
  }

  public let design: String
  public let row: String
  public let measure: Measure
  public let result: CellResult
  /// Holm-adjusted over all null cells of the table, one family a measure.
  public let adjustedPValue: Double

  public var count: Int { measure.count(result) }

  /// - Parameter results: by design and row, the results of the null cells.
  public static func all(
    of measure: Measure, in results: [(design: String, row: String, null: CellResult)], level: Double = 0.05
  ) -> [Exceedance] {
    let adjusted = Multiplicity.holm(
      results.map { $0.null.surprise(measure.count($0.null), level: level) })
    return zip(results, adjusted).compactMap { entry, p in
      let share = Double(measure.count(entry.null)) / Double(max(1, entry.null.draws))
      guard p <= 0.05, share > level + 0.005 else { return nil }
      return Exceedance(
        design: entry.design, row: entry.row, measure: measure, result: entry.null, adjustedPValue: p)
    }
  }
}
