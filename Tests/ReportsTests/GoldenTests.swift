import Foundation
import Testing

@testable import Comparison
@testable import Reports

/// Every report as it was read and approved. `TALLY_RECORD_GOLDEN=1 swift test` writes the files anew, to be read in the diff.
@Suite struct GoldenTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
  static let isRecording = ProcessInfo.processInfo.environment["TALLY_RECORD_GOLDEN"] != nil

  /// Compares with the approved file.
  static func check(_ text: String, _ name: String) throws {
    let file = GoldenTests.folder.appendingPathComponent(name)
    if GoldenTests.isRecording { try Data(text.utf8).write(to: file) }
    let approved = try String(decoding: Data(contentsOf: file), as: UTF8.self)
    // By bytes: Swift takes canonically equal strings for equal.
    #expect(Array(text.utf8) == Array(approved.utf8), "\(name) differs from what was approved:\n\(text)")
  }

  private var options: ReportOptions {
    var options = ReportOptions()
    options.version = "0.1.0"
    return options
  }

  @Test(arguments: Samples.all.map(\.name))
  func comparisons(name: String) throws {
    let result = try #require(Samples.all.first { $0.name == name }?.result)
    try GoldenTests.check(TextReport.render(result, options: options), "compare-\(name).txt")
    try GoldenTests.check(MarkdownReport.render(result, options: options), "compare-\(name).md")
    try GoldenTests.check(JSONReport.render(result, options: options), "compare-\(name).json")
    try GoldenTests.check(CSVReport.render(result), "compare-\(name).csv")
    try GoldenTests.check(MethodsText.render(result, options: options) + "\n", "compare-\(name)-methods.txt")
  }

  @Test func asciiNarrowColoured() throws {
    var options = options
    options.unicode = false
    try GoldenTests.check(TextReport.render(Samples.improved, options: options), "compare-improved-ascii.txt")
    options.width = 50
    try GoldenTests.check(TextReport.render(Samples.hostileNames, options: options), "compare-hostile-narrow-ascii.txt")
    options.width = 120
    options.unicode = true
    options.colour = true
    options.show = 0
    try GoldenTests.check(TextReport.render(Samples.improved, options: options), "compare-improved-wide-colour.txt")
  }

  @Test(arguments: Samples.rankings.map(\.name))
  func rankings(name: String) throws {
    let result = try #require(Samples.rankings.first { $0.name == name }?.result)
    try GoldenTests.check(TextReport.render(result, options: options), "rank-\(name).txt")
    try GoldenTests.check(MarkdownReport.render(result, options: options), "rank-\(name).md")
    try GoldenTests.check(JSONReport.render(result, options: options), "rank-\(name).json")
    try GoldenTests.check(CSVReport.render(result), "rank-\(name).csv")
    try GoldenTests.check(MethodsText.render(result, options: options) + "\n", "rank-\(name)-methods.txt")
  }

  @Test(arguments: Samples.plans.map(\.name))
  func plans(name: String) throws {
    let plan = try #require(Samples.plans.first { $0.name == name }?.plan)
    try GoldenTests.check(TextReport.render(plan, options: options), "power-\(name).txt")
    try GoldenTests.check(MarkdownReport.render(plan, options: options), "power-\(name).md")
    try GoldenTests.check(JSONReport.render(plan, options: options), "power-\(name).json")
    try GoldenTests.check(CSVReport.render(plan), "power-\(name).csv")
  }
}
