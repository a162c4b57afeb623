public import Records

/// Everything that is appended becomes one commit, or nothing does: one delivery, or several that share the commit.
///
/// Valid only inside the call that lends it.
public final class Appender {
  private let engine: any EngineWriter
  private let location: String
  private let terms: Terms
  /// By the number of their kind: those of the kinds that were met, since most commits hold one or two.
  private var appenders = [(any KindAppending)?](repeating: nil, count: RecordKind.allCases.count + 1)
  private var rollups: [any Rollup] = []
  private let contents: ContentAppender
  private var spool: SpoolAppender?

  init(_ engine: any EngineWriter, recent: RecentContents = RecentContents(), location: String) throws {
    self.engine = engine
    self.location = location
    terms = try Terms(engine)
    contents = ContentAppender(engine, recent: recent)
  }

  /// Takes what a record names by its hash, before that record; it is stored when the record is.
  public func append(_ content: Content) { contents.append(content) }

  /// Puts a delivery into the spool, to be forwarded once the commit is durable.
  /// - Parameter hasRecords: whether it held records, which were appended: when nothing of the commit is new, it was
  ///   forwarded before.
  public func append(_ delivery: SpoolDelivery, hasRecords: Bool) throws {
    let spool = spool ?? SpoolAppender(engine)
    self.spool = spool
    try spool.append(delivery, hasRecords: hasRecords)
  }

  /// - Throws: `LedgerError` with cause `refused` for a record that cannot be kept; those before it are not affected.
  public func append(_ record: Record) throws {
    switch record {
    case .trial(let record): try appender(TrialRecord.self).append(record)
    case .annotation(let record): try appender(AnnotationRecord.self).append(record)
    case .artifact(let record): try appender(ArtifactRecord.self).append(record)
    case .span(let record):
      let spans = try appender(SpanRecord.self)
      try spans.append(record)
      contents.note(record.contents, at: record.startedAt)
      if contents.isFull { try spans.flush() }
    case .change(let record): try appender(ChangeRecord.self).append(record)
    case .charge(let record): try appender(ChargeRecord.self).append(record)
    case .run(let record): try appender(RunRecord.self).append(record)
    case .item(let record): try appender(ItemRecord.self).append(record)
    case .attempt(let record): try appender(AttemptRecord.self).append(record)
    case .receipt(let record): try appender(ReceiptRecord.self).append(record)
    case .lease(let record): try appender(LeaseRecord.self).append(record)
    case .heartbeat(let record): try appender(HeartbeatRecord.self).append(record)
    case .incident(let record): try appender(IncidentRecord.self).append(record)
    case .decision(let record): try appender(DecisionRecord.self).append(record)
    case .cost(let record): try appender(CostRecord.self).append(record)
    case .finding(let record): try appender(Finding.self).append(record)
    case .waiver(let record): try appender(Waiver.self).append(record)
    }
  }

  public func append(_ record: some NativeRecord) throws { try append(record.record) }

  /// What follows was delivered apart from what came before: where both speak of the same thing, the later replaces the
  /// earlier, as if each had a commit of its own.
  /// - Parameter contents: how many contents are part of it.
  public func startDelivery(of contents: Int) {
    for appender in appenders { appender?.startDelivery() }
    self.contents.startDelivery(of: contents)
  }

  /// The same, of one kind of record alone.
  public func startDelivery(ofKind kind: RecordKind) { appenders[Int(kind.rawValue)]?.startDelivery() }

  /// The appender of a kind, made when its first record comes.
  private func appender<Kind: StorableRecord>(_ type: Kind.Type) throws -> KindAppender<Kind> {
    let place = Int(Kind.table.kind.rawValue)
    if let open = appenders[place] as? KindAppender<Kind> { return open }
    let rollup: (any Rollup)? =
      switch Kind.table.kind {
      case .trial: TrialRollup(engine)
      case .span: SpanRollup(engine, terms: terms)
      default: nil
      }
    if let rollup { rollups.append(rollup) }
    let placing = Kind.table.kind == .span ? SpanContentPlacing(engine, contents) : nil
    let new = try KindAppender<Kind>(engine, terms: terms, rollup: rollup, placing: placing, location: location)
    appenders[place] = new
    return new
  }

  /// Writes what is pending and links the commit to the chain.
  func finish(source: String, now: Instant) throws -> AppendReceipt {
    var receipt = AppendReceipt()
    var parts: [CommitEntry.Part] = []
    for case let appender? in appenders {
      try appender.flush()
      if appender.count != AppendReceipt.Count() { receipt.counts[appender.kind] = appender.count }
      parts += appender.parts
    }
    if let spool { receipt.spool = try spool.flush(isNews: !parts.isEmpty, now: now) }
    guard !parts.isEmpty else {
      try contents.finish()
      return receipt
    }
    var commit: CommitEntry
    do {
      commit = try CommitEntry(previous: try ChainHead.load(engine), source: source, now: now)
    } catch let refusal as Refusal {
      throw LedgerError(
        .refused, location: location, problem: refusal.reason, remedy: "No commit can follow it; start another ledger")
    }
    for rollup in rollups {
      if let part = try rollup.write(seq: commit.seq) { parts.append(part) }
    }
    try terms.write()
    commit.add(parts + terms.parts)
    // Last, since it waits for what is compressed meanwhile.
    try contents.finish()
    try commit.write(engine)
    receipt.commit = commit.seq
    receipt.at = commit.at
    return receipt
  }

  /// What `RecentContents` calls this commit.
  var contentsCommit: Int? { contents.commit }
}
