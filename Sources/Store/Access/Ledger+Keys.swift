public import Records

/// Keeps the keys to servers of a ledger.
public protocol LedgerAccess: Sendable {
  /// All keys, also those that open nothing any more, by the digests of their tokens. O(keys).
  func keys() async throws -> [SHA256Digest: AccessKey]
  /// Adds a key. Who made it is on record in the same commit.
  /// - Parameters:
  ///   - token: the digest of its token, which is all that is kept of it.
  ///   - actor: who makes it.
  func create(_ key: AccessKey, token: SHA256Digest, actor: String) async throws
  /// Ends a key for good. Who ended it, and why, is on record in the same commit.
  /// - Returns: the key as it is now.
  func revokeKey(_ name: String, actor: String, reason: String?) async throws -> AccessKey
  /// Notes that a key was used.
  func noteUse(of name: String, at instant: Instant) async throws
}

extension Ledger: LedgerAccess {
  public func keys() async throws -> [SHA256Digest: AccessKey] {
    try await engine.read { reader in
      // Digests are unique in the table.
      Dictionary(try KeyTable.all(reader).map { ($0.digest, $0.key) }) { first, _ in first }
    }
  }

  /// - Throws: `LedgerError` with cause `refused` for a name that is no name, or was given before, and for a break-glass key
  ///   that does not end soon or has no reason.
  public func create(_ key: AccessKey, token: SHA256Digest, actor: String) async throws {
    let location = location
    if let problem = AccessKey.problem(ofName: key.name) {
      throw LedgerError(.refused, location: location, problem: "no key can be called so", remedy: problem)
    }
    guard !key.scopes.isEmpty else {
      throw LedgerError(
        .refused, location: location, problem: "a key without scopes opens nothing", remedy: "Give it one")
    }
    if let problem = key.breakGlassProblem {
      throw LedgerError(
        .refused, location: location, problem: "'\(key.name)' is no break-glass key", remedy: problem)
    }
    var bound = key
    // Tenants compare as identifiers do.
    bound.tenant = key.tenant?.identifier
    let (stored, clock) = (bound, clock)
    try await engine.write { writer in
      if let old = try KeyTable.key(named: stored.name, writer) {
        let what = old.revokedAt.map { "was revoked at \($0)" } ?? "is of \(old.createdAt)"
        throw LedgerError(
          .refused, location: location, problem: "there is a key '\(stored.name)' already; it \(what)",
          remedy: "Names are given once: take another, such as '\(stored.name)-2'")
      }
      try KeyTable.insert(stored, token: token, writer)
      var change = ChangeRecord(surface: "account", actor: actor, at: stored.createdAt)
      change.to = stored.name
      change.reason = stored.breakGlass.map { "break-glass key created: \($0)" } ?? "key created"
      try Ledger.commit(change, of: stored, writer, location: location, now: clock())
    }
  }

  /// - Throws: `LedgerError` with cause `refused` when there is no such key, or it is revoked already.
  public func revokeKey(_ name: String, actor: String, reason: String?) async throws -> AccessKey {
    let (location, clock) = (location, clock)
    return try await engine.write { writer in
      guard var key = try KeyTable.key(named: name, writer) else {
        let names = try KeyTable.all(writer).map(\.key.name)
        let guess = NearestName.nearest(to: name, in: names).map { "Write '\($0)' if that is meant; " } ?? ""
        throw LedgerError(
          .refused, location: location, problem: "there is no key '\(name)'",
          remedy: "\(guess)`tally key list` lists them")
      }
      if let before = key.revokedAt {
        throw LedgerError(
          .refused, location: location, problem: "the key '\(name)' was revoked at \(before)",
          remedy: "It opens nothing any more; there is nothing to do")
      }
      let now = clock()
      try KeyTable.revoke(name, at: now, writer)
      key.revokedAt = now
      var change = ChangeRecord(surface: "account", actor: actor, at: now)
      change.from = name
      change.reason = reason ?? "key revoked"
      try Ledger.commit(change, of: key, writer, location: location, now: now)
      return key
    }
  }

  public func noteUse(of name: String, at instant: Instant) async throws {
    try await engine.write { try KeyTable.note(use: instant, of: name, $0) }
  }

  private static func commit(
    _ change: ChangeRecord, of key: AccessKey, _ writer: any EngineWriter, location: String, now: Instant
  ) throws {
    var change = change
    var attributes = JSONObject()
    attributes["key"] = .object(key.facts)
    change.attributes = try JSONValue.object(attributes).canonical()
    let appender = try Appender(writer, location: location)
    try appender.append(change)
    _ = try appender.finish(source: "keys", now: now)
  }
}
