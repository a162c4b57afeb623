/// The failure rate of items that were each tried several times, and how many independent trials it is worth.
///
/// Trials of one item are not independent: the variance of the rate is taken over items (or over clusters of items, added
/// as one each), V = m/(m − 1)·Σ(f − p·k)²/n² for m items with f failures of k trials. Items arrive one by one; memory is
/// constant. Source of V: W. G. Cochran, "Sampling techniques", 1977, chapter 6, the variance of a ratio; of its use: E. L.
/// Korn, B. I. Graubard, Survey Methodology 24 (1998).
public struct RepeatedFailures: Sendable, Equatable {
  /// m, the items or clusters.
  public private(set) var items = 0
  /// n, all trials.
  public private(set) var trials = 0
  /// x, the trials that failed.
  public private(set) var failures = 0
  private var squaredFailures = 0
  private var products = 0
  private var squaredTrials = 0

  public init() {}

  /// Takes one item. Items without trials are left out.
  /// - Parameters:
  ///   - failures: f, in 0...trials.
  ///   - trials: k ≥ 0.
  /// - Precondition: all trials together are at most 2³¹.
  public mutating func add(failures: Int, trials: Int) {
    precondition(trials >= 0 && (0...trials).contains(failures), "failures are among the trials")
    guard trials > 0 else { return }
    items += 1
    self.trials += trials
    self.failures += failures
    precondition(self.trials <= 1 << 31, "the trials of a failure rate are at most 2^31")
    // None of these exceeds the square of all trials, 2⁶².
    squaredFailures += failures * failures
    products += failures * trials
    squaredTrials += trials * trials
  }

  /// Takes all items of another count.
  public mutating func merge(_ other: RepeatedFailures) {
    items += other.items
    trials += other.trials
    failures += other.failures
    precondition(trials <= 1 << 31, "the trials of a failure rate are at most 2^31")
    squaredFailures += other.squaredFailures
    products += other.products
    squaredTrials += other.squaredTrials
  }

  /// p = x/n, in 0...1; nil without trials.
  public var rate: Double? { trials > 0 ? Double(failures) / Double(trials) : nil }

  /// V, the variance of the rate, ≥ 0; nil for fewer than two items.
  public var variance: Double? {
    guard items > 1 else { return nil }
    let (n, x, m) = (Double(trials), Double(failures), Double(items))
    // n²·Σ(f − p·k)² = n·Σf(nf − xk) − x·Σk(nf − xk): whole numbers, each difference without cancellation.
    let byFailures = Double.differenceOfProducts(n, Double(squaredFailures), x, Double(products))
    let byTrials = Double.differenceOfProducts(n, Double(products), x, Double(squaredTrials))
    let squares = Double.differenceOfProducts(n, byFailures, x, byTrials)
    return m / (m - 1) * (max(0, squares) / (n * n)) / (n * n)
  }

  /// How many times more trials the repeats cost, ≥ 1; nil without trials.
  ///
  /// max(1, V/(p(1 − p)/n)) in general. 1 where no item was repeated. Where nothing failed, or everything, or there is one
  /// item, the data cannot show the dependence and each item counts once: n/m.
  public var designEffect: Double? {
    guard let rate else { return nil }
    if items == trials { return 1 }
    let n = Double(trials)
    guard let variance, failures > 0, failures < trials else { return n / Double(items) }
    return max(1, variance / (rate * (1 - rate) / n))
  }

  /// n* = n / design effect, real, > 0; nil without trials.
  public var effectiveTrials: Double? { designEffect.map { Double(trials) / $0 } }

  /// x* = p·n*, real; nil without trials.
  public var effectiveFailures: Double? {
    guard let rate, let size = effectiveTrials else { return nil }
    return rate * size
  }

  /// The one-sided upper bound of the rate at `confidence`, Korn and Graubard's; 1 without trials.
  public func upperBound(confidence: Double = 0.95) -> Double {
    guard let failures = effectiveFailures, let trials = effectiveTrials else { return 1 }
    return ProportionInterval.clopperPearsonUpper(successes: failures, trials: trials, confidence: confidence)
  }

  /// The one-sided lower bound of the rate at `confidence`, Korn and Graubard's; 0 without trials.
  public func lowerBound(confidence: Double = 0.95) -> Double {
    guard let failures = effectiveFailures, let trials = effectiveTrials else { return 0 }
    return ProportionInterval.clopperPearsonLower(successes: failures, trials: trials, confidence: confidence)
  }

  /// Korn and Graubard's two-sided interval of the rate; [0, 1] without trials.
  public func interval(level: Double = 0.95) -> Interval {
    let confidence = (1 + level) / 2
    return Interval(low: lowerBound(confidence: confidence), high: upperBound(confidence: confidence))
  }
}
