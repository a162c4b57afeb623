public import Records

/// What the ledger knows of a schedule.
public struct ScheduleState: Sendable, Equatable {
  public let name: String
  /// The time for which it was last done, or from which on it is looked after.
  public var lastDue: Instant
  /// Who does it, until when; empty for nobody.
  public var holder: String
  public var heldUntil: Instant
  /// When the last run began and ended; nil before the first.
  public var begunAt: Instant?
  public var doneAt: Instant?
  /// When one last ended in which every check could run.
  public var wellAt: Instant?
  /// What the last run said, as JSON; empty before the first.
  public var outcome = ""

  init(_ name: String, lastDue: Instant) {
    self.name = name
    self.lastDue = lastDue
    (holder, heldUntil) = ("", Instant(nanoseconds: 0))
  }

  private static let columns = "name, last_due, holder, held_until, begun_at, done_at, well_at, outcome"

  static func all(_ engine: any EngineReader) throws -> [ScheduleState] {
    try engine.fetch(
      Query(
        Statement(
          "SELECT \(columns) FROM schedule_state ORDER BY name",
          columns: [.text, .integer, .text, .integer, .integer, .integer, .integer, .text])
      ) { batch, row in
        func instant(_ column: Int) -> Instant? {
          batch.integer(column, row).flatMap { $0 == 0 ? nil : Instant(nanoseconds: $0) }
        }
        var state = ScheduleState(
          batch.string(0, row) ?? "", lastDue: Instant(nanoseconds: batch.integer(1, row) ?? 0))
        state.holder = batch.string(2, row) ?? ""
        state.heldUntil = Instant(nanoseconds: batch.integer(3, row) ?? 0)
        (state.begunAt, state.doneAt, state.wellAt) = (instant(4), instant(5), instant(6))
        state.outcome = batch.string(7, row) ?? ""
        return state
      })
  }

  static func of(_ name: String, _ engine: any EngineReader) throws -> ScheduleState? {
    try all(engine).first { $0.name == name }
  }

  /// Writes it in place of what was there.
  func write(_ engine: any EngineWriter) throws {
    try engine.execute(Statement("DELETE FROM schedule_state WHERE name = ?1", [.text(name)]))
    try engine.execute(
      Statement(
        "INSERT INTO schedule_state(\(ScheduleState.columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        [
          .text(name), .integer(lastDue.nanoseconds), .text(holder), .integer(heldUntil.nanoseconds),
          .integer(begunAt?.nanoseconds ?? 0), .integer(doneAt?.nanoseconds ?? 0), .integer(wellAt?.nanoseconds ?? 0),
          .text(outcome),
        ]))
  }
}
