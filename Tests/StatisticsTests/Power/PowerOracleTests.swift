import Statistics
import Testing

@Suite("Plans against statsmodels and mpmath")
struct PowerOracleTests {
  private func target(_ row: Row) throws -> PowerTarget {
    PowerTarget(
      alpha: try row.double("alpha"), power: try row.double("power"), marginAlpha: try row.double("margin_alpha"),
      designEffect: try row.double("design_effect"))
  }

  @Test func `Items needed`() throws {
    for row in try Fixture("sample_size").rows {
      let (x, y, effect) = (try row.double("x"), try row.double("y"), try row.double("effect"))
      let target = try target(row)
      let items: Int? =
        switch row["kind"] {
        case "unpaired": SampleSize.unpaired(baseRate: x, effect: effect, target: target)
        case "pairedBinary": SampleSize.pairedBinary(discordance: x, effect: effect, target: target)
        case "pairedReal": SampleSize.pairedReal(standardDeviation: x, effect: effect, target: target)
        case "unpairedReal":
          SampleSize.unpairedReal(baseDeviation: x, candidateDeviation: y, effect: effect, target: target)
        case "nonInferiority": SampleSize.nonInferiority(variance: x, margin: effect, target: target)
        case "equivalence": SampleSize.equivalence(variance: x, margin: effect, target: target)
        case "nonInferiorityPaired":
          SampleSize.nonInferiorityPairedBinary(discordance: x, margin: effect, target: target)
        default: nil
        }
      #expect(items == (try row.int("items")), "\(row)")
    }
  }

  @Test func `Power at a size`() throws {
    for row in try Fixture("power").rows {
      let (x, y, effect) = (try row.double("x"), try row.double("y"), try row.double("effect"))
      let (base, candidate, target) = (try row.int("base"), try row.int("candidate"), try target(row))
      let power: Double? =
        switch row["kind"] {
        case "unpaired":
          Power.unpaired(baseRate: x, effect: effect, baseItems: base, candidateItems: candidate, target: target)
        case "pairedBinary": Power.pairedBinary(discordance: x, effect: effect, pairs: base, target: target)
        case "pairedReal": Power.pairedReal(standardDeviation: x, effect: effect, pairs: base, target: target)
        case "unpairedReal":
          Power.unpairedReal(
            baseDeviation: x, candidateDeviation: y, effect: effect, baseItems: base, candidateItems: candidate,
            target: target)
        case "nonInferiority": Power.nonInferiority(variance: x, margin: effect, items: base, target: target)
        case "equivalence": Power.equivalence(variance: x, margin: effect, items: base, target: target)
        default: nil
        }
      #expect(isClose(try #require(power), try row.double("value"), 1e-12), "\(row)")
    }
  }

  @Test func `Smallest effect seen at a size`() throws {
    for row in try Fixture("detectable").rows {
      let x = try row.double("x")
      let (base, candidate, target) = (try row.int("base"), try row.int("candidate"), try target(row))
      let effect: Double? =
        switch row["kind"] {
        case "unpairedUp", "unpairedDown":
          MinimumDetectableEffect.unpaired(
            baseRate: x, baseItems: base, candidateItems: candidate,
            direction: row["kind"] == "unpairedUp" ? .up : .down, target: target)
        case "pairedBinary": MinimumDetectableEffect.pairedBinary(discordance: x, pairs: base, target: target)
        case "pairedReal": MinimumDetectableEffect.pairedReal(standardDeviation: x, pairs: base, target: target)
        case "nonInferiority": MinimumDetectableEffect.nonInferiorityMargin(variance: x, items: base, target: target)
        case "equivalence": MinimumDetectableEffect.equivalenceMargin(variance: x, items: base, target: target)
        default: nil
        }
      if row["value"].isEmpty {
        #expect(effect == nil, "\(row)")
      } else {
        #expect(isClose(try #require(effect), try row.double("value"), 1e-9), "\(row)")
      }
    }
  }

  @Test func `The best repeats for a budget`() throws {
    for row in try Fixture("repeat_plan").rows {
      let prices = RepeatPlan.Prices(
        costPerItem: try row.double("cost_per_item"), costPerRepeat: try row.double("cost_per_repeat"),
        itemVariance: try row.double("item_variance"), repeatVariance: try row.double("repeat_variance"))
      let plan = try #require(RepeatPlan.forBudget(try row.double("budget"), prices: prices))
      #expect(plan.items == (try row.int("items")), "\(row)")
      #expect(plan.repeats == (try row.int("repeats")), "\(row)")
      #expect(isClose(plan.variance, try row.double("variance"), 1e-12), "\(row)")
      #expect(plan.cost <= (try row.double("budget")) + 1e-6)
    }
  }
}
