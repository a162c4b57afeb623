public import Records

/// Everything that is appended becomes one commit, or nothing does: one delivery, or several that share the commit.
///
/// Valid only inside the call that lends it.
public final class Appender {
  private let engine: any EngineWriter
  private let location: String
  private let terms: Terms
  private let trials: KindAppender<TrialRecord>
  private let annotations: KindAppender<AnnotationRecord>
  private let artifacts: KindAppender<ArtifactRecord>
  private let spans: KindAppender<SpanRecord>
  private let changes: KindAppender<ChangeRecord>
  private let findings: KindAppender<Finding>
  private let waivers: KindAppender<Waiver>
  private let rollups: [any Rollup]

  init(_ engine: any EngineWriter, location: String) throws {
    self.engine = engine
    self.location = location
    terms = try Terms(engine)
    let trialRollup = TrialRollup(engine)
    let spanRollup = SpanRollup(engine, terms: terms)
    rollups = [trialRollup, spanRollup]
    trials = try KindAppender(engine, terms: terms, rollup: trialRollup, location: location)
    annotations = try KindAppender(engine, terms: terms, location: location)
    artifacts = try KindAppender(engine, terms: terms, location: location)
    spans = try KindAppender(engine, terms: terms, rollup: spanRollup, location: location)
    changes = try KindAppender(engine, terms: terms, location: location)
    findings = try KindAppender(engine, terms: terms, location: location)
    waivers = try KindAppender(engine, terms: terms, location: location)
  }

  public func append(_ record: TrialRecord) throws { try trials.append(record) }
  public func append(_ record: AnnotationRecord) throws { try annotations.append(record) }
  public func append(_ record: ArtifactRecord) throws { try artifacts.append(record) }
  public func append(_ record: SpanRecord) throws { try spans.append(record) }
  public func append(_ record: ChangeRecord) throws { try changes.append(record) }
  public func append(_ record: Finding) throws { try findings.append(record) }
  public func append(_ record: Waiver) throws { try waivers.append(record) }

  /// What follows was delivered apart from what came before: where both speak of the same thing, the later replaces the
  /// earlier, as if each had a commit of its own.
  public func startDelivery() {
    trials.startDelivery()
    annotations.startDelivery()
    artifacts.startDelivery()
    spans.startDelivery()
    changes.startDelivery()
    findings.startDelivery()
    waivers.startDelivery()
  }

  /// Writes what is pending and links the commit to the chain.
  func finish(source: String, now: Instant) throws -> AppendReceipt {
    var receipt = AppendReceipt()
    var parts: [CommitEntry.Part] = []
    func close<Record>(_ appender: KindAppender<Record>) throws {
      try appender.flush()
      if appender.count != AppendReceipt.Count() { receipt.counts[Record.table.kind] = appender.count }
      parts += appender.parts
    }
    try close(trials)
    try close(annotations)
    try close(artifacts)
    try close(spans)
    try close(changes)
    try close(findings)
    try close(waivers)
    guard !parts.isEmpty else { return receipt }
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
    try commit.write(engine)
    receipt.commit = commit.seq
    receipt.at = commit.at
    return receipt
  }
}
