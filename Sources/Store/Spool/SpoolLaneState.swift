import Records

/// What the ledger knows of a lane.
struct SpoolLaneState {
  let id: Int64
  let lane: SpoolLane
  private(set) var lastRow: Int64
  private(set) var deliveries: Int64
  /// Bytes of the bodies, as they are stored.
  private(set) var stored: Int64
  /// Who forwards it, until when; empty for nobody.
  var holder: String
  var heldUntil: Instant
  private let isNew: Bool
  private var isChanged: Bool

  init(new lane: SpoolLane, id: Int64) {
    self.id = id
    self.lane = lane
    (lastRow, deliveries, stored) = (0, 0, 0)
    (holder, heldUntil) = ("", Instant(nanoseconds: 0))
    (isNew, isChanged) = (true, true)
  }

  private init(_ batch: RowBatch, _ row: Int) {
    id = batch.integer(0, row) ?? 0
    lane = SpoolLane(target: batch.string(1, row) ?? "", inOrder: batch.integer(2, row) == 1)
    lastRow = batch.integer(3, row) ?? 0
    deliveries = batch.integer(4, row) ?? 0
    stored = batch.integer(5, row) ?? 0
    holder = batch.string(6, row) ?? ""
    heldUntil = Instant(nanoseconds: batch.integer(7, row) ?? 0)
    (isNew, isChanged) = (false, false)
  }

  /// All lanes there ever were, by their numbers, which go up from 1.
  static func all(_ engine: any EngineReader) throws -> [SpoolLaneState] {
    try engine.fetch(
      Query(
        Statement(
          "SELECT id, target, in_order, last_row, deliveries, stored, holder, held_until FROM spool_lane ORDER BY id",
          columns: [.integer, .text, .integer, .integer, .integer, .integer, .text, .integer]),
        decode: SpoolLaneState.init))
  }

  static func of(_ lane: SpoolLane, _ engine: any EngineReader) throws -> SpoolLaneState? {
    try all(engine).first { $0.lane == lane }
  }

  mutating func add(row: Int64, bytes: Int64) {
    (lastRow, deliveries, stored, isChanged) = (row, deliveries + 1, stored + bytes, true)
  }

  mutating func remove(deliveries count: Int64, bytes: Int64) {
    (deliveries, stored, isChanged) = (deliveries - count, stored - bytes, true)
  }

  mutating func hold(_ holder: String, until: Instant) {
    (self.holder, heldUntil, isChanged) = (holder, until, true)
  }

  /// Writes what has changed.
  func write(_ engine: any EngineWriter) throws {
    guard isChanged else { return }
    let sums: [SQLValue] = [
      .integer(id), .integer(lastRow), .integer(deliveries), .integer(stored), .text(holder),
      .integer(heldUntil.nanoseconds),
    ]
    if isNew {
      try engine.execute(
        Statement(
          """
          INSERT INTO spool_lane(id, last_row, deliveries, stored, holder, held_until, target, in_order)
          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
          """, sums + [.text(lane.target), .integer(lane.inOrder ? 1 : 0)]))
    } else {
      try engine.execute(
        Statement(
          """
          UPDATE spool_lane SET last_row = ?2, deliveries = ?3, stored = ?4, holder = ?5, held_until = ?6 WHERE id = ?1
          """, sums))
    }
  }
}
