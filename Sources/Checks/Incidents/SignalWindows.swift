import Project
import Records
import Statistics

/// The values of a signal in the newest windows, and in the time before them that they are compared with.
struct SignalWindows {
  /// Values of one stretch of time.
  struct Values {
    var moments = Moments()
    /// Of a proportion.
    var ones = 0

    var count: Int { moments.count }
    /// Nil without values.
    var mean: Double? { count == 0 ? nil : moments.mean }

    mutating func add(_ value: Double) {
      moments.add(value)
      if value == 1 { ones += 1 }
    }
  }

  /// How a window differs from the time before.
  struct Shift {
    let difference: Double
    let interval: Interval?
    /// Of the mean; nil for a proportion, and without variance.
    let statistic: Double?
    let pValue: Double
    let isAlarm: Bool
  }

  private let settings: SignalSettings
  private let asOf: Instant
  private let length: Int64
  private let confirm: Int
  /// The newest first.
  private(set) var windows: [Values]
  private(set) var baseline = Values()
  let baselineSince: Instant
  /// When versions were first seen, by surface: since the beginning of what is read.
  private var firsts: [String: [String: Instant]] = [:]
  /// Versions of a surface that are told apart.
  static let mostVersions = 1_000

  init(_ settings: SignalSettings, _ policy: IncidentResponse.Policy, asOf: Instant) {
    self.settings = settings
    self.asOf = asOf
    length = settings.window.nanosecondsWhole
    confirm = policy.confirmWindows
    windows = Array(repeating: Values(), count: max(policy.confirmWindows, policy.silentWindows))
    baselineSince =
      asOf.advanced(by: .zero - settings.window * policy.confirmWindows - settings.baseline) ?? asOf
  }

  /// The beginning of everything that is asked for.
  var earliest: Instant { min(baselineSince, start(of: windows.count - 1)) }

  /// When a window began; 0 is the newest.
  func start(of window: Int) -> Instant {
    asOf.advanced(by: .zero - settings.window * (window + 1)) ?? asOf
  }

  /// A window is half-open, but for the newest instant, which belongs to the newest.
  mutating func add(_ value: SignalValue) {
    let age = asOf.nanoseconds - value.at.nanoseconds
    guard age >= 0 else { return }
    note(value)
    let place = age == 0 ? 0 : (age - 1) / length
    if place < Int64(windows.count) { windows[Int(place)].add(value.value) }
    guard place >= Int64(confirm), value.at >= baselineSince else { return }
    baseline.add(value.value)
  }

  private mutating func note(_ value: SignalValue) {
    for (surface, version) in value.versions {
      var versions = firsts[surface] ?? [:]
      if let first = versions[version] {
        versions[version] = min(first, value.at)
      } else if versions.count < SignalWindows.mostVersions {
        versions[version] = value.at
      }
      firsts[surface] = versions
    }
  }

  /// Whether a version was seen before an instant; nil where none of its surface was, so that nothing can be said.
  func isKnown(_ surface: String, _ version: String, before instant: Instant) -> Bool? {
    guard let versions = firsts[surface], versions.values.contains(where: { $0 < instant }) else { return nil }
    // One that found no room may be an old one.
    return versions[version].map { $0 < instant } ?? (versions.count >= SignalWindows.mostVersions)
  }

  func count(inNewest count: Int) -> Int { windows.prefix(count).reduce(0) { $0 + $1.count } }

  /// Nil where too little is known of the window or of the time before.
  func shift(of window: Int, alpha: Double) -> Shift? {
    let now = windows[window]
    guard now.count >= settings.minN, baseline.count >= settings.minN else { return nil }
    let (difference, interval, statistic, pValue) = settings.effectiveKind == .mean ? means(now) : rates(now)
    let worse = settings.effectiveDirection == .down ? -difference : difference
    return Shift(
      difference: difference, interval: interval, statistic: statistic, pValue: pValue,
      isAlarm: pValue <= alpha && worse > 0 && worse.isAtLeast(settings.minEffect))
  }

  private func means(_ now: Values) -> (Double, Interval?, Double?, Double) {
    let difference = now.moments.mean - baseline.moments.mean
    guard let estimate = MeanInference.welch(now.moments, baseline.moments), let test = estimate.test() else {
      // Nothing varies: two means are equal or they are not.
      return (difference, Interval(point: difference), nil, difference == 0 ? 1 : 0)
    }
    return (estimate.estimate, estimate.interval(), test.statistic, test.pValue)
  }

  private func rates(_ now: Values) -> (Double, Interval?, Double?, Double) {
    let test = Fisher.exact(
      a: now.ones, b: now.count - now.ones, c: baseline.ones, d: baseline.count - baseline.ones)
    let interval = DifferenceInterval.newcombe(
      successes1: Double(now.ones), trials1: Double(now.count), successes2: Double(baseline.ones),
      trials2: Double(baseline.count))
    return (now.moments.mean - baseline.moments.mean, interval, nil, test.pValue)
  }

  /// Whether a value is a bad one: beside the mean of the time before, or the event itself where it would be worse.
  func isBad(_ value: Double) -> Bool {
    switch (settings.effectiveKind, settings.effectiveDirection) {
    case (.mean, .down): value < baseline.moments.mean
    case (.mean, .up): value > baseline.moments.mean
    case (.proportion, .down): value != 1
    case (.proportion, .up): value == 1
    }
  }

  /// The share of a window's values that are bad: of a mean everybody is met.
  func badShare(of window: Int) -> Double {
    guard settings.effectiveKind == .proportion else { return 1 }
    let share = windows[window].moments.mean
    return settings.effectiveDirection == .up ? share : 1 - share
  }
}

extension Duration {
  /// Whole nanoseconds; the longest of `tally.yaml` fits.
  var nanosecondsWhole: Int64 {
    let (seconds, attoseconds) = components
    return max(1, seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue + attoseconds / 1_000_000_000)
  }
}
