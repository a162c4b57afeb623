internal import Comparison

/// The one thing to do after reading a comparison.
struct NextAction {
  let text: String

  init(_ result: ComparisonResult) {
    let writer = ActionWriter(result: result, scale: ScoreScale(result))
    if let doubt = result.reasons.first(where: \.code.isUnknown) {
      text = writer.afterDoubt(doubt.code)
    } else if result.evidence == nil {
      text = writer.afterDoubt(.noTrials)
    } else {
      text = writer.afterVerdict()
    }
  }
}

private struct ActionWriter {
  let result: ComparisonResult
  let scale: ScoreScale

  func afterDoubt(_ code: Reason.Code) -> String {
    switch code {
    case .noTrials: "give two result files that hold scores of the same items."
    case .conflictingTrials:
      "find out why \(items(result.design.conflicting)) scored twice with different values, and keep one."
    case .missingScores: "score the \(items(result.design.missingScore)) without a score, and compare again."
    case .droppedItemsDecide:
      "run the candidate on the \(items(result.design.onlyBase)) that only the base has; they decide."
    case .fewClusters: "collect more clusters\(missingCount()); items of the same clusters cannot replace them."
    case .notYet, .tooEarly: "go on collecting\(missingCount()) before looking again."
    default: "collect more items\(missingCount()), and compare again."
    }
  }

  func afterVerdict() -> String {
    switch result.outcome {
    case .improved where result.verdict == .improved: "adopt the candidate\(afterReading())."
    case .improvedSmall where result.verdict == .improved:
      "decide whether a gain below \(scale.size(result.policy.minEffect)) is worth the change."
    case .regressed where result.verdict == .regressed: "keep the base\(worseItems())."
    case .worseWithinMargin where result.verdict == .regressed:
      "keep the base, unless what the candidate saves is worth the loss."
    default: afterOther()
    }
  }

  private func afterOther() -> String {
    switch result.verdict {
    case .equivalent, .nonInferior: "adopt the candidate if it is cheaper, faster or simpler\(afterReading())."
    default: afterInconclusive()
    }
  }

  private func afterInconclusive() -> String {
    if Headline.isWorthless(result) { return "drop the candidate, or give another reason for it than this score." }
    if result.outcome == .equivalent || result.outcome == .nonInferior {
      let claim = result.outcome == .equivalent ? Claim.equivalence : Claim.noRegression
      return "if that is the question, ask it: --claim \(claim.rawValue)."
    }
    if let more = result.power?.moreItems ?? result.missing.compactMap(\.howMuch).first, more > 0 {
      return "add \(NumberFormat.count(more)) more \(unit()), or accept that this suite cannot decide."
    }
    guard result.policy.minEffect == 0, result.policy.margin == 0 else {
      return "add items until the interval is narrow enough to decide."
    }
    guard let margin = result.power?.suggestedMargin, margin.isFinite, margin > 0 else {
      return "say with --min-effect which difference matters, and compare again."
    }
    return "say with --min-effect which difference matters, or --claim no-regression with the --margin that you can "
      + "afford, chosen before you look; this suite can show \(ActionWriter.flag(margin)) or more."
  }

  /// A margin to type, rounded up so that it is large enough.
  private static func flag(_ margin: Double) -> String {
    let step = 1e-4
    let rounded = (margin / step).rounded(.up) * step
    let text = margin >= 1e-4 && margin < 1e9 ? NumberFormat.fixed(rounded, decimals: 4, grouping: false) : nil
    guard var digits = text ?? NumberFormat.shortest(margin) else { return "0" }
    while digits.contains("."), let last = digits.last, last == "0" || last == "." {
      digits.removeLast()
      if last == "." { break }
    }
    return digits
  }

  private func afterReading() -> String {
    guard let lost = lost, lost > 0 else { return "" }
    return ", after reading the \(items(lost)) that got worse"
  }

  private func worseItems() -> String {
    guard let lost = lost, lost > 0 else { return "" }
    return " and read the \(items(lost)) that got worse"
  }

  /// Items on which the candidate does worse; nil when they were not counted.
  private var lost: Int? {
    if let discordant = result.discordant {
      return result.policy.lowerIsBetter ? discordant.candidateOnly : discordant.baseOnly
    }
    let listed = result.flips.count { $0.difference < 0 }
    return listed > 0 ? listed : nil
  }

  private func items(_ count: Int) -> String { "\(NumberFormat.count(count)) \(count == 1 ? "item" : "items")" }

  private func unit() -> String { result.power?.unit ?? result.missing.first?.what ?? "items" }

  private func missingCount() -> String {
    guard let first = result.missing.first(where: { $0.howMuch != nil }), let count = first.howMuch, count > 0 else {
      return ""
    }
    return " (\(NumberFormat.count(count)) more \(TerminalText.safe(first.what)))"
  }
}
