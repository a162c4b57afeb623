public import Guards
public import Records

/// What `tally gate NAME` decided, of what it judged. `TextReport`, `JSONReport` and `MarkdownReport` render it.
public struct GateReport: Sendable, Equatable {
  /// The decision and why.
  public var gate: Gate
  public var asOf: Instant
  public var projectFile: String?
  public var ledger: String

  public init(gate: Gate, asOf: Instant, projectFile: String? = nil, ledger: String) {
    self.gate = gate
    self.asOf = asOf
    self.projectFile = projectFile
    self.ledger = ledger
  }
}
