@testable import Comparison

/// Results built by hand: the worked examples of the specification and the extremes.
enum Samples {
  static func evidence(
    _ estimate: Double, _ low: Double, _ high: Double, p: Double?, interval: String = "Tango",
    test: String = "exact McNemar"
  ) -> Evidence {
    Evidence(
      estimate: estimate, low: low, high: high, confidence: 0.95, intervalMethod: interval, testName: test,
      statistic: nil, degreesOfFreedom: nil, pValue: p, adjustedPValue: nil, standardError: nil, replacement: nil)
  }

  static func arm(
    _ name: String, _ mean: Double?, _ low: Double?, _ high: Double?, items: Int, method: String? = "Wilson"
  ) -> ComparisonResult.ArmSummary {
    ComparisonResult.ArmSummary(name: name, mean: mean, low: low, high: high, items: items, method: method)
  }

  static func design(items: Int, union: Int? = nil, population: String) -> ComparisonResult.Design {
    ComparisonResult.Design(
      paired: true, clustered: false, items: items, asked: items, union: union ?? items, clusters: nil,
      designEffect: nil,
      effectiveItems: nil, intraclassCorrelation: nil, baseRepeats: 1, candidateRepeats: 1,
      onlyBase: (union ?? items) - items, onlyCandidate: 0, missingScore: 0, conflicting: 0, population: population)
  }

  static func result(
    verdict: Verdict, outcome: Outcome, design: ComparisonResult.Design, base: ComparisonResult.ArmSummary,
    candidate: ComparisonResult.ArmSummary, evidence: Evidence?
  ) -> ComparisonResult {
    ComparisonResult(
      verdict: verdict, outcome: outcome, reasons: [], policy: ComparisonPolicy(), metric: nil, isBinary: true,
      design: design, base: base, candidate: candidate, evidence: evidence, defaultEvidence: nil, discordant: nil,
      power: nil, variance: nil, slices: [], missing: [], flips: [], seed: 0xFEDC_BA98_7654_3210)
  }

  /// Worked example 3: (40, 72) of 800.
  static var improved: ComparisonResult {
    var result = result(
      verdict: .improved, outcome: .improved, design: design(items: 800, population: "on all 800 common items"),
      base: arm("prompt-v6.jsonl", 0.66, 0.6265, 0.692, items: 800),
      candidate: arm("prompt-v7.jsonl", 0.7, 0.6674, 0.7307, items: 800),
      evidence: evidence(0.04, 0.0140, 0.0661, p: 0.0032))
    result.policy.claim = .improvement
    result.policy.minEffect = 0.03
    result.policy.margin = 0.02
    result.metric = "correct"
    result.discordant = .init(baseOnly: 40, candidateOnly: 72, both: 488, neither: 200)
    result.power = .init(
      minDetectableGain: 0.0371, minDetectableLoss: 0.0371, atMinEffect: 0.6123, itemsNeeded: 1220, moreItems: nil,
      suggestedMargin: 0.03714, unit: "paired items")
    result.variance = .init(
      item: 0.065, prediction: 0.0125, judge: 0.0175, predictionsPerItem: 2, judgeRunsPerPrediction: 2,
      varianceOfMean: 0.01891)
    result.slices = slices
    result.flips = flips
    return result
  }

  static var slices: [ComparisonResult.SliceResult] {
    [
      .init(
        slice: "language", value: "de", verdict: .improved, outcome: .improved, items: 400, baseMean: 0.61,
        candidateMean: 0.7, evidence: evidence(0.09, 0.0401, 0.1399, p: 0.0004), adjustedPValue: 0.0008, reasons: []),
      .init(
        slice: "language", value: "fr", verdict: .inconclusive, outcome: .inconclusive, items: 37, baseMean: 0.71,
        candidateMean: 0.7, evidence: evidence(-0.01, -0.0899, 0.0699, p: 0.8506), adjustedPValue: 0.8506,
        reasons: [
          Reason(.signReversal, "The slice points the other way."), Reason(.sliceTooSmall, "Sees only 15.8 points."),
        ]),
      .init(
        slice: "language", value: "日本語", verdict: .inconclusive, outcome: .inconclusive, items: 0, baseMean: nil,
        candidateMean: nil, evidence: nil, adjustedPValue: nil, reasons: []),
    ]
  }

  static var flips: [ComparisonResult.Flip] {
    (1...7).map { .init(item: "ticket-\($0)", base: 0, candidate: 1, difference: 1) }
      + (8...10).map { .init(item: "ticket-\($0)", base: 1, candidate: 0, difference: -1) }
  }

  /// The SWE-bench Pro pair: 663 common items of 891, b 10, c 14.
  static var inconclusive: ComparisonResult {
    var result = result(
      verdict: .inconclusive, outcome: .inconclusive,
      design: design(items: 663, union: 891, population: "on the 663 common items of 891"),
      base: arm("claude-opus-4-1-paper.json", 0.2443, 0.2131, 0.2785, items: 663),
      candidate: arm("claude-sonnet-4-paper.json", 0.2504, 0.2189, 0.2848, items: 663),
      evidence: evidence(4.0 / 663, -0.0088, 0.0214, p: 0.5413))
    result.reasons = [
      Reason(.noEffectSizeSet, "No size was named that matters, so no number of items can be said to decide."),
      Reason(.addedItems, "12 items are only in the candidate."),
      Reason(.droppedItems, "228 items are only in the base; they were bounded and do not decide."),
    ]
    result.missing = [MissingEvidence(what: "an effect size (--min-effect or --margin)", howMuch: nil)]
    result.power = .init(
      minDetectableGain: 0.0207, minDetectableLoss: 0.0209, atMinEffect: nil, itemsNeeded: nil, moreItems: nil,
      suggestedMargin: 0.02071, unit: "paired items")
    result.discordant = .init(baseOnly: 10, candidateOnly: 14, both: 152, neither: 487)
    return result
  }

  /// A latency: real, lower is better, clustered, the method asked for.
  static var regressedLatency: ComparisonResult {
    var slow = evidence(-54.3, -88.51, -20.09, p: 0.0049, interval: "cluster-robust t", test: "sign-flip of clusters")
    slow.degreesOfFreedom = 11
    slow.adjustedPValue = 0.0098
    slow.replacement = "CR2 standard errors stand in for the plain ones, which cover too little below 20 clusters"
    var result = result(
      verdict: .regressed, outcome: .worseWithinMargin,
      design: design(items: 240, population: "on all 240 common items"),
      base: arm("monday", 1234.5, 1150.2, 1318.8, items: 240, method: "cluster-robust t"),
      candidate: arm("tuesday", 1288.8, 1201.7, 1375.9, items: 240, method: "cluster-robust t"), evidence: slow)
    result.isBinary = false
    result.metric = "latency_ms"
    result.policy.lowerIsBetter = true
    result.policy.margin = 100
    result.policy.claim = .noRegression
    result.policy.method = .clusterRobust
    result.design.clustered = true
    result.design.clusters = 12
    result.design.designEffect = 2.72
    result.design.effectiveItems = 88.2
    result.design.intraclassCorrelation = 0.0905
    result.design.baseRepeats = 3
    result.design.candidateRepeats = 5
    result.reasons = [Reason(.methodOverridden, "The method was chosen by --method.")]
    result.defaultEvidence = evidence(
      -54.3, -90.2, -18.4, p: 0.0061, interval: "paired t", test: "sign-flip, 10,000 draws")
    result.power = .init(
      minDetectableGain: 43.21, minDetectableLoss: 43.21, atMinEffect: nil, itemsNeeded: 96, moreItems: nil,
      suggestedMargin: 43.3, unit: "paired items")
    result.variance = .init(
      item: 9000, prediction: nil, judge: 12000, predictionsPerItem: 1, judgeRunsPerPrediction: 3, varianceOfMean: 54)
    result.flips = [
      .init(item: "route 7", base: 1002.25, candidate: 1500, difference: -497.75),
      .init(item: "route 9", base: 900, candidate: 810.5, difference: 89.5),
    ]
    return result
  }

  /// Nothing in common, nothing to say.
  static var empty: ComparisonResult {
    var result = result(
      verdict: .inconclusive, outcome: .inconclusive, design: design(items: 0, population: "on no items"),
      base: arm("a.csv", nil, nil, nil, items: 0, method: nil),
      candidate: arm("b.csv", nil, nil, nil, items: 0, method: nil),
      evidence: nil)
    result.reasons = [Reason(.noTrials, "Neither file holds a score.")]
    result.missing = [MissingEvidence(what: "items", howMuch: 2)]
    return result
  }

  static let rightToLeft = "\u{202E}שלום\u{202C}"
  static let family = "👩‍👩‍👧‍👦 家族 e\u{301}"
  static let hostile =
    "\u{1B}[31m| <script>alert(1)</script> `x` @octocat #1 https://evil.example www.evil.example\r\n\u{2028}\",=1+1"

  /// Names that want to break the terminal, the table, the page and the spreadsheet.
  static var hostileNames: ComparisonResult {
    var result = improved
    result.base.name = String(repeating: "very-long-name-", count: 30) + "end"
    result.candidate.name = hostile
    result.metric = rightToLeft
    result.flips = [
      .init(item: hostile, base: 1, candidate: 0, difference: -1),
      .init(item: rightToLeft, base: 0, candidate: 1, difference: 1),
      .init(item: String(repeating: family, count: 12), base: 0, candidate: 1, difference: 1),
      .init(item: "", base: 0, candidate: 1, difference: 1),
      .init(item: "=1+1", base: 0, candidate: 1, difference: 1),
    ]
    result.slices[0].value = hostile
    result.slices[1].value = family
    result.reasons = [Reason(.addedItems, "Item \(hostile) is odd.")]
    result.missing = [MissingEvidence(what: hostile, howMuch: 3)]
    return result
  }

  /// Every difference the same: the interval is a point.
  static var zeroWidth: ComparisonResult {
    var result = result(
      verdict: .equivalent, outcome: .equivalent, design: design(items: 5, population: "on all 5 common items"),
      base: arm("a", 3.25, 3.25, 3.25, items: 5, method: "t"),
      candidate: arm("b", 3.25, 3.25, 3.25, items: 5, method: "t"),
      evidence: evidence(0, 0, 0, p: nil, interval: "paired t", test: "sign-flip"))
    result.isBinary = false
    result.policy.claim = .equivalence
    result.policy.margin = 0.1
    result.reasons = [Reason(.zeroVariance, "All differences are equal.")]
    result.variance = .init(
      item: 0, prediction: 0, judge: 0, predictionsPerItem: 1, judgeRunsPerPrediction: 1, varianceOfMean: 0)
    return result
  }

  /// What no engine should hand over, and no report may print.
  static var unbounded: ComparisonResult {
    var result = result(
      verdict: .inconclusive, outcome: .inconclusive, design: design(items: 2, population: "on 2 common items"),
      base: arm("a", 1e300, -.infinity, .infinity, items: 2), candidate: arm("b", .nan, nil, nil, items: 2),
      evidence: evidence(1e-12, -.infinity, 1e18, p: .nan))
    result.isBinary = false
    result.policy.minEffect = .leastNonzeroMagnitude
    result.power = .init(
      minDetectableGain: .infinity, minDetectableLoss: nil, atMinEffect: .nan, itemsNeeded: .max, moreItems: .max,
      suggestedMargin: .nan, unit: "paired items")
    result.variance = .init(
      item: .nan, prediction: 1, judge: nil, predictionsPerItem: 0, judgeRunsPerPrediction: 0, varianceOfMean: .infinity
    )
    result.flips = [.init(item: "x", base: .nan, candidate: .infinity, difference: .infinity)]
    result.seed = .max
    return result
  }

  static var all: [(name: String, result: ComparisonResult)] {
    [
      ("improved", improved), ("inconclusive", inconclusive), ("latency", regressedLatency), ("empty", empty),
      ("hostile", hostileNames), ("zero-width", zeroWidth), ("unbounded", unbounded),
    ]
  }
}
