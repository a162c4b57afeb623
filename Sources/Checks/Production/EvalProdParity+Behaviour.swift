import Project
import Records
import Statistics
import Store

extension EvalProdParity {
  /// How answers look, whatever they are worth: what must not change when a system is tested.
  struct Behaviour {
    /// One way in which answers look: how many of them have which value.
    struct Counts {
      private(set) var values: [Int64: Int] = [:]
      private(set) var total = 0

      mutating func add(_ value: Int64?) {
        guard let value else { return }
        values[value, default: 0] += 1
        total += 1
      }

      mutating func add(_ value: Bool?) { add(value.map { $0 ? 1 : 0 }) }

      var mean: Double { values.reduce(0) { $0 + Double($1.key) * Double($1.value) } / Double(total) }
    }

    static let names = ["length", "refusal", "tool calls", "validity"]

    /// In the order of `names`.
    private(set) var counts = [Counts](repeating: Counts(), count: names.count)

    /// Longer answers count as this long, so that no run has more lengths than this.
    private static let mostTokens: Int64 = 1 << 20
    private static let toolReasons: Set<String> = ["tool_calls", "tool_use", "tool_call", "function_call"]

    mutating func add(_ mark: Mark, outputTokens: Int64?) {
      counts[0].add(outputTokens.map { min(max(0, $0), Behaviour.mostTokens) })
      counts[1].add(mark.refusal)
      counts[2].add(mark.finishReason.map { Behaviour.toolReasons.contains($0) })
      counts[3].add(mark.isValid)
    }
  }

  /// How far one way of looking differs between evaluation and production.
  struct Shift {
    let name: String
    let evaluation: Behaviour.Counts
    let production: Behaviour.Counts
    let distance: Double
    let pValue: Double
    /// Benjamini's and Hochberg's, over all that could be compared.
    var adjusted = 1.0

    func isReal(_ policy: Policy) -> Bool { adjusted <= policy.bhQ && distance.isAtLeast(policy.shiftD) }
  }

  /// Those that both sides have values of.
  static func shifts(evaluation: Behaviour, production: Behaviour) -> [Shift] {
    var shifts: [Shift] = []
    for (place, name) in Behaviour.names.enumerated() {
      let (first, second) = (evaluation.counts[place], production.counts[place])
      let values = Set(first.values.keys).union(second.values.keys).sorted()
      let counts = values.map { (first: first.values[$0] ?? 0, second: second.values[$0] ?? 0) }
      guard let test = KolmogorovSmirnov.twoSample(counts), let distance = test.statistic else { continue }
      shifts.append(
        Shift(name: name, evaluation: first, production: second, distance: distance, pValue: test.pValue))
    }
    let adjusted = Multiplicity.benjaminiHochberg(shifts.map(\.pValue))
    for place in shifts.indices { shifts[place].adjusted = adjusted[place] }
    return shifts
  }

  /// How well a probe tells what is a test from what is production.
  struct Probe {
    private(set) var area = AreaUnderCurve()
    /// Items without a score, or whose expected label is neither eval nor prod.
    private(set) var unusable = 0

    /// The newest run of the probe; of the variant that is served where it has one.
    init(_ settings: ParitySettings, variant: String?, _ ledger: Snapshot) throws {
      let series = try ledger.trialSeries(suite: settings.probeSuite)
      let metric = series.last?.metric ?? MetricSettings().name
      let runs = SuiteRuns(series, suite: settings.probeSuite, metric: metric, version: nil)
      let arm = variant.flatMap(runs.arm) ?? runs.newest(besides: nil)
      var (score, tests, lives) = (-Double.infinity, 0, 0)
      func flush() { if tests + lives > 0 { area.add(score: score, positives: tests, negatives: lives) } }
      try ledger.forEachScoreCount(of: arm?.series ?? []) { count in
        guard let value = count.score, value.isFinite, count.expected == "eval" || count.expected == "prod" else {
          unusable += count.items
          return
        }
        if value > score {
          flush()
          (score, tests, lives) = (value, 0, 0)
        }
        if count.expected == "eval" { tests += count.items } else { lives += count.items }
      }
      flush()
    }

    /// Nil for fewer than two items of either kind.
    var bounded: BoundedEstimate? { area.bounded() }
  }
}
