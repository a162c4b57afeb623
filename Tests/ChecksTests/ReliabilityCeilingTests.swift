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

  static func finding(_ yaml: String, _ body: @Sendable @escaping (Appender) throws -> Void) async throws -> Finding {
    let bench = try await CheckBench(yaml)
    try await bench.append(body)
    return try await bench.finding(check)
  }

  // MARK: The worked example

  @Test func theCeilingOfTheExampleIsBelowTheTarget() async throws {
    let finding = try await Self.finding(Self.yaml("accuracy: 0.97")) { appender in
      try Self.run(appender, items: 5000, wrong: 400)
      try Self.classify(appender, errors: 100, irreducible: 62)
    }
    #expect(finding.verdict == .fail)
    #expect(finding.codes(.fail) == ["TARGET_ABOVE_CEILING"])
    let error = try #require(finding.measure("error"))
    #expect(close(error.value, 0.08) && close(error.low, 0.0728) && close(error.high, 0.08785, 1e-5))
    let share = try #require(finding.measure("irreducible_share"))
    #expect(close(share.value, 0.62) && close(share.low, 0.5221) && close(share.high, 0.7090))
    let ceiling = try #require(finding.measure("ceiling"))
    #expect(close(ceiling.value, 0.9504) && close(ceiling.low, 0.9418) && close(ceiling.high, 0.9594))
    #expect(finding.evidence.count == 20)
    #expect(finding.headline.contains("at most 95.04 % (94.18 to 95.94)"))
    #expect(finding.headline.contains("on 5,000 items of release-5, 62 of 100"))
  }

  @Test func fiveStagesMultiply() async throws {
    let finding = try await Self.finding(Self.yaml("accuracy: 0.97")) { appender in
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
    let finding = try await Self.finding(Self.yaml("accuracy: 0.97, selective_accuracy: 0.97")) { appender in
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
    let finding = try await Self.finding(
      Self.yaml("accuracy: 0.96, value_per_point: 55000 USD, max_spend: 300000 USD")
    ) { try Self.paidReleases($0) }
    #expect(close(finding.value("return_per_unit"), 2.262e-6, 5e-10))
    #expect(close(finding.value("next_point_cost"), 55_263, 60))
    #expect(close(finding.value("cost_to_target"), 306_450, 200))
    #expect(finding.codes(.warn) == ["NOT_WORTH_IT", "NOT_WORTH_IT"])
    #expect(finding.verdict == .warn)
  }

  @Test func aPriceAtItsLimitIsWorthIt() async throws {
    let measured = try await Self.finding(Self.yaml("accuracy: 0.96")) { try Self.paidReleases($0) }
    let next = try #require(measured.value("next_point_cost"))
    let total = try #require(measured.value("cost_to_target"))
    #expect(measured.codes(.warn).isEmpty)
    let dear = try await Self.finding(
      Self.yaml("accuracy: 0.96, value_per_point: \(Int(next)) USD, max_spend: \(Int(total)) USD")
    ) { try Self.paidReleases($0) }
    #expect(dear.codes(.warn).count == 2)
    let cheap = try await Self.finding(
      Self.yaml("accuracy: 0.96, value_per_point: \(Int(next) + 1) USD, max_spend: \(Int(total) + 1) USD")
    ) { try Self.paidReleases($0) }
    #expect(cheap.codes(.warn).isEmpty)
  }

  @Test func moneyThatBoughtNothingIsNotWorthIt() async throws {
    let finding = try await Self.finding(Self.yaml("accuracy: 0.96")) {
      try Self.paidReleases($0, wrong: [80, 80, 80, 80])
    }
    #expect(finding.codes(.warn).contains("NOT_WORTH_IT"))
    #expect(finding.value("next_point_cost") == nil)
    let worse = try await Self.finding(Self.yaml("accuracy: 0.96")) {
      try Self.paidReleases($0, wrong: [60, 70, 75, 80])
    }
    #expect(worse.codes(.warn).contains("NOT_WORTH_IT"))
  }

  @Test func currenciesAreNotCompared() async throws {
    let finding = try await Self.finding(Self.yaml("accuracy: 0.96, value_per_point: 1 EUR")) {
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
    let finding = try await Self.finding(Self.yaml("accuracy: 0.95", policy: "plateau_releases: 1")) { appender in
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
}
