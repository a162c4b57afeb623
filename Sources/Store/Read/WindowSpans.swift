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
    var last = LastTrace()
    let reading = HourReading(self, question, [SpanAccount(question, self)])
    try reading.run(atHour: start) { _, row in try body(try WindowSpan(row, &last)) }
    return reading.reaches[0]
  }

  /// Hands out the spans of several features in one pass, the newest hour first: where each feature alone would have the same pages
  /// read again. What a feature's account gets, and what it rests on, is what it would have read alone.
  /// - Parameters:
  ///   - question: about each of the features; not the oldest first.
  ///   - accounts: of this state of the ledger; a limit ends each alone.
  ///   - start: gets each hour, since 1970, before its spans.
  ///   - body: gets the place of the account with each of its spans.
  /// - Returns: how far each account was read.
  public func forEachSpan(
    _ question: SpanQuestion, of accounts: [(feature: String, ledger: Snapshot)],
    atHour start: (_ hour: Int64) throws -> Void, _ body: (_ account: Int, SpanRow) throws -> Void
  ) throws -> [SpanReach] {
    precondition(!question.isOldestFirst)
    guard !accounts.isEmpty else { return [] }
    let reading = HourReading(
      self, question,
      accounts.map { account in
        var own = question
        own.feature = account.feature
        return SpanAccount(own, account.ledger)
      })
    try reading.run(atHour: start, body)
    return reading.reaches
  }

  /// From when on the spans of a question are read that `mostLookedAt` alone may end: what else is asked about them need not begin
  /// earlier. O(spans that are looked at), in the index only.
  public func beginning(of question: SpanQuestion) throws -> Instant { try hours(of: question).reach.since }

  /// The hours that such a question reads, the newest first.
  func hours(of question: SpanQuestion) throws -> (hours: [Int64], reach: SpanReach) {
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
  func spanHour(atMost last: Int64, _ question: SpanQuestion) throws -> Int64? {
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
  var isInSight: String { "+t.row <= \(horizon.lastRow(.span))" }

  /// How many spans of an hour are looked at.
  func spanCount(ofHour hour: Int64, _ question: SpanQuestion) throws -> Int {
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
