internal import Records

/// The first sentence about a gate, its code in brackets behind it.
enum GateSentence {
  /// `The gate release refuses: 1 of 3 required checks fails. [SLICE_BELOW_FLOOR]`
  static func text(_ report: GateReport) -> String {
    let name = "The gate \(TerminalText.safe(report.name))"
    guard !report.required.isEmpty else { return "\(name) requires no check, so it lets everything through." }
    switch report.decision {
    case .refused(let code): return "\(name) refuses: \(why(report)). [\(TerminalText.safe(code))]"
    case .wouldRefuse(let code):
      return "\(name) only observes; enforced, it would refuse: \(why(report)). [\(TerminalText.safe(code))]"
    case .pass:
      if report.mode == .off { return "\(name) is off and decides nothing; its checks say: \(why(report))." }
      return "\(name) lets through: \(why(report))."
    }
  }

  /// A line for each required check that does not apply.
  static func missing(_ report: GateReport) -> [String] {
    report.missing.map {
      "\(TerminalText.safe($0)) is required, but does not apply: nothing that it judges is declared or seen, so it proves nothing."
    }
  }

  private static func why(_ report: GateReport) -> String {
    var counts: [(Int, String, String)] = []
    func count(_ verdict: Finding.Verdict?) -> Int {
      report.required.count { !$0.entries.isEmpty && CheckReport.worst($0.entries) == verdict }
    }
    counts.append((count(.fail), "fails", "fail"))
    counts.append((count(.unknown), "is unknown", "are unknown"))
    counts.append((report.missing.count, "does not apply", "do not apply"))
    counts.append((count(.warn), "warns", "warn"))
    counts.append((count(.pass), "passes", "pass"))
    counts.append((count(nil), "is waived", "are waived"))
    let said = counts.filter { $0.0 > 0 }.map { ($0.0, $0.0 == 1 ? $0.1 : $0.2) }
    let total = report.required.count
    guard let first = said.first else { return "no required check says anything" }
    let noun = total == 1 ? "the one required check" : "\(first.0) of \(total) required checks"
    return (["\(noun) \(first.1)"] + said.dropFirst().map { "\($0.0) \($0.1)" }).joined(separator: ", ")
  }
}
