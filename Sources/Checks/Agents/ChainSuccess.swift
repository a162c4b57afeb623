import Statistics

/// How often a piece of work comes through all steps of a chain: the product of what each lets through.
///
/// Bounds: the product of the steps' exact bounds, each at level 1 − α/k, so that all k hold together with 1 − α whatever the
/// steps have to do with each other (Bonferroni); conservative.
struct ChainSuccess {
  struct Step {
    let tool: String
    let succeeded: Int
    let actions: Int
  }

  let steps: [Step]

  private static let level = 0.95

  /// Steps that nobody took.
  var unseen: [String] { steps.filter { $0.actions == 0 }.map(\.tool) }

  /// Nil where a step was never taken.
  var rate: Double? {
    steps.reduce(1) { product, step in
      guard let product, let share = Share.of(step.succeeded, step.actions) else { return nil }
      return product * share
    }
  }

  var interval: Interval { interval(times: 1) }

  /// The bounds if there were so many times as many actions, with the same shares.
  private func interval(times factor: Double) -> Interval {
    let level = Multiplicity.simultaneousLevel(ChainSuccess.level, comparisons: max(1, steps.count))
    var (low, high) = (1.0, 1.0)
    for step in steps {
      let actions = (Double(step.actions) * factor).rounded(.up)
      let succeeded = (Share.of(step.succeeded, step.actions) ?? 0) * actions
      let tail = (1 + level) / 2
      low *= ProportionInterval.clopperPearsonLower(successes: succeeded, trials: actions, confidence: tail)
      high *= ProportionInterval.clopperPearsonUpper(successes: succeeded, trials: actions, confidence: tail)
    }
    return Interval(low: low, high: high)
  }

  /// Actions of its rarest step that would tell the rate from a target, were they like these; nil where no number would.
  func missing(target: Double) -> Int? {
    guard rate != nil, let rarest = steps.map(\.actions).min() else { return nil }
    func decides(_ factor: Double) -> Bool {
      let interval = interval(times: factor)
      return interval.low.isAtLeast(target) || interval.high.isBelow(target)
    }
    // A rate that is the target stays undecided with any number.
    guard let enough = (1...30).lazy.map({ Double(1 << $0) }).first(where: decides) else { return nil }
    var (low, high) = (enough / 2, enough)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if decides(middle) { high = middle } else { low = middle }
    }
    return max(1, Int((Double(rarest) * high).rounded(.up)) - rarest)
  }
}
