public import Records

/// Which records of a kind are handed out one after the other.
public struct ExportQuestion: Sendable {
  public var kind: RecordKind
  /// Happened at this instant or later.
  public var since: Instant?
  /// Happened before this instant.
  public var until: Instant?
  /// Of a feature; kinds that name none have no such records.
  public var feature: String?

  public init(_ kind: RecordKind) { self.kind = kind }

  /// Kinds whose records name a feature.
  public static let kindsWithFeature: Set<RecordKind> = [.span, .incident]
}

extension Snapshot {
  /// Hands out the current records of a kind, in the order in which they were stored, however many there are. No evidence.
  public func forEachExported(
    _ question: ExportQuestion, _ body: (_ id: RecordID, _ record: Record) throws -> Void
  ) throws {
    switch question.kind {
    case .trial: try exported(TrialRecord.self, question, body)
    case .annotation: try exported(AnnotationRecord.self, question, body)
    case .artifact: try exported(ArtifactRecord.self, question, body)
    case .span: try exported(SpanRecord.self, question, body)
    case .change: try exported(ChangeRecord.self, question, body)
    case .charge: try exported(ChargeRecord.self, question, body)
    case .run: try exported(RunRecord.self, question, body)
    case .item: try exported(ItemRecord.self, question, body)
    case .attempt: try exported(AttemptRecord.self, question, body)
    case .receipt: try exported(ReceiptRecord.self, question, body)
    case .lease: try exported(LeaseRecord.self, question, body)
    case .heartbeat: try exported(HeartbeatRecord.self, question, body)
    case .incident: try exported(IncidentRecord.self, question, body)
    case .decision: try exported(DecisionRecord.self, question, body)
    case .cost: try exported(CostRecord.self, question, body)
    case .finding: try forEachUnhashed(Finding.self, question) { try body($0, .finding($1)) }
    case .waiver: try forEachUnhashed(Waiver.self, question) { try body($0, .waiver($1)) }
    }
  }

  private func exported<Kind: StorableRecord & NativeRecord>(
    _ type: Kind.Type, _ question: ExportQuestion, _ body: (RecordID, Record) throws -> Void
  ) throws {
    try forEachUnhashed(type, question) { try body($0, $1.record) }
  }

  private func forEachUnhashed<Kind: StorableRecord>(
    _ type: Kind.Type, _ question: ExportQuestion, _ body: (RecordID, Kind) throws -> Void
  ) throws {
    let table = Kind.table
    var conditions = [horizon.current(table.kind, "t")]
    var arguments: [SQLValue] = []
    func require(_ value: SQLValue, _ sql: (String) -> String) {
      arguments.append(value)
      conditions.append(sql("?\(arguments.count)"))
    }
    if let since = question.since {
      require(.integer(since.nanoseconds)) { "t.\(table.time) >= \($0)" }
      // The index of spans is by hour; rounding towards zero, no hour is left out.
      if table.kind == .span { require(.integer(since.hour - 1)) { "\(SpanRecord.hour("t")) >= \($0)" } }
    }
    if let until = question.until {
      require(.integer(until.nanoseconds)) { "t.\(table.time) < \($0)" }
      if table.kind == .span { require(.integer(until.hour + 1)) { "\(SpanRecord.hour("t")) <= \($0)" } }
    }
    if let feature = question.feature {
      guard ExportQuestion.kindsWithFeature.contains(table.kind) else { return }
      require(.text(feature.identifier)) { "t.feature = (SELECT id FROM term WHERE value = \($0))" }
    }
    let statement = Statement(
      "\(table.selection) WHERE \(conditions.joined(separator: " AND ")) ORDER BY t.row", arguments,
      columns: table.batchKinds)
    try forEachUnhashedBatch(statement) { batch in
      for row in 0..<batch.count {
        guard let id = batch.recordID(table.idColumn, row) else { continue }
        var reader = RowReader(batch, row: row, terms: unhashedTerms)
        try body(id, try Kind(&reader))
      }
    }
  }
}
