import Project
import Records
import Statistics
import Store
import Testing

@testable import Checks

/// `deployment-gap` exactly at its limits.
@Suite struct DeploymentGapLimitTests {
  /// 90 % offline and 80 % in production, of 1,000 each, in one slice.
  private func gap(_ policy: String) async throws -> Finding {
    try await Deployment.finding(Deployment.yaml(policy, required: ["concept"])) { appender in
      try Deployment.items(appender, "clean", right: 900, of: 1000)
      try Deployment.spans(appender, "clean", right: 800, labelled: 1000)
    }
  }

  @Test func theGapAtItsLimit() async throws {
    let interval = try #require(try await gap("").measure("gap"))
    let (low, high) = (try #require(interval.low), try #require(interval.high))
    #expect(try await gap("max_gap: \(low - 1e-6)").codes(.fail).contains("GAP_OVER_LIMIT"))
    let within = try await gap("max_gap: \(low)")
    #expect(!within.codes(.fail).contains("GAP_OVER_LIMIT") && within.codes(.unknown).contains("GAP_UNDECIDED"))
    #expect(try await gap("max_gap: \(high - 1e-6)").codes(.unknown).contains("GAP_UNDECIDED"))
    #expect(try await gap("max_gap: \(high)").verdict == .pass)
  }

  @Test func theLossWithinSlicesAtItsLimit() async throws {
    // The estimate alone decides between failing and not knowing.
    #expect(try await gap("max_gap: 0.0999").codes(.fail) == ["WITHIN_SLICE_LOSS"])
    let at = try await gap("max_gap: 0.1")
    #expect(at.codes(.fail) == [] && at.codes(.unknown) == ["GAP_UNDECIDED", "DIMENSION_UNDECIDED"])
    #expect(at.reasons.last { $0.code == "DIMENSION_UNDECIDED" }?.about == "concept")
    #expect(at.missing.contains(Finding.Missing("labelled spans", nil)))
    let high = try #require(try await gap("").measure("within")?.high)
    #expect(try await gap("max_gap: \(high - 1e-6)").codes(.unknown).contains("DIMENSION_UNDECIDED"))
    #expect(try await gap("max_gap: \(high)").codes(.unknown) == [])
    // Large, and no more than chance.
    let chance = try await Deployment.finding(Deployment.yaml("label_min_n: 1", required: ["concept"])) { appender in
      try Deployment.items(appender, "clean", right: 18, of: 20)
      try Deployment.spans(appender, "clean", right: 16, labelled: 20)
    }
    #expect(chance.codes(.fail) == [] && chance.codes(.unknown).contains("DIMENSION_UNDECIDED"))
  }

  /// By Newcombe's interval 28 of 35 are better than 35 of 58 by 0.0000001 at least, and 17 of 27 than 12 of 32 by as little
  /// less than nothing.
  @Test func aLossIsOneFromNothingOn() async throws {
    func codes(_ offline: Int, of items: Int, _ right: Int, of labelled: Int) async throws -> [String] {
      try await Deployment.finding(Deployment.yaml("label_min_n: 1", required: ["concept"])) { appender in
        try Deployment.items(appender, "clean", right: offline, of: items)
        try Deployment.spans(appender, "clean", right: right, labelled: labelled)
      }.codes(.fail)
    }
    #expect(try await codes(28, of: 35, 35, of: 58) == ["WITHIN_SLICE_LOSS"])
    #expect(try await codes(17, of: 27, 12, of: 32) == [])
  }

  // MARK: Mixes

  /// Of 2,000 items and 1,000 spans, so many spans with the rarer device.
  private func shift(_ rare: Int, _ policy: String = "") async throws -> Finding {
    try await Deployment.finding(Deployment.yaml(policy, required: ["covariate"])) { appender in
      try Deployment.items(appender, "clean", right: 1880, of: 2000) {
        $1.attributes = Deployment.features(["device": $0 < 1600 ? "phone" : "scanner"])
      }
      try Deployment.spans(appender, "clean", right: 940, labelled: 1000) {
        $1.attributes = Deployment.features(["device": $0 < rare ? "scanner" : "phone"])
      }
    }
  }

  @Test func aMixAtItsLimits() async throws {
    let psi = try #require(try await shift(400).value("covariate_psi"))
    #expect(try await shift(400, "psi_fail: \(psi)").codes(.warn) == ["COVARIATE_SHIFT"])
    let over = try await shift(400, "psi_fail: \(psi - 1e-6)")
    #expect(over.codes(.fail) == ["COVARIATE_SHIFT"] && over.reasons[0].about == "device")
    #expect(try await shift(400, "psi_warn: \(psi), psi_fail: 1").verdict == .pass)
    #expect(try await shift(400, "psi_warn: \(psi - 1e-6), psi_fail: 1").codes(.warn) == ["COVARIATE_SHIFT"])
  }

  @Test func aMixThatTooFewSpansShowIsUndecided() async throws {
    func finding(_ spans: Int, items: Int = 2000, rare: Int = 0) async throws -> Finding {
      try await Deployment.finding(Deployment.yaml("max_gap: 1, label_min_n: 1", required: ["covariate"])) { appender in
        try Deployment.items(appender, "clean", right: items, of: items) {
          $1.attributes = Deployment.features(["b": $0 % 5 == 0 ? "scanner" : "phone", "a": .bool($0 % 2 == 0), "c": 1])
        }
        try Deployment.spans(appender, "clean", right: spans, labelled: spans) {
          $1.attributes = Deployment.features([
            "b": $0 < rare || $0 % 5 == 0 ? "scanner" : "phone", "a": .bool($0 % 2 == 0), "c": 1,
          ])
        }
      }
    }
    // χ²(0.99; 1)·(1/2000 + 1/M) is at most 0.10 from 69 spans on.
    #expect(try await finding(69).verdict == .pass)
    let few = try await finding(68)
    #expect(few.codes(.unknown) == ["DIMENSION_UNDECIDED"] && few.reasons[0].about == "covariate")
    #expect(few.missing == [Finding.Missing("spans with features", 1)])
    // So far that few are enough.
    #expect(try await finding(40, rare: 40).codes(.fail) == ["COVARIATE_SHIFT"])
    // Too few items: no number of spans shows it.
    let blind = try await finding(2000, items: 60)
    #expect(blind.missing == [Finding.Missing("items offline, and spans with features", nil)])
  }

  /// Of several mixes that are too few, the one that needs most says how many.
  @Test func theMixThatNeedsMostSpansSaysHowMany() async throws {
    func missing(_ first: String, _ second: String) async throws -> Int? {
      try await Deployment.finding(Deployment.yaml("max_gap: 1, label_min_n: 1", required: ["covariate"])) { appender in
        for offline in [true, false] {
          func features(_ number: Int) -> String? {
            var features = JSONObject()
            features[first] = .bool(number % 2 == 0)
            features[second] = .string("\(number % 8)")
            return Deployment.features(.object(features))
          }
          if offline {
            try Deployment.items(appender, "clean", right: 2000, of: 2000) { $1.attributes = features($0) }
          } else {
            try Deployment.spans(appender, "clean", right: 40, labelled: 40) { $1.attributes = features($0) }
          }
        }
      }.missing.first?.howMuch
    }
    // χ²(0.99; 7) = 18.4753 asks for ⌈1/(0.1/18.4753 − 1/2000)⌉ = 204 spans.
    #expect(try await missing("a", "b") == 164)
    #expect(try await missing("b", "a") == 164)
  }

  @Test func theLabelsMove() async throws {
    func finding(_ travel: Int, settings: String = "", required: [String] = ["prior"]) async throws -> Finding {
      try await Deployment.finding(Deployment.yaml("max_gap: 1", required: required, settings: settings)) { appender in
        try Deployment.items(appender, "clean", right: 1000, of: 1000) { $1.expected = $0 < 700 ? "meal" : "travel" }
        for (slice, count, spans) in [("clean", 500, 900), ("blurry", 500, 100)] {
          try Deployment.spans(appender, slice, right: 500, labelled: 500, of: max(500, spans))
          for number in 0..<count {
            var span = SpanRecord(
              spanID: "\(slice)--1-\(number)", traceID: "t", name: "chat", spanKind: "chat", startedAt: Deployment.now,
              feature: "expenses")
            span.tags = Tags(["photo": slice])
            let isTravel = slice == "blurry" && number < travel
            try appender.append(Deployment.label(span, isTravel ? "travel" : "meal", name: "label"))
          }
        }
      }
    }
    #expect(try await finding(300).verdict == .pass)
    #expect(try await finding(0).codes(.fail) == ["PRIOR_SHIFT"])
    // Slices weigh as traffic does: 900 clean and 500 blurry spans.
    let weighted = try await finding(500, settings: "label_sampling: stratified")
    let travel = Int((1000 * 500.0 / 1400).rounded())
    let expected = MixDrift(expected: [700, 300], observed: [1000 - travel, travel])
    #expect(close(weighted.value("prior_psi"), try #require(expected?.index), 1e-9))
  }

  @Test func whatSideIsMissingIsSaid() async throws {
    func missing(_ dimension: String, items: Bool) async throws -> Finding.Missing? {
      try await Deployment.finding(Deployment.yaml("max_gap: 1", required: [dimension])) { appender in
        try Deployment.items(appender, "clean", right: 1000, of: 1000) { _, trial in
          guard items else { return }
          (trial.expected, trial.attributes) = ("meal", Deployment.features(["a": 1]))
        }
        try Deployment.spans(appender, "clean", right: 500, labelled: 500)
      }.missing.first
    }
    #expect(try await missing("covariate", items: false) == Finding.Missing("items with features", 1))
    #expect(try await missing("covariate", items: true) == Finding.Missing("spans with features", 1))
    #expect(try await missing("prior", items: false) == Finding.Missing("items with an expected label", 200))
    #expect(try await missing("prior", items: true) == Finding.Missing("labelled spans", 200))
  }

  // MARK: Pairs

  @Test func skewAtItsLimits() async throws {
    func finding(_ pairs: Int, differing: Int = 0, single: Int = 0, _ policy: String = "") async throws -> Finding {
      try await Deployment.finding(Deployment.yaml(policy, required: ["skew"])) { appender in
        try Deployment.fine(appender)
        for number in 0..<pairs {
          try Deployment.vector(appender, "input-\(number)", "train", [1, 2])
          try Deployment.vector(appender, "input-\(number)", "serve", number < differing ? [1, 2.1] : [1, 2])
        }
        for number in 0..<single { try Deployment.vector(appender, "single-\(number)", "train", [1]) }
      }
    }
    #expect(try await finding(100).verdict == .pass)
    let few = try await finding(99, single: 1)
    #expect(few.codes(.unknown) == ["DIMENSION_UNDECIDED"] && few.value("parity_single") == 1)
    #expect(few.missing == [Finding.Missing("pairs of spans of kind preprocess with one parity_id", 1)])
    #expect(try await finding(99).measure("parity_single") == nil)
    let one = try await finding(3, differing: 1)
    #expect(one.codes(.fail) == ["PREPROCESSING_SKEW"])
    #expect(one.reasons[0].text == "1 of 3 inputs is prepared for serving in another way than for training: input-0.")
    #expect(one.next == "Prepare inputs in one way, in training and in serving.")
    #expect(try await finding(0, single: 3).codes(.unknown) == ["DIMENSION_NOT_MEASURED"])
  }

  // MARK: Latency

  /// Of so many requests, so many over 100 ms.
  private func latency(_ over: Int, of count: Int, _ policy: String = "") async throws -> Finding {
    let yaml = Deployment.yaml("latency_budget_ms: 100, max_gap: 1, label_min_n: 1, \(policy)", required: ["latency"])
    return try await Deployment.finding(yaml) { appender in
      try Deployment.items(appender, nil, right: 10, of: 10)
      try Deployment.spans(appender, nil, right: 1, labelled: 1, of: count) {
        // At the budget is within it.
        $1.endedAt = Instant(nanoseconds: $1.startedAt.nanoseconds + ($0 < over ? 100_001_000 : 100_000_000))
      }
    }
  }

  @Test func latencyAtItsLimits() async throws {
    // None of 299 shows that fewer than one in a hundred are over; of 298 it does not.
    #expect(try await latency(0, of: 299).verdict == .pass)
    let few = try await latency(0, of: 298)
    #expect(
      few.codes(.unknown) == ["DIMENSION_UNDECIDED"] && few.missing == [Finding.Missing("spans with ended_at", 1)])
    #expect(few.value("over_budget") == 0)
    #expect(try await latency(20, of: 400).value("over_budget") == 0.05)
    let bound = ProportionInterval.clopperPearsonLower(successes: 20, trials: 400)
    #expect(
      try await latency(20, of: 400, "latency_quantile: \(1 - bound + 1e-6)").codes(.fail) == ["LATENCY_OVER_BUDGET"])
    #expect(try await latency(20, of: 400, "latency_quantile: \(1 - bound)").codes(.fail) == [])
    let high = ProportionInterval.clopperPearsonUpper(successes: 20, trials: 400)
    #expect(try await latency(20, of: 400, "latency_quantile: \(1 - high)").verdict == .pass)
    #expect(
      try await latency(20, of: 400, "latency_quantile: \(1 - high + 1e-6)").codes(.unknown) == ["DIMENSION_UNDECIDED"])
  }

  @Test func requestsAreWhatNothingCalled() async throws {
    func finding(roots: Bool) async throws -> Finding {
      let yaml = Deployment.yaml("latency_budget_ms: 100, max_gap: 1, label_min_n: 1", required: ["latency"])
      return try await Deployment.finding(yaml) { appender in
        try Deployment.items(appender, nil, right: 10, of: 10)
        try Deployment.spans(appender, nil, right: 1, labelled: 1, of: 900) { number, span in
          let isCalled = number % 3 > 0
          span.parentID = isCalled || !roots ? "p" : nil
          span.endedAt = Instant(nanoseconds: span.startedAt.nanoseconds + (isCalled ? 500_000_000 : 50_000_000))
          if number % 3 == 2 { span.spanKind = "preprocess" }
          if number < 3 { span.endedAt = nil }
        }
      }
    }
    let requests = try await finding(roots: true)
    #expect(requests.value("requests") == 299 && requests.value("latency") == 50 && requests.verdict == .pass)
    let calls = try await finding(roots: false)
    #expect(calls.value("requests") == 598 && calls.codes(.fail) == ["LATENCY_OVER_BUDGET"])
  }

  // MARK: Precision

  private func precision(_ policy: String, lost: Int, won: Int, _ judge: String? = nil) async throws -> Finding {
    let yaml = Deployment.yaml(
      policy, required: ["precision"], settings: "precision: {reference: fp32, shipped: int8}")
    return try await Deployment.finding(yaml) { appender in
      for (variant, right) in [("fp32", 0..<950), ("int8", lost..<(950 + won))] {
        try Deployment.items(appender, nil, right: 0, of: 1000, variant: variant) { number, trial in
          trial.passed = right.contains(number)
          if variant == "int8" { trial.judge = judge }
        }
      }
      try Deployment.spans(appender, nil, right: 950, labelled: 1000)
    }
  }

  @Test func precisionAtItsLimits() async throws {
    let drop = try #require(try await precision("max_gap: 1", lost: 40, won: 10).measure("precision_drop"))
    let (low, high) = (try #require(drop.low), try #require(drop.high))
    #expect(close(drop.value, 0.03, 1e-9))
    func codes(_ limit: Double) async throws -> (fail: [String], unknown: [String]) {
      let finding = try await precision("max_gap: 1, precision_max_drop: \(limit)", lost: 40, won: 10)
      return (finding.codes(.fail), finding.codes(.unknown))
    }
    #expect(try await codes(low - 1e-6) == (["PRECISION_LOSS"], []))
    #expect(try await codes(low) == ([], ["DIMENSION_UNDECIDED"]))
    #expect(try await codes(high - 1e-6) == ([], ["DIMENSION_UNDECIDED"]))
    #expect(try await codes(high) == ([], []))
  }

  @Test func precisionThatCannotBeCompared() async throws {
    let judged = try await precision("max_gap: 1", lost: 0, won: 0, "j@1")
    #expect(judged.codes(.unknown) == ["DIMENSION_NOT_MEASURED"])
    #expect(judged.reasons[0].text.contains("scored by"))
    let absent = try await Deployment.finding(
      Deployment.yaml("max_gap: 1", required: ["precision"], settings: "precision: {reference: fp32, shipped: int8}")
    ) { try Deployment.fine($0) }
    #expect(absent.reasons[0].text == "holdout has no trials of fp32.")
    let doubtful = try await Deployment.finding(
      Deployment.yaml("max_gap: 1", required: ["precision"], settings: "precision: {reference: fp32, shipped: int8}")
    ) { appender in
      try Deployment.fine(appender)
      for passed in [true, false] {
        try Deployment.items(appender, "clean", right: passed ? 500 : 0, of: 500, variant: "fp32")
      }
      try Deployment.items(appender, "clean", right: 100, of: 2000, variant: "fp32")
    }
    #expect(doubtful.codes(.unknown) == ["CONFLICTING_TRIALS"] && doubtful.reasons[0].about == "precision")
    #expect(doubtful.codes(.pass) == ["DEPLOYMENT_GAP"])
  }

  @Test func limitsOfOneKindMayBeEqual() {
    var policy = DeploymentGap.Policy()
    policy.psiWarn = policy.psiFail
    #expect(policy.faults().isEmpty)
    policy.psiWarn += 0.01
    #expect(policy.faults().map(\.key) == ["psi_warn"])
  }
}
