/// The seven things one interval and one p-value can say about a difference, in the order they are tried.
///
/// Source: the `eval-power` specification, "One interval, seven outcomes".
public enum Outcome: String, Sendable, CaseIterable {
  case improved = "IMPROVED"
  case improvedSmall = "IMPROVED_SMALL"
  case regressed = "REGRESSED"
  case worseWithinMargin = "WORSE_WITHIN_MARGIN"
  case equivalent = "EQUIVALENT"
  case nonInferior = "NON_INFERIOR"
  case inconclusive = "INCONCLUSIVE"

  /// Reads the outcome off an interval and a p-value.
  ///
  /// A win or a loss needs both the p-value and the interval; where they disagree the list goes on.
  /// - Parameters:
  ///   - estimate: candidate minus base, positive is better.
  ///   - pValue: adjusted where the comparison belongs to a family; nil when no test could be made.
  ///   - minEffect: the smallest difference worth having, ≥ 0.
  ///   - margin: the loss that is tolerated, ≥ 0.
  public init(
    estimate: Double, low: Double, high: Double, pValue: Double?, alpha: Double, minEffect: Double, margin: Double
  ) {
    let significant = (pValue ?? 1) <= alpha
    if significant, low > 0 {
      self = estimate >= minEffect - Outcome.slack ? .improved : .improvedSmall
    } else if significant, high < 0 {
      self = low < -margin - Outcome.slack ? .regressed : .worseWithinMargin
    } else if low >= -margin - Outcome.slack, high <= margin + Outcome.slack, margin > 0 {
      self = .equivalent
    } else if low >= -margin - Outcome.slack, margin > 0 {
      self = .nonInferior
    } else {
      self = .inconclusive
    }
  }

  /// Limits are inclusive: values are compared unrounded with this slack (conventions, "Limits, numbers, ties").
  /// p-values are not: p ≤ α as it stands.
  static let slack = 1e-9
}

/// What the person who asks wants to be able to say.
public enum Claim: String, Sendable, CaseIterable {
  case improvement
  case noRegression = "no-regression"
  case equivalence
}

/// The word a comparison ends on.
public enum Verdict: String, Sendable, CaseIterable {
  case improved
  case regressed
  case equivalent
  case nonInferior = "non-inferior"
  case inconclusive

  /// The word for an outcome under a claim: equivalence and non-inferiority are answers only to a claim that they support.
  public init(_ outcome: Outcome, claim: Claim?) {
    switch outcome {
    case .improved, .improvedSmall: self = .improved
    case .regressed, .worseWithinMargin: self = .regressed
    case .equivalent:
      self = claim == .equivalence || claim == .noRegression ? .equivalent : .inconclusive
    case .nonInferior: self = claim == .noRegression ? .nonInferior : .inconclusive
    case .inconclusive: self = .inconclusive
    }
  }

  /// 0 for an answer in the candidate's favour or the claim's, 1 for a regression, 2 for "cannot tell".
  public var exitCode: Int32 {
    switch self {
    case .improved, .equivalent, .nonInferior: 0
    case .regressed: 1
    case .inconclusive: 2
    }
  }
}
