/// What became of an export: what the reply's `partial_success` needs.
public struct OTLPOutcome: Sendable, Equatable {
  /// Spans that were kept.
  public internal(set) var spans = 0
  /// Annotations that were kept: results of evaluations.
  public internal(set) var annotations = 0
  /// Log records that are no evaluation, which no record holds.
  public internal(set) var otherLogs = 0
  /// Exports of metrics, which no record holds.
  public internal(set) var metrics = 0
  /// Rejected spans and log records by their reason.
  public private(set) var rejections: [OTLPRejection: Int] = [:]

  public init() {}

  /// `rejected_spans` or `rejected_log_records` of the reply.
  public var rejected: Int { rejections.values.reduce(0, +) }

  /// `error_message` of the reply; nil when nothing was rejected.
  ///
  /// Such as `3 of 20 rejected: 2 without a trace id, 1 without a time`.
  public var message: String? {
    let rejected = rejected
    guard rejected > 0 else { return nil }
    let reasons = OTLPRejection.allCases.compactMap { reason in rejections[reason].map { "\($0) \(reason.words)" } }
    return "\(rejected) of \(rejected + spans + annotations + otherLogs) rejected: \(reasons.joined(separator: ", "))"
  }

  mutating func add(_ other: OTLPOutcome) {
    spans += other.spans
    annotations += other.annotations
    otherLogs += other.otherLogs
    metrics += other.metrics
    rejections.merge(other.rejections, uniquingKeysWith: +)
  }

  mutating func reject(_ reason: OTLPRejection) { rejections[reason, default: 0] += 1 }
}
