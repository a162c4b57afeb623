internal import Gateway
internal import Records

/// What break-glass keys passed, as Prometheus reads it.
enum BreakGlassMetricsText {
  static func text(_ counts: BreakGlassCounts) -> String {
    let passed = counts.passed
    var lines = [
      "# HELP tally_break_glass_calls_total Calls with a break-glass key.",
      "# TYPE tally_break_glass_calls_total counter", "tally_break_glass_calls_total \(counts.calls)",
      "# HELP tally_break_glass_passed_total Those that a guard would have refused, by guard.",
      "# TYPE tally_break_glass_passed_total counter",
    ]
    for word in BreakGlass.Guard.allCases {
      lines.append("tally_break_glass_passed_total{guard=\"\(word.rawValue)\"} \(passed[word] ?? 0)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
