/// What puts the evidence in doubt: scores that are missing, items that were dropped, rows that contradict each other, too
/// few clusters, looks before their time.
extension Comparer {
  /// Items only the base has are bounded: all counted as the best score, all as the worst (Manski). A verdict that changes
  /// between the two is no verdict.
  func boundDropped(
    _ result: inout ComparisonResult, count: Int, bounds: ScoreBounds, method: ComparisonPolicy.Method
  ) throws(MethodMismatch) {
    let items = Comparer.counted(count, "item")
    let are = count == 1 ? "is" : "are"
    guard let range = bounds.range else {
      result.reasons.append(
        Reason(
          .droppedUnbounded,
          "\(items) of the base \(are) absent from the candidate; on this scale nothing bounds what \(count == 1 ? "it" : "they") would have scored."
        ))
      return
    }
    result.reasons.append(Reason(.droppedItems, "\(items) of the base \(are) absent from the candidate."))
    let verdicts = try [range.lowerBound, range.upperBound].map { score throws(MethodMismatch) in
      try verdict(fill: SampleExtraction.Fill(dropped: score), method: method)
    }
    guard verdicts[0] != result.verdict || verdicts[1] != result.verdict else { return }
    result.reasons.append(
      Reason(
        .droppedItemsDecide,
        "The \(items) that only the base has would decide: \(word(verdicts[0])) with the worst score for the candidate there, \(word(verdicts[1])) with the best."
      ))
    result.missing.append(MissingEvidence(what: "items the candidate was not run on", howMuch: count))
  }

  /// A missing score is not a zero: few are left out and counted, more are bounded.
  func boundMissing(
    _ result: inout ComparisonResult, overlap: SampleExtraction.Overlap, bounds: ScoreBounds,
    method: ComparisonPolicy.Method
  ) throws(MethodMismatch) {
    let shares = [overlap.missingBase, overlap.missingCandidate].map { missing in
      Double(missing) / Double(max(1, overlap.common + missing))
    }
    let missing = overlap.missingBase + overlap.missingCandidate
    guard missing > 0, let worst = shares.max() else { return }
    guard worst > policy.maxMissingShare + Outcome.slack else {
      result.reasons.append(
        Reason(.missingLeftOut, "\(Comparer.counted(missing, "score")) missing, few enough to leave out."))
      return
    }
    var verdicts: [Verdict] = []
    if let range = bounds.range {
      let (low, high) =
        policy.lowerIsBetter ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
      verdicts = [
        try verdict(fill: SampleExtraction.Fill(missingBase: high, missingCandidate: low), method: method),
        try verdict(fill: SampleExtraction.Fill(missingBase: low, missingCandidate: high), method: method),
      ]
    }
    guard verdicts.isEmpty || verdicts.contains(where: { $0 != result.verdict }) else {
      result.reasons.append(
        Reason(
          .missingLeftOut,
          "\(Comparer.counted(missing, "score")) missing and left out; neither the best nor the worst score in their place would change the verdict."
        ))
      return
    }
    let range =
      verdicts.isEmpty
      ? "on this scale nothing bounds them"
      : "the verdict could be \(word(verdicts[0])) or \(word(verdicts[1]))"
    result.reasons.append(
      Reason(
        .missingScores,
        "\(Comparer.counted(missing, "score")) \(missing == 1 ? "is" : "are") missing, more than can be left out: \(range)."
      ))
    result.missing.append(MissingEvidence(what: "missing scores", howMuch: missing))
  }

  private func verdict(
    fill: SampleExtraction.Fill, method: ComparisonPolicy.Method
  ) throws(MethodMismatch) -> Verdict {
    let sample = extraction.paired(fill: fill)
    guard let evidence = try inference.evidence(sample, method: policy.method ?? inference.defaultMethod(sample)) else {
      return .inconclusive
    }
    return Verdict(inference.outcome(evidence), claim: policy.claim)
  }

  private func word(_ verdict: Verdict) -> String {
    verdict == .inconclusive ? "no verdict" : verdict.rawValue
  }

  /// With fewer than 6 clusters no permutation of their signs reaches 0.05.
  func clusterDoubt(clusters: Int?) -> Reason? {
    guard let clusters else { return nil }
    if clusters < 6 {
      return Reason(.fewClusters, "\(clusters) clusters cannot decide anything: at least 6 are needed.")
    }
    if clusters < policy.minClusters {
      return Reason(
        .fewClustersWarning, "\(clusters) clusters are few; \(policy.minClusters) or more make the interval reliable.")
    }
    return nil
  }

  func noteLooks(_ result: inout ComparisonResult, count: Int) {
    if policy.sequential {
      guard count < policy.minAnytimeCount else { return }
      result.reasons.append(
        Reason(.tooEarly, "A confidence sequence is not read before \(policy.minAnytimeCount) observations."))
      result.missing.append(
        MissingEvidence(what: result.power?.unit ?? "items", howMuch: policy.minAnytimeCount - count))
    } else if let planned = policy.plannedItems, count < planned {
      result.reasons.append(
        Reason(
          .notYet,
          "\(Comparer.grouped(planned)) items were planned; a look before that is not a valid one. Use --sequential to look at any time."
        ))
      result.missing.append(MissingEvidence(what: result.power?.unit ?? "items", howMuch: planned - count))
    }
  }

  /// Applies the doubts to the verdict and says what explains it and what would decide.
  func explain(_ result: inout ComparisonResult, overlap: SampleExtraction.Overlap) {
    noteData(&result, overlap: overlap)
    if result.reasons.contains(where: \.code.isUnknown) { result.verdict = .inconclusive }
    guard let evidence = result.evidence else { return }
    if evidence.pValue == nil || evidence.low == evidence.high {
      result.reasons.append(
        Reason(.zeroVariance, "Every item has the same difference, so there is nothing to test with."))
    }
    if let replacement = evidence.replacement { result.reasons.append(Reason(.methodReplaced, replacement)) }
    if let method = policy.method, result.defaultEvidence != nil {
      result.reasons.append(
        Reason(
          .methodOverridden, "--method \(method.rawValue) was asked for; the design's own method is reported beside it."
        ))
    }
    if policy.minEffect > 0, policy.claim == .improvement {
      if evidence.high < policy.minEffect - Outcome.slack {
        result.reasons.append(
          Reason(.noWorthwhileEffect, "Even the upper end of the interval is below the smallest effect worth having."))
      } else if result.outcome == .improvedSmall {
        result.reasons.append(
          Reason(.belowWorth, "The gain is real, but its estimate is below the smallest effect worth having."))
      }
    }
    if result.verdict == .inconclusive { noteMissing(&result, evidence: evidence) }
  }

  private func noteMissing(_ result: inout ComparisonResult, evidence: Evidence) {
    guard !result.reasons.contains(where: \.code.isUnknown) else { return }
    result.reasons.append(Reason(.inconclusive, "The interval leaves more than one answer open."))
    let decisive =
      switch policy.claim {
      case .noRegression, .equivalence: policy.margin
      case .improvement, nil: policy.minEffect
      }
    let unit = result.power?.unit ?? "paired items"
    guard decisive > 0 else {
      result.reasons.append(
        Reason(.noEffectSizeSet, "No effect size was set, so nobody can say how many items decide."))
      let flag = policy.claim == nil || policy.claim == .improvement ? "--min-effect" : "--margin"
      result.missing.append(MissingEvidence(what: "the size that matters (\(flag))", howMuch: nil))
      return
    }
    let items = result.design.items
    let more: Int?
    if let needed = result.power?.itemsNeeded, items < needed {
      more = needed - items
    } else {
      more = moreItems(items: items, width: evidence.high - evidence.low, decisive: decisive)
    }
    result.power?.moreItems = more
    result.missing.append(MissingEvidence(what: unit, howMuch: more))
  }

  private func noteData(_ result: inout ComparisonResult, overlap: SampleExtraction.Overlap) {
    if overlap.conflicting > 0 {
      let share = Double(overlap.conflicting) / Double(max(1, overlap.union))
      let tooMany = share > policy.maxConflictShare + Outcome.slack
      if tooMany {
        result.missing.append(MissingEvidence(what: "items with one score each", howMuch: overlap.conflicting))
      }
      result.reasons.append(
        Reason(
          tooMany ? .conflictingTrials : .conflictsLeftOut,
          "\(Comparer.counted(overlap.conflicting, "item")) \(overlap.conflicting == 1 ? "has" : "have") rows with the same key and different scores"
            + (tooMany
              ? ". If they are repeats, name their column with --repeat, or say --repeats-by-order."
              : "; left out.")))
    }
    if overlap.onlyCandidate > 0, result.design.paired {
      result.reasons.append(
        Reason(
          .addedItems,
          "\(Comparer.counted(overlap.onlyCandidate, "item")) of the candidate \(overlap.onlyCandidate == 1 ? "is" : "are") absent from the base and not compared."
        ))
    }
    if table.configurationDiffers > 0 {
      result.reasons.append(
        Reason(
          .promptsDiffer,
          "The prompt differs between the arms on \(Comparer.counted(table.configurationDiffers, "item")): the difference may be the prompt's."
        ))
    }
    if table.repeats[base] > 1 || table.repeats[candidate] > 1, !table.balanced[base] || !table.balanced[candidate] {
      result.reasons.append(
        Reason(.unbalancedRepeats, "Items have unequal numbers of repeats; each item counts once, whatever its number.")
      )
    }
    if table.clusterConflicts > 0 {
      result.reasons.append(
        Reason(
          .clusterConflicts,
          "\(Comparer.counted(table.clusterConflicts, "item")) with more than one cluster; the first was used."))
    }
  }
}
