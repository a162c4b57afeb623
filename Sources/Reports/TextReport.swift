public import Comparison

/// Results as text for people: a sentence first, the code in brackets behind it, one next action at the end.
///
/// No line is wider than `ReportOptions.width` columns (at least 48); names of the user's data cannot control the terminal.
public enum TextReport {
  /// The report of one comparison.
  public static func render(_ result: ComparisonResult, options: ReportOptions = ReportOptions()) -> String {
    var writer = ComparisonText(result: result, options: options)
    return writer.written()
  }

  /// The leaderboard of more than two variants.
  public static func render(_ result: RankingResult, options: ReportOptions = ReportOptions()) -> String {
    var writer = RankingText(result: result, options: options)
    return writer.written()
  }

  /// What a suite sees and what an effect costs.
  public static func render(_ plan: PowerPlan, options: ReportOptions = ReportOptions()) -> String {
    var writer = PowerText(plan: plan, options: options)
    return writer.written()
  }
}
