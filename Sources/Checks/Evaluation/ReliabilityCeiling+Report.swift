import Comparison
import Project
import Records
import Statistics

extension Judgement {
  /// Numbers, figures and method.
  mutating func report(_ facts: ReliabilityCeiling.Facts, _ policy: ReliabilityCeiling.Policy) {
    let ceiling = facts.ceiling(policy.irreducible)
    let (error, share, bounds) = (ceiling.error, ceiling.share, ceiling.bounds)
    measure("items", facts.items, unit: "items")
    measure("error", error, unit: "share")
    measure("adjudicated", facts.classification.items, limit: Double(policy.minAdjudicated), unit: "errors")
    if facts.classification.items > 0 {
      measure("irreducible_share", share, unit: "share")
      measure("fleiss_kappa", facts.classification.agreement, unit: "ratio")
      measure("ceiling", bounds, limit: facts.target.accuracy, unit: "share")
      let relabelled = facts.ceiling(policy.irreducible.filter { $0 != "label_error" }).bounds
      measure("ceiling_relabelled", relabelled, limit: facts.target.accuracy, unit: "share")
    }
    if let chain = facts.chain { measure("chain", chain.bounds, limit: facts.target.accuracy, unit: "share") }
    if let accepted = facts.selection?.accepted {
      measure("threshold", accepted.threshold, unit: "share")
      measure("coverage", accepted.coverage, limit: facts.target.minCoverage, unit: "share")
      let limits = ProportionInterval.wilson(
        successes: Double(accepted.items - accepted.errors), trials: Double(accepted.items))
      measure(
        "covered_accuracy", accepted.accuracy, low: limits.low, high: limits.high,
        limit: facts.target.selectiveAccuracy, unit: "share")
    }
    if let (cost, currency) = facts.cost {
      measure("return_per_unit", cost.decay.rate, unit: "1/\(currency)")
      measure("next_point_cost", cost.ofNextPoint, limit: facts.target.valuePerPoint?.approximate, unit: currency)
      measure("cost_to_target", facts.costToTarget, limit: facts.target.maxSpend?.approximate, unit: currency)
    }
    if let gain = facts.gain {
      measure("gain", gain.estimate, low: gain.low, high: gain.high, limit: policy.minUsefulGain, unit: "points")
    }
    evidence = facts.classification.evidence
    method =
      "ceiling 1 − e·i, MOVER over Wilson limits; selective: fixed-sequence exact binomial test; gain: "
      + (facts.gain?.intervalMethod ?? "not compared") + "; chain: product of simultaneous Clopper-Pearson limits"
    draw(facts, policy, bounds)
  }

  private mutating func measure(
    _ name: String, _ bounded: BoundedEstimate, limit: Double? = nil, unit: String
  ) {
    measure(
      name, bounded.estimate, low: bounded.interval.low, high: bounded.interval.high, limit: limit, unit: unit)
  }

  private mutating func draw(
    _ facts: ReliabilityCeiling.Facts, _ policy: ReliabilityCeiling.Policy, _ bounds: BoundedEstimate
  ) {
    let error = 1 - facts.accuracy
    let classification = facts.classification
    if let share = Share.of(classification.items(in: policy.irreducible), classification.items) {
      let irreducible = error * share
      figures.append(
        .parts(
          title: "Errors that a model can remove, and those that none can", unit: .share,
          parts: [
            Figure.Part("right", facts.accuracy), Figure.Part("reducible", error - irreducible),
            Figure.Part("irreducible", irreducible),
          ]))
      figures.append(
        .intervals(
          title: "Ceiling against target", unit: .share,
          rows: [
            Figure.IntervalRow(
              "ceiling", bounds.estimate, low: bounds.interval.low, high: bounds.interval.high,
              limit: facts.target.accuracy, note: "\(facts.classification.items) errors classified"),
            Figure.IntervalRow(
              "accuracy now", facts.accuracy, low: nil, high: nil, limit: facts.target.accuracy,
              note: NumberWords.counted(facts.items, "item")),
          ]))
    }
    let answered = facts.selection?.points.filter { $0.items > 0 } ?? []
    if !answered.isEmpty {
      figures.append(
        .curve(
          title: "Accuracy of what is answered", x: "coverage", y: "accuracy",
          points: answered.map {
            Figure.Point($0.coverage, $0.accuracy, note: "confidence ≥ \(NumberWords.fixed($0.threshold, 2))")
          }, diagonal: false))
    }
  }

  /// The sentence and the one next action.
  func concluded(_ feature: String, _ facts: ReliabilityCeiling.Facts?) -> Judgement {
    var judgement = self
    guard let facts, facts.items > 0 else {
      judgement.headline = "Nothing measures \(feature) yet, so nobody knows what it can reach."
      judgement.next = "Ingest results of the feature's suite: tally ingest FILE."
      return judgement
    }
    let population = "on \(NumberWords.counted(facts.items, "item")) of \(facts.releases.last?.arm.variant ?? "")"
    let now = ProportionInterval.wilson(successes: facts.accuracy * Double(facts.items), trials: Double(facts.items))
    judgement.headline =
      measures.first { $0.name == "ceiling" }.flatMap { ceiling in
        guard let value = ceiling.value, let low = ceiling.low, let high = ceiling.high else { return nil }
        let target = ceiling.limit.map { ", and the target is \(NumberWords.percent($0))" } ?? ""
        let share = measures.first { $0.name == "irreducible_share" }?.value ?? 0
        let hopeless = Int((share * Double(facts.classification.items)).rounded())
        return
          "\(feature) can reach at most \(NumberWords.percent(value, low, high)) by better models\(target): \(population), "
          + "\(hopeless) of \(facts.classification.items) classified errors are of kinds that no model removes."
      }
      ?? "\(feature) is right in \(NumberWords.percent(facts.accuracy, now.low, now.high)) \(population); nobody has classified "
      + "its errors, so what it can reach is not known."
    judgement.next = nextAction(facts)
    return judgement
  }

  private func nextAction(_ facts: ReliabilityCeiling.Facts) -> String {
    let accepted = facts.selection?.accepted.flatMap { point in
      point.coverage.isBelow(facts.target.minCoverage)
        ? nil
        : "Release selectively: answer from confidence \(NumberWords.fixed(point.threshold, 2)) up "
          + "(\(NumberWords.percent(point.coverage)) of inputs, \(NumberWords.percent(point.accuracy)) right), and give the rest to "
          + "a person."
    }
    if !codes(.fail).isEmpty {
      return accepted
        ?? (codes(.fail).contains("TARGET_ABOVE_CEILING")
          ? "Return the target to whoever set it, or remove the causes: ask back, fetch what is missing, relabel."
          : "Make the weakest stage more reliable, or retry it: no model makes up for the chain.")
    }
    if let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    if codes(.warn).contains("PLATEAU") { return accepted ?? "Change the approach: more of the same gains nothing." }
    if codes(.warn).contains("NOT_WORTH_IT") { return accepted ?? "Stop spending on this target, or lower it." }
    return accepted ?? "Keep going: the target is within reach."
  }
}
