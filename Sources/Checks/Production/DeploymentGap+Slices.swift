import Project
import Records
import Statistics
import Store

extension DeploymentGap {
  /// Right answers offline and in production, by slice.
  struct Slices {
    struct Slice {
      let name: String
      /// Items offline, and the sum of their pass rates.
      var items = 0
      var right = 0.0
      /// Spans that somebody judged, and those that were right.
      var labelled = 0
      var labelledRight = 0
      /// Spans of the feature, where the labels are drawn slice by slice.
      var spans = 0

      var offline: BoundedEstimate? { Slices.rate(right, Double(items)) }
      var production: BoundedEstimate? { Slices.rate(Double(labelledRight), Double(labelled)) }
    }

    /// In UTF-8 order; one without a name where nothing bears the tag.
    private(set) var all: [Slice] = []
    /// Items without a result or a slice, and labels that are unreadable or without a slice.
    private(set) var unusableItems = 0
    private(set) var unusableLabels = 0
    let isStratified: Bool

    /// The name of the one slice of what bears no tags.
    static let whole = "all"

    static func rate(_ right: Double, _ count: Double) -> BoundedEstimate? {
      Share.of(right, count).map {
        BoundedEstimate(estimate: $0, interval: ProportionInterval.wilson(successes: right, trials: count))
      }
    }

    /// One pass over the suite's trials, one over the labels, one over the rollup.
    init(
      _ arm: SuiteRuns.Arm?, feature: String, tag: String, sampling: DeploymentSettings.LabelSampling,
      lowerIsBetter: Bool, _ policy: Policy, _ ledger: Snapshot
    ) throws {
      isStratified = sampling == .stratified
      var found: [String?: Slice] = [:]
      func change(_ name: String?, _ body: (inout Slice) -> Void) {
        body(&found[name, default: Slice(name: name ?? Slices.whole)])
      }
      var unscored = 0
      var names: [String: String?] = [:]
      /// Each combination of tags is parsed once.
      func slice(_ tags: Tags) -> String? {
        if let known = names[tags.canonical] { return known }
        let name = tags.values[tag]
        names[tags.canonical] = .some(name)
        return name
      }
      try ledger.forEachPassCount(of: arm?.series ?? [], by: [.tags], lowerIsBetter: lowerIsBetter) { count in
        guard count.tries > 0 else {
          unscored += count.items
          return
        }
        change(slice(Tags(canonical: count.traits[0] ?? "{}"))) {
          $0.items += count.items
          $0.right += Double(count.items) * Double(count.passes) / Double(count.tries)
        }
      }
      var unreadable = 0
      let since = ledger.asOf.adding(days: -Int64(policy.windowDays))
      try ledger.forEachJudgedSpan(feature: feature, annotation: "correct", since: since) { span in
        guard let isRight = span.value.isPass else {
          unreadable += 1
          return
        }
        change(slice(span.tags)) {
          $0.labelled += 1
          $0.labelledRight += isRight ? 1 : 0
        }
      }
      if isStratified {
        try ledger.traffic(feature: feature, days: Int64(policy.windowDays)) { cell in
          change(slice(cell.tags)) { $0.spans += Int(cell.spans) }
        }
      }
      // Where nothing bears the tag, everything is one slice; else what does not is in none.
      let unnamed = found[nil]
      if found.count > 1 { found[nil] = nil }
      all = found.values.orderedByBytes(of: \.name)
      unusableItems = unscored + (found[nil] == nil ? unnamed?.items ?? 0 : 0)
      unusableLabels = unreadable + (found[nil] == nil ? unnamed?.labelled ?? 0 : 0)
    }

    init(_ slices: [Slice], isStratified: Bool) {
      all = slices
      self.isStratified = isStratified
    }

    /// Spans by slice.
    var traffic: [String: Int] { Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0.spans) }) }

    var items: Int { all.reduce(0) { $0 + $1.items } }
    var labelled: Int { all.reduce(0) { $0 + $1.labelled } }
    private var spans: Int { all.reduce(0) { $0 + $1.spans } }

    /// Share of production in a slice.
    private func weight(_ slice: Slice) -> Double {
      isStratified ? Share.of(slice.spans, spans) ?? 0 : Share.of(slice.labelled, labelled) ?? 0
    }

    /// Slices of production of which nobody judged a span.
    var unlabelled: [Slice] { all.filter { $0.labelled == 0 && weight($0) > 0 } }
    var unlabelledShare: Double { unlabelled.reduce(0) { $0 + weight($1) } }

    /// Slices of production that the suite does not have.
    var uncovered: [Slice] { all.filter { $0.items == 0 && $0.labelled > 0 && weight($0) > 0 } }

    /// Nil without items.
    var offline: BoundedEstimate? { Slices.rate(all.reduce(0) { $0 + $1.right }, Double(items)) }
  }

  /// How much worse production is than offline, and which part of it is only that production has another mix.
  struct Gap {
    let offline: BoundedEstimate
    let production: BoundedEstimate
    let gap: BoundedEstimate
    let mix: Double
    let within: BoundedEstimate

    /// Nil without items or labels. Slices without a label are left out, the others taken for all.
    init?(_ slices: Slices) {
      let labelled = slices.all.filter { $0.labelled > 0 }
      let total = labelled.reduce(0.0) { $0 + Double(slices.isStratified ? $1.spans : $1.labelled) }
      guard let offline = slices.offline, total > 0 else { return nil }
      func weight(_ slice: Slices.Slice) -> Double {
        Double(slices.isStratified ? slice.spans : slice.labelled) / total
      }
      var inside: [(weight: Double, term: BoundedEstimate)] = []
      var served: [(weight: Double, term: BoundedEstimate)] = []
      for slice in labelled {
        guard let production = slice.production else { continue }
        // A slice that was never seen offline is taken for what offline was on the whole.
        inside += [(weight(slice), slice.offline ?? offline), (-weight(slice), production)]
        served.append((weight(slice), production))
      }
      let known = slices.all.compactMap { slice in
        slice.offline.map { (weight: Double(slice.items) / Double(slices.items), term: $0) }
      }
      guard let within = Mover.weightedSum(inside), let weighted = Mover.weightedSum(served) else { return nil }
      self.offline = offline
      self.within = within
      if slices.isStratified {
        production = weighted
        guard let gap = Mover.weightedSum(known + served.map { (-$0.weight, $0.term) }) else { return nil }
        self.gap = gap
      } else {
        let right = Double(labelled.reduce(0) { $0 + $1.labelledRight })
        production = Slices.rate(right, total) ?? weighted
        gap = BoundedEstimate(
          estimate: offline.estimate - production.estimate,
          interval: DifferenceInterval.newcombe(
            rate1: offline.estimate, limits1: offline.interval, rate2: production.estimate,
            limits2: production.interval))
      }
      mix = gap.estimate - within.estimate
    }

    /// The larger of the two parts.
    var largest: String { mix.isAbove(within.estimate) ? "mix" : "within" }

    /// Items and labels in all for the interval to end below the limit if nothing else changes; nil where no number decides.
    func needed(_ limit: Double) -> Int? {
      let room = limit - gap.estimate
      guard room.isAbove(0) || room.isBelow(0) else { return nil }
      let z = Normal.standard.quantile(0.975)
      let (p, q) = (offline.estimate, production.estimate)
      let needed = (z * z * (p * (1 - p) + q * (1 - q)) / (room * room) - 1e-9).rounded(.up)
      return Int(exactly: needed)
    }
  }
}
