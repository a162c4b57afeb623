/// How a report is to look. Each format uses what concerns it: JSON knows no width, CSV none of these.
public struct ReportOptions: Sendable {
  /// Columns of the terminal; no line of a text report is wider. Values below 48 count as 48.
  public var width = 80
  /// Draw with Unicode; otherwise everything is ASCII and other characters appear as `\u{…}`.
  public var unicode = true
  /// Colour with ANSI escapes. Ask only for a terminal.
  public var colour = false
  /// How many flipped items are listed in each direction; 0 lists none.
  public var show = 5
  /// Findings in full: also those that pass, all rows, and how each was computed.
  public var verbose = false
  /// The version of the software, for the methods paragraph and JSON.
  public var version = ""

  public init() {}
}
