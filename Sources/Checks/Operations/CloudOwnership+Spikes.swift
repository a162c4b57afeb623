import Records
import Statistics
import Store

extension CloudOwnership {
  /// A day on which an account spent much more than on days like it.
  struct Spike: Equatable {
    let account: String
    let currency: String
    let day: Int64
    /// In units of the currency, for ratios.
    let amount: Double
    /// Of the like days before it; not above zero: the spending is new.
    let median: Double

    var isNew: Bool { median <= 0 }

    static func isWeekend(_ day: Int64) -> Bool {
      // 1970-01-01 was a Thursday.
      let weekday = ((day + 3) % 7 + 7) % 7
      return weekday >= 5
    }
  }

  /// Looks through the days of one account after the other.
  struct SpikeSearch {
    /// Like days without which nothing can be said.
    static let leastHistory = 4

    private let policy: Policy
    /// Days that are judged.
    private let range: ClosedRange<Int64>
    /// Days of which a bill is there at all, by whether they are of a weekend.
    private let billed: [Bool: [Int64]]
    private var current: Tally.Key?
    private var amounts: [Int64: Int128] = [:]
    private(set) var spikes: [Spike] = []
    /// Days that are large enough for a spike and have too little history, and those that could be judged, by account.
    private(set) var undecided: [Tally.Key: Int] = [:]
    private(set) var decided: [Tally.Key: Int] = [:]
    /// The most like days that an undecided day has.
    private(set) var history: [Tally.Key: Int] = [:]

    init(_ policy: Policy, days: [Int64], judging range: ClosedRange<Int64>) {
      self.policy = policy
      self.range = range
      billed = Dictionary(grouping: days, by: Spike.isWeekend)
    }

    /// How many days before a day its history may begin.
    static func daysBack(_ policy: Policy) -> Int64 { Int64((policy.spikeHistory / 2 + 2) * 7) }

    mutating func add(_ day: ChargeDay) {
      let key = Tally.Key(account: day.account, currency: day.currency)
      if key != current {
        finish()
        current = key
      }
      amounts[day.day, default: 0] += day.effective
    }

    /// Judges the account that was read last.
    mutating func finish() {
      defer { amounts.removeAll(keepingCapacity: true) }
      guard let key = current else { return }
      for day in amounts.keys.sorted() where range.contains(day) {
        let amount = Double(amounts[day] ?? 0) / 1e12
        guard amount.isAtLeast(policy.spikeMinAmount) else { continue }
        let like = (billed[Spike.isWeekend(day)] ?? []).filter { $0 < day }.suffix(policy.spikeHistory)
        guard like.count >= SpikeSearch.leastHistory else {
          undecided[key, default: 0] += 1
          history[key] = max(history[key] ?? 0, like.count)
          continue
        }
        decided[key, default: 0] += 1
        // A day of which there is a bill, and on which the account has no line, cost nothing.
        let median = OrderStatistic.median(sorted: like.map { Double(amounts[$0] ?? 0) / 1e12 }.sorted()) ?? 0
        let spike = Spike(account: key.account, currency: key.currency, day: day, amount: amount, median: median)
        if spike.isNew || (amount / median - 1).isAtLeast(policy.spikeRatio) { spikes.append(spike) }
      }
    }
  }
}
