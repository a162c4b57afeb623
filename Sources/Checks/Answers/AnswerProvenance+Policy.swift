public import Guards
public import Project

extension AnswerProvenance {
  /// Thresholds of answer provenance.
  public struct Policy: CheckPolicy {
    public static let check = "answer-provenance"

    /// Least share of claims that a chunk in the context entails.
    public var coverageMin = 0.90
    /// The same for features with high stakes.
    public var highStakesCoverage = 1.0
    /// Features whose answers must not go out without their sources.
    public var highStakesFeatures: [String] = []
    /// Least share of answers that can be made again exactly.
    public var exactMin = 0.95
    /// Days for which every answer must be accounted for.
    public var retentionDays = 183
    /// Answers that may have been served without a record.
    public var recordGapMax = 0
    /// Answers that are drawn to be made again.
    public var reexecute = 59
    /// Fields without which a record is incomplete.
    public var required = AnswerRecord.Field.allCases
    /// Share of incomplete records up to which they only warn.
    public var incompleteMax = 0.01

    public init() {}

    public static let keys: [Key<Policy>] = [
      Key("coverage_min", \.coverageMin, .share, "Least share of claims that a chunk in the context entails"),
      Key("high_stakes_coverage", \.highStakesCoverage, .share, "The same for features with high stakes"),
      Key("high_stakes_features", \.highStakesFeatures, .list(of: .id), "Features with high stakes"),
      Key("exact_min", \.exactMin, .share, "Least share of answers that can be made again exactly"),
      Key("retention_days", \.retentionDays, .count(atLeast: 1), "Days for which answers must be accounted for"),
      Key("record_gap_max", \.recordGapMax, .count, "Answers that may have been served without a record"),
      Key("reexecute_n", \.reexecute, .count, "Answers that are drawn to be made again"),
      Key("required", \.required, .list(of: .choice), "Fields without which a record is incomplete"),
      Key("incomplete_max", \.incompleteMax, .share, "Share of incomplete records up to which they only warn"),
    ]
  }
}
