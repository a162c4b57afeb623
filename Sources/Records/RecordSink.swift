/// Takes records as a reader makes them, such as one delivery to a ledger.
public protocol RecordSink {
  /// Called once a record, in the order of the input.
  mutating func receive(_ record: TrialRecord) throws
  mutating func receive(_ record: AnnotationRecord) throws
  mutating func receive(_ record: ArtifactRecord) throws
  mutating func receive(_ record: SpanRecord) throws
  mutating func receive(_ record: ChangeRecord) throws
}
