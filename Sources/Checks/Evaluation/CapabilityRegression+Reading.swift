import Comparison
import Project
import Records
import Statistics
import Store

extension CapabilityRegression {
  /// What the tuned model is, and what it was made from.
  struct Lineage {
    let candidate: String?
    /// The base by the candidate's own record; empty where it names none.
    private(set) var bases: Set<String> = []

    /// Looks the candidate up among the models and adapters. O(models and adapters).
    init(candidate: String?, _ ledger: Snapshot) throws {
      self.candidate = candidate
      guard let candidate else { return }
      for kind in ["adapter", "model"] {
        try ledger.forEachArtifact(kind: kind) { _, artifact in
          guard artifact.sha256 == candidate else { return }
          if let text = artifact.attributes, let attributes = try? JSONValue(parsing: text),
            case .string(let base)? = attributes["base_sha256"]
          {
            bases = [base]
          } else {
            bases = Set(artifact.derivedFrom.map(\.sha256))
          }
        }
      }
    }
  }
}

extension CapabilityRegression.Scorecard {
  /// The items of a row in both models; nil, with a reason where the row counts, when they cannot be compared.
  mutating func table(_ row: CapabilityRegression.Row, variant: String?, half: ItemHalf?) throws -> ItemTable? {
    var names = names(row)
    if let variant { names.tuned = variant }
    let runs = try runs(row, tuned: names.tuned)
    guard let base = runs.arm(names.base), let tuned = runs.arm(names.tuned) else {
      try noteAbsence(row, runs, names)
      return nil
    }
    guard areAlike(row, base, tuned), areTheRightModels(row, base, tuned) else { return nil }
    let cluster = suite(row).cluster
    do {
      return try context.items([base, tuned], clusterTag: cluster == "cluster_id" ? nil : cluster, half: half)
    } catch let problem as UnusableTrials {
      unread(row, "UNUSABLE_TRIALS", problem.description, missing: "usable scores of \(row.suite)", 1)
      return nil
    }
  }

  /// Only rows that count make the verdict unknown.
  private mutating func unread(
    _ row: CapabilityRegression.Row, _ code: String, _ text: String, missing what: String, _ howMuch: Int?
  ) {
    guard row.gates || row.isTarget else { return }
    gaps.unknown(code, about: row.name, text, missing: what, howMuch)
  }

  private mutating func noteAbsence(
    _ row: CapabilityRegression.Row, _ runs: SuiteRuns, _ names: (base: String, tuned: String)
  ) throws {
    let absent = [names.base, names.tuned].filter { runs.arm($0) == nil }
    let anywhere = Set(
      try context.ledger.trialSeries(suite: row.suite).filter { $0.metric == runs.metric }.map(\.variant))
    if anywhere.isSuperset(of: [names.base, names.tuned]) {
      unread(
        row, "HARNESS_MISMATCH",
        "\(row.name): \(names.base) and \(names.tuned) were run on different versions of \(row.suite), which are never compared with each other.",
        missing: "pairs of \(row.suite) on one version", CapabilityRegression.usualNeed(margin: row.margin))
      return
    }
    // A target without trials shows no gain, which is said there.
    guard !row.isTarget else { return }
    unread(
      row, "NO_SUITE",
      "\(row.name): \(row.suite)\(runs.version.map { ", version \($0)," } ?? "") has no trials of \(absent.joined(separator: " and of ")).",
      missing: "pairs of \(row.suite)", CapabilityRegression.usualNeed(margin: row.margin))
  }

  /// One harness, one decoding and one judge, the same for both models.
  private mutating func areAlike(_ row: CapabilityRegression.Row, _ base: SuiteRuns.Arm, _ tuned: SuiteRuns.Arm) -> Bool
  {
    let configurations = Set((base.series + tuned.series).map(\.configSHA256))
    let mismatch =
      configurations.count > 1
      ? "the models were run with \(configurations.count) configurations (config_sha256): the difference may be the harness's."
      : base.judgedUnlike(tuned)
    guard let mismatch else { return true }
    unread(
      row, "HARNESS_MISMATCH", "\(row.name): \(mismatch)", missing: "pairs of \(row.suite) under one configuration",
      CapabilityRegression.usualNeed(margin: row.margin))
    return false
  }

  /// The trials say which model they are of, and it is the one that is judged, on the base that it was made from.
  private mutating func areTheRightModels(
    _ row: CapabilityRegression.Row, _ base: SuiteRuns.Arm, _ tuned: SuiteRuns.Arm
  ) -> Bool {
    func other(_ arm: SuiteRuns.Arm, than right: Set<String>) -> String? {
      let wrong = arm.series.filter { !right.contains($0.subjectSHA256 ?? "") }.map {
        $0.subjectSHA256 ?? "an unnamed model"
      }
      return wrong.first
    }
    let wrongTuned = lineage.candidate.flatMap { other(tuned, than: [$0]) }
    let wrongBase = lineage.bases.isEmpty ? nil : other(base, than: lineage.bases)
    guard let wrong = wrongTuned ?? wrongBase else {
      subjects.base.formUnion(base.distinct(\.subjectSHA256))
      subjects.tuned.formUnion(tuned.distinct(\.subjectSHA256))
      return true
    }
    unread(
      row, "WRONG_SUBJECT",
      "\(row.name): the trials of \(wrongTuned == nil ? base.variant : tuned.variant) are of \(wrong), which is not the \(wrongTuned == nil ? "base that the candidate was made from" : "candidate").",
      missing: "trials of \(row.suite) on the \(wrongTuned == nil ? "base" : "candidate")",
      Int((wrongTuned == nil ? base : tuned).trials))
    return false
  }

  /// Where no candidate is named, all rows must at least be of one.
  mutating func noteSubjects() {
    for (name, models) in [("base", subjects.base), ("tuned", subjects.tuned)] where models.count > 1 {
      gaps.unknown(
        "WRONG_SUBJECT",
        "The abilities were measured on \(models.count) different models as the \(name) one: \(NumberWords.list(models.sorted())).",
        missing: "trials of all suites on one \(name) model", nil)
    }
  }

  /// States of all rows that could be read, and what puts the others in doubt.
  mutating func settle() {
    let hard = rows.indices.filter { rows[$0].isHard && rows[$0].evidence != nil }
    let adjusted = Multiplicity.holm(hard.map { rows[$0].evidence?.pValue ?? 1 })
    for (index, p) in zip(hard, adjusted) { rows[index].adjustedPValue = p }
    for index in rows.indices {
      let row = rows[index]
      guard let result = row.result else { continue }
      let doubts = result.reasons.filter(\.code.isUnknown)
      for doubt in doubts { noteDoubt(doubt, row, result) }
      guard doubts.isEmpty, let evidence = result.evidence else { continue }
      rows[index].state = CapabilityRegression.state(
        evidence, margin: row.margin, isHard: row.isHard, adjustedPValue: row.adjustedPValue, alpha: policy.alpha)
      noteFloor(row, result)
    }
  }

  private mutating func noteDoubt(_ doubt: Reason, _ row: CapabilityRegression.Row, _ result: ComparisonResult) {
    let design = result.design
    let missing: (String, Int) =
      switch doubt.code {
      case .conflictingTrials: ("items of \(row.suite) with one score each", design.conflicting)
      case .missingScores: ("missing scores of \(row.suite)", design.missingScore)
      case .droppedItemsDecide: ("items of \(row.suite) that only the base was run on", design.onlyBase)
      case .fewClusters: ("clusters of \(row.suite)", max(1, 6 - (design.clusters ?? 0)))
      default: ("pairs of \(row.suite)", CapabilityRegression.usualNeed(margin: row.margin))
      }
    let code = doubt.code == .noTrials ? "NO_SUITE" : doubt.code.rawValue
    let text =
      doubt.code == .conflictingTrials
      ? "\(NumberWords.counted(design.conflicting, "item")) have contradicting scores." : doubt.message
    unread(row, code, "\(row.name): \(text)", missing: missing.0, missing.1)
  }

  /// A base no better than guessing cannot lose anything.
  private mutating func noteFloor(_ row: CapabilityRegression.Row, _ result: ComparisonResult) {
    guard row.gates, result.isBinary, let low = result.base.low, low.isAtMost(row.chance) else { return }
    gaps.unknown(
      "FLOOR_EFFECT", about: row.name,
      "\(row.name): the base passes \(NumberWords.percent(result.base.mean ?? 0)) of \(row.suite), which may be guessing (\(NumberWords.percent(row.chance))): the suite cannot show a loss.",
      missing: "a suite for \(row.name) that the base passes more often", nil)
  }
}

extension CapabilityRegression {
  /// Pairs that show "not worse than the margin" before anything is known: one item in five differs.
  static func usualNeed(margin: Double) -> Int {
    SampleSize.nonInferiorityPairedBinary(discordance: 0.20, margin: margin) ?? 1
  }
}
