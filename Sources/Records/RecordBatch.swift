/// Records of one delivery, kept until they can be appended together.
public struct RecordBatch: RecordSink, Sendable, Equatable {
  public private(set) var trials: [TrialRecord] = []
  public private(set) var annotations: [AnnotationRecord] = []
  public private(set) var artifacts: [ArtifactRecord] = []
  public private(set) var spans: [SpanRecord] = []
  public private(set) var changes: [ChangeRecord] = []

  public init() {}

  public var count: Int { trials.count + annotations.count + artifacts.count + spans.count + changes.count }

  public mutating func receive(_ record: TrialRecord) { trials.append(record) }
  public mutating func receive(_ record: AnnotationRecord) { annotations.append(record) }
  public mutating func receive(_ record: ArtifactRecord) { artifacts.append(record) }
  public mutating func receive(_ record: SpanRecord) { spans.append(record) }
  public mutating func receive(_ record: ChangeRecord) { changes.append(record) }
}
