public import Project
public import Records
public import Store

/// What a check may look at while it judges one subject.
public struct CheckContext {
  public let project: Project
  public let ledger: Snapshot
  /// What this check said earlier about this subject, newest first.
  public let history: [Finding]
  /// Vocabularies that `tally.yaml` names.
  let tokenizers: TokenizerShelf

  public init(project: Project, ledger: Snapshot, history: [Finding]) {
    self.init(project: project, ledger: ledger, history: history, tokenizers: TokenizerShelf(project))
  }

  init(project: Project, ledger: Snapshot, history: [Finding], tokenizers: TokenizerShelf) {
    self.project = project
    self.ledger = ledger
    self.history = history
    self.tokenizers = tokenizers
  }

  /// "Now": the instant as of which the ledger is read, never the wall clock.
  public var asOf: Instant { ledger.asOf }

  /// Seeds resampling: the first 8 bytes of the digest of everything that was read so far. Ask for it after reading.
  public var seed: UInt64 { ledger.inputs.words.0 }
}
