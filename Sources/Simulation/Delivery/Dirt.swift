internal import Records
internal import Statistics

/// How imperfectly records arrive, in clean worlds too. Shares are 0…1 and independent of what the records state.
public struct Dirt: Sendable, Equatable {
  /// Share of trials whose score is missing; `eval-power` allows 0.01.
  public var missingScores: Double
  /// Share of spans whose topic nobody recorded; `eval-rot` allows 0.10.
  public var missingClusters: Double
  /// Share of records that are delivered twice, equal to the last bit.
  public var duplicates: Double
  /// Share of records that are delivered one to three days late, after newer ones.
  public var late: Double

  /// What a company should expect.
  public init(
    missingScores: Double = 0.004, missingClusters: Double = 0.02, duplicates: Double = 0.02, late: Double = 0.03
  ) {
    self.missingScores = missingScores
    self.missingClusters = missingClusters
    self.duplicates = duplicates
    self.late = late
  }

  /// Records that all arrive, once, whole and in time.
  public static let none = Dirt(missingScores: 0, missingClusters: 0, duplicates: 0, late: 0)

  /// The record as it arrives, some of its fields gone.
  func blemished(_ record: Record, _ generator: inout Xoshiro256StarStar) -> Record {
    switch record {
    case .trial(var trial) where generator.chance(missingScores):
      trial.score = nil
      trial.passed = nil
      return .trial(trial)
    case .span(var span) where generator.chance(missingClusters):
      span.trafficCluster = nil
      return .span(span)
    default: return record
    }
  }
}
