public import Comparison

/// Results as JSON for programs: stable keys in a stable order, described by the schemas in `Documentation/schemas`.
///
/// Differences and rates are in the unit of the score (0.03 is three points). What does not exist is null, never 0.
/// The seed is a string, because numbers above 2⁵³ lose digits in JavaScript and in many parsers.
public enum JSONReport {
  /// A document of schema `tally.compare/1`. Flips: the `options.show` largest in each direction.
  public static func render(_ result: ComparisonResult, options: ReportOptions = ReportOptions()) -> String {
    ComparisonJSON(result: result, options: options).value.document()
  }

  /// A document of schema `tally.rank/1`.
  public static func render(_ result: RankingResult, options: ReportOptions = ReportOptions()) -> String {
    RankingJSON(result: result, options: options).value.document()
  }

  /// A document of schema `tally.power/1`.
  public static func render(_ plan: PowerPlan, options: ReportOptions = ReportOptions()) -> String {
    PowerJSON(plan: plan, options: options).value.document()
  }
}
