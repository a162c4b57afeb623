public import Comparison

/// Results as Markdown, made to be the one sticky comment of a pull request: the verdict first, what is long folded.
///
/// All names and messages are escaped; see `MarkdownText`.
public enum MarkdownReport {
  /// The report of one comparison. Flips: the `options.show` largest in each direction.
  public static func render(_ result: ComparisonResult, options: ReportOptions = ReportOptions()) -> String {
    ComparisonMarkdown(result: result, options: options).text
  }

  /// The leaderboard of more than two variants.
  public static func render(_ result: RankingResult, options: ReportOptions = ReportOptions()) -> String {
    RankingMarkdown(result: result, options: options).text
  }

  /// What a suite sees and what an effect costs.
  public static func render(_ plan: PowerPlan, options: ReportOptions = ReportOptions()) -> String {
    PowerMarkdown(plan: plan).text
  }
}
