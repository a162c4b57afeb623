import Statistics
import Testing

/// The worked examples of the comparison engine's specification.
@Suite("Plans: worked examples")
struct PowerExampleTests {
  @Test(arguments: [(0.015, 9_955), (0.03, 2_400), (0.06, 553), (0.10, 174)])
  func `Items in each arm from 82 %`(effect: Double, items: Int) {
    #expect(SampleSize.unpaired(baseRate: 0.82, effect: effect) == items)
  }

  @Test func `Items in each arm at α 0.005`() {
    #expect(SampleSize.unpaired(baseRate: 0.82, effect: 0.03, target: PowerTarget(alpha: 0.005)) == 4_070)
  }

  @Test(arguments: [
    (50, 16.1, 24.8, 0.05), (100, 12.5, 17.2, 0.05), (200, 9.4, 11.8, 0.05), (500, 6.3, 7.3, 0.05),
    (1_000, 4.55, 5.05, 0.005), (2_400, 3.00, 3.21, 0.005),
  ])
  func `Smallest move seen from 82 %, in points`(items: Int, up: Double, down: Double, digit: Double) throws {
    let rise = MinimumDetectableEffect.unpaired(baseRate: 0.82, perArm: items, direction: .up)
    let fall = MinimumDetectableEffect.unpaired(baseRate: 0.82, perArm: items, direction: .down)
    #expect(abs(100 * (try #require(rise)) - up) <= digit)
    #expect(abs(100 * (try #require(fall)) - down) <= digit)
  }

  @Test func `Power of a hundred items in each arm at 3 points`() throws {
    let power = Power.unpaired(baseRate: 0.82, effect: 0.03, baseItems: 100, candidateItems: 100)
    #expect(abs(try #require(power) - 0.088) < 5e-4)
  }

  @Test(arguments: [(0.05, 434), (0.07, 609), (0.10, 870), (0.13, 1_132), (0.20, 1_742)])
  func `Pairs for 3 points`(discordance: Double, pairs: Int) {
    #expect(SampleSize.pairedBinary(discordance: discordance, effect: 0.03) == pairs)
    #expect(SampleSize.pairedBinary(discordance: discordance, effect: -0.03) == pairs)
  }

  @Test func `Power of a hundred pairs at 3 points`() throws {
    let power = Power.pairedBinary(discordance: 0.13, effect: 0.03, pairs: 100)
    #expect(abs(try #require(power) - 0.129) < 5e-4)
  }

  @Test func `Pairs of real scores`() {
    #expect(SampleSize.pairedReal(standardDeviation: 0.35, effect: 0.03) == 1_071)
  }

  @Test func `Pairs for a margin`() {
    #expect(SampleSize.nonInferiority(variance: 0.05, margin: 0.02) == 982)
    #expect(SampleSize.nonInferiorityPairedBinary(discordance: 0.05, margin: 0.02) == 982)
    #expect(SampleSize.nonInferiorityPairedBinary(discordantPairs: 50, pairs: 1_000, margin: 0.02) == 982)
    #expect(SampleSize.equivalence(variance: 0.05, margin: 0.02) == 1_314)
  }

  @Test func `Without a discordant pair Tango's interval still needs its pairs`() {
    // ⌈1.96²·0.98/0.02⌉ = 189 pairs; 7.849·(1/1000)/0.0004 would be 20.
    #expect(SampleSize.nonInferiorityPairedBinary(discordantPairs: 0, pairs: 1_000, margin: 0.02) == 189)
  }

  @Test func `Planned clusters`() throws {
    let effect = try #require(DesignEffect.planned(meanSize: 5, intraclassCorrelation: 0.3))
    #expect(isClose(effect, 2.2, 1e-12))
    #expect(abs(try #require(DesignEffect.effectiveItems(100, designEffect: effect)) - 45) < 0.5)
    let equal = [Int](repeating: 5, count: 20)
    #expect(isClose(try #require(DesignEffect.planned(sizes: equal, intraclassCorrelation: 0.3)), 2.2, 1e-12))
  }

  @Test func `Unequal clusters`() throws {
    // Sizes 2 and 8: mean 5, variance 9, cv 0.6: weighted size 6.8.
    let byVariation = DesignEffect.planned(meanSize: 5, variationOfSize: 0.6, intraclassCorrelation: 0.1)
    let bySizes = DesignEffect.planned(sizes: [2, 8], intraclassCorrelation: 0.1)
    #expect(isClose(try #require(byVariation), 1.58, 1e-12))
    #expect(isClose(try #require(bySizes), 1.58, 1e-12))
    #expect(DesignEffect.planned(sizes: [], intraclassCorrelation: 0.1) == nil)
  }

  @Test func `Best repeats for a cost`() throws {
    let prices = RepeatPlan.Prices(costPerItem: 10, costPerRepeat: 1, itemVariance: 0.09, repeatVariance: 0.04)
    #expect(abs(try #require(RepeatPlan.idealRepeats(prices)) - 2.1) < 0.01)
    let plan = try #require(RepeatPlan.forBudget(12_000, prices: prices))
    #expect(plan.repeats == 2)
    #expect(plan.items == 1_000)
    #expect(isClose(plan.variance, 0.09 / 1_000 + 0.04 / 2_000, 1e-12))
  }

  @Test func `What is missing from an arm of a hundred`() {
    #expect(SampleSize.unpaired(baseRate: 0.82, effect: 0.03).map { $0 - 100 } == 2_300)
  }

  @Test func `Missing items when the plan is fulfilled`() {
    // Half-width 0.03 at 1,000 items, 0.015 wanted: four times the items.
    #expect(SampleSize.missing(items: 1_000, width: 0.06, decisive: 0.03) == 3_000)
    #expect(SampleSize.missing(items: 1_000, width: 0.0213, decisive: 0.02) == 135)
    #expect(SampleSize.missing(items: 1_000, width: 0.01, decisive: 0.02) == 0)
    #expect(SampleSize.missing(items: 1_000, width: 0.01, decisive: 0) == nil)
    // Up to the plan; from the plan on as many as the interval asks for, at least one.
    func shortfall(_ planned: Int?, _ width: Double = 0.06) -> Int? {
      SampleSize.shortfall(planned: planned, items: 1_000, width: width, decisive: 0.03)
    }
    #expect(shortfall(1_001) == 1 && shortfall(1_000) == 3_000 && shortfall(999) == 3_000 && shortfall(nil) == 3_000)
    #expect(shortfall(1_000, 0.03) == 1)
    #expect(SampleSize.shortfall(planned: 5, items: 9, width: 1, decisive: 0) == nil)
  }

  @Test func `The discordant share to plan with`() {
    #expect(SampleSize.planningDiscordance(observed: nil, pairs: 0) == 0.20)
    #expect(SampleSize.planningDiscordance(observed: 3, pairs: 49) == 0.20)
    #expect(SampleSize.planningDiscordance(observed: 3, pairs: 50) == 0.06)
    #expect(SampleSize.planningDiscordance(observed: 0, pairs: 200) == 0.005)
    #expect(SampleSize.planningDiscordance(observed: 3, pairs: 50, effect: -0.1) == 0.1)
  }
}
