@testable import Comparison

extension Samples {
  static func variant(
    _ name: String, _ mean: Double, _ low: Double, _ high: Double, ranks: (Int, Int), items: Int = 558
  ) -> RankingResult.Variant {
    RankingResult.Variant(
      name: name, mean: mean, low: low, high: high, method: "Wilson", items: items, bestRank: ranks.0,
      worstRank: ranks.1, isWinner: ranks.0 == 1)
  }

  /// Worked example 10: A [1,2], B [1,3], C [2,4], D [3,4].
  static var ranking: RankingResult {
    let names = ["A", "B", "C", "D"]
    let holm = ["AB": 0.30, "AC": 0.016, "AD": 0.003, "BC": 0.06, "BD": 0.005, "CD": 0.30]
    var pairs: [RankingResult.Pair] = []
    for (place, first) in names.enumerated() {
      for second in names.dropFirst(place + 1) {
        var found = evidence(0.03 * Double(pairs.count + 1), -0.01, 0.08, p: 0.01)
        found.adjustedPValue = holm[first + second]
        pairs.append(
          .init(
            first: first, second: second, items: 558, evidence: found, significant: (holm[first + second] ?? 1) <= 0.05)
        )
      }
    }
    let variants = [
      variant("A", 0.75, 0.701, 0.795, ranks: (1, 2)), variant("B", 0.72, 0.669, 0.767, ranks: (1, 3)),
      variant("C", 0.66, 0.606, 0.711, ranks: (2, 4)), variant("D", 0.62, 0.566, 0.672, ranks: (3, 4)),
    ]
    return RankingResult(
      policy: ComparisonPolicy(), metric: "resolved", isBinary: true, variants: variants, pairs: pairs, tasks: [],
      reasons: [], confidence: 0.95, population: "on the 558 items common to all 4 variants, of 970", seed: 7)
  }

  static var rankingOfTasks: RankingResult {
    var result = ranking
    result.variants = (1...9).map {
      variant("model-with-a-long-name-\($0)", 0.8 - 0.01 * Double($0), 0.6, 0.9, ranks: $0 == 1 ? (1, 1) : (2, 9))
    }
    result.variants[3].name = hostile
    result.variants[4].name = family
    result.pairs = []
    result.tasks = ["gsm8k", "数学", hostile].map { name in
      .init(name: name, items: 1319, variants: Array(result.variants.dropLast()))
    }
    result.reasons = [Reason(.addedItems, "Only 57 % of the items are common.")]
    return result
  }

  static var emptyRanking: RankingResult {
    var result = ranking
    result.variants = []
    result.pairs = []
    result.population = "on no items"
    return result
  }

  static var plan: PowerPlan {
    PowerPlan(
      basis: .pilot(name: "pilot.csv", items: 400), design: .pairedBinary, isRate: true, claim: .improvement,
      alpha: 0.05, power: 0.8,
      baseRate: 0.82, discordantShare: 0.13, standardDeviation: nil, designEffect: 1, items: 400,
      unit: "paired items", effect: 0.03, itemsForEffect: 1132, powerAtItems: 0.3841, margin: 0.02,
      itemsForMargin: 2551, detectableGain: 0.0506, detectableLoss: 0.0511,
      ruler: [
        .init(items: 100, detectableGain: 0.1009, detectableLoss: 0.1031),
        .init(items: 400, detectableGain: 0.0506, detectableLoss: 0.0511),
        .init(items: 1600, detectableGain: 0.0253, detectableLoss: nil),
      ],
      budget: .init(
        unit: "tokens", costPerItem: 10, costPerRepeat: 1, items: 950, repeats: 2, cost: 11400, budget: 12000,
        detectableEffect: 0.0299),
      variance: .init(
        item: 0.09, prediction: 0.04, judge: nil, predictionsPerItem: 1, judgeRunsPerPrediction: 1,
        varianceOfMean: 0.0003),
      notes: ["The discordant share is the pilot's."])
  }

  static var plainPlan: PowerPlan {
    var plan = plan
    plan.basis = .assumed
    plan.design = .unpairedReal
    plan.isRate = false
    plan.unit = "items per arm"
    plan.items = nil
    plan.baseRate = nil
    plan.discordantShare = nil
    plan.standardDeviation = 35.25
    plan.designEffect = 2.2
    plan.effect = 12.5
    plan.itemsForEffect = 275
    plan.powerAtItems = nil
    plan.margin = nil
    plan.itemsForMargin = nil
    plan.detectableGain = nil
    plan.detectableLoss = nil
    plan.ruler = []
    plan.budget = nil
    plan.variance = nil
    plan.notes = []
    return plan
  }

  static var rankings: [(name: String, result: RankingResult)] {
    [("four", ranking), ("tasks", rankingOfTasks), ("none", emptyRanking)]
  }

  static var plans: [(name: String, plan: PowerPlan)] {
    var broken = plan
    broken.detectableGain = .infinity
    broken.detectableLoss = .nan
    broken.budget?.cost = .nan
    broken.notes = [hostile]
    broken.basis = .pilot(name: hostile, items: 0)
    return [("pilot", plan), ("assumed", plainPlan), ("broken", broken)]
  }
}
