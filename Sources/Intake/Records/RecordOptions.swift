public import Records

/// What the user said about input that becomes records.
public struct RecordOptions: Sendable {
  /// How rows are read; details are always kept.
  public var reading = IntakeOptions()
  /// Suite of all trials, whatever the rows say.
  public var suite: String?
  public var suiteVersion: String?
  /// Variant of all trials, whatever the rows say.
  public var variant: String?
  /// What is scored, where no column says so.
  public var metric: String?
  /// Who scored.
  public var judge: String?
  /// Time of all rows that have none of their own.
  public var at: Instant?
  /// Whether rows of one item are repeats, numbered from 0 in their order, where no column numbers them.
  public var repeatsByOrder = false
  /// Time of rows of standard input that nothing else gives a time.
  public var now: Instant
  /// What the attributes of spans mean that no convention fixes.
  public var spans = SpanMapping()
  /// Standard input, when it was read already.
  public var standardInput: ByteSource?

  public init(now: Instant) {
    self.now = now
  }
}
