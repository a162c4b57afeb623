internal import Records

extension Ledger {
  /// Appends what the ledger as it is calls for: nobody else's commit comes between what is read and what is written, from
  /// whatever process. Others that write wait meanwhile.
  /// - Parameter body: reads the newest state, and appends what it will; where it appends nothing, nothing is committed.
  @discardableResult
  public func append(
    source: String, considering body: @Sendable (Snapshot, Appender) throws -> Void
  ) async throws -> AppendReceipt {
    let (clock, location, recent) = (clock, location, recent)
    let (receipt, commit) = try await engine.write { writer in
      let now = clock()
      let horizon = try Horizon.load(writer, asOf: max(now, ChainHead.load(writer).at))
      let appender = try Appender(writer, recent: recent, location: location)
      try body(Snapshot(writer, horizon: horizon), appender)
      return (try appender.finish(source: source, now: now), appender.contentsCommit)
    }
    recent.end(commit)
    return receipt
  }
}
