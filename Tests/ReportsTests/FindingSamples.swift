import Guards
import Records

@testable import Reports

/// Findings as checks make them, one for every kind of figure, and one from somebody who means harm.
enum FindingSamples {
  static let asOf = Instant("2026-03-02T09:30:00Z") ?? Instant(nanoseconds: 0)

  static func finding(_ check: String, _ subject: String, _ verdict: Finding.Verdict, _ headline: String) -> Finding {
    var finding = Finding(
      check: check, subject: subject, asOf: asOf, policySHA256: SHA256Digest(of: "policy"),
      inputsSHA256: SHA256Digest(of: "inputs"))
    finding.verdict = verdict
    finding.headline = headline
    finding.expiresAt = asOf.adding(days: 30)
    return finding
  }

  /// Intervals of differences, each against its own margin.
  static var regression: Finding {
    var finding = finding(
      "capability-regression", "contract-tuned", .fail,
      "The tuned model lost multi-step and broke the floor of refusal.")
    finding.reasons = [
      .init("REGRESSED", about: "multi-step", .fail, "multi-step fell by 23 points; 3 are tolerated."),
      .init("HARD_FLOOR", about: "refusal", .fail, "refusal fell by 7 points; it is a hard row with a margin of 2."),
      .init("NOT_ENOUGH_ITEMS", about: "instruction", .unknown, "200 pairs do not decide instruction."),
      .init("NOT_ENOUGH_ITEMS", about: "factual", .unknown, "200 pairs do not decide factual."),
    ]
    finding.figures = [
      .intervals(
        title: "Tuned minus base, with Tango's interval", unit: .points,
        rows: [
          .init("target", 0.12, low: 0.0543, high: 0.1883, note: "gain"),
          .init("multi-step", -0.23, low: -0.302, high: -0.1604, limit: -0.03, note: "lost"),
          .init("instruction", -0.02, low: -0.0679, high: 0.0257, limit: -0.03, note: "undecided, 873 more pairs"),
          .init("factual", -0.01, low: -0.0555, high: 0.0343, limit: -0.03, note: "undecided, 785 more pairs"),
          .init("refusal (hard)", -0.07, low: -0.1158, high: -0.0362, limit: -0.02, note: "lost"),
          .init("abstention", nil, low: nil, high: nil, limit: -0.03, note: "no suite"),
        ])
    ]
    finding.measures = [
      .init("forgetting", 0.066, unit: "points"), .init("trade_ratio", 1.8182, unit: "ratio"),
      .init("coverage", 0.86, limit: 0.8, unit: "share"), .init("pairs", 200, unit: "items"),
    ]
    finding.missing = [
      .init("pairs for instruction", 673), .init("pairs for factual", 585), .init("a suite for abstention", nil),
    ]
    finding.next = "Replay 5 to 20 % of general data while tuning, then measure again."
    finding.owner = "model-team"
    finding.method = "exact McNemar, Holm over hard rows; Tango intervals at 95 %"
    finding.evidence = [RecordID(milliseconds: 1_772_000_000_000, digest: SHA256Digest(of: "trial"))]
    finding.seed = 0xFEDC_BA98_7654_3210
    finding.looks = 3
    return finding
  }

  /// Rates against one floor, one of them never measured.
  static var slices: Finding {
    var finding = finding(
      "slice-coverage", "support-suite", .unknown, "Slice language=de has too few items to be told from its floor.")
    finding.reasons = [
      .init(
        "SLICE_UNDECIDED", about: "language=de", .unknown,
        "Slice language=de has too few items to be told from its floor."),
      .init("COVERAGE_GAP", .warn, "Slices with enough items carry 91.4 % of the traffic; 95 % are asked for."),
    ]
    finding.figures = [
      .intervals(
        title: "Pass rate of each slice against its floor", unit: .share,
        rows: [
          .init("head", 0.98197916, low: 0.97911, high: 0.98446, limit: 0.8, note: "9,600 items"),
          .init("language=de", 0.75, low: 0.4677, high: 0.9111, limit: 0.8, note: "12 items"),
          .init("language=ja", nil, low: 0, high: 1, limit: 0.8, note: "0 items, 4.1 % of traffic"),
        ])
    ]
    finding.measures = [
      .init("coverage", 0.914, low: 0.902, high: 0.9255, limit: 0.95, unit: "share"),
      .init("risk_weighted_error", 0.0423, unit: "share"), .init("p_fail", 0.4417, unit: "p"),
      .init("excluded", 0, unit: "records"), .init("cost", 12.5, limit: 20, unit: "USD"),
      .init("lift", nil, unit: "ratio"),
    ]
    finding.missing = [.init("items of slice language=de", 234)]
    finding.next = "Collect 234 more items of slice language=de; the cheapest come from last week's traffic."
    finding.owner = "support"
    return finding
  }

  static var mix: Finding {
    var finding = finding(
      "eval-prod-parity", "support-suite", .warn, "Refunds are a tenth of the suite and a third of the traffic.")
    finding.reasons = [.init("MIX_DIFFERS", .warn, "The total variation distance is 0.27; 0.2 is the limit.")]
    finding.figures = [
      .mirror(
        title: "Share of each topic", left: "suite", right: "traffic",
        rows: [
          .init("delivery", left: 0.51, right: 0.42),
          .init("refund", left: 0.102, right: 0.334, note: "3.3 times rarer"),
          .init("account", left: 0.388, right: 0.2453), .init("other", left: 0, right: 0.0007),
        ])
    ]
    finding.measures = [.init("tvd", 0.27, limit: 0.2, unit: "ratio"), .init("js", 0.0712, unit: "bits")]
    finding.next = "Weight the suite by traffic, or add 180 items about refunds."
    return finding
  }

  static var budget: Finding {
    var finding = finding("prompt-budget", "chat", .fail, "The prompt leaves no room for the answer it promises.")
    finding.reasons = [
      .init("NO_ROOM", .fail, "8,192 tokens of context hold 7,936 tokens of prompt and 512 of answer.")
    ]
    finding.figures = [
      .parts(
        title: "Tokens of the median prompt", unit: .number,
        parts: [
          .init("system", 1800), .init("tools", 2600), .init("history", 1536), .init("retrieved", 1900),
          .init("question", 100),
        ])
    ]
    finding.measures = [.init("overflow", 256, limit: 0, unit: "tokens")]
    finding.next = "Cut the tools to the five that are called."
    return finding
  }

  static var calibration: Finding {
    var finding = finding(
      "trust-calibration", "reviewers", .fail, "Stated confidence is far above what turned out right.")
    finding.reasons = [.init("TIER_DISHONEST", about: "high", .fail, "Tier high promises 95 % and holds 81.31 %.")]
    finding.figures = [
      .curve(
        title: "Reliability", x: "stated confidence", y: "share that was right",
        points: [
          .init(0.55, 0.5), .init(0.65, 0.58), .init(0.75, 0.6, note: "212 answers"), .init(0.85, 0.66),
          .init(0.95, 0.81, note: "tier high"),
        ], diagonal: true),
      .curve(
        title: "Errors by length of the session", x: "turns", y: "errors",
        points: [.init(1, 3), .init(10, 14), .init(50, 220), .init(100, 800, note: "limit of the surface")],
        diagonal: false),
    ]
    finding.next = "Show tier good instead of high."
    return finding
  }

  static var inventory: Finding {
    var finding = finding("model-deprecation", "models", .warn, "Two models end within 90 days.")
    finding.reasons = (0..<9).map {
      .init("ENDS_SOON", about: "route-\($0)", .warn, "route-\($0) uses a model that ends soon.")
    }
    finding.figures = [
      .table(
        title: "Models by end of life", columns: ["model", "routes", "ends", "days", "share of cost"],
        rows: [
          ["contract-small-2025-01", "summarise, classify, triage and seven more", "2026-04-11", "40", "12.5 %"],
          ["contract-large-2024-06", "chat", "2026-05-20", "79", "61 %"],
          ["local-7b", "–", "–", "–", "0 %"],
        ])
    ]
    finding.next = "Compare the successor on the suite of summarise."
    return finding
  }

  static var passing: Finding {
    var finding = finding("silent-failure", "chat", .pass, "None of 2,300 answers failed without an error.")
    finding.reasons = [.init("QUALIFIED", .pass, "On answers of at most 4,096 tokens.")]
    finding.measures = [.init("failure_rate", 0, low: 0, high: 0.0016, limit: 0.005, unit: "share")]
    return finding
  }

  static var hostile: Finding {
    let bad = Samples.hostile + Samples.rightToLeft
    var finding = finding("owner-coverage", bad, .unknown, bad)
    finding.reasons = [.init("NO_OWNER", about: bad, .unknown, bad), .init("x|`@y", .warn, "</pre></details>")]
    finding.measures = [.init(bad, .nan, low: -.infinity, high: .infinity, limit: 1e300, unit: bad)]
    finding.figures = [
      .table(title: bad, columns: [bad, "two"], rows: [[bad], [Samples.family, "1", "2"], []]),
      .intervals(title: bad, unit: .number, rows: [.init(bad, 1e-12, low: -.infinity, high: 1e18, note: bad)]),
      .mirror(title: bad, left: bad, right: bad, rows: [.init(bad, left: .nan, right: .infinity, note: bad)]),
      .parts(title: bad, unit: .number, parts: [.init(bad, -3), .init(Samples.family, .nan)]),
      .curve(title: bad, x: bad, y: bad, points: [.init(.nan, 1), .init(1e308, -1e308, note: bad)], diagonal: true),
    ]
    finding.missing = [.init(bad, 3), .init(bad, nil)]
    finding.next = bad
    finding.owner = bad
    return finding
  }

  static func waiver(_ finding: Finding) -> Waiver {
    Waiver(
      check: finding.check, subject: finding.subject, owner: "ada", reason: "The tools are cut in the next sprint.",
      at: asOf, expiresAt: asOf.adding(days: 14))
  }

  static func report(_ findings: [Finding], waived: Set<String> = []) -> CheckReport {
    CheckReport(
      entries: findings.map { finding in
        .init(
          finding: finding, waiver: waived.contains(finding.check) ? waiver(finding) : nil,
          id: RecordID(milliseconds: asOf.milliseconds, digest: SHA256Digest(of: finding.check + finding.subject)))
      }, notApplicable: ["gpu-lease", "on-device-fit", "training-mix"], asOf: asOf, projectFile: "tally.yaml",
      ledger: ".tally/ledger.db")
  }

  /// A run as a team meets it in the morning.
  static var morning: CheckReport {
    report(
      [passing, regression, slices, mix, budget, calibration, inventory, passing(of: "summarise")],
      waived: ["prompt-budget"])
  }

  static func passing(of subject: String) -> Finding {
    var finding = passing
    finding.subject = subject
    return finding
  }

  static var reports: [(name: String, report: CheckReport)] {
    [
      ("morning", morning), ("hostile", report([hostile])), ("none", report([])),
      ("passing", report([passing, passing(of: "summarise")])), ("waived", report([budget], waived: ["prompt-budget"])),
    ]
  }

  static func gate(_ mode: Gate.Mode, _ onUnknown: Gate.OnUnknown, _ findings: [Finding]) -> GateReport {
    var required = findings.map { Gate.Requirement(check: $0.check, entries: report([$0]).entries) }
    required.append(.init(check: "ai-bom", entries: []))
    return GateReport(
      gate: Gate(name: "release", mode: mode, onUnknown: onUnknown, required: required), asOf: asOf,
      projectFile: "tally.yaml", ledger: ".tally/ledger.db")
  }

  static var gates: [(name: String, report: GateReport)] {
    [
      ("refused", gate(.enforce, .refuse, [slices, regression, passing])),
      ("observed", gate(.observe, .refuse, [slices, passing])), ("passed", gate(.enforce, .report, [slices, mix])),
      ("hostile", gate(.enforce, .refuse, [hostile])),
    ]
  }

  static var replay: GateReplay {
    let days = (0..<9).map { day in
      let findings = day < 3 ? [slices, regression] : day < 7 ? [slices] : [passing]
      return (at: asOf.adding(days: Int64(day)), gate: gate(.observe, .refuse, findings).gate)
    }
    return GateReplay(name: "release", from: asOf, to: asOf.adding(days: 8), of: days)
  }

  static var figures: [(name: String, figure: Figure)] {
    let kinds = ["points", "share", "mirror", "parts", "reliability", "curve", "table"]
    let figures = [regression, slices, mix, budget, calibration, inventory].flatMap(\.figures)
    return Array(zip(kinds, figures)).map { (name: $0, figure: $1) }
  }
}
