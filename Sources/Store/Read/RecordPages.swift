public import Records

/// Which records of a kind are wanted, a page at a time, those that were stored last first.
public struct PageQuestion: Sendable {
  public var kind: RecordKind
  /// Happened at this instant or later.
  public var since: Instant?
  /// Happened before this instant.
  public var until: Instant?
  /// What fields must say, by the names that `fields(of:)` lists.
  public var matches: [(field: String, value: String)] = []
  /// Only those that were stored before this row; nil for the newest.
  public var before: Int64?
  /// Records of a page.
  public var limit = 100
  /// Rows that are looked at for a page, so that a question that hardly anything answers costs no more than another.
  public var mostLookedAt: Int64 = 200_000

  public init(_ kind: RecordKind) { self.kind = kind }

  /// What can be asked of the records of a kind besides their time.
  public static func fields(of kind: RecordKind) -> [String] { columns(of: kind).map(\.field) + members(of: kind) }

  /// Fields that are members of `attributes`, and texts.
  static func members(of kind: RecordKind) -> [String] { kind == .span ? ["agent"] : [] }

  /// Fields as they are asked for, and the columns one of which must hold the value.
  static func columns(of kind: RecordKind) -> [(field: String, columns: [String])] {
    func same(_ names: String...) -> [(field: String, columns: [String])] { names.map { ($0, [$0]) } }
    return switch kind {
    case .span:
      same("feature") + [("model", ["model_served", "model_requested"])] + same("status") + [("kind", ["span_kind"])]
        + same("tool", "tenant") + [("session", ["session_id"]), ("user", ["user_id"])]
    case .trial: same("suite", "variant", "metric")
    case .annotation: same("name", "subject", "annotator")
    case .artifact: same("artifact_kind", "name", "sha256")
    case .change: same("surface", "actor")
    case .finding: [("check", ["check_id"])] + same("subject", "verdict")
    case .waiver: [("check", ["check_id"])] + same("subject", "owner")
    case .charge: same("account", "service")
    case .run: same("run_id")
    case .item, .attempt, .receipt: same("run_id", "item_id")
    case .lease: same("resource", "run_id")
    case .heartbeat: same("run_id", "resource")
    case .incident: same("incident_id", "feature", "tenant", "state")
    case .decision: same("decision_id", "owner")
    case .cost: same("trace_id", "span_id")
    }
  }
}

/// Some records, and where others follow.
public struct RecordPage: Sendable {
  public var records: [(id: RecordID, record: Record)] = []
  /// What `PageQuestion.before` must be for those that follow; nil after the last. A page may hold fewer records than
  /// were asked for, even none, while others follow.
  public var next: Int64?
}

extension Snapshot {
  /// A page of the current records of a kind. No evidence.
  ///
  /// Two pages of one state of the ledger have no record in common and leave none out, whatever was appended between
  /// them: rows are numbered as they are stored.
  public func page(_ question: PageQuestion) throws -> RecordPage {
    switch question.kind {
    case .trial: try page(TrialRecord.self, question) { $0.record }
    case .annotation: try page(AnnotationRecord.self, question) { $0.record }
    case .artifact: try page(ArtifactRecord.self, question) { $0.record }
    case .span: try page(SpanRecord.self, question) { $0.record }
    case .change: try page(ChangeRecord.self, question) { $0.record }
    case .charge: try page(ChargeRecord.self, question) { $0.record }
    case .run: try page(RunRecord.self, question) { $0.record }
    case .item: try page(ItemRecord.self, question) { $0.record }
    case .attempt: try page(AttemptRecord.self, question) { $0.record }
    case .receipt: try page(ReceiptRecord.self, question) { $0.record }
    case .lease: try page(LeaseRecord.self, question) { $0.record }
    case .heartbeat: try page(HeartbeatRecord.self, question) { $0.record }
    case .incident: try page(IncidentRecord.self, question) { $0.record }
    case .decision: try page(DecisionRecord.self, question) { $0.record }
    case .cost: try page(CostRecord.self, question) { $0.record }
    case .finding: try page(Finding.self, question) { .finding($0) }
    case .waiver: try page(Waiver.self, question) { .waiver($0) }
    }
  }

  /// The records of a kind that were stored last, newest first: as many as the question's limit, however far back they lie.
  public func newest(_ question: PageQuestion) throws -> [Record] {
    var (question, records): (PageQuestion, [Record]) = (question, [])
    let limit = question.limit
    question.mostLookedAt = .max
    repeat {
      question.limit = limit - records.count
      let page = try page(question)
      records += page.records.map(\.record)
      question.before = page.next
    } while records.count < limit && question.before != nil
    return records
  }

  private func page<Kind: StorableRecord>(
    _ type: Kind.Type, _ question: PageQuestion, _ record: (Kind) -> Record
  ) throws -> RecordPage {
    let table = Kind.table
    let end = min(question.before ?? .max, horizon.lastRow(table.kind) + 1)
    let floor = max(end - question.mostLookedAt, 0)
    var conditions = [horizon.current(table.kind, "t"), "t.row < ?1", "t.row >= ?2"]
    var arguments: [SQLValue] = [.integer(end), .integer(floor)]
    func argument(_ value: SQLValue) -> String {
      arguments.append(value)
      return "?\(arguments.count)"
    }
    if let since = question.since { conditions.append("t.\(table.time) >= \(argument(.integer(since.nanoseconds)))") }
    if let until = question.until { conditions.append("t.\(table.time) < \(argument(.integer(until.nanoseconds)))") }
    let members = question.matches.filter { PageQuestion.members(of: table.kind).contains($0.field) }
    for member in members {
      let pattern = SpanQuestion.pattern((member.field, member.value.identifier))
      conditions.append("t.attributes LIKE \(argument(.text(pattern)))")
    }
    for match in question.matches {
      guard let columns = PageQuestion.columns(of: table.kind).first(where: { $0.field == match.field })?.columns else {
        continue
      }
      let value = argument(.text(match.value.identifier))
      let choices = columns.map { Snapshot.condition(table, $0, value) }
      conditions.append("(\(choices.joined(separator: " OR ")))")
    }
    let statement = Statement(
      """
      \(table.selection) WHERE \(conditions.joined(separator: " AND ")) ORDER BY t.row DESC LIMIT \(question.limit + 1)
      """, arguments, columns: table.batchKinds)
    var page = RecordPage()
    var (found, last): (Int, Int64?) = (0, nil)
    try forEachUnhashedBatch(statement) { batch in
      for row in 0..<batch.count {
        guard found < question.limit else {
          page.next = last
          return
        }
        (found, last) = (found + 1, batch.integer(table.rowColumn, row))
        guard let id = batch.recordID(table.idColumn, row) else { continue }
        var reader = RowReader(batch, row: row, terms: unhashedTerms)
        let record = record(try Kind(&reader))
        // A pattern also finds a member of that name deeper inside.
        guard members.allSatisfy({ Snapshot.member($0.field, of: record) == $0.value.identifier }) else { continue }
        page.records.append((id, record))
      }
    }
    if page.next == nil, floor > 1 { page.next = floor }
    return page
  }

  /// A member of a record's attributes that is a text.
  private static func member(_ name: String, of record: Record) -> String? {
    guard case .span(let span) = record, let attributes = span.attributes else { return nil }
    return (try? JSONValue(parsing: attributes))?[name]?.text?.identifier
  }

  /// That a column holds a text.
  private static func condition(_ table: RecordTable, _ column: String, _ value: String) -> String {
    switch table.columns.first(where: { $0.name == column })?.kind {
    case .term: "t.\(column) = (SELECT id FROM term WHERE value = \(value))"
    case nil: "t.series IN (SELECT id FROM trial_series WHERE \(column) = \(value))"
    default: "t.\(column) = \(value)"
    }
  }
}
