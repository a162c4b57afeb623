public import Project

extension PipelineBottleneck {
  /// Thresholds of pipeline bottleneck.
  public struct Policy: CheckPolicy {
    public static let check = "pipeline-bottleneck"

    /// Days of traces that are read.
    public var windowDays = 7
    /// Share of the time that no stage explains which is tolerated.
    public var unattributed = 0.15
    /// Traces that are needed; 72 is the smallest number whose 95th percentile is bounded above.
    public var minTraces = 72
    /// A stage that holds so many times the time of the one that a claim is about is the one to work on…
    public var focusRatio = 3.0
    /// …where the claimed stage holds less than this share.
    public var lowCap = 0.10
    /// Error of the tests of the budgets, over all of a pipeline together.
    public var alpha = 0.05
    /// Share of spans that cannot be placed which is left out.
    public var maxMissingShare = 0.05

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("window_days", \.windowDays, .count(atLeast: 1), "Days of traces that are read"),
      Key("unattributed", \.unattributed, .share, "Share of the time without a stage that is tolerated"),
      Key("min_traces", \.minTraces, .count(atLeast: 1), "Traces that are needed"),
      Key("focus_ratio", \.focusRatio, .positive, "How much larger another stage is than the one that is tuned"),
      Key("low_cap", \.lowCap, .share, "Share of the time below which tuning a stage is worth little"),
      Key("alpha", \.alpha, .openShare, "Error of the tests of the budgets, over all of a pipeline"),
      Key("max_missing_share", \.maxMissingShare, .share, "Share of spans that cannot be placed which is left out"),
    ]
  }
}
