import Foundation
import Testing

/// Pass/fail data with given counts: in both, only base, only candidate, neither.
private func paired(_ both: Int, _ base: Int, _ candidate: Int, _ neither: Int) -> ([Double], [Double]) {
  func repeated(_ value: Double, _ counts: [Int]) -> [Double] { counts.flatMap { Array(repeating: value, count: $0) } }
  return (
    repeated(1, [both]) + repeated(1, [base]) + repeated(0, [candidate]) + repeated(0, [neither]),
    repeated(1, [both]) + repeated(0, [base]) + repeated(1, [candidate]) + repeated(0, [neither])
  )
}

/// What each outcome is called and which exit code it has, under each claim: the table in `tally compare --help`.
struct VerdictTests {
  private static let improved = [60, 5, 35, 20]
  private static let regressed = [60, 35, 5, 20]
  private static let even = [150, 10, 10, 30]
  private static let tilted = [150, 4, 10, 36]
  private static let same = [900, 8, 8, 84]
  private static let slightlyBetter = [900, 2, 16, 82]
  private static let slightlyWorse = [900, 16, 2, 82]

  @Test(arguments: [
    (improved, "", "IMPROVED", "improved", 0), (improved, "improvement --min-effect 10%", "IMPROVED", "improved", 0),
    (improved, "no-regression --margin 5%", "IMPROVED", "improved", 0),
    (improved, "improvement --min-effect 40%", "IMPROVED_SMALL", "improved", 0),
    (slightlyBetter, "improvement --min-effect 5%", "IMPROVED_SMALL", "improved", 0),
    (regressed, "", "REGRESSED", "regressed", 1), (regressed, "no-regression --margin 5%", "REGRESSED", "regressed", 1),
    (regressed, "equivalence --margin 5%", "REGRESSED", "regressed", 1),
    (slightlyWorse, "no-regression --margin 5%", "WORSE_WITHIN_MARGIN", "regressed", 1),
    (slightlyWorse, "equivalence --margin 5%", "WORSE_WITHIN_MARGIN", "regressed", 1),
    (even, "", "INCONCLUSIVE", "inconclusive", 2),
    (even, "no-regression --margin 1%", "INCONCLUSIVE", "inconclusive", 2),
    (same, "equivalence --margin 3%", "EQUIVALENT", "equivalent", 0),
    (same, "no-regression --margin 3%", "EQUIVALENT", "equivalent", 0),
    (same, "improvement --margin 3%", "EQUIVALENT", "inconclusive", 2), (same, "", "INCONCLUSIVE", "inconclusive", 2),
    (tilted, "no-regression --margin 5%", "NON_INFERIOR", "non-inferior", 0),
    (tilted, "equivalence --margin 5%", "NON_INFERIOR", "inconclusive", 2),
  ])
  func outcomesUnderClaims(counts: [Int], flags: String, outcome: String, verdict: String, code: Int32) throws {
    let shop = try Workshop()
    let (base, candidate) = paired(counts[0], counts[1], counts[2], counts[3])
    try shop.scores("a.csv", base)
    try shop.scores("b.csv", candidate)
    let claim = flags.isEmpty ? [] : ["--claim"] + flags.split(separator: " ").map(String.init)
    let run = try shop.tally(["compare", "a.csv", "b.csv", "--format", "json"] + claim)
    let json = try run.json()
    #expect(json["outcome"].string == outcome)
    #expect(json["verdict"].string == verdict)
    #expect(run.code == code)
    // Every other format ends the same.
    for format in ["text", "markdown", "csv"] {
      #expect(try shop.tally(["compare", "a.csv", "b.csv", "--format", format] + claim).code == code)
    }
  }

  @Test func lowerIsBetterTurnsTheVerdict() throws {
    let shop = try Workshop()
    let (base, candidate) = paired(60, 5, 35, 20)
    try shop.scores("a.csv", base)
    try shop.scores("b.csv", candidate)
    let run = try shop.tally("compare", "a.csv", "b.csv", "--lower-is-better", "--format", "json")
    #expect(run.code == 1)
    #expect(try run.json()["verdict"].string == "regressed")
  }

  @Test func nothingDiffers() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", (0..<50).map { Double($0 % 2) })
    try shop.scores("level.csv", Array(repeating: 0.5, count: 50))
    for file in ["a.csv", "level.csv"] {
      let run = try shop.tally("compare", file, file, "--format", "json")
      let json = try run.json()
      #expect(run.code == 2)
      #expect(json["verdict"].string == "inconclusive")
      #expect(json["difference", "estimate"].number == 0)
      if let p = json["test", "p"].number { #expect(p == 1) }
    }
  }

  @Test func oneItem() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", [0])
    try shop.scores("b.csv", [1])
    let run = try shop.tally("compare", "a.csv", "b.csv", "--format", "json")
    #expect(run.code == 2)
    #expect(try run.json()["verdict"].string == "inconclusive")
    let text = try shop.tally("compare", "a.csv", "b.csv").text
    #expect(text.contains("1 common item,"))
    #expect(!text.contains("1 common items"))
    try shop.scores("x.csv", [0.25])
    try shop.scores("y.csv", [7.5])
    let real = try shop.tally("compare", "x.csv", "y.csv", "--format", "json")
    #expect(real.code == 2)
    #expect(try real.json()["reasons"].list.contains(.string("TOO_FEW_ITEMS")))
  }

  @Test func noCommonItemsAreComparedAsSamples() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", (0..<100).map { $0 < 50 ? 1 : 0 })
    try shop.scores("b.csv", (0..<100).map { $0 < 90 ? 1 : 0 }, from: 1000)
    let run = try shop.tally("compare", "a.csv", "b.csv", "--format", "json")
    let json = try run.json()
    #expect(run.code == 0)
    #expect(json["design", "paired"].bool == false)
    #expect(json["reasons"].list.contains(.string("UNPAIRED")))
  }

  // MARK: Looks

  @Test func plannedItemsMakeAnEarlyLookNoVerdict() throws {
    let shop = try Workshop()
    let (base, candidate) = paired(60, 5, 35, 20)
    try shop.scores("a.csv", base)
    try shop.scores("b.csv", candidate)
    let early = try shop.tally("compare", "a.csv", "b.csv", "--planned", "500", "--format", "json")
    #expect(early.code == 2)
    #expect(try early.json()["reasons"].list.contains(.string("NOT_YET")))
    #expect(try early.json()["missing", 0, "howMuch"].integer == 380)
    let onTime = try shop.tally("compare", "a.csv", "b.csv", "--planned", "120", "--format", "json")
    #expect(onTime.code == 0)
  }

  @Test func sequentialIsWiderAndValidAtAnyLook() throws {
    let shop = try Workshop()
    let (base, candidate) = paired(300, 40, 160, 100)
    try shop.scores("a.csv", base)
    try shop.scores("b.csv", candidate)
    let fixed = try shop.tally("compare", "a.csv", "b.csv", "--format", "json").json()
    let run = try shop.tally("compare", "a.csv", "b.csv", "--sequential", "--format", "json")
    let anytime = try run.json()
    #expect(anytime["policy", "sequential"].bool == true)
    func width(_ json: JSON) throws -> Double {
      try #require(json["difference", "high"].number) - #require(json["difference", "low"].number)
    }
    #expect(try width(anytime) > width(fixed))
    #expect(run.code == 0)
    try shop.scores("c.csv", [1, 0, 1])
    let tiny = try shop.tally("compare", "c.csv", "c.csv", "--sequential", "--format", "json")
    #expect(tiny.code == 2)
    #expect(try tiny.json()["reasons"].list.contains(.string("TOO_EARLY")))
  }

  @Test func anotherMethodStandsBesideTheDefault() throws {
    let shop = try Workshop()
    let (base, candidate) = paired(60, 5, 35, 20)
    try shop.scores("a.csv", base)
    try shop.scores("b.csv", candidate)
    let run = try shop.tally("compare", "a.csv", "b.csv", "--method", "paired-t", "--format", "json")
    let json = try run.json()
    #expect(json["test", "name"].string == "paired t test")
    #expect(json["default_method", "test", "name"].string == "exact McNemar")
    #expect(json["policy", "method"].string == "paired-t")
    #expect(json["reasons"].list.contains(.string("METHOD_OVERRIDDEN")))
    let text = try shop.tally("compare", "a.csv", "b.csv", "--method", "paired-t").text
    #expect(text.contains("paired t test"))
    #expect(text.contains("exact McNemar"))
    let wrong = try shop.tally("compare", "a.csv", "b.csv", "--method", "cluster-robust")
    #expect(wrong.code == 64)
    #expect(wrong.output.isEmpty)
    #expect(wrong.errors.contains("--cluster"))
  }
}
