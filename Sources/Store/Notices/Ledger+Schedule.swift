public import Guards
public import Records

/// What a run of a schedule leaves.
public struct ScheduleRound: Sendable {
  /// All that is known of all targets now.
  public var kept: [KeptNotice]
  /// What they are to be told.
  public var deliveries: [SpoolDelivery]
  /// What the run said, as JSON.
  public var outcome: String
  /// Whether every check could run.
  public var isWell: Bool

  public init(kept: [KeptNotice], deliveries: [SpoolDelivery], outcome: String, isWell: Bool) {
    (self.kept, self.deliveries, self.outcome, self.isWell) = (kept, deliveries, outcome, isWell)
  }
}

/// Schedules that several processes share. Whoever takes a run has it for a while; that it is done, what everybody was told, and what
/// waits to be sent are one transaction, so that a process that dies has either done all of it or nothing.
extension Ledger {
  public func schedules() async throws -> [ScheduleState] { try await engine.read { try ScheduleState.all($0) } }

  /// What targets were told, and what is on its way to that.
  public func keptNotices() async throws -> [KeptNotice] { try await engine.read { try NoticeTable.all($0) } }

  /// The name of this ledger in alerts.
  /// - Parameter id: the one that it gets if it has none.
  public func noticeOrigin(orElse id: String) async throws -> String {
    if let known = try await engine.read({ try Ledger.origin($0) }) { return known }
    return try await engine.write { writer in
      if let known = try Ledger.origin(writer) { return known }
      try writer.execute(Statement("INSERT INTO notice_origin(id) VALUES (?1)", [.text(id)]))
      return id
    }
  }

  private static func origin(_ engine: any EngineReader) throws -> String? {
    try engine.first(Query(Statement("SELECT id FROM notice_origin", columns: [.text])) { $0.string(0, $1) ?? "" })
  }

  /// Takes a run that is due. Asking for one that is not costs no write, but the first time.
  /// - Returns: the time for which it is; nil when it is not due, or somebody else has it.
  public func takeRun(
    of name: String, _ rule: ScheduleRule, holder: String, for duration: Duration
  ) async throws -> Instant? {
    let clock = clock
    @Sendable func due(_ state: ScheduleState?, _ now: Instant) -> Instant? {
      guard let state else {
        if case .every = rule { return now }
        return nil
      }
      // Nobody takes a run for that long: whoever holds it beyond that had a clock that was ahead.
      let isHeld = state.heldUntil > now && state.heldUntil <= now.advanced(by: duration * 2) ?? now
      return !isHeld || state.holder == holder ? rule.due(after: state.lastDue, now: now) : nil
    }
    let known = try await engine.read { try ScheduleState.of(name, $0) }
    guard known.map({ due($0, clock()) != nil || $0.lastDue > clock() }) ?? true else { return nil }
    return try await engine.write { writer in
      let now = clock()
      let known = try ScheduleState.of(name, writer)
      let time = due(known, now)
      // Before the first run of a distance, the last one counts as one distance ago.
      var first = ScheduleState(name, lastDue: now)
      if time != nil, case .every(let distance) = rule {
        first.lastDue = now.advanced(by: .zero - distance) ?? now
      }
      var state = known ?? first
      // A time to come, of a clock that was ahead, counts as now: once, and not each time that somebody looks.
      state.lastDue = min(state.lastDue, now)
      if time != nil {
        (state.holder, state.heldUntil) = (holder, now.advanced(by: duration) ?? now)
        state.begunAt = now
      }
      if state != known { try state.write(writer) }
      return time
    }
  }

  /// Keeps a run that takes long.
  public func keepRun(of name: String, holder: String, for duration: Duration) async throws {
    let clock = clock
    try await engine.write { writer in
      guard var state = try ScheduleState.of(name, writer), state.holder == holder else { return }
      let now = clock()
      state.heldUntil = now.advanced(by: duration) ?? now
      try state.write(writer)
    }
  }

  /// Ends a run.
  /// - Parameters:
  ///   - time: the one for which it was.
  ///   - decide: what is told, given what was.
  /// - Returns: what was put into the spool; nil when somebody else has the run now, and nothing was written.
  public func endRun(
    of name: String, holder: String, for time: Instant, decide: @Sendable ([KeptNotice]) throws -> ScheduleRound
  ) async throws -> SpoolCounts? {
    let clock = clock
    return try await engine.write { writer in
      guard var state = try ScheduleState.of(name, writer), state.holder == holder else { return nil }
      let before = try NoticeTable.all(writer)
      let round = try decide(before)
      try NoticeTable.replace(before, by: round.kept, writer)
      let now = clock()
      (state.lastDue, state.holder, state.heldUntil) = (time, "", Instant(nanoseconds: 0))
      (state.doneAt, state.outcome) = (now, round.outcome)
      if round.isWell { state.wellAt = now }
      try state.write(writer)
      let spool = SpoolAppender(writer)
      for delivery in round.deliveries { try spool.append(delivery, hasRecords: false) }
      return try spool.flush(isNews: true, now: now)
    }
  }
}
