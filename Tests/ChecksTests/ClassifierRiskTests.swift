import Checks
import Records
import Store
import Testing

@Suite struct ClassifierRiskTests {
  static let yaml = """
    suites: {intents: {natural_mix: true}}
    classifiers:
      intent:
        suite: intents
        review: 1.50 USD
        feature: tickets
        labels:
          majority: {error: {default: 4 USD}}
          minority: {critical: true, floor: 0.85, error: {default: 4 USD, majority: 45 USD}}

    """

  struct Cell: Sendable {
    var truth: String?
    var predicted: String?
    var confidence: Double?
    var count: Int

    init(_ truth: String?, _ predicted: String?, _ confidence: Double?, _ count: Int) {
      (self.truth, self.predicted, self.confidence, self.count) = (truth, predicted, confidence, count)
    }
  }

  /// The worked example: 873 of 900 and 67 of 100 right, in five steps of confidence.
  static let example: [Cell] = [
    Cell("majority", "majority", 0.97, 601), Cell("minority", "majority", 0.97, 17),
    Cell("majority", "minority", 0.97, 2),
    Cell("majority", "majority", 0.85, 138), Cell("minority", "majority", 0.85, 16),
    Cell("minority", "minority", 0.85, 21), Cell("majority", "minority", 0.85, 5),
    Cell("majority", "majority", 0.75, 60), Cell("minority", "minority", 0.75, 30),
    Cell("majority", "minority", 0.75, 10),
    Cell("majority", "majority", 0.65, 43), Cell("minority", "minority", 0.65, 11),
    Cell("majority", "minority", 0.65, 6),
    Cell("majority", "majority", 0.55, 31), Cell("minority", "minority", 0.55, 5),
    Cell("majority", "minority", 0.55, 4),
  ]

  /// A classifier that passes: 95 of 100 and 880 of 900, its confidences right.
  static let good: [Cell] = [
    Cell("majority", "majority", 0.98, 880), Cell("majority", "minority", 0.79, 20),
    Cell("minority", "minority", 0.79, 95), Cell("minority", "majority", 0.98, 5),
  ]

  static func fill(
    _ bench: CheckBench, _ cells: [Cell], variant: String = "v1", repeats: Int = 100, disagreeing: Int = 0
  ) async throws {
    try await bench.append { appender in
      var item = 0
      for cell in cells {
        for _ in 0..<cell.count {
          var trial = TrialRecord.trial("intents", "item-\(item)", variant)
          trial.expected = cell.truth
          trial.predicted = cell.predicted
          trial.confidence = cell.confidence
          trial.repetition = 0
          try appender.append(trial)
          if item < repeats {
            trial.repetition = 1
            if item < disagreeing { trial.predicted = "elsewhere" }
            try appender.append(trial)
          }
          item += 1
        }
      }
    }
  }

  static func traffic(
    _ bench: CheckBench, _ labels: [(String?, Int)], model: String = "m1", daysAgo: Int64 = 1
  ) async throws {
    try await bench.append { appender in
      for (label, count) in labels {
        for number in 0..<count {
          var span = SpanRecord(
            spanID: "\(label ?? "")-\(number)-\(daysAgo)", traceID: "t", name: "route", spanKind: "chat",
            startedAt: CheckBench.now.adding(days: -daysAgo), feature: "tickets")
          span.modelServed = model
          span.promptSHA256 = "p1"
          span.attributes = label.map { "{\"confidence\":0.95,\"predicted\":\"\($0)\"}" }
          try appender.append(span)
        }
      }
    }
  }

  static func finding(
    _ cells: [Cell], repeats: Int = 100, disagreeing: Int = 0,
    spans: [(String?, Int)] = [("majority", 900), ("minority", 100)],
    yaml: String = ClassifierRiskTests.yaml
  ) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    try await fill(bench, cells, repeats: repeats, disagreeing: disagreeing)
    try await traffic(bench, spans)
    return try await bench.finding("classifier-risk")
  }

  @Test func theWorkedExample() async throws {
    let finding = try await ClassifierRiskTests.finding(ClassifierRiskTests.example)
    #expect(finding.codes(.fail) == ["CLASS_RECALL", "HIGH_CONF_ERRORS"])
    #expect(finding.codes(.unknown).isEmpty && finding.codes(.warn).isEmpty && finding.verdict == .fail)
    #expect(finding.reasons.first?.about == "minority")
    #expect(finding.value("accuracy") == 0.94 && close(finding.value("balanced_accuracy"), 0.82))
    let recall = try #require(finding.measure("recall minority"))
    #expect(recall.value == 0.67 && close(recall.low, 0.5731) && close(recall.high, 0.7544) && recall.limit == 0.85)
    let precision = try #require(finding.measure("precision minority"))
    #expect(close(precision.value, 0.7128) && close(precision.low, 0.6144) && close(precision.high, 0.7945))
    #expect(close(finding.value("ece"), 0.0504))
    #expect(close(finding.value("spiegelhalter_z"), -2.989, 5e-4) && close(finding.value("spiegelhalter_p"), 0.0028))
    let high = try #require(finding.measure("high_confidence_errors"))
    #expect(close(high.value, 0.6667) && close(high.low, 0.5406) && close(high.high, 0.7727))
    #expect(close(finding.value("threshold majority"), 0.9667) && finding.value("threshold minority") == 0.625)
    #expect(finding.value("cost_all_automatic") == 1593)
    #expect(finding.value("consistency") == 1 && finding.value("invalid") == 0)
    #expect(close(finding.value("macro_f1"), 0.8287495, 1e-6))
    #expect(
      finding.headline
        == "intent finds 67 % of the 100 items of 'minority' (95 % interval 57.31 % to 75.44 %); its floor is 85 %. Accuracy is 94 % of 1,000 items; the errors cost 1,593.00 USD."
    )
    #expect(finding.evidence.count == 20 && finding.figures.count == 3)
  }

  @Test func aGoodClassifierPasses() async throws {
    let bench = try await CheckBench(ClassifierRiskTests.yaml)
    try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
    try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)])
    let finding = try await bench.finding("classifier-risk")
    #expect(finding.verdict == .pass && finding.reasons.isEmpty, "\(finding.reasons)")
    #expect(finding.headline.hasPrefix("intent holds every limit: 95 % of the 100 items of 'minority' are found"))
    #expect(try await bench.finding("classifier-risk") == finding)
    // Routed at its thresholds, 'majority' is worth acting on at .98, 'minority' at .79.
    #expect(finding.value("automatic_share") == 1)
    #expect(try #require(finding.value("calibrated_ece")) < 0.05)
    #expect(close(finding.value("cost_per_item_automatic"), (20.0 * 4 + 5 * 45) / 1000, 1e-12))
  }

  @Test func reviewsReplaceErrorsThatCostMore() async throws {
    // At .98 a wrong 'majority' happens more often than its threshold allows: all of it is reviewed.
    let cells = [
      Cell("majority", "majority", 0.98, 800), Cell("minority", "majority", 0.98, 60),
      Cell("minority", "minority", 0.8, 140),
    ]
    let finding = try await ClassifierRiskTests.finding(cells, spans: [("majority", 860), ("minority", 140)])
    let share = try #require(finding.value("automatic_share"))
    #expect(abs(share - 0.14) < 0.05)
    #expect(close(finding.value("cost_per_item_routed"), 1.5 * (1 - share), 1e-9))
  }

  @Test func driftOfTheLabels() async throws {
    func finding(_ majority: Int, _ minority: Int) async throws -> Finding {
      try await ClassifierRiskTests.finding(
        [
          Cell("majority", "majority", 0.98, 880), Cell("OTHER", "majority", 0.98, 20),
          Cell("minority", "minority", 0.98, 100),
        ], spans: [("majority", majority), ("minority", minority)])
    }
    let small = try await finding(800, 200)
    #expect(close(small.value("psi"), 0.0808) && !small.codes(.warn).contains("PSI"))
    let large = try await finding(700, 300)
    #expect(close(large.value("psi"), 0.2690) && large.codes(.fail).contains("LABEL_DRIFT"))
    #expect(try await finding(750, 250).codes(.warn).contains("PSI"))
    // χ²(.99; 1)·(1/1000 + 1/M) ≤ .1 from 72 spans on.
    let few = try await finding(60, 11)
    #expect(few.codes(.unknown) == ["LABELS_FEW"] && few.missing.first?.howMuch == 1)
    #expect(try await finding(61, 11).codes(.unknown).isEmpty)
    let none = try await finding(0, 0)
    #expect(none.codes(.unknown) == ["LABELS_FEW"] && none.missing.first?.howMuch == 72)
    // χ²(.99; 2): a third label that is predicted asks for more.
    let three = try await ClassifierRiskTests.finding(
      [
        Cell("majority", "majority", 0.98, 800), Cell("OTHER", "OTHER", 0.98, 100),
        Cell("minority", "minority", 0.98, 100),
      ], spans: [])
    #expect(three.codes(.unknown) == ["LABELS_FEW"] && three.missing.first?.howMuch == 102)
    // Few spans that drifted for certain fail.
    #expect(try await finding(10, 40).codes(.fail).contains("LABEL_DRIFT"))
  }

  @Test func repeatsAgreeOrNot() async throws {
    func codes(_ disagreeing: Int) async throws -> [String] {
      try await ClassifierRiskTests.finding(
        ClassifierRiskTests.good, disagreeing: disagreeing, spans: [("majority", 885), ("minority", 115)]
      ).reasons.map(\.code)
    }
    #expect(try await codes(3) == [])
    #expect(try await codes(4) == ["CONSISTENCY_LOW"])
    #expect(try await codes(5) == ["CONSISTENCY_LOW"])
    #expect(try await codes(6) == ["INCONSISTENT"])
    let none = try await ClassifierRiskTests.finding(
      ClassifierRiskTests.good, repeats: 0, spans: [("majority", 885), ("minority", 115)])
    #expect(none.codes(.unknown) == ["NO_REPEATS"] && none.missing.first?.howMuch == 59)
  }

  @Test func predictionsThatAreNoLabel() async throws {
    func finding(_ invalid: Int) async throws -> Finding {
      try await ClassifierRiskTests.finding(
        [
          Cell("majority", "majority", 0.98, 880 - invalid), Cell("majority", "=1+1", 0.5, invalid),
          Cell("majority", "OTHER", 0.6, 10), Cell("majority", "minority", 0.9, 10),
          Cell("minority", "minority", 0.9, 100),
        ], spans: [("majority", 880), ("minority", 120)])
    }
    #expect(try await finding(10).codes(.fail).isEmpty)
    #expect(try await finding(11).codes(.fail) == ["INVALID_LABELS"])
    #expect(try await finding(11).value("cost_all_automatic") == nil)
  }

  @Test func criticalClassesThatAreSmall() async throws {
    let few = try await ClassifierRiskTests.finding(
      [
        Cell("majority", "majority", 0.98, 900), Cell("minority", "minority", 0.9, 9),
        Cell("minority", "majority", 0.9, 1),
      ],
      spans: [("majority", 900), ("minority", 9)])
    #expect(few.codes(.unknown) == ["RECALL_UNDECIDED"])
    // ⌈z²·.85·.15/.05²⌉ = 196.
    #expect(few.missing == [.init("items of class 'minority'", 186)])
    let empty = try await ClassifierRiskTests.finding(
      [Cell("majority", "majority", 0.98, 900)], spans: [("majority", 900)])
    #expect(empty.codes(.unknown) == ["CLASS_EMPTY"] && empty.missing.first?.howMuch == 196)
    #expect(empty.measure("recall minority")?.value == nil)
    #expect(empty.next == "Add 196 items of class 'minority' to suite 'intents'.")
  }

  @Test func recallIsJudgedByTheEndsOfItsInterval() async throws {
    // 95 of 100: [0.8882, 0.9785].
    func codes(_ floor: String) async throws -> [String] {
      try await ClassifierRiskTests.finding(
        ClassifierRiskTests.good, spans: [("majority", 885), ("minority", 115)],
        yaml: ClassifierRiskTests.yaml.replacing("floor: 0.85", with: "floor: \(floor)")
      ).reasons.map(\.code)
    }
    #expect(try await codes("0.8882495307") == [])
    #expect(try await codes("0.8882496") == ["RECALL_UNDECIDED"])
    #expect(try await codes("0.9784563208") == ["RECALL_UNDECIDED"])
    #expect(try await codes("0.9784564") == ["CLASS_RECALL"])
  }

  @Test func errorsOfHighConfidenceNeedTwentyErrors() async throws {
    func finding(_ low: Int, _ high: Int, _ confidence: Double = 0.8) async throws -> Finding {
      try await ClassifierRiskTests.finding(
        [
          Cell("majority", "majority", 0.98, 900 - low - high), Cell("majority", "minority", 0.7, low),
          Cell("majority", "minority", confidence, high), Cell("minority", "minority", 0.8, 100),
        ], spans: [("majority", 880), ("minority", 120)],
        yaml: ClassifierRiskTests.yaml + "policies: {classifier-risk: {ece: 1, ece_critical: 1}}\n")
    }
    #expect(try await finding(9, 10).codes(.warn) == ["FEW_ERRORS"])
    let half = try await finding(10, 10)
    #expect(half.reasons.isEmpty && half.measure("high_confidence_errors")?.value == 0.5)
    #expect(try await finding(5, 15).codes(.fail) == ["HIGH_CONF_ERRORS"])
    #expect(try await finding(5, 15, 0.79).codes(.fail).isEmpty)
    #expect(try await finding(0, 0).codes(.warn) == ["FEW_ERRORS"])
  }

  @Test func confidencesThatAreOff() async throws {
    func finding(_ majority: Double, _ minority: Double, policy: String = "") async throws -> Finding {
      try await ClassifierRiskTests.finding(
        [
          Cell("majority", "majority", majority, 880), Cell("minority", "majority", majority, 5),
          Cell("majority", "minority", minority, 20), Cell("minority", "minority", minority, 95),
        ], spans: [("majority", 885), ("minority", 115)],
        yaml: ClassifierRiskTests.yaml + "policies: {classifier-risk: {hce_share: 1, \(policy)}}\n")
    }
    let off = try await finding(0.8, 0.75)
    #expect(off.codes(.fail) == ["MISCALIBRATED"] && off.reasons.first?.about == nil)
    #expect(close(off.value("ece"), 0.18075, 1e-9))
    let critical = try await finding(0.99, 0.95)
    #expect(critical.codes(.fail) == ["MISCALIBRATED"] && critical.reasons.first?.about == "critical")
    // |95 − .95·115|/115 = .1239.
    #expect(try await finding(0.99, 0.95, policy: "ece_critical: 0.1240").codes(.fail).isEmpty)
    #expect(try await finding(0.99, 0.95, policy: "ece_critical: 0.1239").codes(.fail) == ["MISCALIBRATED"])
  }

  @Test func whatCannotBeJudgedIsUnknown() async throws {
    let bench = try await CheckBench(ClassifierRiskTests.yaml)
    let empty = try await bench.finding("classifier-risk")
    #expect(empty.codes(.unknown) == ["NO_TRIALS"] && empty.missing.first?.howMuch == 196)
    try await ClassifierRiskTests.fill(bench, [Cell("majority", nil, 0.5, 1)])
    #expect(try await bench.finding("classifier-risk").codes(.unknown) == ["NO_TRIALS"])
    let spans: [(String?, Int)] = [("majority", 885), ("minority", 115)]
    let blind = try await ClassifierRiskTests.finding(
      ClassifierRiskTests.good.map { Cell($0.truth, $0.predicted, nil, $0.count) }, spans: spans)
    #expect(blind.codes(.unknown) == ["NO_CONFIDENCE"] && blind.missing.first?.howMuch == 1000)
    for confidence in [-0.1, 1.5] {
      let cells = ClassifierRiskTests.good.map { Cell($0.truth, $0.predicted, confidence, $0.count) }
      #expect(try await ClassifierRiskTests.finding(cells, spans: spans).codes(.unknown) == ["NO_CONFIDENCE"])
    }
    let mix = try await ClassifierRiskTests.finding(
      ClassifierRiskTests.good, spans: spans,
      yaml: ClassifierRiskTests.yaml.replacing("natural_mix: true", with: "natural_mix: false"))
    #expect(mix.codes(.unknown) == ["NOT_NATURAL_MIX"])
    func missing(_ count: Int) async throws -> [String] {
      try await ClassifierRiskTests.finding(
        ClassifierRiskTests.good + [Cell("majority", nil, 0.9, count)], spans: spans
      ).codes(.unknown)
    }
    #expect(try await missing(52) == [])
    #expect(try await missing(53) == ["MISSING_FIELDS"])
    let one = try await ClassifierRiskTests.finding([Cell("minority", "minority", 1, 1)], repeats: 0, spans: [])
    #expect(one.verdict == .unknown && one.value("accuracy") == 1)
  }

  @Test func conflictsAndMixedConfigurations() async throws {
    func finding(conflicting: Int, configurations: Int) async throws -> Finding {
      let bench = try await CheckBench(ClassifierRiskTests.yaml)
      try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)])
      try await bench.append { appender in
        for item in 0..<1000 {
          var trial = TrialRecord.trial("intents", "\(item)", "v1")
          (trial.expected, trial.predicted, trial.confidence) = ("minority", "minority", 0.99)
          if item >= 100 { (trial.expected, trial.predicted) = ("majority", "majority") }
          trial.configSHA256 = "\(item % configurations)"
          try appender.append(trial)
          guard item < conflicting else { continue }
          trial.predicted = "OTHER"
          try appender.append(trial)
        }
      }
      return try await bench.finding("classifier-risk")
    }
    #expect(try await finding(conflicting: 10, configurations: 1).codes(.unknown) == ["NO_REPEATS"])
    #expect(
      try await finding(conflicting: 11, configurations: 1).codes(.unknown) == ["CONFLICTING_TRIALS", "NO_REPEATS"])
    #expect(try await finding(conflicting: 0, configurations: 2).codes(.unknown) == ["MIXED_VERSIONS", "NO_REPEATS"])
  }

  @Test func errorsThatCostMoreThanTheIncumbents() async throws {
    let yaml = ClassifierRiskTests.yaml.replacing("suite: intents", with: "suite: intents\n    incumbent_variant: old")
    func finding(_ missed: Int, incumbent: Bool = true) async throws -> Finding {
      let bench = try await CheckBench(yaml)
      if incumbent { try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good, variant: "old") }
      let new = [
        Cell("majority", "majority", 0.98, 880), Cell("majority", "minority", 0.79, 20),
        Cell("minority", "minority", 0.79, 95 - missed), Cell("minority", "majority", 0.98, 5 + missed),
      ]
      try await ClassifierRiskTests.fill(bench, new, variant: "new")
      try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)])
      return try await bench.finding("classifier-risk")
    }
    #expect(try await finding(0).reasons.isEmpty)
    let up = try await finding(4)
    #expect(up.codes(.fail) == [] && close(up.value("cost_change"), 0.18, 1e-9))
    let more = try await finding(6)
    #expect(more.codes(.fail).contains("COST_UP") && close(more.value("cost_change"), 0.27, 1e-9))
    #expect(try #require(more.measure("cost_change")?.low) > 0)
    #expect(try await finding(0, incumbent: false).codes(.warn) == ["NO_INCUMBENT"])
  }

  @Test func aCalibratorForAnotherModelIsInvalid() async throws {
    func codes(model: String, prompt: String = "p1", name: String = "intent", daysAgo: Int64 = 1) async throws
      -> [String]
    {
      let bench = try await CheckBench(ClassifierRiskTests.yaml)
      try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
      try await ClassifierRiskTests.traffic(bench, [("majority", 442), ("minority", 58)], model: "m0", daysAgo: 2)
      try await ClassifierRiskTests.traffic(
        bench, [("majority", 443), ("minority", 57)], model: "m1", daysAgo: daysAgo)
      try await bench.append { appender in
        var artifact = ArtifactRecord(
          sha256: String(repeating: "a", count: 64), artifactKind: "profile", name: name, at: CheckBench.now)
        artifact.attributes = "{\"model\":\"\(model)\",\"prompt_sha256\":\"\(prompt)\"}"
        try appender.append(artifact)
      }
      return try await bench.finding("classifier-risk").reasons.map(\.code)
    }
    #expect(try await codes(model: "m1") == [])
    #expect(try await codes(model: "m0") == ["CALIBRATOR_INVALID"])
    #expect(try await codes(model: "m1", prompt: "p2") == ["CALIBRATOR_INVALID"])
    #expect(try await codes(model: "m0", name: "other") == [])
    // The newest day counts, of the last seven.
    #expect(try await codes(model: "m0", daysAgo: 3) == [])
    #expect(try await codes(model: "m2", daysAgo: 3) == ["CALIBRATOR_INVALID"])
    // Two models on the newest day: the calibrator fits one of them.
    #expect(try await codes(model: "m0", daysAgo: 2) == ["CALIBRATOR_INVALID"])
    #expect(try await codes(model: "m1", daysAgo: 2) == ["CALIBRATOR_INVALID"])
  }

  @Test func onlyTheLastWeekSaysWhatIsServed() async throws {
    func isInvalid(daysAgo: Int64) async throws -> Bool {
      let bench = try await CheckBench(ClassifierRiskTests.yaml)
      try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
      try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)], daysAgo: daysAgo)
      try await bench.append { appender in
        var artifact = ArtifactRecord(
          sha256: String(repeating: "a", count: 64), artifactKind: "profile", name: "intent", at: CheckBench.now)
        artifact.attributes = "{\"model\":\"m0\",\"prompt_sha256\":\"p1\"}"
        try appender.append(artifact)
      }
      return try await bench.finding("classifier-risk").codes(.warn).contains("CALIBRATOR_INVALID")
    }
    #expect(try await isInvalid(daysAgo: 6))
    #expect(try await !isInvalid(daysAgo: 7))
  }

  @Test func theLedgerAsOfThenStaysTheSame() async throws {
    let bench = try await CheckBench(ClassifierRiskTests.yaml)
    try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.good)
    try await ClassifierRiskTests.traffic(bench, [("majority", 885), ("minority", 115)])
    let receipt = try await bench.append { appender in
      try appender.append(TrialRecord.trial("other", "x", "y", passed: true))
    }
    let before = try await bench.finding("classifier-risk", asOf: receipt.at)
    try await ClassifierRiskTests.fill(bench, ClassifierRiskTests.example)
    #expect(try await bench.finding("classifier-risk", asOf: receipt.at) == before)
    #expect(try await bench.finding("classifier-risk").verdict == .fail)
  }
}
