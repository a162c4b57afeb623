import Testing

@testable import Records
@testable import Reports

/// What checks and gates found, as it was read and approved; recorded as `GoldenTests` says.
@Suite struct FindingGoldenTests {
  private var options: ReportOptions {
    var options = ReportOptions()
    options.version = "0.1.0"
    return options
  }

  @Test(arguments: FindingSamples.reports.map(\.name))
  func checks(name: String) throws {
    let report = try #require(FindingSamples.reports.first { $0.name == name }?.report)
    try GoldenTests.check(TextReport.render(report, options: options), "check-\(name).txt")
    try GoldenTests.check(MarkdownReport.render(report, options: options), "check-\(name).md")
    try GoldenTests.check(JSONReport.render(report, options: options), "check-\(name).json")
    try GoldenTests.check(
      SARIFReport.render(report, questions: ["slice-coverage": "Do rare inputs hold their floor?"], options: options),
      "check-\(name).sarif")
    try GoldenTests.check(JUnitReport.render(report), "check-\(name).xml")
  }

  @Test func narrowVerboseAndPlain() throws {
    var options = options
    options.width = 60
    options.unicode = false
    try GoldenTests.check(TextReport.render(FindingSamples.morning, options: options), "check-morning-narrow-ascii.txt")
    options.unicode = true
    options.width = 110
    options.verbose = true
    options.colour = true
    try GoldenTests.check(TextReport.render(FindingSamples.morning, options: options), "check-morning-wide-verbose.txt")
  }

  @Test(arguments: FindingSamples.gates.map(\.name))
  func gates(name: String) throws {
    let report = try #require(FindingSamples.gates.first { $0.name == name }?.report)
    try GoldenTests.check(TextReport.render(report, options: options), "gate-\(name).txt")
    try GoldenTests.check(MarkdownReport.render(report, options: options), "gate-\(name).md")
    try GoldenTests.check(JSONReport.render(report, options: options), "gate-\(name).json")
  }

  @Test func replays() throws {
    try GoldenTests.check(TextReport.render(FindingSamples.replay, options: options), "gate-replay.txt")
    try GoldenTests.check(MarkdownReport.render(FindingSamples.replay, options: options), "gate-replay.md")
    try GoldenTests.check(JSONReport.render(FindingSamples.replay, options: options), "gate-replay.json")
  }

  @Test(arguments: FindingSamples.figures.map(\.name))
  func pictures(name: String) throws {
    let figure = try #require(FindingSamples.figures.first { $0.name == name }?.figure)
    try GoldenTests.check(FigureSVG.render(figure), "figure-\(name).svg")
  }

  @Test func hostilePictures() throws {
    for (place, figure) in FindingSamples.hostile.figures.enumerated() {
      try GoldenTests.check(FigureSVG.render(figure, width: 500), "figure-hostile-\(place).svg")
    }
  }
}
