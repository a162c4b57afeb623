public import Guards
internal import Records

/// Keeps what people say of breakers, for every server of a ledger.
///
/// The name of a breaker is `UPSTREAM/MODEL`, or `UPSTREAM` for those of all its models.
public protocol LedgerBreakers: Sendable {
  /// What is said, by the names of breakers; also what is over. O(holds).
  func breakerHolds() async throws -> [String: BreakerHold]
  /// Says something of a breaker, in place of what was said before. It is on record in the same commit.
  func holdBreaker(_ name: String, _ hold: BreakerHold) async throws
  /// Takes back what was said. Who did, and why, is on record in the same commit.
  /// - Returns: what was said.
  /// - Throws: `LedgerError` with cause `refused` where nothing is said.
  func releaseBreaker(_ name: String, actor: String, reason: String) async throws -> BreakerHold
}

extension Ledger: LedgerBreakers {
  public func breakerHolds() async throws -> [String: BreakerHold] {
    try await engine.read { reader in
      Dictionary(try BreakerHoldTable.all(reader).map { ($0.name, $0.hold) }) { first, _ in first }
    }
  }

  public func holdBreaker(_ name: String, _ hold: BreakerHold) async throws {
    let (location, clock) = (location, clock)
    try await engine.write { writer in
      let before = try BreakerHoldTable.hold(of: name, writer)
      try BreakerHoldTable.remove(name, writer)
      try BreakerHoldTable.insert(name, hold, writer)
      var change = ChangeRecord(surface: "infrastructure", actor: hold.actor, at: hold.at)
      change.from = before.flatMap { $0.isOver(at: hold.at) ? nil : "held \($0.position.rawValue)" }
      change.to = "held \(hold.position.rawValue)"
      change.reason = hold.reason
      try Ledger.commit(change, name, until: hold.expiresAt, writer, location: location, now: clock())
    }
  }

  public func releaseBreaker(_ name: String, actor: String, reason: String) async throws -> BreakerHold {
    let (location, clock) = (location, clock)
    return try await engine.write { writer in
      let now = clock()
      guard let hold = try BreakerHoldTable.hold(of: name, writer), !hold.isOver(at: now) else {
        let names = try BreakerHoldTable.all(writer).filter { !$0.hold.isOver(at: now) }.map(\.name)
        let guess = NearestName.nearest(to: name, in: names).map { "Write '\($0)' if that is meant; " } ?? ""
        throw LedgerError(
          .refused, location: location, problem: "nobody holds the breaker '\(name)'",
          remedy: "\(guess)`tally breaker list` lists those that are held")
      }
      try BreakerHoldTable.remove(name, writer)
      var change = ChangeRecord(surface: "infrastructure", actor: actor, at: now)
      change.from = "held \(hold.position.rawValue)"
      change.to = "released"
      change.reason = reason
      try Ledger.commit(change, name, until: nil, writer, location: location, now: now)
      return hold
    }
  }

  private static func commit(
    _ change: ChangeRecord, _ name: String, until end: Instant?, _ writer: any EngineWriter, location: String,
    now: Instant
  ) throws {
    var (change, breaker, attributes) = (change, JSONObject(), JSONObject())
    breaker["name"] = .string(name)
    breaker["until"] = end.map { .string($0.description) }
    attributes["breaker"] = .object(breaker)
    change.attributes = try JSONValue.object(attributes).canonical()
    let appender = try Appender(writer, location: location)
    try appender.append(change)
    _ = try appender.finish(source: "breakers", now: now)
  }
}
