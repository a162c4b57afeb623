public import Records

/// What a pruning did.
public struct Pruning: Sendable, Equatable {
  /// Contents whose bytes are gone now, and how many bytes they took as they lay in the ledger.
  public var contents: Int64 = 0
  public var bytes: Int64 = 0
  /// Everything that was said before this instant is gone.
  public var before: Instant
}

extension Ledger {
  /// Takes out what was said before an instant, for good, whoever said it. The facts and the hashes stay, and so does the
  /// chain.
  ///
  /// Goes day by day, the oldest first: each day is a commit of its own with the record of it, and writers go on between
  /// two of them. Interrupted, it has done the days that it has told of, and the next call goes on.
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
    let end = instant.hour
    var pruning = Pruning(before: Instant(nanoseconds: end * 3_600_000_000_000))
    let first = try await engine.read { try $0.integer("SELECT MIN(hour) FROM content") }
    guard let first else { return pruning }
    let before = pruning.before
    for start in stride(from: first - first % 24, to: end, by: 24) {
      let hours = start..<min(start + 24, end)
      let day =
        dryRun
        ? try await engine.read { try PrunedHours(hours, $0) }
        : try await pruneDay(hours, before: before, actor: actor, reason: reason)
      guard day.contents > 0 else { continue }
      pruning.contents += day.contents
      pruning.bytes += day.bytes
      progress(Instant(nanoseconds: start * 3_600_000_000_000), pruning)
    }
    return pruning
  }

  private func pruneDay(
    _ hours: Range<Int64>, before: Instant, actor: String, reason: String
  ) async throws -> PrunedHours {
    let (clock, location) = (clock, location)
    return try await engine.write { writer in
      let day = try PrunedHours(hours, writer)
      guard day.contents > 0 else { return day }
      try writer.execute(
        Statement(
          "UPDATE content SET form = ?1, body = NULL WHERE hour >= ?2 AND hour < ?3 AND form IN (0, 1)",
          [.integer(ContentForm.erased.rawValue), .integer(hours.lowerBound), .integer(hours.upperBound)]))
      var change = ChangeRecord(surface: "data", actor: actor, at: clock())
      change.reason = reason
      let erased: JSONValue = [
        "erased": [
          "before": .string(before.description), "contents": .integer(day.contents),
          "day": .string(String(Instant(nanoseconds: hours.lowerBound * 3_600_000_000_000).description.prefix(10))),
        ]
      ]
      change.attributes = try erased.canonical()
      let appender = try Appender(writer, location: location)
      try appender.append(change)
      _ = try appender.finish(source: "prune", now: clock())
      return day
    }
  }
}

/// What some hours still hold.
private struct PrunedHours: Sendable {
  var contents: Int64 = 0
  var bytes: Int64 = 0

  init(_ hours: Range<Int64>, _ reader: any EngineReader) throws {
    let statement = Statement(
      """
      SELECT COUNT(*), COALESCE(SUM(LENGTH(body)), 0) FROM content WHERE hour >= ?1 AND hour < ?2 AND form IN (0, 1)
      """, [.integer(hours.lowerBound), .integer(hours.upperBound)], columns: [.integer, .integer])
    try reader.query(statement) { batch in
      contents = batch.integer(0, 0) ?? 0
      bytes = batch.integer(1, 0) ?? 0
    }
  }
}
