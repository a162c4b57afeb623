import Records
import Statistics
import Store
import Testing

@testable import Checks

@Suite struct ReliabilityCeilingTests {
  static let check = "reliability-ceiling"

  static func yaml(_ target: String, policy: String = "") -> String {
    """
    features:
      invoices:
        suite: invoices
        target: {\(target)}
        policies: {reliability-ceiling: {\(policy)}}
    """
  }

  /// Items of one release, the first of them wrong; confidences by band.
  static func run(
    _ appender: Appender, _ variant: String = "release-5", items: Int, wrong: Int, prefix: String = "invoice",
    days: Int64 = -7, confidence: Double? = nil
  ) throws {
    for item in 0..<items {
      var trial = TrialRecord.trial("invoices", "\(prefix)-\(item)", variant, passed: item >= wrong)
      trial.at = CheckBench.now.adding(days: days)
      trial.confidence = confidence
      try appender.append(trial)
    }
  }

  /// Two people's votes on the first errors.
  static func classify(
    _ appender: Appender, errors: Int, irreducible: Int, prefix: String = "invoice", kind: String = "ambiguous_input"
  ) throws {
    for item in 0..<errors {
      for person in ["ana", "bo"] {
        try appender.append(
          vote("\(prefix)-\(item)", person, item < irreducible ? kind : "wrong_field"))
      }
    }
  }

  static func vote(_ subject: String, _ person: String, _ label: String) -> AnnotationRecord {
    AnnotationRecord(
      annotationID: "\(subject)/\(person)", subject: subject, name: "error_class", value: .label(label),
      annotatorKind: .human, annotator: person, at: CheckBench.now.adding(days: -1))
  }

  static func release(_ variant: String, day: Int64, spend: String?, feature: String? = nil) throws -> ChangeRecord {
    var change = ChangeRecord(surface: "model", actor: "noor", at: CheckBench.now.adding(days: day))
    var attributes: JSONValue = ["release": .string(variant)]
    if let spend { attributes = ["release": .string(variant), "spend": .string(spend)] }
    if let feature { attributes = ["release": .string(variant), "feature": .string(feature)] }
    change.attributes = try attributes.canonical()
    return change
  }

  func finding(_ yaml: String, _ body: @Sendable @escaping (Appender) throws -> Void) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(Self.check)
  }

  // MARK: The worked example

  @Test func theCeilingOfTheExampleIsBelowTheTarget() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.97")) { appender in
      try Self.run(appender, items: 5000, wrong: 400)
      try Self.classify(appender, errors: 100, irreducible: 62)
    }
    #expect(finding.verdict == .fail)
    #expect(finding.codes(.fail) == ["TARGET_ABOVE_CEILING"])
    let error = try #require(finding.measure("error"))
    #expect(close(error.value, 0.08) && close(error.low, 0.0728) && close(error.high, 0.0879))
    let share = try #require(finding.measure("irreducible_share"))
    #expect(close(share.value, 0.62) && close(share.low, 0.5221) && close(share.high, 0.7090))
    let ceiling = try #require(finding.measure("ceiling"))
    #expect(close(ceiling.value, 0.9504) && close(ceiling.low, 0.9418) && close(ceiling.high, 0.9594))
    #expect(finding.evidence.count == 20)
    #expect(finding.headline.contains("at most 95.0 % (94.2 to 95.9)"))
    #expect(finding.headline.contains("on 5,000 items of release-5, 62 of 100"))
  }

  @Test func fiveStagesMultiply() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.97")) { appender in
      try Self.run(appender, items: 1000, wrong: 0)
      for stage in 0..<5 {
        for number in 0..<1000 {
          var span = SpanRecord(
            spanID: "\(stage)-\(number)", traceID: "\(number)", name: "step", spanKind: "other",
            startedAt: CheckBench.now.adding(days: -2), feature: "invoices")
          span.endedAt = span.startedAt
          span.stage = "stage-\(stage)"
          span.status = number < 80 ? .error : .ok
          try appender.append(span)
        }
      }
    }
    #expect(close(finding.value("chain"), 0.6591))
    #expect(finding.codes(.fail) == ["CHAIN_BELOW_TARGET"])
    #expect(finding.next.contains("weakest stage"))
  }

  @Test func thresholdsOfTheExampleStopAtEighty() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.97, selective_accuracy: 0.97")) { appender in
      let bands: [(confidence: Double?, items: Int, wrong: Int)] = [
        (0.95, 2000, 12), (0.90, 900, 17), (0.85, 600, 20), (0.80, 400, 25), (0.75, 300, 60), (nil, 800, 266),
      ]
      for band in bands {
        try Self.run(
          appender, items: band.items, wrong: band.wrong, prefix: "band-\(band.confidence ?? 0)",
          confidence: band.confidence)
      }
      try Self.classify(appender, errors: 60, irreducible: 60, prefix: "band-0.75")
      try Self.classify(appender, errors: 40, irreducible: 2, prefix: "band-0.0")
    }
    #expect(finding.value("threshold") == 0.80)
    #expect(close(finding.value("coverage"), 0.78))
    #expect(close(finding.value("covered_accuracy"), 0.981, 5e-4))
    #expect(finding.codes(.unknown).isEmpty)
    #expect(finding.next.hasPrefix("Release selectively: answer from confidence 0.80 up"))
  }

  static let spends: [(spend: String, wrong: Int)] = [
    ("0.00 USD", 160), ("100000.00 USD", 120), ("200000.00 USD", 100), ("300000.00 USD", 80),
  ]

  static func paidReleases(_ appender: Appender, wrong: [Int] = spends.map(\.wrong)) throws {
    for (number, (release, wrong)) in zip(spends, wrong).enumerated() {
      try run(appender, "r\(number)", items: 1000, wrong: wrong, days: -40 + Int64(number))
      try appender.append(Self.release("r\(number)", day: -40 + Int64(number), spend: release.spend))
    }
    try classify(appender, errors: 80, irreducible: 0)
  }

  @Test func theNextPointAndTheTargetHaveAPrice() async throws {
    let finding = try await finding(
      Self.yaml("accuracy: 0.96, value_per_point: 55000 USD, max_spend: 300000 USD")
    ) { try Self.paidReleases($0) }
    #expect(close(finding.value("return_per_unit"), 2.262e-6, 5e-10))
    #expect(close(finding.value("next_point_cost"), 55_263, 60))
    #expect(close(finding.value("cost_to_target"), 306_450, 200))
    #expect(finding.codes(.warn) == ["NOT_WORTH_IT", "NOT_WORTH_IT"])
    #expect(finding.verdict == .warn)
  }

  @Test func aPriceAtItsLimitIsWorthIt() async throws {
    let measured = try await finding(Self.yaml("accuracy: 0.96")) { try Self.paidReleases($0) }
    let next = try #require(measured.value("next_point_cost"))
    let total = try #require(measured.value("cost_to_target"))
    #expect(measured.codes(.warn).isEmpty)
    let dear = try await finding(
      Self.yaml("accuracy: 0.96, value_per_point: \(Int(next)) USD, max_spend: \(Int(total)) USD")
    ) { try Self.paidReleases($0) }
    #expect(dear.codes(.warn).count == 2)
    let cheap = try await finding(
      Self.yaml("accuracy: 0.96, value_per_point: \(Int(next) + 1) USD, max_spend: \(Int(total) + 1) USD")
    ) { try Self.paidReleases($0) }
    #expect(cheap.codes(.warn).isEmpty)
  }

  @Test func moneyThatBoughtNothingIsNotWorthIt() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.96")) {
      try Self.paidReleases($0, wrong: [80, 80, 80, 80])
    }
    #expect(finding.codes(.warn).contains("NOT_WORTH_IT"))
    #expect(finding.value("next_point_cost") == nil)
    let worse = try await self.finding(Self.yaml("accuracy: 0.96")) {
      try Self.paidReleases($0, wrong: [60, 70, 75, 80])
    }
    #expect(worse.codes(.warn).contains("NOT_WORTH_IT"))
  }

  @Test func currenciesAreNotCompared() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.96, value_per_point: 1 EUR")) {
      try Self.paidReleases($0)
    }
    #expect(finding.codes(.pass).contains("OTHER_CURRENCY"))
    #expect(finding.codes(.warn).isEmpty)
  }

  @Test func aReleaseWithoutErrorsIsNoPointOfTheLine() {
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0.05)]) == nil)
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0.05), (2, 0)]) == nil)
    #expect(ReliabilityCeiling.Return([(0, 0.1), (0, 0.05), (0, 0.02)]) == nil)
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0), (2, 0.05), (3, 0.04)]) != nil)
    #expect(ReliabilityCeiling.Return([(0, 0.1), (1, 0.05), (2, 0.02)])?.to(error: 0.05) == 0)
  }

  @Test func theGainOfTheExampleIsNoPlateauYet() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.95", policy: "plateau_releases: 1")) { appender in
      try Self.run(appender, "release-4", items: 5000, wrong: 420, prefix: "old", days: -30)
      try Self.run(appender, items: 5000, wrong: 400)
      try Self.classify(appender, errors: 400, irreducible: 0)
    }
    let gain = try #require(finding.measure("gain"))
    #expect(close(gain.value, 0.004) && close(gain.low, -0.0068) && close(gain.high, 0.0148))
    #expect(finding.verdict == .pass)
    #expect(finding.seed != nil)
  }

  static func plateau(_ policy: String, target: Double = 0.93, wrong: Int = 90) async throws -> Finding {
    let bench = try await CheckBench(yaml("accuracy: \(target)", policy: policy))
    try await bench.append { appender in
      try run(appender, "release-4", items: 1000, wrong: wrong, days: -30)
      try run(appender, items: 1000, wrong: wrong)
      try classify(appender, errors: wrong, irreducible: 10)
    }
    return try await bench.finding(check)
  }

  @Test func equalReleasesAreAPlateau() async throws {
    let finding = try await Self.plateau("plateau_releases: 1")
    #expect(finding.codes(.warn) == ["PLATEAU"])
    #expect(finding.next.hasPrefix("Change the approach"))
    // A gain that is exactly useful is not excluded.
    let high = try #require(finding.measure("gain")?.high)
    let exact = try await Self.plateau("plateau_releases: 1, min_useful_gain: \(high)")
    #expect(exact.codes(.warn).isEmpty)
    // Too few releases say nothing.
    let few = try await Self.plateau("plateau_releases: 2")
    #expect(few.codes(.pass) == ["PLATEAU_UNKNOWN"])
    // A target that is reached needs no further gain.
    let reached = try await Self.plateau("plateau_releases: 1", target: 0.91)
    #expect(reached.verdict == .pass && reached.codes(.warn).isEmpty)
  }

  // MARK: Each reason

  @Test func enoughMustBeClassified() async throws {
    func classified(_ count: Int, wrong: Int, policy: String = "") async throws -> Finding {
      try await finding(Self.yaml("accuracy: 0.90", policy: policy)) { appender in
        try Self.run(appender, items: 5000, wrong: wrong)
        try Self.classify(appender, errors: count, irreducible: count)
      }
    }
    let few = try await classified(99, wrong: 400)
    #expect(few.codes(.unknown) == ["FEW_ADJUDICATED"])
    #expect(few.missing == [Finding.Missing("errors classified by two or more people", 1)])
    #expect(try await classified(100, wrong: 400).verdict == .pass)
    // Fewer errors than that: all of them.
    #expect(try await classified(49, wrong: 50).missing.first?.howMuch == 1)
    #expect(try await classified(50, wrong: 50).verdict == .pass)
    #expect(try await classified(0, wrong: 0).verdict == .pass)
  }

  @Test func aTargetInsideTheIntervalIsUndecided() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.955")) { appender in
      try Self.run(appender, items: 5000, wrong: 400)
      try Self.classify(appender, errors: 100, irreducible: 62)
    }
    #expect(finding.codes(.unknown) == ["CEILING_UNDECIDED"])
    let more = try #require(finding.missing.first?.howMuch)
    // So many more and it is decided; one fewer and it is not.
    var ceiling = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 100, irreducible: 62)
    #expect(ceiling.reading(target: 0.955) == .undecided)
    if finding.missing.first?.what == "items, their errors classified" {
      ceiling = Self.enlarged(5000 + more)
      #expect(ceiling.reading(target: 0.955) == .unreachable)
      #expect(Self.enlarged(5000 + more - 1).reading(target: 0.955) == .undecided)
    } else {
      ceiling.adjudicated += Double(more)
      ceiling.irreducible = 0.62 * ceiling.adjudicated
      #expect(ceiling.reading(target: 0.955) == .unreachable)
    }
  }

  private static func enlarged(_ items: Int) -> ReliabilityCeiling.Ceiling {
    let wrong = 0.08 * Double(items)
    return ReliabilityCeiling.Ceiling(
      items: Double(items), wrong: wrong, adjudicated: wrong, irreducible: 0.62 * wrong)
  }

  @Test func limitsOfTheCeilingAreInclusive() {
    let ceiling = ReliabilityCeiling.Ceiling(items: 5000, wrong: 400, adjudicated: 100, irreducible: 62)
    let interval = ceiling.bounds.interval
    #expect(ceiling.reading(target: interval.low) == .reachable)
    #expect(ceiling.reading(target: interval.low + 2e-9) == .undecided)
    #expect(ceiling.reading(target: interval.high) == .undecided)
    #expect(ceiling.reading(target: interval.high + 2e-9) == .unreachable)
    #expect(ceiling.shortfall(target: ceiling.bounds.estimate) == .none)
    #expect(ceiling.shortfall(target: 0.944) == .adjudications(53) || ceiling.shortfall(target: 0.944) != .none)
    let perfect = ReliabilityCeiling.Ceiling(items: 100, wrong: 0, adjudicated: 0, irreducible: 0)
    #expect(perfect.bounds.estimate == 1 && perfect.bounds.interval.high == 1)
    #expect(close(perfect.bounds.interval.low, 1 - 0.0370))
  }

  @Test func votesDecideByMajority() {
    #expect(ReliabilityCeiling.majority(["ana": "a"]) == nil)
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "a"]) == "a")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "b"]) == "subjective")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "b", "cem": "a"]) == "a")
    #expect(ReliabilityCeiling.majority(["ana": "a", "bo": "a", "cem": "b", "dee": "c"]) == "subjective")
  }

  @Test func votesNameTheTrialInThreeWays() async throws {
    let bench = try await CheckBench(Self.yaml("accuracy: 0.5", policy: "min_adjudicated: 3"))
    try await bench.append { try Self.run($0, items: 10, wrong: 3) }
    let id = try await bench.ledger.read { snapshot in
      var id: RecordID?
      try snapshot.forEachOutcome(of: try snapshot.trialSeries()[0], wrongOnly: true) { outcome in
        if outcome.item == "invoice-2" { id = outcome.id }
      }
      return id
    }
    let third = try #require(id).description
    try await bench.append { appender in
      for subject in ["invoice-0", "invoices/invoice-1/release-5", third, "invoice-9"] {
        for person in ["ana", "bo", "cem"] { try appender.append(Self.vote(subject, person, "label_error")) }
      }
      // A model has no vote, and the last word of a person counts.
      var model = Self.vote("invoice-0", "judge", "wrong_field")
      model.annotatorKind = .llm
      try appender.append(model)
      var changed = Self.vote("invoice-0", "ana", "wrong_field")
      changed.annotationID = "second"
      try appender.append(changed)
    }
    let finding = try await bench.finding(Self.check)
    #expect(finding.value("adjudicated") == 3)
    #expect(finding.value("irreducible_share") == 1)
    #expect(finding.value("ceiling_relabelled") == 1)
    #expect(finding.measure("fleiss_kappa")?.value.map { $0 < 1 } == true)
  }

  @Test func stagesMayLeaveItOpen() async throws {
    func chain(ok: Int, of spans: Int, days: Int64 = -2) async throws -> Finding {
      try await finding(Self.yaml("accuracy: 0.90")) { appender in
        try Self.run(appender, items: 1000, wrong: 0)
        for number in 0..<spans {
          var span = SpanRecord(
            spanID: "\(number)", traceID: "\(number)", name: "step", spanKind: "other",
            startedAt: CheckBench.now.adding(days: days), feature: "invoices")
          span.endedAt = span.startedAt
          span.stage = "read"
          span.status = number < ok ? .ok : .timeout
          try appender.append(span)
        }
      }
    }
    let open = try await chain(ok: 90, of: 100)
    #expect(open.codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(open.missing == [Finding.Missing("spans of each stage", nil)])
    let near = try await chain(ok: 95, of: 100)
    #expect(near.codes(.unknown) == ["CHAIN_UNDECIDED"])
    #expect(near.missing == [Finding.Missing("spans of each stage", 100)])
    #expect(try await chain(ok: 990, of: 1000).verdict == .pass)
    #expect(try await chain(ok: 80, of: 100).codes(.fail) == ["CHAIN_BELOW_TARGET"])
    // Spans before the window do not count.
    #expect(try await chain(ok: 0, of: 100, days: -31).verdict == .pass)
  }

  @Test func aPromisedSelectionMustBeShown() async throws {
    func selective(_ items: Int, wrong: Int, confidence: Double? = 0.95, rest: Int = 0, cover: Double = 0.5)
      async throws -> Finding
    {
      try await finding(Self.yaml("selective_accuracy: 0.97, min_coverage: \(cover)")) { appender in
        try Self.run(appender, items: items, wrong: wrong, confidence: confidence)
        try Self.run(appender, items: rest, wrong: 0, prefix: "rest")
      }
    }
    #expect(try await selective(99, wrong: 0).verdict == .pass)
    let few = try await selective(98, wrong: 0)
    #expect(few.codes(.unknown) == ["CLAIM_NOT_MEASURED"])
    #expect(few.missing == [Finding.Missing("items above a threshold", 1)])
    #expect(try await selective(200, wrong: 0, confidence: nil).missing.first?.howMuch == 99)
    // Two of a hundred are right enough, but not shown; as many as are missing show it.
    let open = try await selective(150, wrong: 3)
    let more = try #require(open.missing.first?.howMuch)
    #expect(try await selective(150 + more, wrong: 3).verdict == .pass)
    #expect(try await selective(150 + more - 1, wrong: 3).verdict == .unknown)
    #expect(try await selective(150, wrong: 15).missing == [Finding.Missing("items above a threshold", nil)])
    // Coverage at its limit is enough.
    #expect(try await selective(100, wrong: 0, rest: 100).verdict == .pass)
    let narrow = try await selective(100, wrong: 0, rest: 101)
    #expect(narrow.codes(.unknown) == ["CLAIM_NOT_MEASURED"])
    #expect(narrow.missing.first?.howMuch == nil)
  }

  @Test func confidenceAtAThresholdReachesIt() async throws {
    let finding = try await finding(
      Self.yaml("selective_accuracy: 0.97", policy: "threshold_grid: [0.5, 0.7]")
    ) { try Self.run($0, items: 200, wrong: 0, confidence: 0.7) }
    #expect(finding.value("coverage") == 1)
    #expect(finding.value("threshold") == 0.5)
  }

  @Test func nothingToJudgeIsUnknown() async throws {
    let empty = try await CheckBench(Self.yaml("accuracy: 0.9"))
    #expect(try await empty.finding(Self.check).codes(.unknown) == ["NO_TRIALS"])
    let suiteless = try await CheckBench("features: {invoices: {target: {accuracy: 0.9}}}")
    #expect(try await suiteless.finding(Self.check).codes(.unknown) == ["NO_SUITE"])
    let aimless = try await finding(Self.yaml("min_coverage: 0.5")) { try Self.run($0, items: 3, wrong: 0) }
    #expect(aimless.codes(.unknown) == ["NO_TARGET"])
    let scoreless = try await finding(Self.yaml("accuracy: 0.9")) { appender in
      try appender.append(TrialRecord.trial("invoices", "a", "x", score: 0.5))
      try appender.append(TrialRecord.trial("invoices", "b", "x"))
    }
    #expect(scoreless.codes(.unknown) == ["NO_TRIALS", "MISSING_FIELDS"])
    let one = try await finding(Self.yaml("accuracy: 0.9")) { try Self.run($0, items: 1, wrong: 0) }
    #expect(one.codes(.unknown) == ["CEILING_UNDECIDED"])
    let other = try await CheckBench("features: {chat: {suite: s}}")
    #expect(try await other.run([Self.check]).notApplicable == [Self.check])
  }

  @Test func configurationsAndContradictionsAreDoubts() async throws {
    let mixed = try await finding(Self.yaml("accuracy: 0.5")) { appender in
      for (item, config) in [("a", "one"), ("b", "two")] {
        var trial = TrialRecord.trial("invoices", item, "x", passed: true)
        trial.configSHA256 = config
        try appender.append(trial)
      }
    }
    #expect(mixed.codes(.unknown).contains("MIXED_VERSIONS"))
    func contradicting(_ count: Int) async throws -> Finding {
      try await finding(Self.yaml("accuracy: 0.5")) { appender in
        try Self.run(appender, items: 100, wrong: 0)
        for item in 0..<count {
          var trial = TrialRecord.trial("invoices", "invoice-\(item)", "release-5", passed: false)
          trial.confidence = 0.1
          try appender.append(trial)
        }
      }
    }
    #expect(try await contradicting(1).verdict == .pass)
    let two = try await contradicting(2)
    #expect(two.codes(.unknown) == ["CONFLICTING_TRIALS"])
    #expect(two.value("items") == 98)
  }

  @Test func repeatsAreNoItems() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.4")) { appender in
      for item in 0..<20 {
        for repetition in 1...5 {
          var trial = TrialRecord.trial("invoices", "i\(item)", "x", passed: item > 0 || repetition > 2)
          trial.repetition = Int64(repetition)
          trial.confidence = 0.95
          try appender.append(trial)
        }
      }
      try appender.append(Self.vote("i0", "ana", "wrong_field"))
      try appender.append(Self.vote("i0", "bo", "wrong_field"))
    }
    #expect(finding.value("items") == 20)
    #expect(close(finding.value("error"), 0.4 / 20))
    #expect(finding.value("adjudicated") == 1)
    #expect(finding.verdict == .pass)
  }

  @Test func theNewestReleaseIsWhatChangesSay() async throws {
    let finding = try await finding(Self.yaml("accuracy: 0.6")) { appender in
      try Self.run(appender, "old", items: 100, wrong: 50, days: -20)
      try Self.run(appender, "shipped", items: 100, wrong: 0, days: -10)
      try Self.run(appender, "experiment", items: 100, wrong: 90, days: -1)
      try appender.append(Self.release("old", day: -20, spend: nil))
      try appender.append(Self.release("shipped", day: -10, spend: nil))
      try appender.append(Self.release("experiment", day: -5, spend: nil, feature: "another"))
      try appender.append(Self.release("never-run", day: -2, spend: nil))
    }
    #expect(finding.value("error") == 0)
    #expect(finding.verdict == .pass)
  }

  @Test func aFindingIsTheSameTwiceAndAsOf() async throws {
    let bench = try await CheckBench(Self.yaml("accuracy: 0.97, selective_accuracy: 0.97"))
    try await bench.append { appender in
      try Self.run(appender, items: 300, wrong: 120, confidence: 0.9)
      try Self.classify(appender, errors: 100, irreducible: 62)
      try Self.run(appender, items: 1, wrong: 1, prefix: "'; -- \u{0}__proto__ =1+1 é")
    }
    let first = try await bench.finding(Self.check)
    #expect(try await bench.finding(Self.check) == first)
    // A correction replaces what it corrects.
    try await bench.append { try Self.run($0, items: 120, wrong: 0, confidence: 0.9) }
    let second = try await bench.finding(Self.check)
    #expect(second.value("error").map { $0 < 0.01 } == true)
    #expect(second.inputsSHA256 != first.inputsSHA256)
  }
}
