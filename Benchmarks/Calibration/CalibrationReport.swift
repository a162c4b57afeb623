import Foundation
internal import Statistics

/// The run as Markdown: what it found, then every table.
public struct CalibrationReport {
  private let run: CalibrationRun
  private let version: String

  /// - Parameter version: of the code that was calibrated.
  public init(_ run: CalibrationRun, version: String) {
    self.run = run
    self.version = version
  }

  public var markdown: String {
    ([heading, summary, exceedances] + run.designs.map(table)).joined(separator: "\n\n") + "\n"
  }

  private var heading: String {
    """
    # Calibration

    What the methods that `tally compare` chooses by default do in simulated worlds whose truth is known. `make calibrate` \
    writes this file: code \(version), seed \(run.seed), \(grouped(draws)) worlds in \(grouped(cells)) cells \
    (10,000 a cell for closed forms; 2,000 for resampling methods, with 999 resamples, and for the daily looks at repeats, \
    clusters and separate arms).

    The factors are not crossed in full, to end within a quarter of an hour: unpaired repeats stop at 500 items an arm and \
    have item correlation 0.3, clusters of one arm and of separate arms hold 10 items on average, clusters with repeats \
    have 3 of them at rates 0.8 and 0.95, and daily looks take ICC and item correlation 0.3.

    Coverage: how often the 95 % interval holds the true value. Type I error: how often a world without an effect is \
    rejected at α = 5 %, by the p-value, by the interval alone, and by the verdict, which needs both. Power: how often the \
    effect is found, on its side. In brackets: 95 % Monte Carlo intervals (Wilson). Stand-in: how often another method \
    stood in for the design's usual one (both worlds together).
    """
  }

  private var draws: Int { allResults.reduce(0) { $0 + $1.result.draws } }
  private var cells: Int { allResults.count }

  private var allResults: [(design: String, row: String, result: CellResult)] {
    run.designs.flatMap { design in
      design.rows.flatMap { row in
        [row.null, row.effect].compactMap { $0 }.map { (design.design.title, row.label, $0) }
      }
    }
  }

  private var summary: String {
    var lines = [
      "## Summary", "",
      "| design | cells | mean coverage | lowest coverage | where | highest type I error: p | verdict | mean power |",
      "| --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |",
    ]
    for design in run.designs {
      let results = allResults.filter { $0.design == design.design.title }
      lines.append(summaryRow(design.design.title, results, rows: design.rows))
    }
    lines.append(summaryRow("**all**", allResults, rows: run.designs.flatMap(\.rows)))
    let mean = CalibrationReport.meanCoverage(allResults.map(\.result))
    lines += [
      "",
      "Mean coverage over all cells \(percent(mean)): the rule is at least 94.5 %, which is \(mean >= 0.945 ? "met" : "**not met**").",
    ]
    return lines.joined(separator: "\n")
  }

  private func summaryRow(
    _ name: String, _ results: [(design: String, row: String, result: CellResult)], rows: [CalibrationRun.RowResult]
  ) -> String {
    let worst = results.min { $0.result.coverage < $1.result.coverage }
    let nulls = rows.compactMap(\.null)
    let effects = rows.filter { $0.null != nil }.compactMap(\.effect)
    func highest(_ measure: Exceedance.Measure) -> String {
      nulls.map { Double(measure.count($0)) / Double(max(1, $0.draws)) }.max().map(percent) ?? ""
    }
    let power =
      effects.isEmpty
      ? ""
      : percent(
        effects.reduce(0) { $0 + Double($1.decidedRightly) / Double(max(1, $1.draws)) } / Double(effects.count))
    let place = worst.map { $0.row + ($0.result.truth == 0 ? "" : ", true \(decimals($0.result.truth))") } ?? ""
    return
      "| \(name) | \(results.count) | \(percent(CalibrationReport.meanCoverage(results.map(\.result)))) "
      + "| \(worst.map { percent($0.result.coverage) } ?? "") | \(place) | \(highest(.pValue)) "
      + "| \(highest(.verdict)) | \(power) |"
  }

  static func meanCoverage(_ results: [CellResult]) -> Double {
    results.isEmpty ? 0 : results.reduce(0) { $0 + $1.coverage } / Double(results.count)
  }

  private var exceedances: String {
    var lines = [
      "## Exceedances", "",
      "Cells whose type I error is more than half a point above 5 %, and significantly so: one-sided binomial test against 5 %, Holm-adjusted over all \(run.nulls.count) null cells, one family a measure. Improved and regressed need the p-value and the interval; equivalent and non-inferior read the interval alone.",
      "",
    ]
    for measure in Exceedance.Measure.allCases {
      let found = Exceedance.all(of: measure, in: run.nulls)
      let name =
        measure == .pValue ? "By the p-value" : measure == .interval ? "By the interval alone" : "By the verdict"
      lines.append("\(name): \(found.isEmpty ? "none." : "\(found.count).")")
      lines.append("")
      guard !found.isEmpty else { continue }
      lines += ["| design | world | type I error | adjusted p |", "| --- | --- | ---: | ---: |"]
      for exceedance in found {
        lines.append(
          "| \(exceedance.design) | \(exceedance.row) | \(share(exceedance.count, exceedance.result)) | \(String(format: "%.2g", exceedance.adjustedPValue)) |"
        )
      }
      lines.append("")
    }
    return lines.dropLast().joined(separator: "\n")
  }

  private func table(_ design: CalibrationRun.DesignResult) -> String {
    let isTested = design.rows.contains { $0.null != nil }
    var lines = ["## \(design.design.title)", "", design.design.note, ""]
    lines +=
      isTested
      ? [
        "| world | coverage without effect | type I: p | interval | verdict | effect | coverage | power | stand-in |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
      ] : ["| world | truth | coverage |", "| --- | ---: | ---: |"]
    for row in design.rows { lines.append(isTested ? tested(row) : arm(row)) }
    return lines.joined(separator: "\n")
  }

  private func tested(_ row: CalibrationRun.RowResult) -> String {
    guard let null = row.null, let effect = row.effect else { return "| \(row.label) | | | | | | | | |" }
    let cells = [
      row.label, share(null.covered, null), share(null.rejectedByP, null), share(null.rejectedByInterval, null),
      share(null.decided, null), decimals(effect.truth), share(effect.covered, effect),
      share(effect.decidedRightly, effect),
      String(
        format: "%.0f %%",
        100 * Double(null.replaced + effect.replaced) / Double(max(1, null.draws + effect.draws))),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private func arm(_ row: CalibrationRun.RowResult) -> String {
    guard let result = row.effect else { return "| \(row.label) | | |" }
    return "| \(row.label) | \(decimals(result.truth)) | \(share(result.covered, result)) |"
  }

  /// "94.6 [94.1, 95.0]", in percent.
  private func share(_ count: Int, _ result: CellResult) -> String {
    let interval = result.interval(count)
    return String(
      format: "%.1f [%.1f, %.1f]", 100 * Double(count) / Double(max(1, result.draws)), 100 * interval.low,
      100 * interval.high)
  }

  private func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
  private func decimals(_ value: Double) -> String { String(format: "%.4f", value) }

  private func grouped(_ number: Int) -> String {
    var digits = String(number)
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
      position -= 3
    }
    return digits
  }
}
