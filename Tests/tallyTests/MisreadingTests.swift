import Testing

/// What a reader could take for something else: lists that are not whole, sizes in the wrong unit, arms that share nothing.
struct MisreadingTests {
  /// SWE-bench's short report: the passes, and some ids without a patch, but not all that was tried.
  static func shortReport(passes: Int, without: [String]) -> String {
    let resolved = (0..<passes).map { "\"q\($0)\"" }.joined(separator: ",")
    let ids = without.map { "\"\($0)\"" }.joined(separator: ",")
    return "{\"no_generation\":[\(ids)],\"no_logs\":[],\"resolved\":[\(resolved)]}"
  }

  @Test func aShortReportIsNotAWholeSuite() throws {
    let shop = try Workshop()
    try shop.write("a.json", MisreadingTests.shortReport(passes: 200, without: ["q400"]))
    try shop.write("b.json", MisreadingTests.shortReport(passes: 240, without: []))
    let run = try shop.tally("compare", "a.json", "b.json", "--suite-size", "500", "--format", "json")
    #expect(run.code == 0)
    #expect(try run.json()["base", "mean"].number == 0.4)
    #expect(try run.json()["candidate", "mean"].number == 0.48)
    #expect(try run.json()["design", "items"].integer == 500)
  }

  @Test func sizesOfRatesAreNotPercentages() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", (0..<50).map { Double($0 % 2) })
    try shop.scores("b.csv", (0..<50).map { $0 % 3 == 0 ? 1.0 : 0 })
    let run = try shop.tally("compare", "a.csv", "b.csv", "--claim", "no-regression", "--margin", "2")
    #expect(run.code == 64)
    #expect(run.output.isEmpty)
    #expect(run.errors.contains("Did you mean 2.0%?"))
    let plan = try shop.tally("power", "--effect", "3")
    #expect(plan.code == 64)
  }

  @Test func percentagesAreOfRates() throws {
    let shop = try Workshop()
    let rows = (0..<40).map { "q\($0),\(100 + $0)" }.joined(separator: "\n")
    try shop.write("a.csv", "id,latency_ms\n\(rows)\n")
    try shop.write("b.csv", "id,latency_ms\n\(rows)\n")
    let run = try shop.tally(
      "compare", "a.csv", "b.csv", "--score", "latency_ms", "--claim", "no-regression", "--margin", "5%")
    #expect(run.code == 64)
    #expect(run.errors.contains("in that unit"))
    let bare = try shop.tally("compare", "a.csv", "b.csv", "--score", "latency_ms")
    #expect(bare.errors.contains("--lower-is-better"))
  }

  @Test func armsThatShareNothingShowWhy() throws {
    let shop = try Workshop()
    try shop.scores("a.csv", (0..<30).map { Double($0 % 2) })
    let renamed = (0..<30).map { "run2/q\($0),1" }.joined(separator: "\n")
    try shop.write("b.csv", "id,score\n\(renamed)\n")
    let run = try shop.tally("compare", "a.csv", "b.csv")
    #expect(run.text.replacing("\n", with: " ").contains("candidate such as run2/q"))
  }
}
