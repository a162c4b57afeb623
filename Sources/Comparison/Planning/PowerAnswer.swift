internal import Statistics

extension PowerPlanner {
  func plan(
    _ question: Question, basis: PowerPlan.Basis, variance: ComparisonResult.VarianceSplit?
  ) throws(IncompleteQuestion) -> PowerPlan {
    var target = PowerTarget(alpha: question.alpha, power: question.power, marginAlpha: question.marginAlpha)
    target.designEffect = max(1, designEffect(question))
    let model = try DifferenceModel(question)
    var plan = PowerPlan(
      basis: basis, design: question.design, claim: question.claim, alpha: question.alpha, power: question.power,
      baseRate: question.baseRate, discordantShare: model.discordance, standardDeviation: question.standardDeviation,
      designEffect: target.designEffect, items: question.items, unit: model.unit, ruler: [], variance: variance,
      notes: [])
    plan.isRate = question.isRate || question.design == .pairedBinary || question.design == .unpairedBinary
    if let effect = question.effect {
      plan.effect = effect
      plan.itemsForEffect = model.itemsNeeded(effect: effect, target: target)
      if plan.itemsForEffect == nil { plan.notes.append("No number of items shows an effect of that size here.") }
      if let items = question.items { plan.powerAtItems = model.power(effect: effect, items: items, target: target) }
    }
    if let margin = question.margin {
      plan.margin = margin
      plan.itemsForMargin = model.itemsNeeded(
        margin: margin, equivalence: question.claim == .equivalence, target: target)
    }
    if let items = question.items {
      plan.detectableGain = model.detectable(.up, items: items, target: target)
      plan.detectableLoss = model.detectable(.down, items: items, target: target)
    }
    let sizes = Set(PowerPlanner.rulerSizes + [question.items].compactMap { $0 }).sorted()
    plan.ruler = sizes.map { items in
      PowerPlan.RulerMark(
        items: items, detectableGain: model.detectable(.up, items: items, target: target),
        detectableLoss: model.detectable(.down, items: items, target: target))
    }
    plan.budget = try budget(question, target: target)
    return plan
  }

  private func designEffect(_ question: Question) -> Double {
    guard let size = question.clusterSize, let correlation = question.intraclassCorrelation else { return 1 }
    return DesignEffect.planned(
      meanSize: size, variationOfSize: question.clusterSizeVariation, intraclassCorrelation: correlation) ?? 1
  }

  private func budget(
    _ question: Question, target: PowerTarget
  ) throws(IncompleteQuestion) -> PowerPlan.BudgetPlan? {
    guard let costPerRepeat = question.costPerRepeat else {
      guard question.budget == nil else {
        throw IncompleteQuestion(
          description:
            "a budget needs what a repeat costs: add --cost-per-repeat (and --cost-per-item if an item itself costs something)."
        )
      }
      return nil
    }
    guard let item = question.itemVariance, let repetition = question.repeatVariance else {
      throw IncompleteQuestion(
        description:
          "the best number of repeats depends on the noise of items and of repeats: give a pilot of two variants with repeats, or --item-variance and --repeat-variance."
      )
    }
    let prices = RepeatPlan.Prices(
      costPerItem: question.costPerItem, costPerRepeat: costPerRepeat, itemVariance: item, repeatVariance: repetition)
    let best: RepeatPlan?
    if let budget = question.budget {
      best = RepeatPlan.forBudget(budget, prices: prices)
    } else if let effect = question.effect {
      best = RepeatPlan.forEffect(effect, prices: prices, target: target)
    } else {
      throw IncompleteQuestion(description: "say what to plan for: --effect, or --budget.")
    }
    guard let best else {
      throw IncompleteQuestion(description: "no number of items and repeats does it within these limits.")
    }
    let spread = (best.variance * Double(best.items)).squareRoot()
    return PowerPlan.BudgetPlan(
      unit: question.budgetUnit, costPerItem: question.costPerItem, costPerRepeat: costPerRepeat, items: best.items,
      repeats: best.repeats, cost: best.cost, budget: question.budget,
      detectableEffect: MinimumDetectableEffect.pairedReal(
        standardDeviation: spread, pairs: best.items, target: target))
  }
}

/// The variance model of one design, with its planning formulas.
private struct DifferenceModel {
  let question: PowerPlanner.Question
  /// Share of pairs on which the arms differ, for paired binary designs.
  let discordance: Double?
  let unit: String

  init(_ question: PowerPlanner.Question) throws(PowerPlanner.IncompleteQuestion) {
    self.question = question
    switch question.design {
    case .pairedBinary:
      discordance =
        question.discordantShare
        ?? SampleSize.planningDiscordance(observed: nil, pairs: 0, effect: question.effect ?? 0)
      unit = "paired items"
    case .unpairedBinary:
      guard question.baseRate != nil else {
        throw PowerPlanner.IncompleteQuestion(
          description: "two independent pass rates need the base's: add --base-rate.")
      }
      discordance = nil
      unit = "items per arm"
    case .pairedReal, .unpairedReal:
      guard question.standardDeviation != nil else {
        throw PowerPlanner.IncompleteQuestion(
          description: "real scores need their spread: add --sd, or give a pilot file.")
      }
      discordance = nil
      unit = question.design == .pairedReal ? "paired items" : "items per arm"
    }
  }

  private var spread: Double { question.standardDeviation ?? 0 }
  private var rate: Double { question.baseRate ?? 0.5 }

  /// Variance of one item's difference, for margins.
  private var variance: Double {
    switch question.design {
    case .pairedBinary: discordance ?? 0.2
    case .unpairedBinary: 2 * rate * (1 - rate)
    case .pairedReal: spread * spread
    case .unpairedReal: 2 * spread * spread
    }
  }

  func itemsNeeded(effect: Double, target: PowerTarget) -> Int? {
    switch question.design {
    case .pairedBinary:
      // A rate cannot rise above 1.
      (question.baseRate ?? 0) + effect > 1
        ? nil : SampleSize.pairedBinary(discordance: discordance ?? 0.2, effect: effect, target: target)
    case .unpairedBinary: SampleSize.unpaired(baseRate: rate, effect: effect, target: target)
    case .pairedReal: SampleSize.pairedReal(standardDeviation: spread, effect: effect, target: target)
    case .unpairedReal:
      SampleSize.unpairedReal(baseDeviation: spread, candidateDeviation: spread, effect: effect, target: target)
    }
  }

  func itemsNeeded(margin: Double, equivalence: Bool, target: PowerTarget) -> Int? {
    if equivalence { return SampleSize.equivalence(variance: variance, margin: margin, target: target) }
    return question.design == .pairedBinary
      ? SampleSize.nonInferiorityPairedBinary(discordance: variance, margin: margin, target: target)
      : SampleSize.nonInferiority(variance: variance, margin: margin, target: target)
  }

  func power(effect: Double, items: Int, target: PowerTarget) -> Double? {
    switch question.design {
    case .pairedBinary:
      Power.pairedBinary(discordance: discordance ?? 0.2, effect: effect, pairs: items, target: target)
    case .unpairedBinary:
      Power.unpaired(baseRate: rate, effect: effect, baseItems: items, candidateItems: items, target: target)
    case .pairedReal: Power.pairedReal(standardDeviation: spread, effect: effect, pairs: items, target: target)
    case .unpairedReal:
      Power.unpairedReal(
        baseDeviation: spread, candidateDeviation: spread, effect: effect, baseItems: items, candidateItems: items,
        target: target)
    }
  }

  func detectable(_ direction: EffectDirection, items: Int, target: PowerTarget) -> Double? {
    switch question.design {
    case .pairedBinary:
      MinimumDetectableEffect.pairedBinary(
        discordance: discordance ?? 0.2, pairs: items,
        limit: question.baseRate.map { direction == .up ? 1 - $0 : $0 } ?? 1, target: target)
    case .unpairedBinary:
      MinimumDetectableEffect.unpaired(baseRate: rate, perArm: items, direction: direction, target: target)
    case .pairedReal:
      MinimumDetectableEffect.pairedReal(standardDeviation: spread, pairs: items, target: target)
    case .unpairedReal:
      MinimumDetectableEffect.unpairedReal(
        baseDeviation: spread, candidateDeviation: spread, baseItems: items, candidateItems: items, target: target)
    }
  }
}
