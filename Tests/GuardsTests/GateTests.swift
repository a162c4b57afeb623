import Guards
import Records
import Testing

@Suite struct GateTests {
  static let asOf = Instant(nanoseconds: 1_780_272_000_000_000_000)

  static func finding(_ verdict: Finding.Verdict, _ reasons: [Finding.Reason] = [], check: String = "eval-power")
    -> Finding
  {
    var finding = Finding(
      check: check, subject: "triage", asOf: asOf, policySHA256: SHA256Digest(of: "policy"),
      inputsSHA256: SHA256Digest(of: "inputs"))
    finding.verdict = verdict
    finding.reasons = reasons
    finding.headline = "Said."
    finding.next = "Do this."
    return finding
  }

  static let fails = finding(.fail, [Finding.Reason("REGRESSED", .fail, "Worse.")])
  static let open = finding(.unknown, [Finding.Reason("INCONCLUSIVE", .unknown, "Open.")])
  static let passes = finding(.pass)

  static func gate(
    _ mode: Gate.Mode, _ rule: Gate.OnUnknown, _ findings: [Finding], name: String = "release", waived: Bool = false
  ) -> Gate {
    let waiver = Waiver(
      check: "eval-power", subject: "triage", owner: "noor", reason: "known", at: asOf, expiresAt: asOf.adding(days: 7))
    let entries = findings.map { DecidedFinding(finding: $0, waiver: waived ? waiver : nil) }
    return Gate(
      name: name, mode: mode, onUnknown: rule,
      required: [.init(check: "eval-power", entries: entries), .init(check: "eval-rot", entries: [])])
  }

  @Test func gatesRefuseByModeAndRule() {
    let cases: [(Gate.Mode, Gate.OnUnknown, [Finding], Gate.Decision, Int32)] = [
      (.enforce, .report, [GateTests.open, GateTests.fails], .refused(code: "REGRESSED"), 1),
      (.enforce, .refuse, [GateTests.open, GateTests.fails], .refused(code: "REGRESSED"), 1),
      (.enforce, .refuse, [GateTests.open], .refused(code: "INCONCLUSIVE"), 2),
      (.enforce, .report, [GateTests.open], .pass, 0),
      (.observe, .refuse, [GateTests.fails], .wouldRefuse(code: "REGRESSED"), 0),
      (.off, .refuse, [GateTests.fails], .pass, 0), (.enforce, .refuse, [GateTests.passes], .pass, 0),
    ]
    for (mode, rule, findings, decision, code) in cases {
      let gate = GateTests.gate(mode, rule, findings)
      #expect(gate.decision == decision)
      #expect(gate.exitCode == code)
      #expect(gate.missing == ["eval-rot"])
    }
    #expect(GateTests.gate(.enforce, .refuse, [GateTests.fails], waived: true).decision == .pass)
  }

  /// A finding without a code is refused with its verdict's word.
  @Test func refusalsSayWhatAndWhatNext() throws {
    let refusal = try #require(GateTests.gate(.observe, .refuse, [GateTests.finding(.unknown)]).refusals.first)
    #expect(refusal.error == "UNKNOWN" && refusal.sentence == "Said." && refusal.next == "Do this.")
  }

  /// A label refuses at the gate whose rule it breaks, and only there.
  @Test(arguments: GateRule.all)
  func labelsRefuseAtTheirGateOnly(rule: GateRule) throws {
    let label = Finding.Reason(rule.code, .pass, "Three cases.")
    func gate(_ name: String, _ mode: Gate.Mode = .enforce, check: String = rule.check, waived: Bool = false) -> Gate {
      GateTests.gate(mode, .report, [GateTests.finding(.pass, [label], check: check)], name: name, waived: waived)
    }
    #expect(gate(rule.gate).decision == .refused(code: rule.code))
    #expect(gate(rule.gate).exitCode == 1)
    #expect(gate(rule.gate, .observe).decision == .wouldRefuse(code: rule.code))
    #expect(gate("nightly").decision == .pass)
    #expect(gate(rule.gate, check: "eval-power").decision == .pass)
    #expect(gate(rule.gate, waived: true).decision == .pass)
    let refusal = try #require(gate(rule.gate).refusals.first)
    #expect(refusal.sentence == "Three cases." && refusal.next == rule.next && refusal.verdict == .fail)
    // What fails is said first.
    let rotten = Finding.Reason("COVERAGE_ROTTEN", .fail, "Rotten.")
    let worse = GateTests.finding(.fail, [rotten, label], check: rule.check)
    let both = GateTests.gate(.enforce, .report, [worse], name: rule.gate)
    #expect(both.refusals.map(\.error) == ["COVERAGE_ROTTEN", rule.code])
  }

  @Test func replaysCountRunsAndCauses() {
    let days = (0..<9).map { day in
      let findings = day < 3 ? [GateTests.open, GateTests.fails] : day < 7 ? [GateTests.open] : [GateTests.passes]
      return (at: GateTests.asOf.adding(days: Int64(day)), gate: GateTests.gate(.observe, .refuse, findings))
    }
    let replay = GateReplay(name: "release", from: GateTests.asOf, to: GateTests.asOf.adding(days: 8), of: days)
    #expect(replay.runs == 8)
    #expect(replay.refusedByFail == 3)
    #expect(replay.refusedByUnknown == 4)
    #expect(replay.rows.map(\.error) == ["INCONCLUSIVE", "REGRESSED"])
    #expect(replay.rows.map(\.runs) == [7, 3])
    #expect(replay.rows.map(\.first) == [0, 0].map { GateTests.asOf.adding(days: $0) })
    #expect(replay.rows.map(\.last) == [6, 2].map { GateTests.asOf.adding(days: $0) })
  }
}
