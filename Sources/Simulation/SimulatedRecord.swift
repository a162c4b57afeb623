public import Records

/// A record of any of the kinds that a world has.
public enum SimulatedRecord: Sendable, Equatable {
  case trial(TrialRecord)
  case span(SpanRecord)
  case annotation(AnnotationRecord)
  case artifact(ArtifactRecord)
  case change(ChangeRecord)

  public var kind: RecordKind {
    switch self {
    case .trial: .trial
    case .span: .span
    case .annotation: .annotation
    case .artifact: .artifact
    case .change: .change
    }
  }

  /// When what it states happened.
  public var time: Instant {
    switch self {
    case .trial(let record): record.at
    case .span(let record): record.startedAt
    case .annotation(let record): record.at
    case .artifact(let record): record.at
    case .change(let record): record.at
    }
  }

  /// The record as a line of `tally.records/1`.
  public var json: JSONValue {
    switch self {
    case .trial(let record): record.json
    case .span(let record): record.json
    case .annotation(let record): record.json
    case .artifact(let record): record.json
    case .change(let record): record.json
    }
  }
}
