public import Records

/// A table for people who write SQL: the current records of a kind, with the names of the record format, texts instead of the
/// numbers that stand for them, readable times and amounts.
///
/// Views are made for the length of one question and are no part of the ledger: what they are called and how they show a
/// value may become better without touching anything that was stored. A record that a later one replaced is not in them.
public struct LedgerView: Sendable {
  public struct Column: Sendable {
    public let name: String
    /// `text`, `integer`, `real`, `amount`, `time`, `flag`, `json`, `sha256`.
    public let type: String
    let sql: @Sendable (ViewDialect) -> String
  }

  public let name: String
  /// What a row of it is.
  public let meaning: String
  public let columns: [Column]
  /// Ends where a condition may follow.
  let source: String
  let condition: String?

  /// The statement that makes it for one connection.
  public func definition(_ dialect: ViewDialect) -> String {
    "CREATE TEMPORARY VIEW \(name) AS \(selection(dialect))"
  }

  /// - Parameter only: names of columns, in their order; nil for all.
  func selection(_ dialect: ViewDialect) -> String {
    let list = columns.map { "\($0.sql(dialect)) AS \(ViewDialect.quoted($0.name))" }.joined(separator: ", ")
    return "SELECT \(list) FROM \(source)" + (condition.map { " WHERE \($0)" } ?? "")
  }

  /// All of them, the ones that are asked most first.
  public static let all = kinds.map { LedgerView($0.table, name: $0.name, meaning: $0.meaning) } + [commits]

  /// The view of a kind.
  public static func of(_ kind: RecordKind) -> LedgerView? {
    kinds.first { $0.table.kind == kind }.flatMap { named in all.first { $0.name == named.name } }
  }

  private static let kinds: [(table: RecordTable, name: String, meaning: String)] = [
    (SpanRecord.table, "spans", "operations of an AI system: calls of models, tools, retrievals"),
    (TrialRecord.table, "trials", "scored outputs of evaluations"),
    (AnnotationRecord.table, "annotations", "judgements by people, models and code"),
    (CostRecord.table, "costs", "what spans cost by the prices that were asked last"),
    (ArtifactRecord.table, "artifacts", "versions of prompts, models, datasets, documents"),
    (ChangeRecord.table, "changes", "what was changed, by whom and why"),
    (Finding.table, "findings", "what checks said"),
    (Waiver.table, "waivers", "findings that somebody lives with for a while"),
    (ChargeRecord.table, "charges", "lines of bills"),
    (RunRecord.table, "runs", "batch work"),
    (ItemRecord.table, "items", "units of a run"),
    (AttemptRecord.table, "attempts", "tries at an item"),
    (ReceiptRecord.table, "receipts", "proofs of effects"),
    (LeaseRecord.table, "leases", "who held which scarce resource"),
    (HeartbeatRecord.table, "heartbeats", "signs of life"),
    (IncidentRecord.table, "incidents", "what broke, and how it went on"),
    (DecisionRecord.table, "decisions", "why things are built as they are"),
  ]

  private static let commits = LedgerView(
    name: "commits", meaning: "deliveries, as the chain has them",
    columns: [
      Column(name: "seq", type: "integer") { _ in "t.seq" },
      Column(name: "at", type: "time") { $0.time("t.at") },
      Column(name: "source", type: "text") { _ in "t.source" },
      Column(name: "records", type: "integer") { _ in "t.records" },
      Column(name: "head_sha256", type: "sha256") { $0.hex("t.head") },
    ], source: "ledger_commit t", condition: nil)
}

extension LedgerView {
  fileprivate init(_ table: RecordTable, name: String, meaning: String) {
    self.name = name
    self.meaning = meaning
    columns =
      [Column(name: "record_id", type: "text") { $0.hex("t.record_id") }]
      + LedgerView.columns(table)
      + (table.column("ended_at") == table.rowColumn
        ? [] : [Column(name: "duration_ms", type: "real") { $0.milliseconds("t.ended_at - t.started_at") }])
      + [Column(name: "time_ns", type: "integer") { _ in "t.\(table.time)" }]
    source = "\(table.name) t"
    condition = Horizon.neverReplaced(table.kind, "t")
  }

  /// Columns of the table as the record format calls them.
  private static func columns(_ table: RecordTable) -> [Column] {
    var columns: [Column] = []
    for column in table.columns {
      let (name, place) = (column.name, "t.\(column.name)")
      switch column.kind {
      case .series:
        for part in TrialSeries.columns {
          columns.append(
            Column(name: part, type: part.hasSuffix("sha256") ? "sha256" : "text") { _ in
              "(SELECT \(part) FROM trial_series WHERE id = t.series)"
            })
        }
      case .term where name.hasSuffix("_currency"): continue
      case .term:
        columns.append(
          Column(name: named(name), type: type(ofText: name)) { _ in "(SELECT value FROM term WHERE id = \(place))" })
      case .integer where name.hasSuffix("_high"): columns.append(amount(String(name.dropLast(5)), table))
      case .integer where name.hasSuffix("_low"): continue
      case .integer, .stamp:
        let isTime = isTime(name)
        let type = isTime ? "time" : flags.contains(name) ? "flag" : "integer"
        columns.append(Column(name: named(name), type: type) { isTime ? $0.time(place) : place })
      case .real: columns.append(Column(name: name, type: "real") { _ in place })
      case .blob: columns.append(Column(name: name, type: "sha256") { $0.hex(place) })
      case .text where name == "label":
        columns.append(
          Column(name: "value", type: "text") { "COALESCE(t.label, \($0.text("t.number")))" })
      case .text: columns.append(Column(name: named(name), type: type(ofText: name)) { _ in place })
      }
    }
    return columns
  }

  /// An amount: of records whose currency is a column of its own, what is not in dollars is no `…_usd`.
  private static func amount(_ name: String, _ table: RecordTable) -> Column {
    let currency = "\(name)_currency"
    let hasCurrency = table.columns.contains { $0.name == currency }
    return Column(name: hasCurrency ? "\(name)_usd" : name, type: "amount") { dialect in
      let amount = dialect.amount(high: "t.\(name)_high", low: "t.\(name)_low")
      guard hasCurrency else { return amount }
      return "CASE WHEN (SELECT value FROM term WHERE id = t.\(currency)) = 'USD' THEN \(amount) END"
    }
  }

  /// Where the ledger is briefer than the format.
  private static func named(_ column: String) -> String {
    switch column {
    case "item": "item_id"
    case "prediction": "prediction_id"
    case "cluster": "cluster_id"
    default: column
    }
  }

  private static func isTime(_ name: String) -> Bool {
    name == "at" || name.hasSuffix("_at") || ["as_of", "period_from", "period_to"].contains(name)
  }

  private static func type(ofText name: String) -> String {
    if name.hasSuffix("sha256") { return "sha256" }
    return json.contains(name) ? "json" : "text"
  }

  private static let flags: Set<String> = [
    "passed", "refusal", "saw_critic", "probe", "preemptible", "irreversible", "inferred",
  ]

  private static let json: Set<String> = [
    "tags", "attributes", "parameters", "retrieved", "reason_tags", "derived_from", "paths", "body", "coordinates",
    "declared_steps", "declared_outputs", "phases", "read_back", "progress", "cohort", "closure", "alternatives",
    "constraints", "evidence_refs", "components", "explained_by",
  ]
}
