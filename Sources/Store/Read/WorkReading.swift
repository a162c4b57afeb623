public import Records

/// Items of one run that lie side by side in the order of their ids: what is read at a time, however large the run is.
public struct ItemRange: Sendable, Equatable {
  public let run: String
  public let first: String
  public let last: String

  public init(run: String, first: String, last: String) {
    self.run = run
    self.first = first
    self.last = last
  }

  fileprivate var arguments: [SQLValue] { [.text(run.identifier), .text(first.identifier), .text(last.identifier)] }
}

extension Snapshot {
  /// Whether any run is in sight.
  public var hasRuns: Bool { horizon.lastRow(.run) > 0 }

  /// The runs made since an instant, and all that are scheduled, oldest row first.
  public func runs(since: Instant) throws -> [RunRecord] {
    var runs: [RunRecord] = []
    try forEachRecord(
      RunRecord.self, where: "(t.at >= ?1 OR t.period_s IS NOT NULL) AND t.at <= ?2",
      [.integer(since.nanoseconds), .integer(asOf.nanoseconds)]
    ) { runs.append($1) }
    return runs
  }

  /// The run of an id; nil when there is none.
  public func run(_ id: String) throws -> RunRecord? {
    var found: RunRecord?
    try forEachRecord(RunRecord.self, where: "t.run_id = ?1", [.text(id.identifier)]) { found = $1 }
    return found
  }

  /// Items of a run after an item, by the bytes of their ids. Rows that contradict each other are all there.
  public func items(
    ofRun run: String, after item: String?, limit: Int
  ) throws -> [(id: RecordID, item: ItemRecord)] {
    var items: [(id: RecordID, item: ItemRecord)] = []
    try forEachRecord(
      ItemRecord.self,
      where: """
        t.row IN (SELECT i.row FROM item i WHERE i.run_id = ?1 AND i.item_id > ?2 AND \(horizon.current(.item, "i"))
          ORDER BY i.item_id, i.row LIMIT \(limit))
        """,
      [.text(run.identifier), .text(item?.identifier ?? "")]
    ) { items.append(($0, $1)) }
    return items.sorted { $0.item.itemID.utf8.lexicographicallyPrecedes($1.item.itemID.utf8) }
  }

  /// The attempts at some items, oldest row first: those of the run, and those that name no run.
  public func forEachAttempt(at items: ItemRange, _ body: (AttemptRecord) throws -> Void) throws {
    try forEachRecord(AttemptRecord.self, where: Snapshot.isOfItems, items.arguments) { try body($1) }
  }

  /// The receipts for some items, oldest row first: those of the run, and those that name no run.
  public func forEachReceipt(for items: ItemRange, _ body: (ReceiptRecord) throws -> Void) throws {
    try forEachRecord(ReceiptRecord.self, where: Snapshot.isOfItems, items.arguments) { try body($1) }
  }

  private static let isOfItems = "(t.run_id = ?1 OR t.run_id IS NULL) AND t.item_id >= ?2 AND t.item_id <= ?3"

  /// The heartbeats of some items' work, oldest row first, and those of the run that name only an attempt.
  public func forEachHeartbeat(of items: ItemRange, _ body: (HeartbeatRecord) throws -> Void) throws {
    try forEachRecord(
      HeartbeatRecord.self,
      where: """
        t.run_id = ?1 AND t.progress IS NOT NULL
          AND (t.item_id >= ?2 AND t.item_id <= ?3 OR t.item_id IS NULL AND t.attempt_id IS NOT NULL)
        """, items.arguments
    ) { try body($1) }
  }

  /// Annotations of one name on some items, oldest row first: whose subject is the item, or `run/item`.
  public func forEachAnnotation(
    named name: String, on items: ItemRange, _ body: (AnnotationRecord) throws -> Void
  ) throws {
    try forEachRecord(
      AnnotationRecord.self,
      where: """
        t.name = (SELECT id FROM term WHERE value = ?1)
          AND (t.subject >= ?2 AND t.subject <= ?3 OR t.subject >= ?4 AND t.subject <= ?5)
        """,
      [name, items.first, items.last, "\(items.run)/\(items.first)", "\(items.run)/\(items.last)"].map {
        .text($0.identifier)
      }
    ) { try body($1) }
  }

  /// Calls of tools that began in a window and name a run, among attributes or tags, or a key, oldest row first. O(those calls), by
  /// an index of their own; only where tags name runs, all calls of tools in the window are read, hour by hour.
  public func forEachToolCall(in window: ClosedRange<Instant>, _ body: (SpanRecord) throws -> Void) throws {
    let isTool =
      "s.span_kind = (SELECT id FROM term WHERE value = 'tool') AND s.started_at >= ?1 AND s.started_at <= ?2"
    var rows = "SELECT s.row FROM span s WHERE \(Migrations.namesWork("s")) AND \(isTool)"
    var arguments: [SQLValue] = [
      .integer(window.lowerBound.nanoseconds), .integer(window.upperBound.nanoseconds),
    ]
    if try hasTagsOfRuns() {
      rows += """
         UNION SELECT s.row FROM (
          WITH RECURSIVE hours(hour) AS (SELECT ?3 UNION ALL SELECT hour + 1 FROM hours WHERE hour < ?4)
          SELECT hour FROM hours) h CROSS JOIN span s
        WHERE \(SpanRecord.hour("s")) = h.hour AND \(isTool) AND s.tags IN (\(Snapshot.tagsOfRuns))
        """
      arguments += [
        .integer(try firstSpanHour(from: window.lowerBound)), .integer(SpanRecord.hour(of: window.upperBound)),
      ]
    }
    try forEachRecord(SpanRecord.self, where: "t.row IN (\(rows))", arguments) { try body($1) }
  }

  private static let tagsOfRuns = "SELECT id FROM term WHERE value LIKE '%\"run_id\"%'"

  private func hasTagsOfRuns() throws -> Bool {
    try !fetchUnhashed(Query(Statement(Snapshot.tagsOfRuns + " LIMIT 1", columns: [.integer])) { $0.integer(0, $1) })
      .isEmpty
  }
}
