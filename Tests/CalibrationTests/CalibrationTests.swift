import Calibration
import Comparison
import Foundation
import Statistics
import Testing

/// The calibration can tell a broken method from a sound one; its own worlds are what they say.
@Suite struct CalibrationTests {
  /// Twenty clusters of ten items, correlated 0.5 within a cluster: 200 items worth some 36.
  static func cell(draws: Int) -> Cell {
    var policy = ComparisonPolicy()
    policy.resamples = 199
    return Cell(truth: 0, draws: draws, policy: policy) { generator in
      var columns = PairedColumns()
      columns.kind = .real
      for cluster in 0..<20 {
        let shared = generator.sum(of: 12)
        for _ in 0..<10 {
          columns.base.append(0)
          columns.candidate.append(shared + generator.sum(of: 12))
          columns.clusters.append(Int32(cluster))
        }
      }
      return .paired(columns)
    }
  }

  /// A z interval of the items as if they were independent.
  static let naive: Judge = { drawn, cell, _ in
    guard case .paired(let columns) = drawn else { return nil }
    let differences = Moments(zip(columns.candidate, columns.base).map { $0 - $1 })
    guard let error = differences.standardError else { return nil }
    let reach = 1.959963984540054 * error
    let p = 2 * Normal.standard.survival(abs(differences.mean) / error)
    return Observation(
      low: differences.mean - reach, high: differences.mean + reach, pValue: p, truth: cell.truth)
  }

  @Test func aMethodThatIgnoresClustersIsFlagged() {
    let naive = CellResult(CalibrationTests.cell(draws: 400), seed: 7, judge: CalibrationTests.naive)
    #expect(naive.draws == 400)
    #expect(naive.surprise(naive.decided) < 1e-9)
    let flagged = Exceedance.all(of: .verdict, in: [("clusters", "naive", naive)])
    #expect(flagged.count == 1)
    #expect(flagged.first?.count == naive.decided)
    #expect(naive.coverage < 0.8)
  }

  @Test func theEngineIsNot() {
    let sound = CellResult(CalibrationTests.cell(draws: 400), seed: 7)
    #expect(sound.draws == 400)
    #expect(sound.surprise(sound.decided) > 1e-3)
    #expect(sound.surprise(sound.draws - sound.covered) > 1e-3)
    #expect(Exceedance.all(of: .verdict, in: [("clusters", "engine", sound)]).isEmpty)
    #expect(sound.coverage > 0.9)
  }

  @Test func theResultDependsOnTheSeedAlone() async {
    let row = Row(label: "clusters", null: CalibrationTests.cell(draws: 20), effect: nil)
    let designs = [Design(title: "design", note: "", rows: [row, row, row])]
    let one = await CalibrationRun(designs, seed: 3, concurrently: 1)
    let three = await CalibrationRun(designs, seed: 3, concurrently: 3)
    func counts(_ run: CalibrationRun) -> [[Int]] { run.nulls.map { [$0.null.covered, $0.null.rejectedByP] } }
    #expect(counts(one) == counts(three))
    #expect(CalibrationReport(one, version: "1").markdown == CalibrationReport(three, version: "1").markdown)
  }

  @Test func theReportNamesWhatExceeds() async {
    let row = Row(
      label: "twenty clusters", null: CalibrationTests.cell(draws: 400), effect: CalibrationTests.cell(draws: 20))
    let run = await CalibrationRun(
      [Design(title: "clusters", note: "Ignored.", rows: [row])], seed: 5, concurrently: 1,
      judge: CalibrationTests.naive)
    let report = CalibrationReport(run, version: "1").markdown
    #expect(report.contains("By the verdict: 1."))
    #expect(report.contains("| clusters | twenty clusters |"))
    #expect(report.contains("**not met**"))
  }

  /// The last world of every design is judged, and has the effect that it claims.
  @Test func theCatalogueHoldsWhatItClaims() {
    let designs = Catalogue.designs
    #expect(Set(designs.map(\.title)).count == designs.count)
    for design in designs {
      #expect(Set(design.rows.map(\.label)).count == design.rows.count)
      guard let row = design.rows.last, var cell = row.effect else { continue }
      cell.draws = 30
      let result = CellResult(cell, seed: 1)
      #expect(result.draws == 30)
      // A world that misses its own truth would cover it hardly ever.
      #expect(result.surprise(30 - result.covered, level: 0.15) > 1e-6, "\(design.title)")
    }
  }
}

extension Xoshiro256StarStar {
  /// Nearly normal with mean 0 and variance count/12.
  mutating func sum(of count: Int) -> Double {
    var sum = -Double(count) / 2
    for _ in 0..<count { sum += nextUnit() }
    return sum
  }
}
