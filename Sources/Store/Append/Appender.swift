public import Records

/// One delivery: everything that is appended becomes one commit, or nothing does.
///
/// Valid only inside the call that lends it.
public final class Appender {
  private let engine: any EngineWriter
  private let terms: Terms
  private let trials: KindAppender<TrialRecord>
  private let annotations: KindAppender<AnnotationRecord>
  private let artifacts: KindAppender<ArtifactRecord>
  private let spans: KindAppender<SpanRecord>
  private let changes: KindAppender<ChangeRecord>
  private let findings: KindAppender<Finding>
  private let waivers: KindAppender<Waiver>
  private let spanRollup: SpanRollup
  private let trialRollup: TrialRollup

  init(_ engine: any EngineWriter) throws {
    self.engine = engine
    terms = Terms(engine)
    trials = try KindAppender(engine, terms: terms)
    annotations = try KindAppender(engine, terms: terms)
    artifacts = try KindAppender(engine, terms: terms)
    spans = try KindAppender(engine, terms: terms)
    changes = try KindAppender(engine, terms: terms)
    findings = try KindAppender(engine, terms: terms)
    waivers = try KindAppender(engine, terms: terms)
    let spanRollup = SpanRollup(engine, terms: terms)
    self.spanRollup = spanRollup
    spans.onStore = { span, replaced in
      if let replaced { try spanRollup.remove(row: replaced) }
      try spanRollup.add(span)
    }
    let trialRollup = TrialRollup(engine, terms: terms)
    self.trialRollup = trialRollup
    trials.onStore = { trial, replaced in
      if let replaced { try trialRollup.remove(row: replaced) }
      try trialRollup.add(trial)
    }
  }

  public func append(_ record: TrialRecord) throws { try trials.append(record) }
  public func append(_ record: AnnotationRecord) throws { try annotations.append(record) }
  public func append(_ record: ArtifactRecord) throws { try artifacts.append(record) }
  public func append(_ record: SpanRecord) throws { try spans.append(record) }
  public func append(_ record: ChangeRecord) throws { try changes.append(record) }
  public func append(_ record: Finding) throws { try findings.append(record) }
  public func append(_ record: Waiver) throws { try waivers.append(record) }

  /// Writes what is pending and links the commit to the chain.
  func finish(source: String, now: Instant) throws -> AppendReceipt {
    var receipt = AppendReceipt()
    var commit = CommitEntry(previous: try ChainHead.load(engine), source: source, now: now)
    func close<Record>(_ appender: KindAppender<Record>) throws {
      try appender.flush()
      guard appender.count != AppendReceipt.Count() else { return }
      receipt.counts[Record.table.kind] = appender.count
      guard appender.count.stored > 0 else { return }
      commit.add(
        CommitEntry.Rows(
          kind: Record.table.kind, first: appender.firstRow, last: appender.nextRow - 1,
          root: appender.root.digest()))
    }
    try close(trials)
    try close(annotations)
    try close(artifacts)
    try close(spans)
    try close(changes)
    try close(findings)
    try close(waivers)
    guard !commit.rows.isEmpty else { return receipt }
    try commit.write(engine)
    try spanRollup.write(seq: commit.seq)
    try trialRollup.write(seq: commit.seq)
    receipt.commit = commit.seq
    receipt.at = commit.at
    return receipt
  }
}
