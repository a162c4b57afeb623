public import Records

/// Decides whether the prediction of a classifier is acted on by itself, shown to a person, or fits no label.
///
/// Costs are known by the true label, but a router knows only what was predicted: the worst true label is assumed.
public struct ClassifierRouter: Sendable, Equatable {
  public enum Decision: Sendable, Equatable {
    case automatic
    case review(Reason)
    case other
  }

  /// Why a person decides.
  public enum Reason: String, Sendable {
    case belowThreshold = "BELOW_THRESHOLD"
    case breakerOpen = "BREAKER_OPEN"
    case calibratorInvalid = "CALIBRATOR_INVALID"
    /// Costs are not declared, so that there is no threshold.
    case noThreshold = "NO_THRESHOLD"
  }

  /// What a calibrator was fitted for, or what a span was served by.
  public struct Serving: Sendable, Hashable {
    public var model: String?
    public var promptSHA256: String?

    public init(model: String?, promptSHA256: String?) {
      self.model = model
      self.promptSHA256 = promptSHA256
    }
  }

  /// In the order of the file.
  public let labels: [String]
  private let review: Money?
  /// By true label, then predicted label; `default` for the rest.
  private let errors: [String: [String: Money]]
  private let anyOther: String

  /// - Parameters:
  ///   - review: what a person's decision costs.
  ///   - errors: what predicting a label costs when another is the truth, by the truth; all in the currency of `review`.
  ///   - anyOther: the key that stands for all predicted labels that are not named.
  public init(labels: [String], review: Money?, errors: [String: [String: Money]], anyOther: String = "default") {
    self.labels = labels
    self.review = review
    self.errors = errors
    self.anyOther = anyOther
  }

  /// What it costs to predict a label when another is the truth; nil where nobody said. A right label costs nothing and
  /// has no price here.
  public func cost(of predicted: String, truth: String) -> Money? {
    errors[truth]?[predicted] ?? errors[truth]?[anyOther]
  }

  /// The calibrated confidence from which on a predicted label is acted on: max(0, 1 − review/worst error), in 0...1.
  ///
  /// 0 where no error costs anything; nil where a cost is not declared.
  public func threshold(_ predicted: String) -> Double? {
    guard let review else { return nil }
    var worst: Double = 0
    for truth in labels where truth != predicted {
      guard let cost = cost(of: predicted, truth: truth) else { return nil }
      worst = max(worst, cost.approximate)
    }
    return worst > 0 ? max(0, 1 - review.approximate / worst) : 0
  }

  /// - Parameters:
  ///   - confidence: calibrated, in 0...1; nil where there is no calibrator.
  ///   - isCalibratorValid: whether it was fitted for the model and the prompt that made the prediction.
  ///   - breaker: of the predicted label.
  ///   - draw: in 0..<1, evenly spread over items: half-open breakers let a share of the items through.
  public func decide(
    _ predicted: String, confidence: Double?, isCalibratorValid: Bool, breaker: ClassifierBreaker.State = .closed,
    draw: Double = 0, probeShare: Double = 0.1
  ) -> Decision {
    guard labels.contains(predicted) else { return .other }
    guard let threshold = threshold(predicted) else { return .review(.noThreshold) }
    guard isCalibratorValid, let confidence else { return .review(.calibratorInvalid) }
    if breaker == .open || breaker == .halfOpen && draw >= probeShare { return .review(.breakerOpen) }
    return confidence >= threshold - 1e-9 ? .automatic : .review(.belowThreshold)
  }
}
