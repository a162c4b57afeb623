import Records
import Statistics
import Store

extension EvalRot {
  /// The suite's score and what users say, week by week (from Monday, UTC).
  struct Weeks {
    struct Run: Hashable {
      let version: String?
      let variant: String
    }

    struct Sum {
      var total = 0.0
      var count = 0
      var mean: Double { total / Double(count) }

      mutating func add(_ value: Double) {
        total += value
        count += 1
      }
    }

    struct Week {
      let number: Int64
      let suite: Double
      let users: Double

      /// Its Monday.
      var start: Instant { Instant(nanoseconds: 0).adding(days: number * 7 - 3) }
    }

    /// How far back a trend is looked for.
    static let most: Int64 = 26

    private var runs: [Run: [Int64: Sum]] = [:]
    private var users: [Int64: Sum] = [:]

    static func number(_ at: Instant) -> Int64 {
      let shifted = at.day + 3
      // 0 for Monday, before 1970 as well.
      let weekday = (shifted % 7 + 7) % 7
      return (shifted - weekday) / 7
    }

    /// Adds what one run scored, by week.
    mutating func add(_ sums: [Int64: Sum], version: String?, variant: String) {
      guard !sums.isEmpty else { return }
      runs[Run(version: version, variant: variant), default: [:]].merge(sums) { left, right in
        Sum(total: left.total + right.total, count: left.count + right.count)
      }
    }

    mutating func addRating(_ at: Instant, _ value: Double) {
      users[Weeks.number(at), default: Sum()].add(value)
    }

    var hasRatings: Bool { !users.isEmpty }

    /// The score of a whole run.
    private func score(_ run: Run) -> Double? {
      guard let weeks = runs[run] else { return nil }
      let sum = weeks.values.reduce(into: (0.0, 0)) { $0 = ($0.0 + $1.total, $0.1 + $1.count) }
      return sum.0 / Double(sum.1)
    }

    /// How much higher a version scores than another: the mean over at least two variants that were run on both.
    func bridge(from old: String?, to new: String?) -> Double? {
      if old == new { return 0 }
      let offsets = Set(runs.keys.map(\.variant)).sorted().compactMap { variant -> Double? in
        guard let before = score(Run(version: old, variant: variant)),
          let after = score(Run(version: new, variant: variant))
        else { return nil }
        return after - before
      }
      return offsets.count > 1 ? offsets.reduce(0, +) / Double(offsets.count) : nil
    }

    /// Versions that no bridge joins to one.
    func unbridged(to version: String?) -> [String] {
      Set(runs.keys.map(\.version)).filter { bridge(from: $0, to: version) == nil }.map { $0 ?? "(none)" }.sorted()
    }

    /// The weeks that have both, oldest first; scores of other versions moved by their bridge, or left out.
    func joined(version: String?) -> [Week] {
      var suite: [Int64: Sum] = [:]
      let order = runs.keys.ordered(by: \.variant).ordered { $0.version ?? "" }
      for run in order {
        guard let offset = bridge(from: run.version, to: version) else { continue }
        for (week, sum) in runs[run] ?? [:] {
          suite[week, default: Sum()].total += sum.total + offset * Double(sum.count)
          suite[week, default: Sum()].count += sum.count
        }
      }
      return suite.keys.sorted().compactMap { week in
        guard let score = suite[week], let rating = users[week] else { return nil }
        return Week(number: week, suite: score.mean, users: rating.mean)
      }
    }
  }

  /// Which way a series of weeks goes.
  struct Trend {
    /// Theil and Sen's, per week.
    let slope: Double
    let test: MannKendall

    /// Nil for fewer than two weeks.
    init?(_ weeks: [Weeks.Week], _ value: KeyPath<Weeks.Week, Double>) {
      let values = weeks.map { $0[keyPath: value] }
      guard let slope = TheilSen.slope(x: weeks.map { Double($0.number) }, y: values) else { return nil }
      self.slope = slope
      test = MannKendall(values)
    }

    func isSignificant(_ alpha: Double) -> Bool { (test.test?.pValue ?? 1) <= alpha }
  }
}
