/// The reliability diagram of a classifier's confidences: what it claimed against how often it was right, bin by bin.
///
/// A fixed number of bins of equal width on 0...1, [0, .1), [.1, .2) … [.9, 1] for ten of them. A confidence belongs to
/// the bin of the shortest decimal that reads as it: .7 lies in [.7, .8) although its binary form is below seven tenths.
/// Memory depends on the bins only. Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated
/// probabilities using Bayesian binning", AAAI 2015.
public struct CalibrationBins: Sendable, Equatable {
  /// What fell into one bin.
  public struct Bin: Sendable, Equatable {
    /// n_b, the predictions of the bin.
    public internal(set) var count = 0
    /// How many of them were right.
    public internal(set) var right = 0
    public internal(set) var confidenceSum = 0.0

    /// In 0...1; nil for an empty bin.
    public var accuracy: Double? { count > 0 ? Double(right) / Double(count) : nil }
    /// In 0...1; nil for an empty bin.
    public var meanConfidence: Double? { count > 0 ? confidenceSum / Double(count) : nil }
  }

  /// From the least confident to the most.
  public private(set) var bins: [Bin]

  /// - Precondition: at least one bin.
  public init(bins: Int = 10) {
    precondition(bins >= 1, "a reliability diagram has a bin")
    self.bins = [Bin](repeating: Bin(), count: bins)
  }

  /// The bin that a confidence falls into, in 0..<bins.
  /// - Precondition: the confidence is in 0...1.
  public func index(of confidence: Double) -> Int {
    requireProbability(confidence)
    // A limit k/bins rounds to the same double as its decimal does when it is read, so that comparing is exact.
    let width = Double(bins.count)
    var index = min(bins.count - 1, Int(confidence * width))
    if index > 0, confidence < Double(index) / width { index -= 1 }
    if index + 1 < bins.count, confidence >= Double(index + 1) / width { index += 1 }
    return index
  }

  /// Takes `count` predictions of the same confidence, all right or all wrong. Constant time, no allocation.
  /// - Precondition: the confidence is in 0...1, the count ≥ 0.
  public mutating func add(confidence: Double, right: Bool, count: Int = 1) {
    precondition(count >= 0, "a count is not negative")
    let index = index(of: confidence)
    bins[index].count += count
    bins[index].right += right ? count : 0
    bins[index].confidenceSum += confidence * Double(count)
  }

  /// Takes all predictions of another diagram with the same bins.
  public mutating func merge(_ other: CalibrationBins) {
    precondition(bins.count == other.bins.count, "only equal bins are merged")
    for index in bins.indices {
      bins[index].count += other.bins[index].count
      bins[index].right += other.bins[index].right
      bins[index].confidenceSum += other.bins[index].confidenceSum
    }
  }

  /// N, all predictions.
  public var count: Int { bins.reduce(0) { $0 + $1.count } }

  /// The share that was right, in 0...1; nil without predictions.
  public var accuracy: Double? {
    let count = count
    return count > 0 ? Double(bins.reduce(0) { $0 + $1.right }) / Double(count) : nil
  }

  /// In 0...1; nil without predictions.
  public var meanConfidence: Double? {
    let count = count
    return count > 0 ? bins.reduce(0) { $0 + $1.confidenceSum } / Double(count) : nil
  }

  /// The expected calibration error Σ n_b/N·|accuracy_b − mean confidence_b|, in 0...1; nil without predictions.
  ///
  /// Biased upwards where bins hold few predictions: a perfectly calibrated classifier has an error above 0.
  public var expectedCalibrationError: Double? {
    let count = count
    guard count > 0 else { return nil }
    return bins.reduce(0) { $0 + abs(Double($1.right) - $1.confidenceSum) } / Double(count)
  }
}
