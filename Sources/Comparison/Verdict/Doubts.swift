/// What puts the evidence in doubt besides what is missing: rows that contradict each other, versions that do not belong
/// together, too few clusters, looks before their time.
extension Comparer {
  /// The smallest p of a permutation of the signs of G clusters is 2/2^G: fewer than these never reach 0.05.
  static let fewestClusters = 6

  func clusterDoubt(clusters: Int?) -> Reason? {
    guard let clusters else { return nil }
    if clusters < Comparer.fewestClusters {
      let count = clusters == 1 ? "1 cluster" : "\(clusters) clusters"
      return Reason(.fewClusters, "\(count) cannot decide anything: at least \(Comparer.fewestClusters) are needed.")
    }
    if clusters < policy.minClusters {
      return Reason(
        .fewClustersWarning, "\(clusters) clusters are few; \(policy.minClusters) or more make the interval reliable.")
    }
    return nil
  }

  /// - Parameters:
  ///   - items: what `--planned` counts: all that were looked at, scored or not. Else one lost score would keep a plan
  ///     from ever being reached.
  ///   - observations: what a confidence sequence counts, clusters where items depend on each other.
  ///   - isAnytime: the method is valid at any look.
  func lookDoubt(items: Int, observations: Int, unit: String, isAnytime: Bool) -> (Reason, MissingEvidence)? {
    if isAnytime {
      guard observations < policy.minAnytimeCount else { return nil }
      return (
        Reason(.tooEarly, "A confidence sequence is not read before \(policy.minAnytimeCount) \(unit)."),
        MissingEvidence(what: unit, howMuch: policy.minAnytimeCount - observations)
      )
    }
    guard let planned = policy.plannedItems, items < planned else { return nil }
    return (
      Reason(
        .notYet,
        "\(Comparer.grouped(planned)) items were planned; a look before that is not a valid one. "
          + "Use --sequential to look at any time."),
      MissingEvidence(what: "planned items", howMuch: planned - items)
    )
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
    if policy.minEffect > 0 {
      if policy.claim == .improvement, evidence.high < policy.minEffect - Outcome.slack {
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
    let answered = result.reasons.contains { $0.code.isUnknown || $0.code == .noWorthwhileEffect }
    // Equivalence nobody claimed is an answer to another question; more items will not change that.
    guard !answered, result.outcome == .inconclusive else { return }
    let excludesZero = evidence.low > 0 || evidence.high < 0
    result.reasons.append(
      Reason(
        .inconclusive,
        excludesZero
          ? "The interval excludes no difference, but the test does not; a verdict needs both."
          : "The interval leaves more than one answer open."))
    let asksForMargin =
      policy.claim == .noRegression || policy.claim == .equivalence
      || (policy.claim == nil && policy.minEffect == 0 && policy.margin > 0)
    let decisive = asksForMargin ? policy.margin : policy.minEffect
    let unit = result.power?.unit ?? "paired items"
    guard decisive > 0 else {
      result.reasons.append(
        Reason(.noEffectSizeSet, "No effect size was set, so nobody can say how many items decide."))
      let flag = asksForMargin ? "--margin" : "--min-effect"
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
    guard more != 0 else { return }
    result.power?.moreItems = more
    result.missing.append(MissingEvidence(what: unit, howMuch: more))
  }

  private func noteData(_ result: inout ComparisonResult, overlap: SampleExtraction.Overlap) {
    if table.mixesVersions {
      result.reasons.append(
        Reason(.mixedVersions, "A suite was run in more than one version; versions are never compared with each other.")
      )
      result.missing.append(MissingEvidence(what: "runs of one version of the suite", howMuch: nil))
    }
    if table.sliceConflicts > 0 {
      result.reasons.append(
        Reason(
          .sliceConflicts,
          "\(Comparer.grouped(table.sliceConflicts)) items name different slice values in different rows; the first were used."
        ))
    }
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
