internal import Statistics

/// How one difference is estimated and tested: the policy, the direction, and the family it belongs to.
package struct Inference {
  let policy: ComparisonPolicy
  /// Number of comparisons in the family: intervals are Bonferroni over it.
  let family: Int
  let seed: UInt64

  /// - Parameter family: nil for the policy's own.
  package init(policy: ComparisonPolicy, family: Int? = nil, seed: UInt64) {
    self.policy = policy
    self.family = family ?? policy.family
    self.seed = seed
  }

  /// +1 where higher is better, −1 where lower is.
  var sign: Double { policy.lowerIsBetter ? -1 : 1 }
  /// Level of the interval, 1 − 2·marginAlpha/k.
  var level: Double { 1 - 2 * policy.marginAlpha / Double(family) }

  /// The method that the design asks for.
  package func defaultMethod(_ sample: PairedSample) -> ComparisonPolicy.Method {
    if policy.sequential { return .anytime }
    if sample.isClustered { return .clusterRobust }
    return sample.isBinary ? .mcnemar : .signFlip
  }

  package func defaultMethod(_ base: ArmSample, _ candidate: ArmSample) -> ComparisonPolicy.Method {
    if policy.sequential { return .anytime }
    if base.isClustered || candidate.isClustered { return .clusterRobust }
    guard base.isBinary, candidate.isBinary else { return .welch }
    let expected = ProportionTest.smallestExpectedCell(
      successes1: Double(candidate.successes), trials1: Double(candidate.count),
      successes2: Double(base.successes), trials2: Double(base.count))
    return expected < 5 ? .fisher : .pooledZ
  }

  package func outcome(_ evidence: Evidence) -> Outcome {
    Outcome(
      estimate: evidence.estimate, low: evidence.low, high: evidence.high,
      pValue: evidence.adjustedPValue ?? evidence.pValue, alpha: policy.alpha, minEffect: policy.minEffect,
      margin: policy.margin)
  }
}

extension ArmSample {
  /// Number of passes of binary scores, one an item.
  var successes: Int { scores.count { $0 > 0.5 } }
}

/// A method was asked for that does not fit the data.
public struct MethodMismatch: Error, CustomStringConvertible {
  public let method: ComparisonPolicy.Method
  public let problem: String

  public var description: String { "--method \(method.rawValue) does not fit: \(problem)" }
}
