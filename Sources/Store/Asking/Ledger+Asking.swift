import Records

extension Ledger {
  /// Answers one statement that a person wrote, which cannot change anything.
  ///
  /// It sees the views of `LedgerView` and the tables below them as they are now.
  /// - Parameters:
  ///   - patience: it is stopped after so long.
  /// - Throws: `StatementProblem` when the statement is at fault, `LedgerError` when the ledger is; what `receiver` throws.
  public func ask(_ sql: String, patience: Duration, _ receiver: some AnswerReceiver & Sendable) async throws {
    try await engine.ask(AskedStatement(sql, patience: patience, clock: clock), receiver)
  }
}
