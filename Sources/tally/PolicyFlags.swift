public import ArgumentParser
public import Comparison

/// What is claimed, what matters, and how sure one wants to be.
struct PolicyFlags: ParsableArguments {
  @Option(help: "What you want to be able to say: improvement, no-regression or equivalence.")
  var claim: Claim?

  @Option(help: ArgumentHelp("Smallest improvement worth having: 0.03, 3% or 3pp.", valueName: "size"))
  var minEffect: Share?

  @Option(help: ArgumentHelp("Loss that is tolerated: 0.02, 2% or 2pp.", valueName: "size"))
  var margin: Share?

  @Option(help: ArgumentHelp("Two-sided error of the test and of the interval.", valueName: "share"))
  var alpha = Share(0.05)

  @Option(help: ArgumentHelp("Power that planning aims at.", valueName: "share"))
  var power = Share(0.8)

  @Flag(help: "Lower scores are better (latency, cost, errors).")
  var lowerIsBetter = false

  @Flag(help: "Compare as independent samples although items are common.")
  var unpaired = false

  @Flag(help: "Any look is a valid look: anytime-valid test and interval.")
  var sequential = false

  @Option(help: ArgumentHelp("Items planned: earlier looks decide nothing; tunes --sequential.", valueName: "items"))
  var planned: Int?

  @Option(
    help: ArgumentHelp(
      "Override the method: \(ComparisonPolicy.Method.allCases.map(\.rawValue).joined(separator: ", ")). The design's own is reported beside it.",
      valueName: "method"))
  var method: ComparisonPolicy.Method?

  @Option(help: ArgumentHelp("Seed of resampling; by default taken from the data.", valueName: "number"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("Random resamples, where signs are not enumerated.", valueName: "n"))
  var resamples = 10_000

  func validate() throws {
    if let minEffect, minEffect.value < 0 { throw ValidationError("--min-effect is a size, 0 or more.") }
    if let margin, margin.value < 0 { throw ValidationError("--margin is a size, 0 or more.") }
    guard alpha.value > 0, alpha.value < 1 else { throw ValidationError("--alpha lies between 0 and 1.") }
    guard power.value > alpha.value, power.value < 1 else {
      throw ValidationError("--power lies between --alpha and 1.")
    }
    if let planned, planned < 1 { throw ValidationError("--planned is a number of items, 1 or more.") }
    guard (99...10_000_000).contains(resamples) else {
      throw ValidationError("--resamples lies between 99 and 10,000,000.")
    }
  }

  /// Sizes are in the unit of the score: points of a rate, or whatever a real score is measured in.
  func checkSizes(isRate: Bool) throws {
    for (flag, size) in [("--min-effect", minEffect), ("--margin", margin)] {
      guard let size else { continue }
      if isRate, size.value > 1 {
        throw UnusableTrials(
          description:
            "\(flag) \(size.value) is \(Int(size.value * 100)) points of a pass rate. Did you mean \(size.value)%?")
      }
      if !isRate, size.isPercent {
        throw UnusableTrials(
          description:
            "\(flag) with % is for pass rates; these scores have a unit of their own. Give the size in that unit.")
      }
    }
  }

  /// A flag that was given and that only a comparison of two variants understands.
  var flagForTwo: String? {
    if claim != nil { return "--claim" }
    if minEffect != nil { return "--min-effect" }
    return margin != nil ? "--margin" : nil
  }

  var policy: ComparisonPolicy {
    var policy = ComparisonPolicy()
    policy.claim = claim
    policy.minEffect = minEffect?.value ?? 0
    policy.margin = margin?.value ?? 0
    policy.alpha = alpha.value
    policy.marginAlpha = policy.alpha / 2
    policy.power = power.value
    policy.lowerIsBetter = lowerIsBetter
    policy.unpaired = unpaired
    policy.sequential = sequential
    policy.plannedItems = planned
    policy.method = method
    policy.seed = seed
    policy.resamples = resamples
    return policy
  }
}

extension Claim: ExpressibleByArgument {}
extension ComparisonPolicy.Method: ExpressibleByArgument {}
