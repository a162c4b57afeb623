public import Records

/// What became of the records of one delivery, once they are durable.
public struct AppendReceipt: Sendable, Equatable {
  /// Records of one kind.
  public struct Count: Sendable, Equatable {
    /// New in the ledger.
    public var stored = 0
    /// There already: an equal record was delivered before.
    public var duplicates = 0
    /// Among the stored: those that replace an earlier record of the same thing.
    public var superseding = 0
    /// Among the stored: those that contradict a record before them in the same delivery; none of them is chosen.
    public var conflicting = 0

    public init() {}
  }

  public var counts: [RecordKind: Count] = [:]
  /// Number of the commit; nil when there was nothing new.
  public var commit: Int64?
  /// Time of that commit: the ledger as of this instant contains it.
  public var at: Instant?
  /// What was put into the spool with it.
  public var spool = SpoolCounts()

  public init() {}

  public var total: Count {
    counts.values.reduce(into: Count()) { sum, count in
      sum.stored += count.stored
      sum.duplicates += count.duplicates
      sum.superseding += count.superseding
      sum.conflicting += count.conflicting
    }
  }
}
