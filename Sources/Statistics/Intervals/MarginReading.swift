/// What an interval of a difference says about a tolerated margin.
public enum MarginReading: String, Sendable, CaseIterable {
  /// Every value of the interval is tolerated.
  case within = "WITHIN"
  /// No value of the interval is tolerated.
  case beyond = "BEYOND"
  /// Some values are and some are not: more data decides.
  case undecided = "UNDECIDED"

  /// Differences below this are rounding: a limit equal to the margin is within it.
  static let slack = 1e-9
}

/// "Not worse than the margin": a loss of at most `margin` is tolerated, a gain always.
public enum NonInferiority {
  /// Reads the interval of candidate − base (larger is better) against a tolerated loss.
  ///
  /// Within when low ≥ −margin, beyond when high < −margin, limits compared with absolute slack 1e-9.
  /// - Parameter margin: the tolerated loss, ≥ 0, in the unit of the interval.
  public static func read(_ interval: Interval, margin: Double) -> MarginReading {
    if interval.low >= -margin - MarginReading.slack { return .within }
    return interval.high < -margin - MarginReading.slack ? .beyond : .undecided
  }
}

/// "The same within the margin": a difference of at most `margin` in either direction is tolerated.
public enum Equivalence {
  /// Reads the interval of candidate − base against a two-sided margin: two one-sided tests at (1 − level)/2 each.
  ///
  /// Within when the interval lies in [−margin, margin], beyond when it lies outside altogether.
  /// Source: D. J. Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987).
  /// - Parameter margin: the tolerated difference, ≥ 0, in the unit of the interval.
  public static func read(_ interval: Interval, margin: Double) -> MarginReading {
    let reach = margin + MarginReading.slack
    if interval.low >= -reach, interval.high <= reach { return .within }
    return interval.low > reach || interval.high < -reach ? .beyond : .undecided
  }
}
