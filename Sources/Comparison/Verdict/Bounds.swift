/// What could have been: items that were dropped and scores that are missing, all at their worst and all at their best.
///
/// Source: C. F. Manski, "Partial identification of probability distributions", 2003, chapter 1.
extension Comparer {
  /// Items only the base has are bounded; a verdict that changes between the bounds is no verdict.
  func boundDropped(_ result: inout ComparisonResult, count: Int) throws(MethodMismatch) {
    guard count > 0 else { return }
    let items = Comparer.counted(count, "item")
    let are = count == 1 ? "is" : "are"
    guard let range = bounds.range else {
      let share = Double(count) / Double(max(1, result.design.items + count))
      let isMuch = share > policy.maxMissingShare + Outcome.slack
      result.reasons.append(
        Reason(
          isMuch ? .droppedItemsDecide : .droppedUnbounded,
          "\(items) of the base \(are) absent from the candidate, and on this scale nothing bounds the scores there."
        ))
      if isMuch { result.missing.append(MissingEvidence(what: "items the candidate was not run on", howMuch: count)) }
      return
    }
    result.reasons.append(Reason(.droppedItems, "\(items) of the base \(are) absent from the candidate."))
    let verdicts = try [range.lowerBound, range.upperBound].map { score throws(MethodMismatch) in
      try pairedVerdict(SampleExtraction.Fill(dropped: score))
    }
    guard verdicts.contains(where: { !agrees($0, result.verdict) }) else { return }
    let (none, all) = (word(verdicts[0]), word(verdicts[1]))
    let outcome =
      table.isBinary && !policy.lowerIsBetter
      ? "\(none) if the candidate failed them all, \(all) if it passed them all"
      : "\(none) if the candidate scored 0 on them all, \(all) if it scored 1"
    result.reasons.append(Reason(.droppedItemsDecide, "The \(items) that only the base has would decide: \(outcome)."))
    result.missing.append(MissingEvidence(what: "items the candidate was not run on", howMuch: count))
  }

  /// A missing score is not a zero: few are left out and counted, more are bounded.
  func boundMissing(_ result: inout ComparisonResult, paired: Bool) throws(MethodMismatch) {
    let share = max(missingShare(base), missingShare(candidate))
    guard share > 0 else { return }
    let count = Comparer.counted(result.design.missingScore, "score")
    let are = result.design.missingScore == 1 ? "is" : "are"
    guard share > policy.maxMissingShare + Outcome.slack else {
      result.reasons.append(Reason(.missingLeftOut, "\(count) \(are) missing, few enough to leave out."))
      return
    }
    guard let range = bounds.range else {
      result.reasons.append(
        Reason(.missingScores, "\(count) \(are) missing, and on this scale nothing bounds them."))
      result.missing.append(MissingEvidence(what: "missing scores", howMuch: result.design.missingScore))
      return
    }
    let (bad, good) = policy.lowerIsBetter ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
    let worst = SampleExtraction.Fill(missingBase: good, missingCandidate: bad)
    let best = SampleExtraction.Fill(missingBase: bad, missingCandidate: good)
    let verdicts = [
      try paired ? pairedVerdict(worst) : unpairedVerdict(worst),
      try paired ? pairedVerdict(best) : unpairedVerdict(best),
    ]
    guard verdicts.contains(where: { !agrees($0, result.verdict) }) else {
      result.reasons.append(
        Reason(
          .missingLeftOut, "\(count) \(are) missing and left out; no values of theirs change the verdict."))
      return
    }
    result.reasons.append(
      Reason(
        .missingScores,
        "\(count) \(are) missing, and they decide: at their worst for the candidate \(word(verdicts[0])), "
          + "at their best \(word(verdicts[1]))."))
    result.missing.append(MissingEvidence(what: "missing scores", howMuch: result.design.missingScore))
  }

  func missingShare(_ arm: Int) -> Double {
    Double(table.missingPredictions[arm]) / Double(max(1, table.predictions[arm]))
  }

  private var bounds: ScoreBounds { ScoreBounds(table, lowerIsBetter: policy.lowerIsBetter) }

  private func pairedVerdict(_ fill: SampleExtraction.Fill) throws(MethodMismatch) -> Verdict {
    verdict(try pairedEvidence(extraction.paired(fill: fill)))
  }

  private func unpairedVerdict(_ fill: SampleExtraction.Fill) throws(MethodMismatch) -> Verdict {
    verdict(
      try unpairedEvidence(
        extraction.single(base, fill: fill.missingBase), extraction.single(candidate, fill: fill.missingCandidate)))
  }

  private func verdict(_ evidence: Evidence?) -> Verdict {
    evidence.map { Verdict(inference.outcome($0), claim: policy.claim) } ?? .inconclusive
  }

  /// Whether two verdicts answer the claim alike: "no regression" is as true of a gain as of no difference.
  private func agrees(_ first: Verdict, _ second: Verdict) -> Bool {
    first == second || (policy.claim == .noRegression && first.exitCode == 0 && second.exitCode == 0)
  }

  private func word(_ verdict: Verdict) -> String {
    verdict == .inconclusive ? "no verdict" : verdict.rawValue
  }
}
