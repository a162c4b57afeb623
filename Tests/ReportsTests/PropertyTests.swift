import SeededRandom
import Foundation
import Testing

@testable import Comparison
@testable import Reports

/// What holds for every report, whatever it says.
@Suite struct PropertyTests {
  private static func texts(_ options: ReportOptions) -> [(name: String, text: String)] {
    var texts: [(name: String, text: String)] = []
    for (place, result) in randomResults.enumerated() {
      texts.append(("random \(place)", TextReport.render(result, options: options)))
    }
    for sample in Samples.all { texts.append((sample.name, TextReport.render(sample.result, options: options))) }
    for sample in Samples.rankings { texts.append((sample.name, TextReport.render(sample.result, options: options))) }
    for sample in Samples.plans { texts.append((sample.name, TextReport.render(sample.plan, options: options))) }
    return texts
  }

  @Test(arguments: [1, 48, 55, 64, 80, 100, 173])
  func noLineIsWiderThanPromised(width: Int) {
    for unicode in [true, false] {
      var options = ReportOptions()
      options.width = width
      options.unicode = unicode
      for (name, text) in PropertyTests.texts(options) {
        for line in text.split(separator: "\n") {
          #expect(TerminalText.columns(String(line)) <= max(width, 48), "\(name): \(line)")
        }
        #expect(unicode || text.allSatisfy(\.isASCII), "\(name) is not ASCII")
      }
    }
  }

  @Test func nothingControlsTheTerminal() {
    for (name, text) in PropertyTests.texts(ReportOptions()) {
      for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\u{200D}" {
        let category = scalar.properties.generalCategory
        #expect(category != .control && category != .format && category != .lineSeparator, "\(name): \(scalar.value)")
      }
    }
  }

  @Test func noReportSpeaksOfNaN() {
    let options = ReportOptions()
    var texts = PropertyTests.texts(options).map(\.text)
    for result in Samples.all.map(\.result) + PropertyTests.randomResults {
      texts.append(MarkdownReport.render(result, options: options))
      texts.append(JSONReport.render(result, options: options))
      texts.append(CSVReport.render(result))
      texts.append(MethodsText.render(result, options: options))
    }
    texts += Samples.plans.map {
      MarkdownReport.render($0.plan) + JSONReport.render($0.plan) + CSVReport.render($0.plan)
    }
    for text in texts {
      let words = text.lowercased().split { !$0.isLetter }
      #expect(!words.contains { $0 == "nan" || $0 == "inf" || $0 == "infinity" }, "\(text)")
    }
  }

  @Test func everyReportEndsWithOneNextAction() {
    for (name, text) in PropertyTests.texts(ReportOptions()) {
      #expect(text.components(separatedBy: "\nNext: ").count == 2, "\(name)")
    }
  }

  @Test func colourIsAskedFor() {
    var options = ReportOptions()
    #expect(!TextReport.render(Samples.improved, options: options).contains("\u{1B}"))
    let plain = TextReport.render(Samples.improved, options: options)
    options.colour = true
    let coloured = TextReport.render(Samples.improved, options: options)
    #expect(coloured.contains("\u{1B}[1;32m"))
    #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
  }

  @Test func markdownIsInert() {
    let text = MarkdownReport.render(Samples.hostileNames)
    #expect(!text.contains("<script"))
    #expect(!text.contains("@octocat"))
    #expect(!text.contains("#1 "))
    #expect(!text.contains("https://"))
    #expect(!text.contains("www."))
    // A row of a table has the bars of its own cells only.
    let slices = text.split(separator: "\n").filter { $0.contains("language = ") && $0.hasPrefix("|") }
    #expect(slices.count == 3)
    for row in slices { #expect(row.count { $0 == "|" } == 8, "\(row)") }
  }

  @Test func tablesOfCSVReadBack() {
    for (name, result) in Samples.all {
      let rows = CSVReader.rows(CSVReport.render(result))
      #expect(rows.count == 2 + result.slices.count, "\(name)")
      #expect(rows.allSatisfy { $0.count == rows[0].count }, "\(name)")
      #expect(Array(rows[1][4].utf8) == Array(result.candidate.name.utf8), "\(name)")
    }
    for (name, result) in Samples.rankings {
      let rows = CSVReader.rows(CSVReport.render(result))
      #expect(rows.count == 1 + result.variants.count + result.tasks.reduce(0) { $0 + $1.variants.count }, "\(name)")
      #expect(rows.allSatisfy { $0.count == 12 }, "\(name)")
    }
    for (name, plan) in Samples.plans {
      #expect(CSVReader.rows(CSVReport.render(plan)).allSatisfy { $0.count == 5 }, "\(name)")
    }
  }

  @Test func headlinesSayTheVerdict() {
    var result = Samples.inconclusive
    result.reasons = []
    #expect(Headline(result).text.hasSuffix("[INCONCLUSIVE]"))
    result.outcome = .equivalent
    result.policy.margin = 0.05
    #expect(Headline(result).text.hasSuffix("[INCONCLUSIVE, outcome EQUIVALENT]"))
    result.outcome = .inconclusive
    result.policy.minEffect = 0.03
    result.reasons = [Reason(.noWorthwhileEffect, "Too small.")]
    #expect(Headline(result).sentence.hasPrefix("No gain worth having"))
    result.reasons = [Reason(.fewClusters, "4 clusters cannot decide anything.")]
    #expect(Headline(result).text.hasSuffix("4 clusters cannot decide anything. [FEW_CLUSTERS]"))
    result = Samples.improved
    result.outcome = .improvedSmall
    #expect(Headline(result).sentence.hasPrefix("The candidate is better, by less than the 3.0 points that matter"))
  }

  @Test func barsAddUp() {
    #expect(StackedBar.cells([1, 1, 1], columns: 10) == [4, 3, 3])
    #expect(StackedBar.cells([0, 5, 0], columns: 7) == [0, 7, 0])
    #expect(StackedBar.cells([0, 0], columns: 7) == [0, 0])
    #expect(StackedBar.cells([.infinity, 1], columns: 7) == [0, 0])
  }

  /// Results of any outcome with numbers of any size.
  static let randomResults: [Comparison.ComparisonResult] = {
    var generator = SplitMix(seed: 99)
    return (0..<150).map { _ in
      let size = pow(10, Double.random(in: -12...12, using: &generator))
      let ends = (0..<3).map { _ in Double.random(in: -1...1, using: &generator) * size }.sorted()
      var result = Samples.result(
        verdict: Verdict.allCases.randomElement(using: &generator) ?? .improved,
        outcome: Outcome.allCases.randomElement(using: &generator) ?? .improved,
        design: Samples.design(items: Int.random(in: 0...1_000_000, using: &generator), population: "on some items"),
        base: Samples.arm("base", ends[0], ends[0], ends[1], items: 3),
        candidate: Samples.arm("candidate", ends[2], nil, nil, items: 3),
        evidence: Samples.evidence(ends[1], ends[0], ends[2], p: Double.random(in: 0...1, using: &generator)))
      result.isBinary = size <= 1
      result.policy.lowerIsBetter = Bool.random(using: &generator)
      result.policy.minEffect = Double.random(in: 0...1, using: &generator) * size
      result.policy.margin = Double.random(in: 0...1, using: &generator) * size
      result.policy.claim = Claim.allCases.randomElement(using: &generator)
      result.slices = Samples.slices
      result.flips = Samples.hostileNames.flips
      if let code = Reason.Code.allCases.randomElement(using: &generator) {
        result.reasons = [Reason(code, "Something about \(Samples.hostile) is odd.")]
      }
      result.power = .init(
        minDetectableGain: size, minDetectableLoss: nil, atMinEffect: 0.5, itemsNeeded: 12, moreItems: nil,
        suggestedMargin: size, unit: "paired items")
      return result
    }
  }()
}

/// A reader of RFC 4180 for the tests.
enum CSVReader {
  static func rows(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    let scalars = Array(text.unicodeScalars)
    var place = 0
    while place < scalars.count {
      let scalar = scalars[place]
      let next = place + 1 < scalars.count ? scalars[place + 1] : nil
      switch (scalar, isQuoted) {
      case ("\"", true) where next == "\"":
        field.append(scalar)
        place += 1
      case ("\"", _): isQuoted.toggle()
      case (",", false):
        row.append(String(field))
        field = .init()
      case ("\r", false) where next == "\n":
        rows.append(row + [String(field)])
        row = []
        field = .init()
        place += 1
      default: field.append(scalar)
      }
      place += 1
    }
    return rows
  }
}
