/// Takes records as a reader makes them, such as one delivery to a ledger.
public protocol RecordSink {
  /// Called once a record, in the order of the input.
  mutating func receive(_ record: Record) throws

  /// Called for what a record names by its hash, before that record.
  mutating func receive(_ content: Content) throws
}

extension RecordSink {
  /// Whoever has no use for what was said passes it over.
  public mutating func receive(_ content: Content) throws {}
}

extension RecordSink {
  public mutating func receive(_ record: some NativeRecord) throws { try receive(record.record) }
}
