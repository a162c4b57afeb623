import Glibc
import PostgresServer
import Records
import SeededRandom
import StorePostgres
import StoreSQLite
import Synchronization
import Testing

@testable import Store

/// A ledger from one engine to the other: the same rows, whatever interrupts it, and never over something else.
@Suite(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had")) struct CopyAcrossTests {
  /// What a test stops a copy with.
  private struct Interruption: Error {}

  /// A staging that is interrupted at one of its transactions.
  private struct Fragile: LedgerStaging {
    let whole: any LedgerStaging
    let writesLeft: Mutexed

    var location: String { whole.location }
    var howToDiscard: String { whole.howToDiscard }
    var isShared: Bool { whole.isShared }

    func occupant() async throws -> (any LedgerEngine)? { try await whole.occupant() }
    func begin() async throws -> any LedgerEngine {
      FragileEngine(whole: try await whole.begin(), writesLeft: writesLeft)
    }
    func publish() async throws {
      if writesLeft.take() { throw Interruption() }
      try await whole.publish()
    }
  }

  private final class Mutexed: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    /// Whether nothing is left.
    func take() -> Bool {
      left.withLock {
        $0 -= 1
        return $0 < 0
      }
    }
  }

  private struct FragileEngine: LedgerEngine {
    let whole: any LedgerEngine
    let writesLeft: Mutexed

    var location: String { whole.location }
    func read<Result: Sendable>(_ body: @Sendable (any EngineReader) throws -> Result) async throws -> Result {
      try await whole.read(body)
    }
    func write<Result: Sendable>(_ body: @Sendable (any EngineWriter) throws -> Result) async throws -> Result {
      try await whole.write { writer in
        let result = try body(writer)
        // At the latest moment before the commit.
        if writesLeft.take() { throw Interruption() }
        return result
      }
    }
    func ask(_ statement: AskedStatement, _ receiver: some AnswerReceiver & Sendable) async throws {
      try await whole.ask(statement, receiver)
    }
    func copy<Result: Sendable>(
      to place: String, check: @Sendable (any EngineReader, any EngineReader) throws -> Void,
      result: @Sendable (any EngineReader, any EngineReader) throws -> Result
    ) async throws -> Result { try await whole.copy(to: place, check: check, result: result) }
    func close() throws { try whole.close() }
  }

  private static let start: Int64 = 1_700_000_000_000_000_000

  private func ledger(_ engine: any LedgerEngine) async throws -> Ledger {
    try await Ledger(engine: engine) { Instant(nanoseconds: CopyAcrossTests.start) }
  }

  private func open(_ folder: TemporaryFolder) async throws -> Ledger {
    try await ledger(SQLiteEngine(path: folder.path + "/ledger.db"))
  }

  private func staging(_ folder: TemporaryFolder) async throws -> PostgresStaging {
    let server = try #require(PostgresServer.shared)
    return try await PostgresStaging(server.address(schema: folder.path))
  }

  private func copied(_ folder: TemporaryFolder) async throws -> Ledger {
    let server = try #require(PostgresServer.shared)
    return try await ledger(server.engine(schema: folder.path))
  }

  /// All rows of all tables, as texts.
  private func rows(_ ledger: Ledger) async throws -> [String] {
    try await ledger.engine.read { reader in
      try CopyTable.all.flatMap { table in
        try reader.fetch(Query(table.everything) { "\(table.name) \(CopyTable.values($0, $1))" })
      }
    }
  }

  private func expectEqual(_ ledger: Ledger, _ copy: Ledger) async throws {
    let (here, there) = (try await rows(ledger), try await rows(copy))
    #expect(here.count == there.count && here.count > 100)
    #expect(zip(here, there).first { $0 != $1 }.map { "\($0)" } == nil)
    #expect(try await copy.verify(head: ledger.status().head).problems == [])
    #expect(try await copy.status() == ledger.status())
    #expect(try await copy.answers() == ledger.answers())
  }

  private static func span(_ number: Int, words: String) -> (SpanRecord, Content) {
    let at = Instant(nanoseconds: start + Int64(number) * 1_000_000_000)
    var span = SpanRecord(
      spanID: "span-\(number)", traceID: "trace-\(number / 3)", name: "call", spanKind: "chat", startedAt: at,
      feature: "desk")
    span.userID = "user-\(number % 5)"
    let content = Content(Array("\"\(words) \(number)\"".utf8), at: at)
    span.contents.input = content.sha256
    return (span, content)
  }

  private func deliverWords(_ ledger: Ledger, _ numbers: Range<Int>) async throws {
    try await ledger.append(source: "test") { appender in
      for number in numbers {
        let (span, content) = CopyAcrossTests.span(number, words: "words with \u{0} and \u{1}")
        appender.append(content)
        try appender.append(.span(span))
      }
    }
  }

  @Test func everyTableIsToldHowItGrows() {
    // What is not known to grow only is copied whole at the end, which is right for small tables alone.
    #expect(
      Set(CopyTable.all(.anyTime).map(\.name)) == [
        "access_key", "breaker_hold", "budget_block", "budget_hold", "budget_orphan", "budget_window", "call_decision",
        "chain_head",
        "spool",
        "spool_lane",
      ])
    #expect(CopyTable.all.first?.name == "ledger_commit")
    #expect(CopyTable.all.allSatisfy { !$0.key.isEmpty && !$0.columns.isEmpty })
    let tables = Set(TableShapes.current.tables.keys)
    #expect(Set(CopyTable.all.map(\.name)) == tables)
  }

  @Test func thereAndBack() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 11)
    let ledger = try await open(folder)
    for size in [200, 50, 120] { try await ledger.deliver(records.delivery(size)) }
    try await deliverWords(ledger, 0..<60)
    let staging = try await staging(folder)
    let outcome = try await ledger.copy(across: staging)
    #expect(try await outcome.status == ledger.status() && !outcome.wasThere && outcome.rows > 400)
    let copy = try await copied(folder)
    try await expectEqual(ledger, copy)
    // Once more: it is there.
    let again = try await ledger.copy(across: staging)
    #expect(again.wasThere && again.rows == 0)
    // The copy is a ledger of its own, and comes back as a file.
    try await copy.deliver(records.delivery(30))
    let file = SQLiteStaging(path: folder.path + "/back.db")
    let back = try await copy.copy(across: file)
    #expect(try await back.status == copy.status() && back.status != outcome.status)
    let returned = try await self.ledger(SQLiteEngine(path: folder.path + "/back.db", create: false))
    try await expectEqual(copy, returned)
    #expect(access(folder.path + "/back.db.copying", F_OK) != 0)
    for ledger in [ledger, copy, returned] { try ledger.close() }
  }

  /// Interrupted at every transaction in turn, each time at the last moment; the ledger goes on growing, in places that were
  /// copied before as well: records are replaced, words are erased.
  @Test func interruptedAtEveryTransaction() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 12)
    let ledger = try await open(folder)
    try await ledger.deliver(records.delivery(150))
    try await deliverWords(ledger, 0..<40)
    // Whose words come later.
    try await ledger.append(source: "test") { appender in
      for number in 70..<75 {
        try appender.append(.span(CopyAcrossTests.span(number, words: "words with \u{0} and \u{1}").0))
      }
    }
    let staging = try await staging(folder)
    var interruptions = 0
    for writes in 0..<200 {
      do {
        _ = try await ledger.copy(across: Fragile(whole: staging, writesLeft: Mutexed(writes)))
        break
      } catch is Interruption {
        interruptions += 1
      }
      switch writes {
      case 8: try await ledger.deliver(records.delivery(80))
      // Among them before any span is there, but words are.
      case 2, 3, 4, 5, 6, 7: _ = try await ledger.erase(.user("user-\(writes % 3 + 2)"), actor: "ada", reason: "asked")
      case 15: _ = try await ledger.erase(.user("user-1"), actor: "ada", reason: "asked")
      case 24: try await deliverWords(ledger, 30..<75)
      default: break
      }
    }
    #expect(interruptions >= 30)
    let copy = try await copied(folder)
    try await expectEqual(ledger, copy)
    try ledger.close()
    try copy.close()
  }

  /// What another connection may still hold in its log is no published ledger.
  @Test func aFileThatSomebodyHasOpenIsNotPublished() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 16)
    let engine = try SQLiteEngine(path: folder.path + "/from.db")
    let ledger = try await self.ledger(engine)
    try await ledger.deliver(records.delivery(200))
    let staging = SQLiteStaging(path: folder.path + "/to.db")
    let other = try await self.ledger(try await staging.begin())
    await #expect {
      try await ledger.copy(across: staging)
    } throws: { ($0 as? LedgerError)?.problem.contains("has the copy open") == true }
    #expect(access(folder.path + "/to.db", F_OK) != 0)
    try other.close()
    _ = try await ledger.copy(across: staging)
    let copy = try await self.ledger(SQLiteEngine(path: folder.path + "/to.db", create: false))
    #expect(try await copy.verify(head: ledger.status().head).problems == [])
    for ledger in [ledger, copy] { try ledger.close() }
  }

  @Test func whatWasChangedIsFound() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 13)
    let ledger = try await open(folder)
    try await ledger.deliver(records.delivery(200))
    try await deliverWords(ledger, 0..<20)
    let staging = try await staging(folder)
    // In the half-made copy, between two calls.
    await #expect(throws: Interruption.self) {
      try await ledger.copy(across: Fragile(whole: staging, writesLeft: Mutexed(26)))
    }
    let engine = try await staging.begin()
    try await engine.write { try $0.execute(Statement("UPDATE span SET input_tokens = 7 WHERE row = 5")) }
    try engine.close()
    await #expect {
      try await ledger.copy(across: staging)
    } throws: {
      let error = $0 as? LedgerError
      return error?.cause == .damaged && error?.problem.contains("span row 5 was changed") == true
        && error?.remedy.contains("DROP SCHEMA") == true
    }
    #expect(try await staging.occupant()?.read { try Ledger.version($0) } == 0)
    try ledger.close()
  }

  @Test func aDamagedLedgerIsNotCopied() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 14)
    let ledger = try await open(folder)
    try await ledger.deliver(records.delivery(200))
    try await ledger.engine.write { try $0.execute(Statement("UPDATE trial SET score = 0.123 WHERE row = 3")) }
    let staging = try await staging(folder)
    await #expect {
      try await ledger.copy(across: staging)
    } throws: { ($0 as? LedgerError)?.problem.contains("trial row 3 was changed") == true }
    try ledger.close()
  }

  @Test func whatLiesThereStays() async throws {
    let folder = TemporaryFolder()
    var records = RandomRecords(seed: 15)
    let ledger = try await open(folder)
    try await ledger.deliver(records.delivery(20))
    func refusal(_ staging: some LedgerStaging) async -> String {
      do {
        _ = try await ledger.copy(across: staging)
        return "none"
      } catch {
        return (error as? LedgerError).map { $0.cause == .refused ? $0.problem : "\($0)" } ?? "\(error)"
      }
    }
    // Another ledger.
    let other = try await copied(folder)
    try await other.deliver(records.delivery(5))
    #expect(await refusal(try staging(folder)).contains("a ledger of 1 commits lies here"))
    #expect(try await other.status().commits == 1)
    try other.close()
    // Somebody else's table of a name that is needed; others do not matter.
    let shared = TemporaryFolder()
    let server = try #require(PostgresServer.shared)
    let engine = try await server.engine(schema: shared.path)
    try await engine.write { try $0.execute(Statement("CREATE TABLE theirs(a INTEGER)")) }
    try await engine.write { try $0.execute(Statement("CREATE TABLE item(a INTEGER)")) }
    #expect(await refusal(try staging(shared)).contains("something else lies here (item)"))
    try await engine.write { try $0.execute(Statement("DROP TABLE item")) }
    #expect(await refusal(try staging(shared)) == "none")
    try engine.close()
    // A copy of another ledger, half made.
    let third = TemporaryFolder()
    let begun = try await staging(third).begin()
    let stranger = try await self.ledger(begun)
    try await stranger.deliver(records.delivery(3))
    try stranger.close()
    #expect(await refusal(try staging(third)).contains("a copy of another ledger than"))
    // Files that are no ledger.
    let path = folder.path + "/other.db"
    let file = try SQLiteEngine(path: path)
    try await file.write { try $0.execute(Statement("CREATE TABLE theirs(a INTEGER)")) }
    try file.close()
    #expect(await refusal(SQLiteStaging(path: path)).contains("something else lies here (theirs)"))
    try ledger.close()
  }

  /// More rows than fit one transaction, in tables of either kind, and copied while somebody writes.
  @Test func manyRowsWhileOthersWrite() async throws {
    let folder = TemporaryFolder()
    let ledger = try await open(folder)
    try await ledger.append(source: "test") { appender in
      for number in 0..<40_000 {
        var trial = TrialRecord(
          suite: "s", item: "item-\(number)", variant: "v", at: Instant(nanoseconds: CopyAcrossTests.start))
        trial.score = Double(number % 7)
        try appender.append(trial)
      }
    }
    async let writing: Void = {
      for commit in 0..<20 { try await deliverWords(ledger, commit * 10..<commit * 10 + 10) }
    }()
    let outcome = try await ledger.copy(across: staging(folder))
    try await writing
    #expect(outcome.status.records[.trial] == 40_000 && outcome.status.commits <= 21)
    let copy = try await copied(folder)
    #expect(try await copy.status() == outcome.status)
    #expect(try await ledger.verify(head: outcome.status.head).problems == [])
    try ledger.close()
    try copy.close()
  }
}
