/// Takes records as a reader makes them, such as one delivery to a ledger.
public protocol RecordSink {
  /// Called once a record, in the order of the input.
  mutating func receive(_ record: Record) throws
}

extension RecordSink {
  public mutating func receive(_ record: some NativeRecord) throws { try receive(record.record) }
}
