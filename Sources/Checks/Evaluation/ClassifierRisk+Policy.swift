import Guards
public import Project

extension ClassifierRisk {
  /// Thresholds of classifier risk.
  public struct Policy: CheckPolicy {
    public static let check = "classifier-risk"

    /// Equal-width bins of the reliability curve.
    public var bins = 10
    /// Largest expected calibration error.
    public var ece = 0.08
    /// The same, of items predicted as a critical class.
    public var eceCritical = 0.10
    /// Largest p-value at which confidences are off.
    public var alpha = 0.05
    /// Confidence from which on an error is one of high confidence.
    public var highConfidence = 0.8
    /// Largest share of errors that may be of high confidence.
    public var highConfidenceShare = 0.30
    /// Errors from which on that share is judged.
    public var highConfidenceMinErrors = 20
    /// Least share of items whose repeats agree.
    public var consistency = 0.95
    /// Share of items whose repeats agree, below which it warns.
    public var consistencyWarn = 0.97
    /// Largest share of predictions that are no label.
    public var invalid = 0.01
    /// Stability index of the labels, above which it warns.
    public var psiWarn = 0.10
    /// Stability index of the labels, above which it fails.
    public var psiFail = 0.25
    /// When a class is no longer routed by itself.
    public var breaker = Breaker()
    /// Share of trials without labels up to which they are left out.
    public var maxMissingShare = 0.05
    /// Share of items with contradicting trials up to which they are left out.
    public var maxConflictShare = 0.01

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("bins", \.bins, .integer(in: 1...1000), "Equal-width bins of the reliability curve"),
      Key("ece", \.ece, .share, "Largest expected calibration error"),
      Key("ece_critical", \.eceCritical, .share, "Largest calibration error of items predicted as a critical class"),
      Key("alpha", \.alpha, .openShare, "Largest p-value at which confidences are off"),
      Key("hce_at", \.highConfidence, .share, "Confidence from which on an error is one of high confidence"),
      Key("hce_share", \.highConfidenceShare, .share, "Largest share of errors that may be of high confidence"),
      Key("hce_min_errors", \.highConfidenceMinErrors, .count(atLeast: 1), "Errors from which on that share is judged"),
      Key("consistency", \.consistency, .share, "Least share of items whose repeats agree"),
      Key("consistency_warn", \.consistencyWarn, .share, "Share of agreeing items below which it warns"),
      Key("invalid", \.invalid, .share, "Largest share of predictions that are no label"),
      Key("psi_warn", \.psiWarn, .positive, "Stability index of the labels above which it warns"),
      Key("psi_fail", \.psiFail, .positive, "Stability index of the labels above which it fails"),
      Key("breaker", \.breaker, .object, "When a class is no longer routed by itself"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of trials without labels that is left out"),
      Key(
        "max_conflict_share", \.maxConflictShare, .share, "Share of items with contradicting trials that is left out"),
    ]
  }

  /// `policies.classifier-risk.breaker`.
  public struct Breaker: Configurable {
    /// Audits of each class and day that are aimed at.
    public var auditDaily = 50
    /// Fewest audits that open it.
    public var auditMin = 10
    /// Confidence from which on decisions are audited.
    public var auditAt = 0.9
    /// Error rate that is allowed.
    public var allowed = 0.10
    /// From opening to half-open.
    public var cool = Duration.seconds(24 * 3600)
    /// Share of items that is routed while half-open.
    public var probeShare = 0.1

    public init() {}

    public static let keys: [Key<Breaker>] = [
      Key("audit_daily", \.auditDaily, .count(atLeast: 1), "Audits of each class and day that are aimed at"),
      Key("audit_min", \.auditMin, .count(atLeast: 1), "Fewest audits that open it"),
      Key("audit_at", \.auditAt, .share, "Confidence from which on decisions are audited"),
      Key("allowed", \.allowed, .share, "Error rate that is allowed"),
      Key("cool", \.cool, .duration, "From opening to half-open"),
      Key("probe_share", \.probeShare, .share, "Share of items that is routed while half-open"),
    ]

    var limits: ClassifierBreaker.Limits {
      var limits = ClassifierBreaker.Limits()
      limits.auditMin = auditMin
      limits.allowed = allowed
      limits.cooling = cool
      return limits
    }
  }
}
