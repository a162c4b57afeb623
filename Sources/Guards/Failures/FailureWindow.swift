internal import Records
internal import Statistics

/// Calls by what was the worst of each.
struct FailureCounts: Sendable, Hashable {
  /// Calls without a failure, then by the place of the failure.
  private var counts = SIMD8<Int>()

  /// Calls that failed so; nil for those that did not fail. What was taken out of a part that is forgotten, and is remembered again by
  /// a clock that was set back, is none.
  subscript(kind: FailureKind?) -> Int { max(0, counts[kind?.place ?? 0]) }

  mutating func add(_ kind: FailureKind?, _ count: Int = 1) { counts[kind?.place ?? 0] += count }

  static func += (left: inout FailureCounts, right: FailureCounts) { left.counts &+= right.counts }

  func bound(_ weights: FailureRule.Weights) -> BettingLowerBound {
    BettingLowerBound(
      [.init(0, self[nil])] + FailureKind.allCases.map { .init(weights[$0], self[$0]) })
  }
}

/// The calls of the last while, in eight parts that begin at the same moments for whoever looks: it reaches back over seven parts and
/// what has passed of the eighth. O(1) memory.
///
/// A bound that is to hold at all looks needs a beginning that stays. Eight windows begin within the length of one; each is given an
/// eighth of the chance to be wrong, so that the chance that any that begins within one length is, is what was said.
struct FailureWindow: Sendable, Hashable {
  static let parts: Int64 = 8

  /// Nanoseconds of one part, ≥ 1.
  private let part: Int64
  private var counts: [Int64: FailureCounts] = [:]

  init(_ length: Duration) {
    let (seconds, attoseconds) = length.components
    part = max(1, (seconds * 1_000_000_000 + attoseconds / 1_000_000_000) / FailureWindow.parts)
  }

  private func number(_ instant: Instant) -> Int64 {
    let (quotient, remainder) = instant.nanoseconds.quotientAndRemainder(dividingBy: part)
    return remainder < 0 ? quotient - 1 : quotient
  }

  /// When the oldest part began that counts now.
  func begin(at now: Instant) -> Instant { Instant(nanoseconds: (number(now) - FailureWindow.parts + 1) * part) }

  /// A call counts, or what counts is changed.
  mutating func add(_ kind: FailureKind?, _ count: Int = 1, at instant: Instant) {
    counts[number(instant), default: FailureCounts()].add(kind, count)
  }

  /// Forgets what is too old.
  mutating func prune(to now: Instant) {
    let first = number(now) - FailureWindow.parts + 1
    guard counts.keys.contains(where: { $0 < first }) else { return }
    counts = counts.filter { $0.key >= first }
  }

  /// What counts now, or would if nothing more came when so many parts have passed.
  func sum(at now: Instant, later parts: Int64 = 0) -> FailureCounts {
    let last = number(now)
    var sum = FailureCounts()
    for (number, counts) in counts where number <= last && number > last + parts - FailureWindow.parts { sum += counts }
    return sum
  }

  /// When so much of what counts now is forgotten that the rest is as is asked, if nothing more comes; nil where it is so now.
  func moment(at now: Instant, when isEnough: (FailureCounts) -> Bool) -> Instant? {
    guard let parts = (0...FailureWindow.parts).first(where: { isEnough(sum(at: now, later: $0)) }), parts > 0 else {
      return nil
    }
    return Instant(nanoseconds: (number(now) + parts) * part)
  }
}
