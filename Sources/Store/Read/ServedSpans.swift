public import Records

/// A span as far as its behaviour shows in it.
public struct ServedSpan: Sendable, Equatable {
  public let spanKind: String
  public let startedAt: Instant
  /// Nil is open.
  public let endedAt: Instant?
  /// Whether nothing called it.
  public let isRoot: Bool
  public let configSHA256: String?
  public let outputTokens: Int64?
  public let finishReason: String?
  public let refusal: Bool?
  /// Canonical JSON of an object with the attribute that was asked for; nil where the span has none of that name.
  public let attributes: String?
}

extension Snapshot {
  /// Hands out about so many spans of a feature, from all of a window evenly: all of them where they are fewer.
  ///
  /// A window of a large ledger has millions of spans, and a share or a quantile needs thousands. Rows lie in the order of
  /// their delivery, so blocks of neighbouring rows at equal distances are a sample of the window that costs what it hands
  /// out, and the same one for the same ledger. O(`count`), and at most half a million rows are looked at.
  /// - Parameters:
  ///   - since: spans that started earlier are left out.
  ///   - count: about how many spans to hand out, ≥ 1.
  ///   - attribute: name of the attribute that is of interest: letters and digits only.
  public func forEachServedSpan(
    feature: String, since: Instant, about count: Int, attribute: String, _ body: (ServedSpan) throws -> Void
  ) throws {
    guard let blocks = try blocks(feature: feature, since: since, about: count) else { return }
    func term(_ column: String) -> String { "(SELECT value FROM term WHERE id = t.\(column))" }
    // `+`: SQLite would else index all spans by feature, for this one question, and not go to the rows of each block.
    let statement = Statement(
      """
      WITH RECURSIVE block(lowest) AS (SELECT ?3 UNION ALL SELECT lowest + ?4 FROM block WHERE lowest + ?4 <= ?5)
      SELECT \(term("span_kind")), t.started_at, t.ended_at, CASE WHEN t.parent_id IS NULL THEN 1 ELSE 0 END,
        \(term("config_sha256")), t.output_tokens, \(term("finish_reason")), t.refusal,
        CASE WHEN t.attributes LIKE '%"\(attribute)"%' THEN t.attributes END
      FROM block b CROSS JOIN span t
      WHERE t.row >= b.lowest AND t.row < b.lowest + ?6 AND t.row <= ?5
        AND +t.feature = (SELECT id FROM term WHERE value = ?1) AND t.started_at >= ?2
        AND \(horizon.current(.span, "t"))
      ORDER BY t.row
      """,
      [
        .text(feature.identifier), .integer(since.nanoseconds), .integer(blocks.first), .integer(blocks.distance),
        .integer(blocks.last), .integer(blocks.length),
      ],
      columns: [.text, .integer, .integer, .integer, .text, .integer, .text, .integer, .text])
    try forEachBatch(statement) { batch in
      for row in 0..<batch.count {
        try body(
          ServedSpan(
            spanKind: batch.string(0, row) ?? "", startedAt: Instant(nanoseconds: batch.integer(1, row) ?? 0),
            endedAt: batch.integer(2, row).map(Instant.init(nanoseconds:)), isRoot: batch.integer(3, row) == 1,
            configSHA256: batch.string(4, row), outputTokens: batch.integer(5, row), finishReason: batch.string(6, row),
            refusal: batch.integer(7, row).map { $0 != 0 }, attributes: batch.string(8, row)))
      }
    }
  }

  /// Rows of spans that are looked at: blocks of equal length at equal distances.
  private struct RowBlocks {
    let first: Int64
    let last: Int64
    let length: Int64
    let distance: Int64
  }

  /// Longest block, fewest blocks, and most rows of all blocks together.
  private static let blockLength: Int64 = 256
  private static let fewestBlocks: Int64 = 64
  private static let mostRows: Int64 = 500_000

  /// Nil where no span was delivered since.
  private func blocks(feature: String, since: Instant, about count: Int) throws -> RowBlocks? {
    let last = horizon.lastRow(.span)
    guard let first = try firstSpanRow(deliveredSince: since), first <= last else { return nil }
    let rows = last - first + 1
    let spans = max(1, try spanCount(feature: feature, since: since))
    // As many rows as hold so many spans of the feature, if they lie evenly.
    let holding = spans <= Int64(count) ? rows : Int64(Double(rows) * Double(count) / Double(spans))
    let wanted = min(max(1, holding), Snapshot.mostRows)
    let length = min(max(1, wanted / Snapshot.fewestBlocks), Snapshot.blockLength)
    let distance = rows / max(1, wanted / length)
    guard wanted < rows, distance > length else {
      return RowBlocks(first: first, last: last, length: rows, distance: rows)
    }
    return RowBlocks(first: first, last: last, length: length, distance: distance)
  }

  /// The first row of what was delivered since; nil where nothing was. A span is not delivered before it started.
  func firstSpanRow(deliveredSince since: Instant) throws -> Int64? {
    let query = Query(
      Statement(
        """
        SELECT MIN(c.first_row) FROM commit_part c JOIN ledger_commit l ON l.seq = c.seq
        WHERE c.part = \(CommitTable.records(.span).number) AND l.at >= ?1
        """, [.integer(since.nanoseconds)], columns: [.integer])
    ) { $0.integer(0, $1) }
    return try first(query) ?? nil
  }

  /// Spans of a feature on the days of a window, from the rollup.
  private func spanCount(feature: String, since: Instant) throws -> Int64 {
    let query = Query(
      Statement(
        """
        SELECT COALESCE(SUM(r.spans), 0) FROM span_rollup r
        WHERE r.seq <= ?1 AND r.day >= ?2 AND r.day <= ?3 AND r.feature = (SELECT id FROM term WHERE value = ?4)
        """,
        [.integer(horizon.seq), .integer(since.day), .integer(asOf.day), .text(feature.identifier)],
        columns: [.integer])
    ) { $0.integer(0, $1) ?? 0 }
    return try first(query) ?? 0
  }
}
