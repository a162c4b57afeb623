/// How many items, and how many repeats of each, an evaluation should spend its money on.
///
/// The variance of the mean of n items with K repeats is σ²_item/n + σ²_repeat/(nK), where σ²_repeat is the noise of the
/// prediction and of its judge together; for a paired comparison both are of the item differences. Costs are in any one
/// currency or in tokens.
public struct RepeatPlan: Sendable, Equatable {
  public let items: Int
  /// Repeats of each item, at least 1.
  public let repeats: Int
  /// items·(cost per item + repeats·cost per repeat).
  public let cost: Double
  /// Variance of the mean under this plan, in the squared unit of the score.
  public let variance: Double

  /// What an item and a repeat cost and how much noise each carries.
  public struct Prices: Sendable, Equatable {
    /// Cost of one more item, apart from its repeats (labelling, review), ≥ 0.
    public var costPerItem: Double
    /// Cost of one repeat of one item (tokens, judge), > 0.
    public var costPerRepeat: Double
    /// σ²_item ≥ 0.
    public var itemVariance: Double
    /// σ²_prediction + σ²_judge ≥ 0.
    public var repeatVariance: Double

    public init(costPerItem: Double, costPerRepeat: Double, itemVariance: Double, repeatVariance: Double) {
      self.costPerItem = costPerItem
      self.costPerRepeat = costPerRepeat
      self.itemVariance = itemVariance
      self.repeatVariance = repeatVariance
    }

    /// The variance that one item with its repeats contributes.
    func variance(repeats: Int) -> Double { itemVariance + repeatVariance / Double(repeats) }
    func cost(repeats: Int) -> Double { costPerItem + Double(repeats) * costPerRepeat }

    var areUsable: Bool {
      costPerItem >= 0 && costPerRepeat > 0 && itemVariance >= 0 && repeatVariance >= 0
    }
  }

  /// The best number of repeats as a real number, √((cost per item/cost per repeat)·σ²_repeat/σ²_item), at least 1.
  ///
  /// Nil where items do not vary (then only repeats help, without limit) or a price is out of its range.
  ///
  /// Source: W. Cochran, "Sampling techniques", 1977, §10.6.
  public static func idealRepeats(_ prices: Prices) -> Double? {
    guard prices.areUsable, prices.itemVariance > 0 else { return nil }
    let costs = prices.costPerItem / prices.costPerRepeat
    return max(1, (costs * prices.repeatVariance / prices.itemVariance).squareRoot())
  }

  /// The plan with the smallest variance that a budget affords.
  ///
  /// All numbers of repeats are tried, because with few items the whole numbers matter more than the ideal; of equal
  /// plans the one with fewer repeats wins. Nil where the budget does not pay for one item.
  ///
  /// - Parameters:
  ///   - availableItems: items that exist, nil for no limit.
  ///   - maximumRepeats: most repeats considered, at least 1.
  public static func forBudget(
    _ budget: Double, prices: Prices, availableItems: Int? = nil, maximumRepeats: Int = 100
  ) -> RepeatPlan? {
    guard prices.areUsable, maximumRepeats >= 1 else { return nil }
    var best: RepeatPlan?
    for repeats in 1...maximumRepeats {
      let each = prices.cost(repeats: repeats)
      let affordable = (budget / each + 1e-9).rounded(.down)
      guard affordable >= 1, affordable < 0x1p53 else { continue }
      let items = min(Int(affordable), availableItems ?? .max)
      guard items >= 1 else { continue }
      let plan = RepeatPlan(
        items: items, repeats: repeats, cost: Double(items) * each,
        variance: prices.variance(repeats: repeats) / Double(items))
      if best.map({ plan.variance < $0.variance * (1 - 1e-12) }) ?? true {
        best = plan
      }
    }
    return best
  }

  /// The cheapest plan that sees `effect` with the target's power, items planned as by
  /// ``SampleSize/pairedReal(standardDeviation:effect:target:)``.
  ///
  /// Nil where no plan within the limits sees it. Parameters as for ``forBudget(_:prices:availableItems:maximumRepeats:)``.
  public static func forEffect(
    _ effect: Double, prices: Prices, target: PowerTarget = PowerTarget(), availableItems: Int? = nil,
    maximumRepeats: Int = 100
  ) -> RepeatPlan? {
    guard prices.areUsable, maximumRepeats >= 1 else { return nil }
    var best: RepeatPlan?
    for repeats in 1...maximumRepeats {
      let variance = prices.variance(repeats: repeats)
      guard
        let items = SampleSize.pairedReal(
          standardDeviation: variance.squareRoot(), effect: effect, target: target),
        items <= availableItems ?? .max
      else { continue }
      let plan = RepeatPlan(
        items: items, repeats: repeats, cost: Double(items) * prices.cost(repeats: repeats),
        variance: variance * target.designEffect / Double(items))
      if best.map({ plan.cost < $0.cost * (1 - 1e-12) }) ?? true {
        best = plan
      }
    }
    return best
  }
}
