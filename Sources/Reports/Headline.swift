internal import Comparison

/// The one sentence that a product manager reads, with the code in brackets behind it.
struct Headline {
  let sentence: String
  let code: String

  init(_ result: ComparisonResult) {
    let scale = ScoreScale(result)
    let words = Words(result: result, scale: scale)
    // Doubt about the evidence speaks before any number does.
    if let doubt = result.reasons.first(where: \.code.isUnknown) {
      sentence = words.doubted(doubt)
      code = doubt.code.rawValue
    } else if let evidence = result.evidence {
      sentence = words.sentence(evidence)
      code = Headline.code(result)
    } else {
      sentence = "Cannot tell: there is nothing to compare."
      code = Reason.Code.noTrials.rawValue
    }
  }

  var text: String { "\(sentence) [\(code)]" }

  /// The outcome; under an inconclusive verdict an outcome that answers another claim is named beside it.
  private static func code(_ result: ComparisonResult) -> String {
    if Headline.isWorthless(result) {
      return "\(Outcome.inconclusive.rawValue), \(Reason.Code.noWorthwhileEffect.rawValue)"
    }
    guard result.verdict == .inconclusive, result.outcome != .inconclusive else { return result.outcome.rawValue }
    return "\(Outcome.inconclusive.rawValue), outcome \(result.outcome.rawValue)"
  }

  /// Undecided about the direction, but certain that no gain worth having is in reach.
  static func isWorthless(_ result: ComparisonResult) -> Bool {
    result.verdict == .inconclusive && result.reasons.contains { $0.code == .noWorthwhileEffect }
  }
}

private struct Words {
  let result: ComparisonResult
  let scale: ScoreScale

  func sentence(_ evidence: Evidence) -> String {
    switch result.verdict {
    case .improved: better(evidence)
    case .regressed: worse(evidence)
    case .equivalent: equivalent(evidence)
    case .nonInferior: notWorse(evidence)
    case .inconclusive: undecided(evidence)
    }
  }

  func doubted(_ reason: Reason) -> String {
    guard let evidence = result.evidence else { return "Cannot tell: \(lowered(reason.message))" }
    return "Cannot tell yet, although \(observed(evidence)): \(lowered(reason.message))"
  }

  private func better(_ evidence: Evidence) -> String {
    let opening =
      result.outcome == .improvedSmall
      ? "The candidate is better, by less than the \(scale.size(result.policy.minEffect)) that matter"
      : "The candidate is better"
    return "\(opening): it \(scored()), a gain of \(scale.size(evidence.estimate)) (\(interval(evidence)))."
  }

  private func worse(_ evidence: Evidence) -> String {
    let opening =
      result.outcome == .worseWithinMargin
      ? "The candidate is worse, within the tolerated loss of \(scale.size(result.policy.margin))"
      : "The candidate is worse"
    return "\(opening): it \(scored()), a loss of \(scale.size(evidence.estimate)) (\(interval(evidence)))."
  }

  private func equivalent(_ evidence: Evidence) -> String {
    "The two are equivalent within ±\(scale.size(result.policy.margin)): the candidate \(scored()), "
      + "a difference of \(scale.signed(evidence.estimate))\(scale.unit) (\(interval(evidence)))."
  }

  private func notWorse(_ evidence: Evidence) -> String {
    "The candidate is not worse by more than \(scale.size(result.policy.margin)): it \(scored()), "
      + "a difference of \(scale.signed(evidence.estimate))\(scale.unit) (\(interval(evidence)))."
  }

  private func undecided(_ evidence: Evidence) -> String {
    if Headline.isWorthless(result) {
      return "No gain worth having: \(observed(evidence)), and even the best that fits this data, "
        + "\(scale.signed(evidence.high))\(scale.unit), is below the \(scale.size(result.policy.minEffect)) that matter."
    }
    if evidence.low > 0 || evidence.high < 0 {
      let p = evidence.adjustedPValue ?? evidence.pValue
      let doubt = p.map { "the test (\(NumberFormat.pValue($0))) does not call that more than noise" }
      return "Cannot tell: \(observed(evidence)), but \(doubt ?? "no test could be made")."
    }
    if evidence.low == evidence.high {
      return "Cannot tell: \(observed(evidence)) on every item, which says nothing of how items vary."
    }
    let range = "anything from \(scale.span(evidence.low, evidence.high))\(scale.unit) fits this data"
    guard result.outcome != .inconclusive else { return "Cannot tell: \(observed(evidence)), but \(range)." }
    let margin = scale.size(result.policy.margin)
    let other =
      result.outcome == .equivalent
      ? "within the margin of ±\(margin), which is not what was asked"
      : "no worse than the margin of \(margin), which is not what was asked"
    return "Cannot tell which is better: \(observed(evidence)), but \(range): \(other)."
  }

  private func observed(_ evidence: Evidence) -> String {
    if evidence.estimate == 0 { return "both score the same" }
    return "the candidate scores \(scale.size(evidence.estimate)) \(direction(evidence))"
  }

  /// In the unit of the score: a latency that improves is lower.
  private func direction(_ evidence: Evidence) -> String {
    let isHigher = (evidence.estimate > 0) != result.policy.lowerIsBetter
    let word = isHigher ? "higher" : "lower"
    return result.policy.lowerIsBetter ? "\(word) (lower is better)" : word
  }

  private func scored() -> String {
    let means = "\(scale.mean(result.candidate.mean)) against \(scale.mean(result.base.mean))"
    if result.policy.lowerIsBetter {
      return "\(result.isBinary ? "has a rate of" : "scores") \(means) (lower is better)"
    }
    return "\(result.isBinary ? "passes" : "scores") \(means)"
  }

  private func interval(_ evidence: Evidence) -> String {
    "\(NumberFormat.percent(evidence.confidence)) interval \(scale.span(evidence.low, evidence.high))"
  }

  private func lowered(_ message: String) -> String {
    let text = TerminalText.safe(message)
    guard let first = text.first, text.dropFirst().first?.isLowercase ?? false else { return text }
    return first.lowercased() + text.dropFirst()
  }
}
