import Guards
import Records
import SeededRandom
import Testing

/// That a failure budget is spent falsely no more often than it says, and truly before long.
@Suite struct FailureAlarmTests {
  private static func at(_ seconds: Double) -> Instant { Instant(nanoseconds: Int64(seconds * 1e9)) }

  private static func rule(_ rate: Double) -> FailureRule {
    var rule = FailureRule("support", .feature("support"), rate: rate, period: .seconds(1_000))
    rule.burns = []
    return rule
  }

  /// Streams of a call a second, over some periods, that are looked at after each call.
  /// - Parameter kind: what is wrong with the call of a second.
  /// - Returns: of the periods of all streams, those in which the budget was spent anew; and those in which a budget that only counts
  ///   what is over its share, from ten calls on, would have been.
  private static func alarms(
    _ rule: FailureRule, streams: Int, seed: UInt64, seconds: Int = 3_000,
    _ kind: (_ second: Int, inout SplitMix) -> FailureKind?
  ) -> (shown: Int, counted: Int, periods: Int) {
    var random = SplitMix(seed: seed)
    var (shown, counted) = (0, 0)
    let periods = seconds / 1_000
    for _ in 0..<streams {
      var meter = FailureMeter(rule)
      var (alarms, naive) = (Set<Int>(), Set<Int>())
      for second in 0..<seconds {
        let before = meter.state
        meter.add(kind(second, &random), at: at(Double(second)))
        meter.look(rule, at: at(Double(second)))
        if before != .spent, meter.state == .spent { alarms.insert(second / 1_000) }
        if second % 16 == 0 {
          let reading = meter.reading(rule, at: at(Double(second)))
          if reading.calls >= 10, (reading.mean ?? 0) > rule.rate { naive.insert(second / 1_000) }
        }
      }
      shown += alarms.count
      counted += naive.count
    }
    return (shown, counted, streams * periods)
  }

  /// Three standard deviations above a share of 0.05.
  private static func most(of periods: Int) -> Int {
    let expected = 0.05 * Double(periods)
    return Int(expected + 3 * (expected * 0.95).squareRoot())
  }

  @Test func whoFailsAsIsToleratedIsSeldomStopped() {
    let result = Self.alarms(Self.rule(0.05), streams: 120, seed: 1) { $1.chance(0.05) ? .error : nil }
    #expect(result.shown <= Self.most(of: result.periods), "\(result)")
    #expect(result.counted > result.periods / 2, "\(result)")
  }

  @Test func heavyFailuresAreNoExcuse() {
    var rule = Self.rule(0.05)
    rule.weights[.unintended] = 5
    let result = Self.alarms(rule, streams: 120, seed: 2) { _, random in
      // 0.02 of weight 1 and 0.006 of weight 5 are 0.05.
      random.chance(0.006) ? .unintended : random.chance(0.02 / 0.994) ? .error : nil
    }
    #expect(result.shown <= Self.most(of: result.periods), "\(result)")
  }

  /// Traffic that is worse in some hours and better in others, and as is tolerated on average over each part of the window.
  @Test func goodAndBadHoursEvenOut() {
    let result = Self.alarms(Self.rule(0.05), streams: 120, seed: 3) { second, random in
      random.chance(second % 50 < 25 ? 0.01 : 0.09) ? .error : nil
    }
    #expect(result.shown <= Self.most(of: result.periods), "\(result)")
  }

  @Test(arguments: zip([0.15, 0.25, 0.5], [300, 120, 40]))
  func whoFailsMuchMoreIsStoppedSoon(_ rate: Double, _ calls: Int) {
    let result = Self.alarms(Self.rule(0.05), streams: 100, seed: 4, seconds: calls) {
      $1.chance(rate) ? .error : nil
    }
    // All of it lies within the first period.
    #expect(result.shown >= 90, "\(result)")
  }

  /// What is learnt late counts as if it had been known.
  @Test func judgementsMayComeLate() {
    let rule = Self.rule(0.05)
    var random = SplitMix(seed: 6)
    var (early, late) = (FailureMeter(rule), FailureMeter(rule))
    var bad: [Instant] = []
    for second in 0..<900 {
      let instant = Self.at(Double(second))
      let isBad = random.chance(0.2)
      early.add(isBad ? .judgedBad : nil, at: instant)
      late.add(nil, at: instant)
      if isBad { bad.append(instant) }
      late.look(rule, at: instant)
      #expect(late.state == .fine)
    }
    for instant in bad { late.change(nil, to: .judgedBad, at: instant) }
    early.look(rule, at: Self.at(900))
    late.look(rule, at: Self.at(900))
    #expect(early == late && late.state == .spent)
    for instant in bad { late.remove(.judgedBad, at: instant) }
    #expect(late.reading(rule, at: Self.at(900)).mean == 0)
  }
}
