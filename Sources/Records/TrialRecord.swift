/// One scored output in an evaluation. Row key: suite, version, item, variant, metric, repeat, prediction, judge repeat.
public struct TrialRecord: Sendable, Equatable {
  public var suite: String
  public var suiteVersion: String?
  public var item: String
  public var variant: String
  /// What is scored; `correct` when a source does not say.
  public var metric: String
  public var repetition: Int64?
  public var prediction: String?
  public var judgeRepeat: Int64?
  /// Nil is a missing score, which is never a zero.
  public var score: Double?
  public var passed: Bool?
  /// Dependence cluster: only for standard errors.
  public var cluster: String?
  /// Topic or intent, matched with spans.
  public var trafficCluster: String?
  /// Slices.
  public var tags: Tags
  /// 0…1.
  public var confidence: Double?
  public var predicted: String?
  public var expected: String?
  /// The artifact under test: 64 hexadecimal digits.
  public var subjectSHA256: String?
  /// Harness and decoding: 64 hexadecimal digits, or whatever the source has in their place.
  public var configSHA256: String?
  /// Scorer, `id@version`.
  public var judge: String?
  public var cost: Money?
  public var latencyMilliseconds: Double?
  public var inputTokens: Int64?
  public var outputTokens: Int64?
  /// When the output was made or scored.
  public var at: Instant
  /// Canonical JSON of an object; nil when there are none.
  public var attributes: String?

  public init(suite: String, item: String, variant: String, at: Instant) {
    self.suite = suite
    self.item = item
    self.variant = variant
    self.metric = "correct"
    self.tags = Tags()
    self.at = at
  }
}
