import Statistics
import Testing

@Suite("Plans: properties")
struct PowerPropertyTests {
  private static let effects = [0.004, 0.01, 0.03, 0.08, 0.15]

  @Test(arguments: effects)
  func `The items needed are the first with the power asked for`(effect: Double) throws {
    let items = try #require(SampleSize.pairedBinary(discordance: 0.2, effect: effect))
    #expect(try #require(Power.pairedBinary(discordance: 0.2, effect: effect, pairs: items)) >= 0.8 - 1e-9)
    #expect(try #require(Power.pairedBinary(discordance: 0.2, effect: effect, pairs: items - 1)) < 0.8)
    let real = try #require(SampleSize.pairedReal(standardDeviation: 0.4, effect: effect))
    #expect(try #require(Power.pairedReal(standardDeviation: 0.4, effect: effect, pairs: real)) >= 0.8 - 1e-9)
    #expect(try #require(Power.pairedReal(standardDeviation: 0.4, effect: effect, pairs: real - 1)) < 0.8)
    let margin = try #require(SampleSize.nonInferiority(variance: 0.1, margin: effect))
    #expect(try #require(Power.nonInferiority(variance: 0.1, margin: effect, items: margin)) >= 0.8 - 1e-9)
    #expect(try #require(Power.nonInferiority(variance: 0.1, margin: effect, items: margin - 1)) < 0.8)
    let within = try #require(SampleSize.equivalence(variance: 0.1, margin: effect))
    #expect(try #require(Power.equivalence(variance: 0.1, margin: effect, items: within)) >= 0.8 - 1e-9)
    #expect(try #require(Power.equivalence(variance: 0.1, margin: effect, items: within - 1)) < 0.8)
  }

  @Test(arguments: [20, 100, 900, 20_000])
  func `The smallest effect seen needs just the items at hand`(items: Int) throws {
    let up = try #require(MinimumDetectableEffect.unpaired(baseRate: 0.4, perArm: items, direction: .up))
    #expect(SampleSize.unpaired(baseRate: 0.4, effect: up * (1 + 1e-9)) == items)
    let down = try #require(MinimumDetectableEffect.unpaired(baseRate: 0.6, perArm: items, direction: .down))
    #expect(isClose(up, down, 1e-9))
    let paired = try #require(MinimumDetectableEffect.pairedBinary(discordance: 0.2, pairs: items))
    #expect(SampleSize.pairedBinary(discordance: 0.2, effect: paired * (1 + 1e-9)) == items)
    let real = try #require(
      MinimumDetectableEffect.unpairedReal(
        baseDeviation: 0.3, candidateDeviation: 0.5, baseItems: items, candidateItems: items))
    #expect(
      SampleSize.unpairedReal(baseDeviation: 0.3, candidateDeviation: 0.5, effect: real * (1 + 1e-6))
        .map { abs($0 - items) <= 1 } == true)
  }

  @Test func `Dependence costs its factor`() throws {
    let clustered = PowerTarget(designEffect: 2.5)
    let plain = try #require(SampleSize.pairedReal(standardDeviation: 1, effect: 0.1))
    let inflated = try #require(SampleSize.pairedReal(standardDeviation: 1, effect: 0.1, target: clustered))
    #expect(abs(Double(inflated) / Double(plain) - 2.5) < 0.01)
    let effect = try #require(MinimumDetectableEffect.pairedReal(standardDeviation: 1, pairs: 1_000))
    let wider = try #require(
      MinimumDetectableEffect.pairedReal(standardDeviation: 1, pairs: 2_500, target: clustered))
    #expect(isClose(effect, wider, 1e-12))
  }

  @Test func `What no number of items shows is nil`() {
    #expect(SampleSize.unpaired(baseRate: 0.9, effect: 0) == nil)
    #expect(SampleSize.unpaired(baseRate: 0.9, effect: 0.2) == nil)
    #expect(SampleSize.pairedBinary(discordance: 0.1, effect: 0) == nil)
    #expect(SampleSize.pairedReal(standardDeviation: 1, effect: 0) == nil)
    #expect(SampleSize.pairedReal(standardDeviation: 1, effect: 1e-9) == nil)
    #expect(SampleSize.nonInferiority(variance: 0.1, margin: 0) == nil)
    #expect(MinimumDetectableEffect.unpaired(baseRate: 1, perArm: 100, direction: .up) == nil)
    #expect(MinimumDetectableEffect.unpaired(baseRate: 0.95, perArm: 20, direction: .up) == nil)
    #expect(MinimumDetectableEffect.pairedBinary(discordance: 0.2, pairs: 3) == nil)
    #expect(MinimumDetectableEffect.pairedBinary(discordance: 0.2, pairs: 100, limit: 0.05) == nil)
    #expect(MinimumDetectableEffect.pairedReal(standardDeviation: 1, pairs: 1) == nil)
    #expect(Power.pairedReal(standardDeviation: 1, effect: 0.5, pairs: 1) == nil)
  }

  @Test func `Without variation one item shows it`() {
    #expect(SampleSize.unpaired(baseRate: 0, effect: 1) == 1)
    #expect(Power.unpaired(baseRate: 0, effect: 1, baseItems: 5, candidateItems: 5) == 1)
    #expect(SampleSize.nonInferiority(variance: 0, margin: 0.1) == 1)
  }

  @Test func `An effect costs least at the best repeats`() throws {
    let prices = RepeatPlan.Prices(costPerItem: 10, costPerRepeat: 1, itemVariance: 0.09, repeatVariance: 0.04)
    let best = try #require(RepeatPlan.forEffect(0.02, prices: prices))
    #expect(best.repeats == 2)
    let single = try #require(RepeatPlan.forEffect(0.02, prices: prices, maximumRepeats: 1))
    #expect(single.cost > best.cost)
    #expect(single.items == SampleSize.pairedReal(standardDeviation: 0.13.squareRoot(), effect: 0.02))
    #expect(RepeatPlan.forEffect(0.02, prices: prices, availableItems: 100) == nil)
    // With few items at hand more repeats have to make up for them, as far as they can.
    let scarce = try #require(RepeatPlan.forEffect(0.02, prices: prices, availableItems: best.items - 200))
    #expect(scarce.repeats > best.repeats)
    #expect(scarce.items <= best.items - 200)
  }

  @Test func `A budget for no item, or of no price, has no plan`() {
    let prices = RepeatPlan.Prices(costPerItem: 10, costPerRepeat: 1, itemVariance: 0.09, repeatVariance: 0.04)
    #expect(RepeatPlan.forBudget(10.5, prices: prices) == nil)
    #expect(RepeatPlan.forBudget(11, prices: prices)?.items == 1)
    #expect(RepeatPlan.forBudget(1e6, prices: prices, availableItems: 50)?.items == 50)
    var free = prices
    free.costPerRepeat = 0
    #expect(RepeatPlan.forBudget(100, prices: free) == nil)
    var alike = prices
    alike.itemVariance = 0
    #expect(RepeatPlan.idealRepeats(alike) == nil)
    var quiet = prices
    quiet.repeatVariance = 0
    #expect(RepeatPlan.idealRepeats(quiet) == 1)
  }
}
