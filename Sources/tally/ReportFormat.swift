import ArgumentParser
import Reports

enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, markdown, csv
}

extension ReportOptions {
  /// Options for the place that standard output leads to.
  static func forOutput(show: Int) -> ReportOptions {
    var options = ReportOptions()
    options.width = Terminal.width
    options.colour = Terminal.wantsColour
    options.show = show
    options.version = Version.current
    return options
  }

  /// The same for a table of many columns: as wide as the terminal is; what goes into a file or a pipe is not cut.
  static func forTable(show: Int) -> ReportOptions {
    var options = forOutput(show: show)
    options.width = Terminal.tableWidth
    return options
  }
}

/// A share or a difference: `0.03`, `3%` and `3pp` are the same.
struct Share: ExpressibleByArgument {
  let value: Double
  /// Written with % or pp, which means something only for rates.
  private(set) var isPercent = false

  var defaultValueDescription: String { "\(value)" }

  init(_ value: Double) {
    self.value = value
  }

  init?(argument: String) {
    let lowered = argument.lowercased()
    for suffix in ["pp", "%"] where lowered.hasSuffix(suffix) {
      guard let percent = Double(lowered.dropLast(suffix.count)), percent.isFinite else { return nil }
      self.value = percent / 100
      self.isPercent = true
      return
    }
    guard let value = Double(lowered), value.isFinite else { return nil }
    self.value = value
  }
}
