import Comparison
import Project
import Records
import Statistics
import Store

extension CapabilityRegression {
  /// One ability, and what became of it.
  struct Row {
    enum State: String {
      case lost, held, undecided
      /// Nothing that can be compared.
      case unread
    }

    let name: String
    let suite: String
    /// What the model was tuned for: it may only gain.
    var isTarget = false
    /// Losing it, or not being able to tell, decides the verdict.
    var gates = false
    var isHard = false
    var margin = 0.0
    var chance = 0.0
    var trafficShare: Double?
    var result: ComparisonResult?
    /// Of a hard ability, over all of them.
    var adjustedPValue: Double?
    var state = State.unread

    var evidence: Evidence? { result?.evidence }
    /// Base minus tuned where it is positive.
    var loss: Double { max(0, -(evidence?.estimate ?? 0)) }
  }

  /// What became of an ability: lost beyond its margin, held within it, or neither is shown.
  ///
  /// A hard ability is lost, too, when the estimate alone reaches the margin and the loss is significant.
  static func state(
    _ evidence: Evidence, margin: Double, isHard: Bool, adjustedPValue: Double?, alpha: Double
  ) -> Row.State {
    if evidence.high.isBelow(-margin) { return .lost }
    if isHard, evidence.estimate.isAtMost(-margin), (adjustedPValue ?? 1) <= alpha {
      return .lost
    }
    return evidence.low.isAtLeast(-margin) ? .held : .undecided
  }

  /// All abilities of a feature, measured on the base and on the tuned model.
  struct Scorecard {
    let feature: FeatureSettings
    let policy: Policy
    let context: CheckContext
    var rows: [Row] = []
    /// What cannot be compared, and why.
    var gaps = Judgement()
    /// The scale of the adapter that a sweep chose, such as `tuned@0.5`.
    var chosen: String?
    /// SHA-256 of the tuned model and of its base, as far as they are known.
    let lineage: Lineage
    var subjects: (base: Set<String>, tuned: Set<String>) = ([], [])

    init(_ feature: FeatureSettings, _ policy: Policy, _ context: CheckContext) throws {
      self.feature = feature
      self.policy = policy
      self.context = context
      lineage = try Lineage(candidate: feature.candidateSHA256, context.ledger)
      context.ledger.include("\(feature.capabilities) \(feature.targetSuite ?? "") \(feature.candidateSHA256 ?? "")")
      if let suite = feature.targetSuite { rows.append(Row(name: "target", suite: suite, isTarget: true)) }
      for capability in feature.capabilities where capability.suite != feature.targetSuite {
        var row = Row(name: capability.name, suite: capability.suite)
        row.isHard = capability.isHard
        row.gates = capability.isProtected || capability.isHard || policy.required.contains(capability.name)
        row.margin = capability.margin ?? (capability.isHard ? policy.hardMargin : policy.margin)
        row.chance = capability.chance
        row.trafficShare = capability.trafficShare
        rows.append(row)
      }
    }

    var target: Row? { rows.first { $0.isTarget } }
    /// All but the target, as they are declared.
    var abilities: [Row] { rows.filter { !$0.isTarget } }

    mutating func run() throws {
      let sweep = try sweepVariants()
      if sweep.isEmpty {
        try read(variant: nil, half: nil)
      } else {
        chosen = try choose(among: sweep)
        gaps = Judgement()
        subjects = ([], [])
        try read(variant: chosen, half: .odd)
      }
      noteSubjects()
    }

    // MARK: Adapter-scale sweep

    /// Variants `tuned@…` of the target, where there is no plain `tuned`.
    private func sweepVariants() throws -> [String] {
      guard let target else { return [] }
      let runs = try self.runs(target)
      let tuned = names(target).tuned
      guard runs.arm(tuned) == nil else { return [] }
      return runs.arms.map(\.variant).filter { $0.hasPrefix(tuned + "@") }.sorted {
        $0.utf8.lexicographicallyPrecedes($1.utf8)
      }
    }

    /// The scale with the best target among those that lose no gating ability; if all do, among those that lose fewest.
    /// Chosen on one half of the items and judged on the other, so that the choice is not its own evidence.
    private mutating func choose(among variants: [String]) throws -> String? {
      var best: (variant: String, lost: Int, score: Double)?
      for variant in variants {
        try read(variant: variant, half: .even)
        let lost = rows.count { $0.gates && $0.state == .lost }
        let score = target?.result?.candidate.mean ?? -.infinity
        if let best, (best.lost, -best.score) <= (lost, -score) { continue }
        best = (variant, lost, score)
      }
      return best?.variant
    }

    // MARK: Reading

    func suite(_ row: Row) -> SuiteSettings { context.project.suites[row.suite] ?? SuiteSettings() }

    func names(_ row: Row) -> (base: String, tuned: String) {
      (suite(row).baseline ?? "base", suite(row).candidate ?? "tuned")
    }

    func metric(_ row: Row) -> MetricSettings { suite(row).primaryMetrics.first ?? MetricSettings() }

    func runs(_ row: Row, tuned: String? = nil) throws -> SuiteRuns {
      let names = names(row)
      return SuiteRuns(
        try context.ledger.trialSeries(suite: row.suite), suite: row.suite, metric: metric(row).name,
        version: suite(row).version, variants: [names.base, tuned ?? names.tuned])
    }

    /// Compares all rows; everything is read before anything is resampled.
    private mutating func read(variant: String?, half: ItemHalf?) throws {
      var tables: [(row: Int, table: ItemTable)] = []
      for index in rows.indices {
        rows[index].result = nil
        rows[index].adjustedPValue = nil
        rows[index].state = .unread
        if let table = try table(rows[index], variant: variant, half: half) { tables.append((index, table)) }
      }
      let seed = context.seed
      for (index, table) in tables {
        rows[index].result = try Comparer(table: table, policy: comparison(rows[index], seed: seed)).compare()
      }
      settle()
    }

    private func comparison(_ row: Row, seed: UInt64) -> ComparisonPolicy {
      let settings = suite(row)
      let shared = context.project.policy(EvalPower.Policy.self, subject: [settings.policies]).value
      var comparison = shared.comparison(metric(row), suite: settings)
      comparison.claim = .noRegression
      comparison.minEffect = 0
      comparison.margin = row.isTarget ? policy.margin : row.margin
      comparison.sequential = false
      comparison.plannedItems = nil
      comparison.seed = seed
      return comparison
    }
  }
}
