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
  /// Inputs that are open already, by the names under which they are given: standard input (`-`) when it was read, what came over a
  /// network.
  public var opened: [String: OpenedInput] = [:]

  public init(now: Instant) {
    self.now = now
  }
}

/// An input that is open already.
public struct OpenedInput: Sendable {
  public let source: ByteSource
  /// Nil tells it by content.
  public let format: FileFormat?

  public init(_ source: ByteSource, format: FileFormat? = nil) {
    self.source = source
    self.format = format
  }
}
