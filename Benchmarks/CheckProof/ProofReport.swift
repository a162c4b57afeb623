import Foundation
import Simulation
import Statistics

/// The run as Markdown: two tables that follow the calibration of the comparison.
public struct ProofReport {
  private let run: ProofRun

  public init(_ run: ProofRun) {
    self.run = run
  }

  public var markdown: String { [heading, plantedTable, cleanTable].joined(separator: "\n\n") + "\n" }

  private var heading: String {
    """
    # The checks in a simulated company

    One company with AI features lives through a quarter, with one failure or none (seed \(run.seed), \(worlds) worlds a row). \
    In all worlds scores and topics are missing, records arrive twice and days late, documents are of skewed sizes, and \
    items are repeated unequally. In brackets: 95 % Monte Carlo intervals (Clopper-Pearson).
    """
  }

  private var worlds: Int { run.results.first?.worlds ?? 0 }

  private var plantedTable: String {
    var lines = [
      "## Planted failures", "",
      "Power: in how many worlds the check gives the code. The rule is 90 %. Where no difference is looked at ten times, it is the worlds in which no look passes.",
      "", "| check | failure | code | power |", "| --- | --- | --- | ---: |",
    ]
    for result in run.results {
      guard case .planted(let failure) = result.cell else { continue }
      let codes = failure.codes.isEmpty ? "never a pass" : failure.codes.map { "`\($0)`" }.joined(separator: " or ")
      let count = result.found[failure.check] ?? 0
      let isShort = Double(count) < 0.9 * Double(result.worlds)
      lines.append(
        "| `\(failure.check)` | \(failure.sentence) | \(codes) | \(share(count, result))\(isShort ? " **below 90 %**" : "") |"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var cleanTable: String {
    var lines = [
      "## Clean worlds", "",
      "False alarms: in how many worlds in which nothing is wrong a check fails. On the bar the truth lies exactly on every bar that has an error: the smallest gain that counts, the floors, the allowed failures, the margin, the ceiling. Comfortable: on the right side of all bars. The stated error is 5 %; p is the one-sided binomial test against it.",
      "",
      "| check | false alarms on the bar | p | comfortable | p | codes of the alarms | passes where comfortable | else unknown |",
      "| --- | ---: | ---: | ---: | ---: | --- | ---: | --- |",
    ]
    let onTheBar = run.results.first { $0.cell == .clean(.onTheBar) }
    let comfortable = run.results.first { $0.cell == .clean(.comfortable) }
    guard let onTheBar, let comfortable else { return lines.joined(separator: "\n") }
    for check in run.checks {
      let counts = (onTheBar.failed[check] ?? 0, comfortable.failed[check] ?? 0)
      var codes = onTheBar.codes[check] ?? [:]
      codes.merge(comfortable.codes[check] ?? [:]) { $0 + $1 }
      lines.append(
        "| `\(check)` | \(share(counts.0, onTheBar)) | \(surprise(counts.0, onTheBar)) | \(share(counts.1, comfortable)) "
          + "| \(surprise(counts.1, comfortable)) | \(list(codes)) | \(share(comfortable.passed[check] ?? 0, comfortable)) "
          + "| \(list(comfortable.undecided[check] ?? [:])) |")
    }
    return lines.joined(separator: "\n")
  }

  /// Codes with their counts, the most frequent first.
  private func list(_ codes: [String: Int]) -> String {
    codes.sorted { $0.value == $1.value ? $0.key < $1.key : $0.value > $1.value }
      .map { "`\($0.key)` \($0.value)" }.joined(separator: ", ")
  }

  private func surprise(_ count: Int, _ result: ProofRun.Result) -> String {
    let p = ProofRun.surprise(count, of: result.worlds)
    return p < 0.05 ? String(format: "**%.2g**", p) : String(format: "%.2g", p)
  }

  /// Such as `97.5 [94.3, 99.2]`, in percent.
  private func share(_ count: Int, _ result: ProofRun.Result) -> String {
    let interval = result.interval(count)
    let value = 100 * Double(count) / Double(max(1, result.worlds))
    return String(format: "%.1f [%.1f, %.1f]", value, 100 * interval.low, 100 * interval.high)
  }
}
