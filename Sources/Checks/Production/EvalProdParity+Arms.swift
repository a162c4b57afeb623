import Comparison
import Project
import Records
import Store

extension EvalProdParity {
  /// The runs of one suite that are compared: what was measured in evaluation and in production, and the experiments.
  struct Arms {
    /// Series of one variant and one configuration.
    struct Side {
      let variant: String
      let config: String?
      let series: [TrialSeriesSummary]
      let newest: Instant

      var judges: Set<String?> { Set(series.map(\.judge)) }
    }

    let evaluation: Side?
    let production: Side?
    /// All series of the suite's version and metric, and which of them hold which role.
    private let series: [TrialSeriesSummary]
    private let holders: [Roles: Set<Int64>]
    /// Trials whose attributes name a place that is neither eval nor prod.
    let unplaced: Int

    /// One pass over the suite's trials.
    init(_ runs: SuiteRuns, _ settings: ParitySettings, baseline: String?, _ ledger: Snapshot) throws {
      let all = runs.arms.flatMap(\.series)
      var newest: [Roles: [Int64: Instant]] = [:]
      var reader = MarkReader()
      var unplaced = 0
      try ledger.forEachMarkedTrial(of: all) { _, marks, index in
        let roles = reader.mark(marks.attributes).roles
        if roles.isEmpty { unplaced += 1 }
        for role in Roles.each where roles.contains(role) {
          let known = newest[role]?[all[index].id] ?? marks.at
          newest[role, default: [:]][all[index].id] = max(known, marks.at)
        }
      }
      /// The series of an arm that hold a role and have the configuration of the newest of them.
      func side(_ role: Roles, _ arm: SuiteRuns.Arm?) -> Side? {
        guard let times = newest[role], let arm else { return nil }
        let holding = arm.series.filter { times[$0.id] != nil }
        guard let last = holding.least(by: { times[$0.id].map { -$0.nanoseconds } ?? .max }), let at = times[last.id]
        else { return nil }
        let chosen = holding.filter { $0.configSHA256 == last.configSHA256 }
        return Side(variant: arm.variant, config: last.configSHA256, series: chosen, newest: at)
      }
      func arms(_ role: Roles) -> [SuiteRuns.Arm] {
        runs.arms.compactMap { arm in
          let holding = arm.series.filter { newest[role]?[$0.id] != nil }
          return holding.isEmpty ? nil : SuiteRuns.Arm(variant: arm.variant, series: holding)
        }
      }
      let tested = SuiteRuns.served(among: arms(.evaluation), named: settings.variant, baseline: baseline)
      evaluation = side(.evaluation, tested)
      let live = arms(.production)
      production = side(.production, live.first { $0.variant == tested?.variant } ?? SuiteRuns.newest(of: live))
      series = all
      holders = newest.mapValues { Set($0.keys) }
      self.unplaced = unplaced
    }

    /// Series with a role under the configuration and the judge of the evaluation, whichever variant ran them.
    func experiments(_ role: Roles) -> [TrialSeriesSummary] {
      guard let evaluation, let held = holders[role] else { return [] }
      return series.filter {
        held.contains($0.id) && $0.configSHA256 == evaluation.config && evaluation.judges.contains($0.judge)
      }
    }
  }
}

extension EvalProdParity {
  /// The trials, joined by item: first the old arm, then the new one.
  struct Tables {
    private(set) var gap: ItemTable?
    private(set) var framing: ItemTable?
    private(set) var contamination: ItemTable?
    /// How the evaluation behaved, trial by trial.
    private(set) var behaviour = Behaviour()

    /// - Parameter clusterTag: the tag whose equal values make items depend on each other; nil for the trials' own clusters.
    init(_ arms: Arms, clusterTag: String?, _ ledger: Snapshot) throws {
      var behaviour = Behaviour()
      gap = try Tables.table(
        [(.production, arms.production?.series ?? []), (.evaluation, arms.evaluation?.series ?? [])],
        clusterTag, ledger
      ) { role, mark, marks in
        if role == .evaluation { behaviour.add(mark, outputTokens: marks.outputTokens) }
      }
      self.behaviour = behaviour
      framing = try Tables.table(
        [(.liveFrame, arms.experiments(.liveFrame)), (.testFrame, arms.experiments(.testFrame))], clusterTag, ledger)
      contamination = try Tables.table(
        [(.paraphrase, arms.experiments(.paraphrase)), (.original, arms.experiments(.original))], clusterTag, ledger)
    }

    /// Nil where one of the two has no trial.
    private static func table(
      _ sources: [(role: Roles, series: [TrialSeriesSummary])], _ clusterTag: String?, _ ledger: Snapshot,
      seen: (Roles, Mark, TrialMarks) -> Void = { _, _, _ in }
    ) throws -> ItemTable? {
      guard sources.allSatisfy({ !$0.series.isEmpty }) else { return nil }
      let table = TrialTable(sliceNames: ["topic"])
      for (number, source) in sources.enumerated() {
        var reader = MarkReader()
        try ledger.forEachMarkedTrial(of: source.series, clusterTag: clusterTag) { row, marks, _ in
          let mark = reader.mark(marks.attributes)
          guard mark.roles.contains(source.role) else { return }
          seen(source.role, mark, marks)
          var unnamed = copy row
          // One arm whichever variants ran it; an item that two of them answered was answered twice.
          unnamed.prediction = row.prediction ?? row.variant
          unnamed.variant = nil
          unnamed.configuration = nil
          try table.add(unnamed, source: number, sourceName: source.role.name)
        }
      }
      let order = sources.indices.compactMap { source in table.arms.firstIndex { $0.source == source } }
      return order.count == 2 ? try table.join(arms: order) : nil
    }
  }
}

extension EvalProdParity.Roles {
  /// What an arm is called.
  fileprivate var name: String {
    switch self {
    case .evaluation: "evaluation"
    case .production: "production"
    case .liveFrame: "framed as production"
    case .testFrame: "framed as a test"
    case .paraphrase: "paraphrased"
    default: "original"
    }
  }
}
