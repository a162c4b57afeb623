public import Records

/// A delivery that waits.
public struct SpooledDelivery: Sendable, Equatable {
  /// Its number, which no other delivery ever has.
  public let row: Int64
  public let queuedAt: Instant
  /// Where it goes at the target.
  public let path: String
  public let contentType: String
  /// As it came; nil when what is stored is damaged.
  public let body: [UInt8]?
}

/// How much waits for a target.
public struct SpoolStatus: Sendable, Equatable {
  public let target: String
  public var deliveries: Int64
  /// Bytes of them, as they are stored.
  public var bytes: Int64
}

/// The spool's other end. A lane is emptied by one holder at a time, of all processes that share the ledger: whoever takes
/// it has it for a while, and again with whatever it does; from one that died it goes to the next when that while is over.
extension Ledger {
  /// What waits, by target; targets for which nothing does are there too.
  public func spoolStatus() async throws -> [SpoolStatus] {
    let lanes = try await engine.read { try SpoolLaneState.all($0) }
    var status: [SpoolStatus] = []
    for lane in lanes {
      if let place = status.firstIndex(where: { $0.target == lane.lane.target }) {
        status[place].deliveries += lane.deliveries
        status[place].bytes += lane.stored
      } else {
        status.append(SpoolStatus(target: lane.lane.target, deliveries: lane.deliveries, bytes: lane.stored))
      }
    }
    return status
  }

  /// Takes a lane, or keeps it.
  /// - Returns: whether the holder has it now; nobody gets a lane in which nothing waits, and asking costs no write.
  public func holdLane(_ lane: SpoolLane, holder: String, for duration: Duration) async throws -> Bool {
    let waits = try await engine.read { try SpoolLaneState.of(lane, $0).map { $0.deliveries > 0 } ?? false }
    return waits ? try await keepLane(lane, holder: holder, for: duration) : false
  }

  /// Keeps a lane, whether or not something waits in it.
  /// - Returns: false when somebody else has it now.
  public func keepLane(_ lane: SpoolLane, holder: String, for duration: Duration) async throws -> Bool {
    let now = clock()
    return try await engine.write { writer in
      guard var state = try SpoolLaneState.of(lane, writer), state.holder == holder || state.heldUntil <= now else {
        return false
      }
      state.hold(holder, until: now.advanced(by: duration) ?? now)
      try state.write(writer)
      return true
    }
  }

  /// Gives a lane back before its time, so that others need not wait.
  public func releaseLane(_ lane: SpoolLane, holder: String) async throws {
    try await engine.write { writer in
      guard var state = try SpoolLaneState.of(lane, writer), state.holder == holder else { return }
      state.hold("", until: Instant(nanoseconds: 0))
      try state.write(writer)
    }
  }

  /// The oldest deliveries of a lane.
  /// - Parameters:
  ///   - count: how many at most.
  ///   - bytes: how much they may be together, unless the first alone is more.
  public func spooled(in lane: SpoolLane, atMost count: Int, bytes limit: Int64) async throws -> [SpooledDelivery] {
    try await engine.read { reader in
      guard let state = try SpoolLaneState.of(lane, reader) else { return [] }
      let sizes = try reader.fetch(
        Query(
          Statement(
            "SELECT row, bytes FROM spool WHERE lane = ?1 ORDER BY row LIMIT ?2",
            [.integer(state.id), .integer(Int64(count))], columns: [.integer, .integer])
        ) { (row: $0.integer(0, $1) ?? 0, bytes: $0.integer(1, $1) ?? 0) })
      var total: Int64 = 0
      let chosen = sizes.prefix { size in
        defer { total += size.bytes }
        return total == 0 || total + size.bytes <= limit
      }
      guard let first = chosen.first, let last = chosen.last else { return [] }
      let coder = ContentCoder()
      return try reader.fetch(
        Query(
          Statement(
            """
            SELECT row, queued_at, path, content_type, bytes, form, body FROM spool
            WHERE lane = ?1 AND row >= ?2 AND row <= ?3 ORDER BY row
            """, [.integer(state.id), .integer(first.row), .integer(last.row)],
            columns: [.integer, .integer, .text, .text, .integer, .integer, .blob])
        ) { batch, row in
          SpooledDelivery(
            row: batch.integer(0, row) ?? 0, queuedAt: Instant(nanoseconds: batch.integer(1, row) ?? 0),
            path: batch.string(2, row) ?? "", contentType: batch.string(3, row) ?? "",
            body: batch.bytes(6, row).flatMap { stored in
              ContentForm(rawValue: batch.integer(5, row) ?? -1).flatMap {
                coder.decode(stored, $0, length: Int(batch.integer(4, row) ?? 0))
              }
            })
        })
    }
  }

  /// Forgets deliveries that need not wait any longer, and keeps the lane. Whoever has it, they are gone; one that is gone
  /// already counts for nothing.
  /// - Returns: false when somebody else has the lane now.
  @discardableResult
  public func settle(
    _ rows: [Int64], in lane: SpoolLane, holder: String, for duration: Duration
  ) async throws -> Bool {
    let now = clock()
    return try await engine.write { writer in
      guard var state = try SpoolLaneState.of(lane, writer) else { return false }
      let keys = RowBatch([.integer, .integer])
      for row in rows {
        keys.append(row)
        keys.append(state.id)
      }
      var (count, bytes): (Int64, Int64) = (0, 0)
      try writer.queryForEach(
        "SELECT stored FROM spool WHERE row = ?1 AND lane = ?2", keys, order: nil, columns: [.integer]
      ) { batch in
        for row in 0..<batch.count {
          count += 1
          bytes += batch.integer(1, row) ?? 0
        }
      }
      try writer.executeForEach("DELETE FROM spool WHERE row = ?1 AND lane = ?2", keys)
      state.remove(deliveries: count, bytes: bytes)
      let isHeld = state.holder == holder || state.heldUntil <= now
      if isHeld { state.hold(holder, until: now.advanced(by: duration) ?? now) }
      try state.write(writer)
      return isHeld
    }
  }
}
