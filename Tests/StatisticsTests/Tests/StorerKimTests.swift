import Statistics
import Testing

@Suite struct StorerKimTests {
  @Test func agreesWithAllTablesVisited() throws {
    for row in try Fixture("storer-kim").rows {
      let test = try StorerKim.test(
        successes1: row.int("x"), trials1: row.int("n"), successes2: row.int("y"), trials2: row.int("m"))
      #expect(try isClose(test.pValue, row.double("p"), 1e-12), "\(row)")
      let swapped = try StorerKim.test(
        successes1: row.int("y"), trials1: row.int("m"), successes2: row.int("x"), trials2: row.int("n"))
      #expect(isClose(swapped.pValue, test.pValue, 1e-12), "\(row)")
    }
  }

  @Test(arguments: [
    (20, 30, 50, 0.0569), (43, 57, 100, 0.0560), (25, 35, 50, 0.0430), (1_968, 2_040, 2_400, 0.00511),
    (82, 85, 100, 0.582),
  ])
  func publishedPairs(first: Int, second: Int, trials: Int, p: Double) {
    let test = StorerKim.test(successes1: first, trials1: trials, successes2: second, trials2: trials)
    #expect(abs(test.pValue - p) <= (p > 0.1 ? 5e-4 : 5e-5))
    #expect((test.statistic ?? 0) < 0)
  }

  @Test func nothingToTest() {
    #expect(StorerKim.test(successes1: 0, trials1: 0, successes2: 3, trials2: 5).pValue == 1)
    #expect(StorerKim.test(successes1: 4, trials1: 4, successes2: 5, trials2: 5).pValue == 1)
    #expect(StorerKim.test(successes1: 2, trials1: 4, successes2: 5, trials2: 10).pValue == 1)
  }
}
