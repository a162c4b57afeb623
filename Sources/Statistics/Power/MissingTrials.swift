import RealModule

/// How many more trials a claim about one rate needs.
public enum MissingTrials {
  /// Trials in all to tell a rate from a floor by its Wilson interval: ⌈z²·f(1 − f)/max(|p − f|, planMargin)²⌉, at least 1;
  /// at n = 0 the margin alone.
  ///
  /// nil where no number is enough: without a margin at the floor itself.
  /// - Parameters:
  ///   - successes: in 0...trials.
  ///   - floor: f, in 0...1.
  ///   - planMargin: the smallest distance from the floor that is planned for, ≥ 0.
  public static func plannedForFloor(
    successes: Double, trials: Double, floor: Double, planMargin: Double = 0.05, level: Double = 0.95
  ) -> Int? {
    requireProbability(floor)
    let distance = max(trials > 0 ? abs(successes / trials - floor) : 0, planMargin)
    guard distance > 0 else { return nil }
    let z = CriticalValue.normal(level: level)
    return wholeTrials(z * z * floor * (1 - floor) / (distance * distance))
  }

  /// What is missing of ``plannedForFloor(successes:trials:floor:planMargin:level:)`` (`need_rate`), at least 1.
  public static func forFloor(
    successes: Double, trials: Double, floor: Double, planMargin: Double = 0.05, level: Double = 0.95
  ) -> Int? {
    let planned = plannedForFloor(
      successes: successes, trials: trials, floor: floor, planMargin: planMargin, level: level)
    return planned.flatMap { wholeTrials(Double($0) - trials) }
  }

  /// The smallest whole number of trials with these failures whose exact upper bound is at most the limit.
  ///
  /// Without failures ⌈ln(1 − confidence)/ln(1 − limit)⌉, else by bisection: O(log) evaluations of the beta distribution.
  /// nil where no number is enough: limit ≤ 0 or confidence ≥ 1.
  /// - Parameters:
  ///   - failures: x ≥ 0, real where it stands for clustered trials.
  ///   - limit: the failure rate that is allowed; from 1 on any trials will do.
  ///   - confidence: one-sided, in 0..<1.
  public static func plannedClean(failures: Double, limit: Double, confidence: Double = 0.95) -> Int? {
    precondition(failures >= 0, "failures are not negative")
    guard limit > 0, confidence < 1 else { return nil }
    guard limit < 1, confidence > 0 else { return wholeTrials(failures) }
    if failures == 0 { return wholeTrials(.log(onePlus: -confidence) / .log(onePlus: -limit)) }
    let tail = (1 - confidence) * (1 + 1e-12)
    func isEnough(_ trials: Double) -> Bool {
      trials > failures && BetaDistribution(alpha: failures + 1, beta: trials - failures).survival(limit) <= tail
    }
    var low = failures.rounded(.down)
    var high = low + 1
    while !isEnough(high) {
      low = high
      high *= 2
      guard high < 0x1p53 else { return nil }
    }
    // Invariant: `low` trials are not enough, `high` are, both whole.
    while high - low > 1 {
      let middle = low + ((high - low) / 2).rounded(.down)
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return Int(high)
  }

  /// Clean trials that are missing until the upper bound is at most the limit (`need_clean`): at least 0.
  /// - Parameter trials: n, with these failures among them; real where it stands for clustered trials.
  public static func clean(failures: Double, trials: Double, limit: Double, confidence: Double = 0.95) -> Int? {
    plannedClean(failures: failures, limit: limit, confidence: confidence).map { planned in
      max(0, Int((Double(planned) - trials - 1e-9).rounded(.up)))
    }
  }

  /// At least 1; a number that is whole up to 1e-9 is not raised.
  private static func wholeTrials(_ trials: Double) -> Int? {
    guard trials.isFinite, trials < 0x1p53 else { return nil }
    return max(1, Int((trials - 1e-9).rounded(.up)))
  }
}
