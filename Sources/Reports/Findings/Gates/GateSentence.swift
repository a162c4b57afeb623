internal import Guards
internal import Records

/// The first sentence about a gate, its code in brackets behind it.
enum GateSentence {
  /// `The gate release refuses: 1 of 3 required checks fails. [SLICE_BELOW_FLOOR]`
  static func text(_ gate: Gate) -> String {
    let name = "The gate \(TerminalText.safe(gate.name))"
    guard !gate.required.isEmpty else { return "\(name) requires no check, so it lets everything through." }
    switch gate.decision {
    case .refused(let code): return "\(name) refuses: \(why(gate)). [\(TerminalText.safe(code))]"
    case .wouldRefuse(let code):
      return "\(name) only observes; enforced, it would refuse: \(why(gate)). [\(TerminalText.safe(code))]"
    case .pass:
      if gate.mode == .off { return "\(name) is off and decides nothing; its checks say: \(why(gate))." }
      return "\(name) lets through: \(why(gate))."
    }
  }

  /// A line for each required check that does not apply.
  static func missing(_ gate: Gate) -> [String] {
    gate.missing.map {
      "\(TerminalText.safe($0)) is required, but does not apply: nothing that it judges is declared or seen, so it proves nothing."
    }
  }

  /// A line for each rule of the gate that is broken.
  static func objections(_ gate: Gate) -> [String] {
    gate.objections.map { objection in
      let said = [objection.sentence, objection.next].map(TerminalText.safe).joined(separator: " ")
      return "\(TerminalText.safe(objection.subject)): \(said) [\(TerminalText.safe(objection.error))]"
    }
  }

  private static func why(_ gate: Gate) -> String {
    var counts: [(Int, String, String)] = []
    func count(_ verdict: Finding.Verdict?) -> Int {
      gate.required.count { !$0.entries.isEmpty && CheckReport.worst($0.entries) == verdict }
    }
    counts.append((count(.fail), "fails", "fail"))
    counts.append((count(.unknown), "is unknown", "are unknown"))
    counts.append((gate.missing.count, "does not apply", "do not apply"))
    counts.append((count(.warn), "warns", "warn"))
    counts.append((count(.pass), "passes", "pass"))
    counts.append((count(nil), "is waived", "are waived"))
    let said = counts.filter { $0.0 > 0 }.map { ($0.0, $0.0 == 1 ? $0.1 : $0.2) }
    let total = gate.required.count
    guard let first = said.first else { return "no required check says anything" }
    let broken = gate.objections.count
    let rules =
      broken == 0
      ? "" : "\(NumberFormat.count(broken)) \(broken == 1 ? "rule of its own is" : "rules of its own are") broken; "
    let noun = total == 1 ? "the one required check" : "\(first.0) of \(total) required checks"
    return rules + (["\(noun) \(first.1)"] + said.dropFirst().map { "\($0.0) \($0.1)" }).joined(separator: ", ")
  }
}
