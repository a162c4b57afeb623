public import Records

extension Snapshot {
  /// Hands out the spans of a stretch of time, the newest hour first; within an hour in the order in which they were stored.
  ///
  /// Reads the index by hour and only the rows of those hours: O(spans of the hours that are read).
  @discardableResult
  public func forEachSpan(_ question: SpanQuestion, _ body: (WindowSpan) throws -> Void) throws -> SpanReach {
    try forEachSpan(question, atHour: { _ in }, body)
  }

  /// The same, told hour by hour.
  /// - Parameter start: gets each hour, since 1970, before its spans.
  func forEachSpan(
    _ question: SpanQuestion, atHour start: (_ hour: Int64) throws -> Void, _ body: (WindowSpan) throws -> Void
  ) throws -> SpanReach {
    var reach = SpanReach(since: question.since, isWhole: true, spans: 0)
    guard question.since <= question.until else { return reach }
    let (statement, columns) = spanStatement(question)
    let last = SpanRecord.hour(of: question.until)
    let first = try scan.onProgress == nil ? last : firstSpanHour(from: question.since)
    func rows(_ hour: Int64) -> Expected {
      var asked = statement
      let bounds = SpanRecord.bounds(ofHour: hour)
      asked.arguments[0] = .integer(hour)
      asked.arguments[1] = .integer(max(bounds.lowerBound, question.since.nanoseconds))
      asked.arguments[2] = .integer(min(bounds.upperBound, question.until.nanoseconds))
      return expect(asked)
    }
    var trace = LastTrace()
    func hand(_ hour: Int64, _ rows: Expected) throws {
      try start(hour)
      try forEachBatch(rows) { batch in
        reach.spans += batch.count
        for row in 0..<batch.count { try body(try columns.span(batch, row, terms, &trace)) }
      }
      let behind = question.isOldestFirst ? hour - first : last - hour
      scan.onProgress?(SpanScan.Progress(hours: behind + 1, of: last - first + 1, spans: reach.spans))
    }
    var coming: [(hour: Int64, rows: Expected)] = []
    defer { for hour in coming { forget(hour.rows) } }
    /// - Parameter isLast: is asked about each hour but the last of all, after it was handed out.
    func handAll(_ next: () throws -> Int64?, isLast: (_ hour: Int64) throws -> Bool) throws {
      while true {
        // Further hours are read while one is handed out.
        while coming.count <= max(1, expectable), let hour = try next() { coming.append((hour, rows(hour))) }
        guard !coming.isEmpty else { return }
        let current = coming.removeFirst()
        try hand(current.hour, current.rows)
        if !coming.isEmpty, try isLast(current.hour) { return }
      }
    }
    if question.isOldestFirst {
      let (hours, known) = try hours(of: question)
      reach = known
      var rest = hours.reversed().makeIterator()
      try handAll({ rest.next() }, isLast: { _ in false })
      return reach
    }
    var (lookedAt, newest) = (0, Int64?.some(last))
    try handAll(
      {
        guard let hour = try newest.flatMap({ try spanHour(atMost: $0, question) }) else { return nil }
        newest = hour - 1
        return hour
      },
      isLast: { hour in
        guard scan.hasLimits else { return false }
        if question.isFiltered { lookedAt += try spanCount(ofHour: hour, question) }
        guard reach.spans >= question.most || max(lookedAt, reach.spans) >= question.mostLookedAt else { return false }
        reach.since = SpanRecord.start(ofHour: hour)
        reach.isWhole = false
        return true
      })
    return reach
  }

  /// From when on the spans of a question are read that `mostLookedAt` alone may end: what else is asked about them need not begin
  /// earlier. O(spans that are looked at), in the index only.
  public func beginning(of question: SpanQuestion) throws -> Instant { try hours(of: question).reach.since }

  /// The hours that such a question reads, the newest first.
  private func hours(of question: SpanQuestion) throws -> (hours: [Int64], reach: SpanReach) {
    var reach = SpanReach(since: question.since, isWhole: true, spans: 0)
    var (hours, lookedAt): ([Int64], Int) = ([], 0)
    var next = try spanHour(atMost: SpanRecord.hour(of: question.until), question)
    while let hour = next {
      hours.append(hour)
      next = try spanHour(atMost: hour - 1, question)
      guard scan.hasLimits else { continue }
      lookedAt += try spanCount(ofHour: hour, question)
      guard next != nil, lookedAt >= question.mostLookedAt else { continue }
      reach.since = SpanRecord.start(ofHour: hour)
      reach.isWhole = false
      break
    }
    return (hours, reach)
  }

  /// The first hour with a span in it from an instant on: a stretch of time may begin long before the ledger.
  func firstSpanHour(from instant: Instant) throws -> Int64 {
    let hour = SpanRecord.hour("t")
    let statement = Statement(
      "SELECT \(hour) FROM span t WHERE \(hour) >= ?1 ORDER BY \(hour) LIMIT 1",
      [.integer(SpanRecord.hour(of: instant))], columns: [.integer])
    // Nothing rests on it: whoever watches must not change what a finding says that it rests on.
    let found = try fetchUnhashed(Query(statement) { $0.integer(0, $1) })
    return found.first.flatMap(\.self) ?? SpanRecord.hour(of: instant)
  }

  /// The newest hour of the question that is not after another and holds spans; nil where none does.
  private func spanHour(atMost last: Int64, _ question: SpanQuestion) throws -> Int64? {
    let hour = SpanRecord.hour("t")
    let statement = Statement(
      """
      SELECT \(hour) FROM span t WHERE \(hour) <= ?1 AND \(hour) >= ?2 AND \(isInSight) ORDER BY \(hour) DESC LIMIT 1
      """,
      [.integer(last), .integer(SpanRecord.hour(of: question.since))], columns: [.integer])
    // Nothing rests on it but which rows are read, and when it is asked depends on how many are read ahead.
    return try fetchUnhashed(Query(statement) { $0.integer(0, $1) }.short).first ?? nil
  }

  /// What is stored later must not show, whichever connection reads. The sign keeps the primary key from being taken for the index.
  private var isInSight: String { "+t.row <= \(horizon.lastRow(.span))" }

  /// How many spans of an hour are looked at.
  private func spanCount(ofHour hour: Int64, _ question: SpanQuestion) throws -> Int {
    var condition = "\(SpanRecord.hour("t")) = ?1"
    var arguments: [SQLValue] = [.integer(hour)]
    if let feature = question.feature {
      let bounds = SpanRecord.bounds(ofHour: hour)
      condition += """
         AND t.started_at BETWEEN ?2 AND ?3 AND t.feature = (SELECT id FROM term WHERE value = ?4)
        """
      arguments += [.integer(bounds.lowerBound), .integer(bounds.upperBound), .text(feature.identifier)]
    } else if question.isOldestFirst, !question.kinds.isEmpty {
      // The index is by hour and kind: rows of other kinds are not even looked at.
      let places = question.kinds.indices.map { "?\($0 + 2)" }.joined(separator: ", ")
      condition += " AND t.span_kind IN (SELECT id FROM term WHERE value IN (\(places)))"
      arguments += question.kinds.map { .text($0.identifier) }
    }
    let statement = Statement(
      "SELECT COUNT(*) FROM span t WHERE \(condition) AND \(isInSight)", arguments, columns: [.integer])
    return Int(try first(Query(statement) { $0.integer(0, $1) ?? 0 }) ?? 0)
  }

  /// The statement of one hour; its first arguments are the hour, and from when to when.
  private func spanStatement(_ question: SpanQuestion) -> (Statement, SpanColumns) {
    var arguments: [SQLValue] = [
      .integer(0), .integer(question.since.nanoseconds), .integer(question.until.nanoseconds),
    ]
    func place(_ text: String) -> String {
      arguments.append(.text(text.identifier))
      return "?\(arguments.count)"
    }
    var conditions = ["\(SpanRecord.hour("t")) = ?1", "t.started_at >= ?2", "t.started_at <= ?3"]
    if let feature = question.feature {
      conditions.append("t.feature = (SELECT id FROM term WHERE value = \(place(feature)))")
    }
    if !question.kinds.isEmpty {
      let kinds = question.kinds.map(place).joined(separator: ", ")
      conditions.append("t.span_kind IN (SELECT id FROM term WHERE value IN (\(kinds)))")
    }
    if let attribute = question.attribute {
      conditions.append("t.attributes LIKE \(place(SpanQuestion.pattern(attribute)))")
    }
    let named = question.attributes.map { "t.attributes LIKE \(place("%\"\($0)\"%"))" }
    let columns = SpanColumns(question, namesAttribute: named.joined(separator: " OR "))
    let statement = Statement(
      """
      SELECT \(columns.selection) FROM span t WHERE \(conditions.joined(separator: " AND "))
        AND \(horizon.current(.span, "t")) ORDER BY \(question.isOldestFirst ? "t.started_at, t.row" : "t.row")
      """, arguments, columns: columns.kinds)
    return (statement, columns)
  }
}

extension SpanQuestion {
  /// Whether spans are looked at that are not asked for.
  var isFiltered: Bool { feature != nil || !kinds.isEmpty || attribute != nil }

  /// What attributes with this member look like: canonical JSON has one spelling. A backslash means something else to each
  /// engine; as an underscore it only lets a few more through.
  static func pattern(_ attribute: (key: String, value: String)) -> String {
    let value = (try? JSONValue.string(attribute.value).canonical()) ?? ""
    return "%\"\(attribute.key)\":" + String(value.map { $0 == "\\" ? "_" : $0 }) + "%"
  }
}

extension SpanRecord {
  static let nanosecondsPerHour: Int64 = 3_600_000_000_000

  /// The hour of an instant as the index has it: towards 1970.
  static func hour(of instant: Instant) -> Int64 { instant.nanoseconds / nanosecondsPerHour }

  /// Nanoseconds between which an hour lies, and a little more: what rounding towards 1970 makes of the hours before it.
  static func bounds(ofHour hour: Int64) -> ClosedRange<Int64> {
    func nanoseconds(_ hour: Int64) -> Int64 {
      let (product, overflows) = hour.multipliedReportingOverflow(by: nanosecondsPerHour)
      return overflows ? hour < 0 ? .min : .max : product
    }
    return nanoseconds(hour > 0 ? hour : hour - 1)...nanoseconds(hour + 1)
  }

  static func start(ofHour hour: Int64) -> Instant {
    Instant(nanoseconds: hour.multipliedReportingOverflow(by: nanosecondsPerHour).partialValue)
  }
}

/// The columns that a question about spans reads, and where each lies.
private struct SpanColumns {
  private let fields: SpanFields
  private let readsAttributes: Bool
  let selection: String
  let kinds: [RowBatch.ColumnKind]

  private static let groups: [(field: SpanFields, columns: [(name: String, kind: RowBatch.ColumnKind)])] = [
    (.place, [("parent_id", .text), ("name", .integer), ("span_kind", .integer), ("stage", .integer)]),
    (
      .usage,
      [
        ("input_tokens", .integer), ("output_tokens", .integer), ("cached_tokens", .integer),
        ("model_served", .integer),
      ]
    ),
    (.session, [("session_id", .text)]),
    (.digests, [("prompt_sha256", .integer), ("config_sha256", .integer), ("index_sha256", .integer)]),
    (.retrieved, [("retrieved", .text)]),
    (
      .call,
      [
        ("prompt_id", .integer), ("parameters", .integer), ("tags", .integer), ("cost_high", .integer),
        ("cost_low", .integer), ("cost_currency", .integer), ("user_id", .text),
      ]
    ),
    (.contents, WindowSpan.contentParts.map { ("\($0.name)_sha256", .blob) }),
    (
      .outcome, [("status", .integer), ("error_type", .integer), ("finish_reason", .integer), ("refusal", .integer)]
    ),
    (
      .asking,
      [
        ("tool", .integer), ("tool_schema_sha256", .integer), ("idempotency_key", .text), ("model_requested", .integer),
      ]
    ),
    (.tenant, [("tenant", .integer)]),
  ]

  /// - Parameter namesAttribute: the condition under which attributes are read.
  init(_ question: SpanQuestion, namesAttribute: String) {
    fields = question.fields
    var columns: [(name: String, kind: RowBatch.ColumnKind)] = [
      ("record_id", .blob), ("span_id", .text), ("trace_id", .text), ("started_at", .integer), ("ended_at", .integer),
      ("feature", .integer),
    ]
    for group in SpanColumns.groups where question.fields.contains(group.field) { columns += group.columns }
    var selected = columns.map { "t.\($0.name)" }
    readsAttributes = !question.attributes.isEmpty
    if readsAttributes {
      // Attributes may be long: those of other spans are not even copied. An underscore stands for any character, which
      // only lets a few more through.
      selected.append("CASE WHEN \(namesAttribute) THEN t.attributes END")
    }
    selection = selected.joined(separator: ", ")
    kinds = columns.map(\.kind) + (readsAttributes ? [.text] : [])
  }

  func span(_ batch: RowBatch, _ row: Int, _ terms: TermReader, _ last: inout LastTrace) throws -> WindowSpan {
    var reader = RowReader(batch, row: row, terms: terms)
    return try WindowSpan(&reader, fields, readsAttributes: readsAttributes, &last)
  }
}
