internal import Statistics

/// Compares two arms of an item table: the one comparison engine of the product.
///
/// It decides on the design (paired on common items whenever there are any, clustered where items share clusters), takes
/// the estimate, interval and test of that design, and reads one of seven outcomes off them. What puts the evidence itself
/// in doubt makes the verdict inconclusive whatever the outcome.
public struct Comparer {
  let table: ItemTable
  let base: Int
  let candidate: Int
  let policy: ComparisonPolicy
  let extraction: SampleExtraction
  let inference: Inference
  /// The evidence of the same samples under the same policy, when it is there already.
  var known: Evidence?

  /// - Parameters:
  ///   - base: index of the arm that is there already.
  ///   - candidate: index of the arm that would replace it.
  public init(table: ItemTable, base: Int = 0, candidate: Int = 1, policy: ComparisonPolicy) {
    self.table = table
    self.base = base
    self.candidate = candidate
    self.policy = policy
    self.extraction = SampleExtraction(table: table, base: base, candidate: candidate)
    self.inference = Inference(policy: policy, seed: policy.seed ?? table.fingerprint)
  }

  /// O(items), and O(items·resamples/8) where signs are flipped at random.
  /// - Throws: `MethodMismatch` when the policy asks for a method that does not fit the data.
  public func compare() throws(MethodMismatch) -> ComparisonResult {
    let overlap = extraction.overlap
    let isPaired = overlap.common > 0 && !policy.unpaired
    var result = isPaired ? try comparePaired(overlap) : try compareUnpaired(overlap)
    explain(&result, overlap: overlap)
    result.slices = try slices(paired: isPaired, total: result.evidence)
    noteSlices(&result)
    result.flips = isPaired ? flips() : []
    result.reasons = Reason.ordered(result.reasons)
    return result
  }

  private func comparePaired(_ overlap: SampleExtraction.Overlap) throws(MethodMismatch) -> ComparisonResult {
    let sample = extraction.paired()
    let usual = inference.defaultMethod(sample)
    let evidence = known == nil ? try pairedEvidence(sample) : known.map(inference.adjusted)
    var result = blank(overlap, paired: true, isBinary: sample.isProportion)
    result.evidence = evidence
    if let method = policy.method, method != usual {
      result.defaultEvidence = try inference.evidence(sample, method: usual)
    }
    if sample.isBinary { result.discordant = sample.discordant }
    result.design.items = sample.count
    describeClusters(&result.design, sample)
    result.base = inference.summary(sample.arm(\.base), name: table.armNames[base])
    result.candidate = inference.summary(sample.arm(\.candidate), name: table.armNames[candidate])
    result.power = inference.power(sample, designEffect: result.design.designEffect)
    result.variance = varianceSplit()
    noteClusters(&result, clusters: sample.isClustered ? sample.clusterCount : nil)
    settle(&result)
    try boundDropped(&result, count: overlap.onlyBase)
    try boundMissing(&result, paired: true)
    if sample.unclustered > 0 {
      result.reasons.append(Reason(.unclustered, "Items without a cluster count as clusters of one."))
    }
    noteLook(
      &result,
      lookDoubt(
        items: result.design.asked, observations: inference.anytimeCount(sample),
        unit: sample.isClustered ? "clusters" : "paired items", isAnytime: (policy.method ?? usual) == .anytime))
    return result
  }

  private func compareUnpaired(_ overlap: SampleExtraction.Overlap) throws(MethodMismatch) -> ComparisonResult {
    let first = extraction.single(base)
    let second = extraction.single(candidate)
    let usual = inference.defaultMethod(first, second)
    var result = blank(overlap, paired: false, isBinary: first.isProportion)
    result.evidence = known == nil ? try unpairedEvidence(first, second) : known.map(inference.adjusted)
    if let method = policy.method, method != usual {
      result.defaultEvidence = try inference.evidence(base: first, candidate: second, method: usual)
    }
    result.design.items = min(first.count, second.count)
    result.base = inference.summary(first, name: table.armNames[base])
    result.candidate = inference.summary(second, name: table.armNames[candidate])
    if first.isClustered || second.isClustered {
      let clusters = [first, second].filter(\.isClustered).map(\.clusterCount).min() ?? 0
      result.design.clustered = true
      result.design.clusters = clusters
      result.design.designEffect = [first, second].compactMap { inference.clusterMean($0)?.designEffect }.max()
      noteClusters(&result, clusters: clusters)
    }
    result.power = inference.power(base: first, candidate: second, designEffect: result.design.designEffect)
    settle(&result)
    if first.count > 0, second.count > 0 {
      let why = policy.unpaired ? "as asked" : "because no item is common to both" + examples(overlap)
      result.reasons.append(Reason(.unpaired, "The arms are compared as independent samples, \(why)."))
    }
    try boundMissing(&result, paired: false)
    noteLook(
      &result,
      lookDoubt(
        items: result.design.asked, observations: inference.anytimeCount(first, second),
        unit: first.isClustered || second.isClustered ? "clusters per arm" : "items per arm",
        isAnytime: (policy.method ?? usual) == .anytime))
    return result
  }

  /// An identifier of each arm, so that a reader sees why nothing pairs.
  private func examples(_ overlap: SampleExtraction.Overlap) -> String {
    let labels = table.labels
    func example(_ arm: Int, lackedBy other: Int) -> String? {
      (0..<labels.count).first { position in
        let item = labels.item(position)
        return table.states[arm][item] == .scored && table.states[other][item] == .absent
      }.map { labels.text($0) }
    }
    guard let first = example(base, lackedBy: candidate), let second = example(candidate, lackedBy: base) else {
      return ""
    }
    return " (the base has items such as \(first), the candidate such as \(second))"
  }

  private func blank(
    _ overlap: SampleExtraction.Overlap, paired: Bool, isBinary: Bool
  ) -> ComparisonResult {
    func empty(_ arm: Int) -> ComparisonResult.ArmSummary {
      ComparisonResult.ArmSummary(name: table.armNames[arm], mean: nil, low: nil, high: nil, items: 0, method: nil)
    }
    let population =
      paired
      ? "on the \(Comparer.counted(overlap.common, "common item"))"
        + (overlap.union > overlap.common ? " of \(Comparer.grouped(overlap.union))" : "")
      : "on separate items"
    return ComparisonResult(
      verdict: .inconclusive, outcome: .inconclusive, reasons: [], policy: policy, metric: nil, isBinary: isBinary,
      design: ComparisonResult.Design(
        paired: paired, clustered: false, items: 0,
        asked: paired ? overlap.askedBoth : min(overlap.askedBase, overlap.askedCandidate), union: overlap.union,
        baseRepeats: table.repeats[base],
        candidateRepeats: table.repeats[candidate], onlyBase: overlap.onlyBase, onlyCandidate: overlap.onlyCandidate,
        missingScore: table.missingPredictions[base] + table.missingPredictions[candidate],
        conflicting: overlap.conflicting,
        population: population),
      base: empty(base), candidate: empty(candidate), slices: [], missing: [], flips: [], seed: inference.seed)
  }

  private func noteClusters(_ result: inout ComparisonResult, clusters: Int?) {
    guard let doubt = clusterDoubt(clusters: clusters) else { return }
    result.reasons.append(doubt)
    if doubt.code.isUnknown, let clusters {
      result.missing.append(MissingEvidence(what: "clusters", howMuch: Comparer.fewestClusters - clusters))
    }
  }

  private func noteLook(_ result: inout ComparisonResult, _ doubt: (Reason, MissingEvidence)?) {
    guard let doubt else { return }
    result.reasons.append(doubt.0)
    result.missing.append(doubt.1)
  }

  /// Reads outcome and verdict off the evidence; doubts come later and may only make the verdict weaker.
  private func settle(_ result: inout ComparisonResult) {
    guard let evidence = result.evidence else {
      // Few clusters say it better than "one item".
      guard !result.reasons.contains(where: { $0.code == .fewClusters }) else { return }
      let scored = result.base.items > 0 && result.candidate.items > 0
      result.reasons.append(
        scored
          ? Reason(.tooFewItems, "One item tells nothing of how items vary.")
          : Reason(.noTrials, "There is no scored item in both arms."))
      result.missing.append(MissingEvidence(what: result.design.paired ? "paired items" : "items per arm", howMuch: 1))
      return
    }
    result.outcome = inference.outcome(evidence)
    result.verdict = Verdict(result.outcome, claim: policy.claim)
  }

  private func describeClusters(_ design: inout ComparisonResult.Design, _ sample: PairedSample) {
    guard sample.isClustered else { return }
    design.clustered = true
    design.clusters = sample.clusterCount
    let estimate = clusterEstimate(sample)
    design.designEffect = estimate?.designEffect
    design.effectiveItems = estimate?.effectiveSize
    design.intraclassCorrelation = estimate?.intraclassCorrelation
  }

  private func clusterEstimate(_ sample: PairedSample) -> ClusterEstimate? {
    let differences = sample.differences(sign: inference.sign)
    return inference.clusterMean(differences, ClusterSums(values: differences, clusters: sample.clusters))
  }

  /// Nil without clusters.
  func designEffect(_ sample: PairedSample) -> Double? {
    sample.isClustered ? clusterEstimate(sample)?.designEffect : nil
  }

  /// Items whose score changed: the largest change first, smaller UTF-8 bytes first among equals (conventions).
  private func flips() -> [ComparisonResult.Flip] {
    let (before, after) = (table.scores[base], table.scores[candidate])
    let labels = table.labels
    let changed = (0..<labels.count).filter { position in
      let item = labels.item(position)
      return table.states[base][item] == .scored && table.states[candidate][item] == .scored
        && before[item] != after[item]
    }
    let ordered = labels.sorted(changed) { position in
      let item = labels.item(position)
      return (after[item] - before[item]).magnitude
    }
    return ordered.map { position in
      let item = labels.item(position)
      return ComparisonResult.Flip(
        item: labels.text(position), base: before[item], candidate: after[item],
        difference: inference.sign * (after[item] - before[item]))
    }
  }

  /// "1 item", "2 items".
  static func counted(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// 1234567 as "1,234,567".
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var position = digits.count - 3
    while position > (number < 0 ? 1 : 0) {
      digits.insert(",", at: position)
      position -= 3
    }
    return String(digits)
  }
}

extension PairedSample {
  /// One arm of the pairs as a sample of its own.
  func arm(_ column: KeyPath<PairedSample, [Double]>) -> ArmSample {
    ArmSample(
      scores: self[keyPath: column], clusters: clusters, clusterCount: clusterCount, isBinary: isBinary,
      isProportion: isProportion)
  }
}
