public import Records

/// What a pruning did.
public struct Pruning: Sendable, Equatable {
  /// Contents whose bytes are gone now, and how many bytes they took as they lay in the ledger.
  public var contents: Int64 = 0
  public var bytes: Int64 = 0
  /// Deliveries that waited to be forwarded since before then, and do not go on.
  public var deliveries = 0
  /// Everything that was said before this instant is gone.
  public var before: Instant
}

extension Ledger {
  /// Takes out what was said before an instant, for good, whoever said it. The facts and the hashes stay, and so does the
  /// chain.
  ///
  /// Goes day by day, the oldest first: each day is a commit of its own with the record of it, and writers go on between
  /// two of them. Interrupted, it has done the days that it has told of, and the next call goes on. Deliveries that wait
  /// in the spool since before the instant are gone at the end.
  /// - Parameters:
  ///   - instant: rounded down to an hour, which is how contents are kept.
  ///   - actor: who asks for it.
  ///   - reason: for the record.
  ///   - dryRun: only counts.
  ///   - progress: told after each day of which something is gone.
  public func prune(
    before instant: Instant, actor: String, reason: String, dryRun: Bool = false,
    progress: @Sendable (_ day: Instant, _ soFar: Pruning) -> Void = { _, _ in }
  ) async throws -> Pruning {
    let pruner = Pruner(ledger: self, end: instant.hour, actor: actor, reason: reason, dryRun: dryRun)
    var pruning = Pruning(before: pruner.before)
    var from = Int64.min
    while let first = try await pruner.firstHour(from: from) {
      // Days before 1970 have negative hours.
      let start = first - (first % 24 + 24) % 24
      let hours = start..<min(start + 24, pruner.end)
      let day = try await pruner.prune(hours)
      pruning.contents += day.contents
      pruning.bytes += day.bytes
      progress(Instant(nanoseconds: start * Pruner.hour), pruning)
      from = hours.upperBound
    }
    pruning.deliveries = try await pruner.pruneSpool()
    return pruning
  }
}

private struct Pruner: Sendable {
  static let hour: Int64 = 3_600_000_000_000

  let ledger: Ledger
  /// The first hour that stays.
  let end: Int64
  let actor: String
  let reason: String
  let dryRun: Bool

  var before: Instant { Instant(nanoseconds: end * Pruner.hour) }

  /// The first hour from one on of which something is still here and shall not be.
  func firstHour(from: Int64) async throws -> Int64? {
    let end = end
    return try await ledger.engine.read { reader in
      try reader.integer(
        "SELECT hour FROM content WHERE hour >= ?1 AND hour < ?2 AND form IN (0, 1) ORDER BY hour LIMIT 1",
        [.integer(from), .integer(end)])
    }
  }

  func prune(_ hours: Range<Int64>) async throws -> PrunedHours {
    guard !dryRun else { return try await ledger.engine.read { try PrunedHours(hours, $0) } }
    return try await ledger.engine.write { writer in
      let day = try PrunedHours(hours, writer)
      guard day.contents > 0 else { return day }
      try writer.execute(
        Statement(
          "UPDATE content SET contents = 0, form = ?1, body = NULL WHERE hour >= ?2 AND hour < ?3 AND form IN (0, 1)",
          [.integer(ContentForm.erased.rawValue), .integer(hours.lowerBound), .integer(hours.upperBound)]))
      try record(
        [
          ("contents", .integer(day.contents)),
          ("day", .string(String(Instant(nanoseconds: hours.lowerBound * Pruner.hour).description.prefix(10)))),
        ], writer)
      return day
    }
  }

  func pruneSpool() async throws -> Int {
    try await ledger.engine.write { writer in
      let waiting = try SpoolErasure(writer, queuedBefore: before)
      guard !dryRun, waiting.count > 0 else { return waiting.count }
      try waiting.erase()
      try record([("deliveries", .integer(Int64(waiting.count)))], writer)
      return waiting.count
    }
  }

  private func record(_ counts: [(String, JSONValue)], _ writer: any EngineWriter) throws {
    var facts = JSONObject()
    for (name, count) in counts { facts[name] = count }
    facts["before"] = .string(before.description)
    var attributes = JSONObject()
    attributes["erased"] = .object(facts)
    var change = ChangeRecord(surface: "data", actor: actor, at: ledger.clock())
    change.reason = reason
    change.attributes = try JSONValue.object(attributes).canonical()
    let appender = try Appender(writer, location: ledger.location)
    try appender.append(change)
    _ = try appender.finish(source: "prune", now: ledger.clock())
  }
}

/// What some hours still hold.
private struct PrunedHours: Sendable {
  var contents: Int64 = 0
  var bytes: Int64 = 0

  init(_ hours: Range<Int64>, _ reader: any EngineReader) throws {
    let statement = Statement(
      """
      SELECT COALESCE(SUM(contents), 0), COALESCE(SUM(LENGTH(body)), 0) FROM content
      WHERE hour >= ?1 AND hour < ?2 AND form IN (0, 1)
      """, [.integer(hours.lowerBound), .integer(hours.upperBound)], columns: [.integer, .integer])
    try reader.query(statement) { batch in
      contents = batch.integer(0, 0) ?? 0
      bytes = batch.integer(1, 0) ?? 0
    }
  }
}
