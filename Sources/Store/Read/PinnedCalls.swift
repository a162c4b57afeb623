public import Guards
public import Records

/// What calls of a feature or a model had in common in a time.
public struct PinnedCalls: Sendable, Equatable {
  /// Each value, and how many calls had it; nil is those that had none.
  public var counts: [String?: Int64] = [:]

  public var calls: Int64 { counts.values.reduce(0, +) }
  public var values: Set<String> { Set(counts.keys.compactMap(\.self)) }
}

extension Snapshot {
  /// Counts the calls of what is to be frozen by what is to be pinned. Attempts that failed count too: they were made; what a
  /// guard refused was not, or a freeze that is set again would allow just what it kept back.
  ///
  /// O(spans of the time), of a feature: O(its spans).
  /// - Parameters:
  ///   - from: the first instant, inclusive; `to` is exclusive.
  public func pinnedCalls(
    of subject: CallFreeze.Subject, by pin: CallFreeze.Pin, from: Instant, to: Instant
  ) throws -> PinnedCalls {
    let column =
      switch pin {
      case .config: "config_sha256"
      case .prompt: "prompt_id"
      case .model: "model_requested"
      }
    let (condition, term) =
      switch subject {
      case .feature(let name): ("t.feature", name)
      case .model(let name): ("+t.model_requested", name)
      }
    let refusals = CallReplay.neverAsked.sorted().map { "'\($0)'" }.joined(separator: ", ")
    // A call of a model is one that asks for some.
    let statement = Statement(
      """
      SELECT (SELECT value FROM term WHERE id = f.value), f.calls FROM (
        SELECT t.\(column) AS value, COUNT(*) AS calls FROM span t
        WHERE \(condition) = (SELECT id FROM term WHERE value = ?1) AND t.started_at >= ?2 AND t.started_at < ?3
          AND \(SpanRecord.hour("t")) BETWEEN ?4 AND ?5
          AND t.model_requested IS NOT NULL AND \(horizon.current(.span, "t"))
          AND (t.error_type IS NULL OR t.error_type NOT IN (SELECT id FROM term WHERE value IN (\(refusals))))
        GROUP BY t.\(column)) f
      """,
      [
        .text(term.identifier), .integer(from.nanoseconds), .integer(to.nanoseconds),
        .integer(SpanRecord.hour(of: from)), .integer(SpanRecord.hour(of: to)),
      ],
      columns: [.text, .integer])
    var pinned = PinnedCalls()
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count { pinned.counts[batch.string(0, row), default: 0] += batch.integer(1, row) ?? 0 }
    }
    return pinned
  }
}
