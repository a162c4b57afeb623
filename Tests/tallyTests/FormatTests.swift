import SeededRandom
import Foundation
import Testing

/// What comes out, in every format, and that it comes out the same each time.
struct FormatTests {
  /// Sixty items with slices and awkward ids; a third of them change.
  private func shop() throws -> Workshop {
    let shop = try Workshop()
    var random = SplitMix(seed: 7)
    var base = ["id,lang,score"]
    var candidate = ["id,lang,score"]
    for item in 0..<60 {
      let id = item % 3 == 0 ? "\"a|b, `\(item)` <i>\"" : "item \(item)"
      let language = ["de", "fr|ch", "日本"][item % 3]
      base.append("\(id),\(language),\(Int.random(in: 0...1, using: &random))")
      candidate.append("\(id),\(language),\(Int.random(in: 0...1, using: &random))")
    }
    try shop.write("base.csv", base.joined(separator: "\n") + "\n")
    try shop.write("next.csv", candidate.joined(separator: "\n") + "\n")
    try shop.write("third.csv", candidate.joined(separator: "\n").replacingOccurrences(of: ",0", with: ",1") + "\n")
    return shop
  }

  private static let pair = ["compare", "base.csv", "next.csv", "--slice", "lang"]
  private static let ranking = ["compare", "base.csv", "next.csv", "third.csv"]
  private static let questions: [[String]] = [
    ["power"], ["power", "--effect", "3%", "--discordant", "10%"],
    ["power", "--items", "400", "--base-rate", "82%", "--unpaired"],
    ["power", "base.csv", "next.csv", "--effect", "2%"],
    ["power", "base.csv", "--effect", "2%"],
    [
      "power", "--effect", "2%", "--sd", "0.35", "--item-variance", "0.09", "--repeat-variance", "0.04",
      "--cost-per-item",
      "10", "--cost-per-repeat", "1", "--budget", "5000",
    ],
  ]

  @Test(arguments: [pair, pair + ["--method", "sign-flip"], pair + ["--unpaired"], pair + ["--sequential"]])
  func comparisonFitsItsSchema(arguments: [String]) throws {
    let json = try shop().tally(arguments + ["--format", "json"]).json()
    #expect(json["schema"].string == "tally.compare/1")
    #expect(try SchemaCheck("tally.compare-1").faults(json) == [])
  }

  @Test func rankingFitsItsSchema() throws {
    let json = try shop().tally(FormatTests.ranking + ["--format", "json"]).json()
    #expect(json["schema"].string == "tally.rank/1")
    #expect(try SchemaCheck("tally.rank-1").faults(json) == [])
  }

  @Test(arguments: questions)
  func plansFitTheirSchema(arguments: [String]) throws {
    let shop = try shop()
    let run = try shop.tally(arguments + ["--format", "json"])
    #expect(run.code == 0, "\(run.errors)")
    #expect(try SchemaCheck("tally.power-1").faults(run.json()) == [])
    for format in ["text", "markdown", "csv"] {
      let other = try shop.tally(arguments + ["--format", format])
      #expect(other.code == 0)
      #expect(!other.output.isEmpty)
    }
  }

  /// The checker itself sees what is wrong.
  @Test func theSchemaCheckerFindsFaults() throws {
    let check = try SchemaCheck("tally.compare-1")
    guard case .object(var members) = try shop().tally(FormatTests.pair + ["--format", "json"]).json() else {
      Issue.record("no object")
      return
    }
    members["verdict"] = .string("splendid")
    members["design"] = nil
    members["extra"] = .null
    let faults = check.faults(.object(members))
    #expect(faults.contains { $0.hasPrefix("$.verdict") })
    #expect(faults.contains("$ lacks design"))
    #expect(faults.contains("$.extra is not in the schema"))
  }

  // MARK: CSV and Markdown

  /// Cells of a CSV by RFC 4180; nil when a quote is where none may be.
  private func cells(_ text: String) -> [[String]]? {
    var rows: [[String]] = [[]]
    var cell = ""
    var isQuoted = false
    var wasQuoted = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"" where isQuoted: (isQuoted, wasQuoted) = (false, true)
      case "\"" where wasQuoted: (isQuoted, wasQuoted, cell) = (true, false, cell + "\"")
      case "\"": guard cell.isEmpty else { return nil }; isQuoted = true
      case "," where !isQuoted: rows[rows.count - 1].append(cell); (cell, wasQuoted) = ("", false)
      case "\n" where !isQuoted: rows[rows.count - 1].append(cell); rows.append([]); (cell, wasQuoted) = ("", false)
      case "\r" where !isQuoted: continue
      default: cell.unicodeScalars.append(scalar)
      }
    }
    guard !isQuoted, rows.popLast() == [] else { return nil }
    return rows
  }

  @Test(arguments: [pair, ranking, questions[1], questions[3]])
  func csvParses(arguments: [String]) throws {
    let rows = try #require(cells(try shop().tally(arguments + ["--format", "csv"]).text))
    #expect(rows.count > 1)
    #expect(rows.allSatisfy { $0.count == rows[0].count })
    #expect(Set(rows[0]).count == rows[0].count)
    #expect(rows.allSatisfy { row in row.allSatisfy { !["nan", "inf", "-inf"].contains($0.lowercased()) } })
  }

  @Test(arguments: [pair, ranking])
  func markdownTablesKeepTheirColumns(arguments: [String]) throws {
    let text = try shop().tally(arguments + ["--format", "markdown", "--show", "60"]).text
    var columns: Int?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        columns = nil
        continue
      }
      let bars = line.replacingOccurrences(of: "\\|", with: "").count { $0 == "|" }
      if let columns { #expect(bars == columns, "\(line)") }
      columns = bars
    }
    #expect(!text.contains("<i>"))
  }

  @Test func methodsArePasted() throws {
    let shop = try shop()
    let plain = try shop.tally(FormatTests.pair)
    let written = try shop.tally(FormatTests.pair + ["--methods"])
    #expect(written.text.hasPrefix(plain.text))
    let methods = written.text.dropFirst(plain.text.count)
    for word in ["exact McNemar", "Tango", "Wilson", "n = 60", "seed"] { #expect(methods.contains(word), "\(word)") }
    #expect(!plain.text.contains("References"))
  }

  @Test func showLimitsTheListOfItems() throws {
    let shop = try shop()
    for show in [0, 2, 60] {
      let flips = try shop.tally(FormatTests.pair + ["--show", "\(show)", "--format", "json"]).json()["flips"].list
      let worse = flips.count { ($0["difference"].number ?? 0) < 0 }
      let better = flips.count { ($0["difference"].number ?? 0) > 0 }
      #expect(worse <= show)
      #expect(better <= show)
      #expect(worse + better == flips.count)
    }
  }

  /// Control characters in names must not reach a terminal.
  @Test func namesCannotSteerTheTerminal() throws {
    let shop = try Workshop()
    try shop.write("a.csv", "id,score\n\u{1B}[31mred\u{1B}]0;title\u{7},1\nplain,0\n")
    try shop.write("b.csv", "id,score\n\u{1B}[31mred\u{1B}]0;title\u{7},0\nplain,1\n")
    for format in ["text", "markdown"] {
      let run = try shop.tally("compare", "a.csv", "b.csv", "--format", format)
      #expect(!run.text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F })
    }
  }

  // MARK: The same each time

  @Test(arguments: ["text", "json", "markdown", "csv"])
  func aSeedGivesTheSameBytes(format: String) throws {
    let shop = try shop()
    let arguments = FormatTests.pair + ["--method", "bootstrap", "--format", format]
    let seeded = try shop.tally(arguments + ["--seed", "11"])
    #expect(try shop.tally(arguments + ["--seed", "11"]).output == seeded.output)
    let unseeded = try shop.tally(arguments)
    #expect(try shop.tally(arguments).output == unseeded.output)
    #expect(try shop.tally(arguments + ["--seed", "12"]).output != seeded.output || format == "text")
  }

  @Test func theOrderOfRowsDoesNotMatter() throws {
    let shop = try shop()
    var random = SplitMix(seed: 3)
    for name in ["base", "next"] {
      let lines = try String(contentsOf: shop.url("\(name).csv"), encoding: .utf8).split(separator: "\n")
      let shuffled = [lines[0]] + lines.dropFirst().shuffled(using: &random)
      try shop.write("other/\(name).csv", shuffled.joined(separator: "\n") + "\n")
    }
    for method in ["sign-flip", "bootstrap", "mcnemar-tango"] {
      let flags = ["--slice", "lang", "--method", method, "--format", "json"]
      let first = try shop.tally(["compare", "base.csv", "next.csv"] + flags)
      let second = try shop.tally(["compare", "other/base.csv", "other/next.csv"] + flags)
      #expect(first.output == second.output, "\(method)")
    }
  }

  // MARK: Streams

  /// `tally … | head -1`: the reader leaves before anything is written. The verdict's code survives.
  @Test func aReaderThatLeavesIsNoCrash() throws {
    let shop = try shop()
    let process = try Tally.prepared(["compare", "base.csv", "-"], in: shop.folder)
    let (input, output, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    try output.fileHandleForReading.close()
    try output.fileHandleForWriting.close()
    try input.fileHandleForWriting.write(contentsOf: Data(contentsOf: shop.url("next.csv")))
    try input.fileHandleForWriting.close()
    try Tally.wait(for: process, arguments: ["compare", "base.csv", "-"])
    #expect(process.terminationReason == .exit)
    #expect([0, 1, 2].contains(process.terminationStatus))
  }

  /// A verdict that nobody received is no success. (`/dev/full` takes nothing, as a full disk.)
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func aReportThatCannotBeWrittenIsAnError() throws {
    let shop = try shop()
    let process = try Tally.prepared(["compare", "base.csv", "third.csv"], in: shop.folder)
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
    process.standardError = errors
    try process.run()
    try Tally.wait(for: process, arguments: ["compare"])
    #expect(process.terminationStatus == 64)
    try errors.fileHandleForWriting.close()
    let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(said.contains("cannot write the report"))
  }

  @Test func helpTeaches() throws {
    let shop = try Workshop()
    let general = try shop.tally("--help")
    #expect(general.code == 0)
    #expect(general.text.contains("tally compare before.csv after.csv"))
    let compare = try shop.tally("compare", "--help").text
    for outcome in [
      "IMPROVED", "IMPROVED_SMALL", "EQUIVALENT", "NON_INFERIOR", "REGRESSED", "WORSE_WITHIN_MARGIN", "INCONCLUSIVE",
    ] {
      #expect(compare.contains("\n  \(outcome)  "), "\(outcome)")
    }
    #expect(compare.contains("Examples:"))
    #expect(compare.contains("64"))
    let power = try shop.tally("power", "--help").text
    #expect(power.contains("Examples:"))
    #expect(power.contains("tally power --effect 3% --discordant 10%"))
    let version = try shop.tally("--version")
    #expect(version.text == (try String(contentsOf: Tally.root.appendingPathComponent("VERSION"), encoding: .utf8)))
  }
}
