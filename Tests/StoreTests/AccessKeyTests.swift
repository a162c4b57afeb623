import CrashVFS
import Records
import SeededRandom
import Testing

@testable import Store

/// Keys in the ledger: what is kept, what is on record, and that both come together.
@Suite struct AccessKeyTests {
  private static func key(_ name: String, at nanoseconds: Int64 = 0) -> AccessKey {
    AccessKey(name: name, scopes: [.ingest, .read], createdAt: Instant(nanoseconds: nanoseconds))
  }

  private static func digest(_ text: String) -> SHA256Digest { AccessToken.digest(of: text) }

  private func open(_ engine: EngineUnderTest, _ folder: TemporaryFolder, _ clock: TestClock) async throws -> Ledger {
    try await Ledger(engine: engine.open(folder.path)) { clock.now }
  }

  private func changes(_ ledger: Ledger) async throws -> [ChangeRecord] {
    try await ledger.answers().records[.change, default: []].compactMap {
      if case .change(let change) = $0 { change } else { nil }
    }.sorted { $0.at < $1.at }
  }

  @Test(arguments: EngineUnderTest.all)
  func aKeyIsKeptWithItsRecord(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    #expect(try await ledger.keys().isEmpty)
    var key = AccessKeyTests.key("support-bot", at: clock.now.nanoseconds)
    (key.tenant, key.team) = ("cafe\u{301}", "payments")
    key.expiresAt = Instant(nanoseconds: clock.now.nanoseconds + 1)
    try await ledger.create(key, token: AccessKeyTests.digest("one"), actor: "ada")
    try await ledger.create(
      AccessKeyTests.key("other", at: clock.now.nanoseconds + 5), token: AccessKeyTests.digest("two"), actor: "bob")
    let keys = try await ledger.keys()
    #expect(keys.count == 2)
    key.tenant = "café".identifier
    #expect(keys[AccessKeyTests.digest("one")] == key)
    #expect(keys[AccessKeyTests.digest("two")]?.name == "other")
    let changes = try await changes(ledger)
    #expect(changes.map(\.actor) == ["ada", "bob"])
    #expect(changes.map(\.to) == ["support-bot", "other"])
    #expect(changes.allSatisfy { $0.surface == "account" && $0.reason == "key created" && $0.from == nil })
    let attributes = try #require(changes.first?.attributes)
    #expect(attributes.contains("\"scopes\":[\"ingest\",\"read\"]") && attributes.contains("\"team\":\"payments\""))
    #expect(!attributes.contains(AccessKeyTests.digest("one").description))
    #expect(try await ledger.status().commits == 2)
    #expect(try await ledger.verify().problems == [])
  }

  /// A break-glass key says why, and until when; one that does not is made by nobody.
  @Test(arguments: EngineUnderTest.all)
  func aBreakGlassKeyIsKeptWithItsReason(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(1_000))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    var key = AccessKey(name: "night", scopes: [.call], createdAt: Instant(nanoseconds: 1_000))
    (key.breakGlass, key.expiresAt) = ("checkout is down", Instant(nanoseconds: 2_000))
    for change in [
      { (key: inout AccessKey) in key.breakGlass = "down" }, { $0.expiresAt = nil }, { $0.scopes = [.admin] },
      { $0.expiresAt = Instant(nanoseconds: 86_400_000_001_001) },
    ] {
      var wrong = key
      change(&wrong)
      await #expect { try await ledger.create(wrong, token: AccessKeyTests.digest("one"), actor: "ada") } throws: {
        ($0 as? LedgerError)?.cause == .refused && "\($0)".contains("no break-glass key")
      }
    }
    #expect(try await ledger.keys().isEmpty)
    #expect(try await ledger.status().commits == 0)
    try await ledger.create(key, token: AccessKeyTests.digest("one"), actor: "ada")
    #expect(try await ledger.keys()[AccessKeyTests.digest("one")] == key)
    let change = try #require(try await changes(ledger).first)
    #expect(change.actor == "ada" && change.to == "night")
    #expect(change.reason == "break-glass key created: checkout is down")
    #expect(change.attributes?.contains("\"break_glass\":\"checkout is down\"") == true)
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func aRevokedKeyStaysAndItsNameToo(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock(1_000))
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    try await ledger.create(AccessKeyTests.key("bot", at: 1_000), token: AccessKeyTests.digest("one"), actor: "ada")
    clock.set(2_000)
    let revoked = try await ledger.revokeKey("bot", actor: "bob", reason: "it was found in a log")
    #expect(revoked.revokedAt == Instant(nanoseconds: 2_000))
    #expect(try await ledger.keys()[AccessKeyTests.digest("one")] == revoked)
    let change = try #require(try await changes(ledger).last)
    #expect((change.from, change.to, change.actor, change.reason) == ("bot", nil, "bob", "it was found in a log"))
    let before = try await ledger.status()
    for (attempt, word) in [
      ("again", "was revoked at"), ("bott", "Write 'bot'"), ("anything", "tally key list"),
    ] {
      await #expect {
        _ = try await ledger.revokeKey(attempt == "again" ? "bot" : attempt, actor: "bob", reason: nil)
      } throws: { ($0 as? LedgerError)?.cause == .refused && "\($0)".contains(word) }
    }
    await #expect {
      try await ledger.create(AccessKeyTests.key("bot"), token: AccessKeyTests.digest("new"), actor: "ada")
    } throws: { ($0 as? LedgerError)?.cause == .refused && "\($0)".contains("bot-2") }
    // Neither a key nor a record of one.
    #expect(try await ledger.status() == before)
    #expect(try await ledger.keys().count == 1)
    #expect(try await ledger.verify().problems == [])
  }

  @Test(arguments: EngineUnderTest.all)
  func whatIsNoKeyIsRefused(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder, TestClock())
    defer { try? ledger.close() }
    var none = AccessKeyTests.key("none")
    none.scopes = []
    for key in [none, AccessKeyTests.key("a:b")] {
      await #expect {
        try await ledger.create(key, token: AccessKeyTests.digest(key.name), actor: "ada")
      } throws: { ($0 as? LedgerError)?.cause == .refused }
    }
    // Two keys of one token would be one to whoever shows it.
    try await ledger.create(AccessKeyTests.key("one"), token: AccessKeyTests.digest("x"), actor: "ada")
    await #expect(throws: LedgerError.self) {
      try await ledger.create(AccessKeyTests.key("two"), token: AccessKeyTests.digest("x"), actor: "ada")
    }
    #expect(try await ledger.keys().values.map(\.name) == ["one"])
    #expect(try await ledger.status().records[.change] == 1)
  }

  @Test(arguments: EngineUnderTest.all)
  func useIsNotedForwards(_ engine: EngineUnderTest) async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(engine, folder, TestClock())
    defer { try? ledger.close() }
    let digest = AccessKeyTests.digest("x")
    try await ledger.create(AccessKeyTests.key("one"), token: digest, actor: "ada")
    let commits = try await ledger.status().commits
    for (use, expected): (Int64, Int64) in [(7, 7), (5, 7), (9, 9)] {
      try await ledger.noteUse(of: "one", at: Instant(nanoseconds: use))
      #expect(try await ledger.keys()[digest]?.usedAt == Instant(nanoseconds: expected))
    }
    try await ledger.noteUse(of: "nobody", at: Instant(nanoseconds: 1))
    // It is no record.
    #expect(try await ledger.status().commits == commits)
  }

  /// A ledger of the version before keys gets the table when it is opened, with what it held.
  @Test(arguments: EngineUnderTest.all)
  func anOlderLedgerTakesKeys(_ engine: EngineUnderTest) async throws {
    let (folder, clock) = (TemporaryFolder(), TestClock())
    let first = try await engine.open(folder.path)
    try await first.write { writer in
      try writer.execute(Statement("CREATE TABLE ledger_version(step INTEGER PRIMARY KEY) STRICT"))
      for statement in Migrations.steps[0] { try writer.execute(Statement(statement)) }
      try writer.execute(Statement("INSERT INTO ledger_version(step) VALUES (1)"))
    }
    try first.close()
    let ledger = try await open(engine, folder, clock)
    defer { try? ledger.close() }
    var records = RandomRecords(seed: 3)
    try await ledger.deliver(records.delivery(20))
    try await ledger.create(AccessKeyTests.key("bot"), token: AccessKeyTests.digest("one"), actor: "ada")
    #expect(try await ledger.keys().count == 1)
    #expect(try await ledger.verify().problems == [])
  }

  /// What is lost in a power failure is lost as a whole: no key is without its record.
  @Test(arguments: 0..<30)
  func noKeyWithoutItsRecordWhenThePowerFails(_ seed: Int) async throws {
    var random = SplitMix(seed: UInt64(seed))
    let world = CrashWorld()
    let ledger = try await world.open()
    world.plan(CRASH_VFS_CRASH, at: Int.random(in: 1...40, using: &random), count: 1_000)
    var acknowledged = 0
    for number in 0..<5 {
      do {
        let name = "key-\(number)"
        try await ledger.create(AccessKeyTests.key(name), token: AccessKeyTests.digest(name), actor: "ada")
        acknowledged += 1
      } catch { break }
    }
    try? ledger.close()
    world.lose(seed: UInt64(seed))
    let after = try await world.open()
    defer { try? after.close() }
    let keys = try await after.keys().count
    #expect(keys >= acknowledged)
    #expect(try await after.status().records[.change] ?? 0 == Int64(keys))
    #expect(try await after.verify().problems == [])
  }
}
