import Statistics
import Testing

@Suite struct AgreementTests {
  @Test func cohenAgreesWithItsOracle() throws {
    for row in try Fixture("cohen-kappa").rows {
      let agreement = CohenKappa(table: try table(row))
      #expect(try isClose(#require(agreement.agreement), row.double("agreement")), "\(row)")
      #expect(try isClose(#require(agreement.kappa), row.double("kappa")), "\(row)")
      #expect(try isClose(#require(agreement.standardError), row.double("standard_error")), "\(row)")
    }
  }

  @Test func fleissAgreesWithItsOracle() throws {
    for row in try Fixture("fleiss-kappa").rows {
      let agreement = try #require(FleissKappa(table: try table(row)))
      #expect(try agreement.raters == row.int("raters"))
      #expect(try isClose(#require(agreement.kappa), row.double("kappa")), "\(row)")
    }
  }

  /// eval-validity, worked example (c).
  @Test func aJudgeThatPassesTooMuch() throws {
    let judge = BinaryAgreement(bothPositive: 70, onlyJudgePositive: 14, onlyReferencePositive: 4, bothNegative: 12)
    #expect(judge.items == 100 && judge.positives == 74 && judge.negatives == 26)
    #expect(judge.kappa.agreement == 0.82)
    #expect(abs(try #require(judge.kappa.kappa) - 0.4656) < 5e-5)
    #expect(abs(try #require(judge.truePositiveRate) - 0.9459) < 5e-5)
    #expect(abs(try #require(judge.trueNegativeRate) - 0.4615) < 5e-5)
    let interval = judge.trueNegativeInterval()
    #expect(abs(interval.low - 0.2876) < 5e-5 && abs(interval.high - 0.6454) < 5e-5)
    #expect(judge.truePositiveInterval().contains(0.9459))
  }

  /// The tables of Fleiss's own paper, as it is reprinted everywhere: ten items, fourteen raters, κ = 0.210.
  @Test func fleissOwnExample() throws {
    let table = [
      [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1], [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
    ]
    let agreement = try #require(FleissKappa(table: table))
    #expect(abs(try #require(agreement.kappa) - 0.210) < 5e-4)
    #expect(abs(try #require(agreement.agreement) - 0.378) < 5e-4)
    #expect(abs(try #require(agreement.expectedAgreement) - 0.213) < 5e-4)
  }

  @Test func whatIsUndefinedIsNil() {
    for empty in [CohenKappa(table: []), CohenKappa(table: [[0, 0], [0, 0]])] {
      #expect(empty.items == 0 && empty.agreement == nil && empty.kappa == nil && empty.standardError == nil)
      #expect(empty.expectedAgreement == nil && empty.interval() == nil)
    }
    let same = CohenKappa(table: [[0, 0, 0], [0, 12, 0], [0, 0, 0]])
    #expect(same.agreement == 1 && same.expectedAgreement == 1 && same.kappa == nil && same.interval() == nil)
    let judge = BinaryAgreement(bothPositive: 3)
    #expect(judge.truePositiveRate == 1 && judge.trueNegativeRate == nil && judge.kappa.kappa == nil)
    #expect(judge.trueNegativeInterval() == Interval(low: 0, high: 1))
    #expect(FleissKappa(table: []) == nil)
    #expect(FleissKappa(table: [[2, 0], [1, 2]]) == nil)
    #expect(FleissKappa(table: [[2, 0], [1, 1, 0]]) == nil)
    #expect(FleissKappa(table: [[1, 0], [0, 1]]) == nil)
    #expect(FleissKappa(table: [[3, 0], [3, 0]])?.kappa == nil)
    #expect(FleissKappa(table: [[3, 0], [3, 0]])?.agreement == 1)
    let none = FleissKappa(categories: 2, raters: 3)
    #expect(none.kappa == nil && none.agreement == nil && none.expectedAgreement == nil)
  }

  @Test func perfectAndWorstAgreement() throws {
    let perfect = CohenKappa(table: [[5, 0], [0, 7]])
    #expect(perfect.kappa == 1 && perfect.standardError == 0)
    #expect(perfect.interval() == Interval(point: 1))
    let worst = CohenKappa(table: [[0, 6], [6, 0]])
    #expect(worst.kappa == -1)
    // Raters who never use the same category agree less than never only by chance: κ = 0.
    #expect(CohenKappa(table: [[0, 9], [0, 0]]).kappa == 0)
  }

  /// Order of raters, order of categories and empty categories do not matter; items one by one are the table.
  @Test func kappaDoesNotDependOnNames() throws {
    var generator = Xoshiro256StarStar(seed: 201)
    for _ in 0..<300 {
      let size = Int.random(in: 2...5, using: &generator)
      let table = (0..<size).map { _ in (0..<size).map { _ in Int.random(in: 0...20, using: &generator) } }
      let plain = CohenKappa(table: table)
      let order = Array(0..<size).shuffled(using: &generator)
      let variants = [
        (0..<size).map { i in (0..<size).map { table[$0][i] } }, order.map { i in order.map { table[i][$0] } },
        table.map { $0 + [0] } + [[Int](repeating: 0, count: size + 1)],
      ]
      for variant in variants.map(CohenKappa.init(table:)) {
        #expect(isClose(try #require(plain.kappa), try #require(variant.kappa), 1e-12))
        #expect(isClose(try #require(plain.standardError), try #require(variant.standardError), 1e-12))
      }
      var judge = BinaryAgreement()
      for (i, row) in table.enumerated() {
        for (j, count) in row.enumerated() {
          for _ in 0..<count { judge.add(judge: i == 0, reference: j == 0) }
        }
      }
      #expect(judge.bothPositive == table[0][0] && judge.items == plain.items)
    }
  }

  private func table(_ row: Row) throws -> [[Int]] {
    let (cells, categories) = (row.doubles("table").map { Int($0) }, try row.int("categories"))
    return stride(from: 0, to: cells.count, by: categories).map { Array(cells[$0..<($0 + categories)]) }
  }
}
