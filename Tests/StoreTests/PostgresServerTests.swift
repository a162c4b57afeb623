import PostgresServer
import Records
import StorePostgres
import Testing

@testable import Store

/// What only a server can do to a ledger: go away, be shared by processes, be set up wrongly.
@Suite(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had")) struct PostgresServerTests {
  private func trial(_ item: String) -> TrialRecord {
    var trial = TrialRecord(suite: "shared", item: item, variant: "v", at: Instant(nanoseconds: 0))
    trial.passed = true
    return trial
  }

  private func open(_ address: PostgresAddress) async throws -> Ledger {
    try await Ledger(engine: PostgresEngine(address)) { Instant(nanoseconds: 1_700_000_000_000_000_000) }
  }

  /// The server dies, as in a crash, while several writers append: what was acknowledged is there, once, and the writers
  /// go on by themselves.
  @Test func nothingAcknowledgedIsLostWhenTheServerDies() async throws {
    let server = try PostgresServer()
    let address = try await server.address(schema: "restarted")
    let (writers, restarts, rows) = (3, 6, 40)
    let ledger = try await open(address)
    defer { try? ledger.close() }
    let (isOver, appended) = (Atomic(0), Atomic(0))
    let delivered: [String] = try await withThrowingTaskGroup(of: [String].self) { group in
      for writer in 0..<writers {
        group.addTask {
          let ledger = try await open(address)
          defer { try? ledger.close() }
          var (acknowledged, commit) = ([String](), 0)
          while isOver.value == 0 {
            let name = "\(writer)-\(commit)"
            do {
              let receipt = try await ledger.append(source: name) { appender in
                for row in 0..<rows { try appender.append(trial("\(name)-\(row)")) }
              }
              // New, or found to be committed when it was delivered again.
              #expect(receipt.total.stored == rows || receipt.total.duplicates == rows)
              acknowledged.append(name)
              commit += 1
              _ = appended.increment()
            } catch let error as LedgerError {
              #expect(error.cause == .lost, "\(error)")
            }
          }
          return acknowledged
        }
      }
      // A restart between two commits strikes nobody: the last one comes within a commit.
      for _ in 0..<restarts {
        // All are back at work.
        let before = appended.value
        while appended.value < before + 10 { try await Task.sleep(for: .milliseconds(20)) }
        try await Task.sleep(for: .microseconds(Int.random(in: 0...20_000)))
        try server.restart()
      }
      let caught = try await open(address)
      defer { try? caught.close() }
      await #expect(throws: LedgerError.self) {
        try await caught.append(source: "struck") { appender in
          try appender.append(trial("struck"))
          try server.restart()
        }
      }
      try await Task.sleep(for: .milliseconds(200))
      isOver.value = 1
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(delivered.count > writers)
    let items = try await ledger.read { snapshot in
      var items: [String] = []
      try snapshot.forEachTrial(of: snapshot.trialSeries()) { row, _ in items.append(row.item.string) }
      return items
    }
    #expect(Set(items).count == items.count)
    let expected = Set(delivered.flatMap { name in (0..<rows).map { "\(name)-\($0)" } })
    #expect(expected.isSubset(of: items))
    // What was not acknowledged is there whole or not at all.
    #expect(items.count % rows == 0)
    #expect(try await ledger.status().superseded == 0)
    #expect(try await ledger.verify().problems == [])
  }

  /// The connection breaks at the very moment of a commit: the answer is asked for, and neither guessed nor left open.
  @Test func aCommitWhoseAnswerIsLostIsLookedUp() async throws {
    let server = try #require(PostgresServer.shared)
    let proxy = CuttingProxy(to: server.folder)
    proxy.start()
    defer { proxy.stop() }
    _ = try await server.address(schema: proxy.folder.path)
    let url = server.url(schema: PostgresServer.schema(proxy.folder.path))
    let ledger = try await open(#require(PostgresAddress(url.replacing(server.folder, with: proxy.folder.path))))
    defer { try? ledger.close() }
    try await ledger.append(source: "test") { try $0.append(trial("0")) }
    for round in 1...5 {
      proxy.cut(.afterCommit)
      // It was committed, and the caller need not know that the answer was lost.
      let receipt = try await ledger.append(source: "test") { try $0.append(trial("\(round)")) }
      #expect(receipt.total.stored == 1 && receipt.commit == Int64(2 * round))
      proxy.cut(.beforeCommit)
      do {
        try await ledger.append(source: "test") { try $0.append(trial("lost \(round)")) }
        Issue.record("what was not committed is acknowledged")
      } catch let error as LedgerError {
        #expect(error.cause == .lost && error.problem.contains("nothing of it was stored"), "\(error)")
      }
      #expect(try await ledger.status().commits == Int64(2 * round))
      let again = try await ledger.append(source: "test") { try $0.append(trial("lost \(round)")) }
      #expect(again.total.stored == 1)
    }
    #expect(try await ledger.verify().problems == [])
  }

  @Test func processesOpenANewLedgerAtOnceAndAppend() async throws {
    let folder = TemporaryFolder()
    let server = try #require(PostgresServer.shared)
    let address = try await server.address(schema: folder.path)
    let url = server.url(schema: PostgresServer.schema(folder.path))
    let (processes, commits, rows) = (6, 6, 20)
    let running = try (0..<processes).map { try Writer(arguments: [url, "p\($0)", "\(commits)", "\(rows)"]) }
    let numbers = try running.flatMap { try $0.commits() }
    #expect(numbers.sorted() == (1...Int64(processes * commits)).map { $0 })
    let ledger = try await open(address)
    defer { try? ledger.close() }
    let status = try await ledger.status()
    #expect(status.commits == Int64(processes * commits))
    #expect(status.records[.trial] == Int64(processes * commits * (rows + 1)))
    #expect(status.superseded == Int64(processes * commits - 1))
    #expect(try await ledger.verify().problems == [])
  }

  @Test func aKilledWriterLeavesWholeCommits() async throws {
    let folder = TemporaryFolder()
    let server = try #require(PostgresServer.shared)
    let address = try await server.address(schema: folder.path)
    let url = server.url(schema: PostgresServer.schema(folder.path))
    for round in 0..<4 {
      let writer = try Writer(arguments: [url, "killed-\(round)", "1000", "30"])
      let acknowledged = try writer.killAfter(commits: 3 + round)
      let ledger = try await open(address)
      let status = try await ledger.status()
      #expect(status.commits >= acknowledged)
      #expect(status.records[.trial] == status.commits * 31)
      #expect(try await ledger.verify().problems == [])
      try ledger.close()
    }
  }

  /// Settings under which an acknowledgement would be worth nothing, and places where no ledger can be.
  @Test(arguments: [
    ("options=-csynchronous_commit%3Doff", "synchronous_commit is off"),
    ("options=-csearch_path%3Dnowhere", "the schema that search_path names is not there"),
    ("dbname=nowhere", "there is no such database"), ("sslmode=sslmode", "the server cannot be reached"),
    ("user=nobody", "the server refuses the login"),
  ])
  func whatCannotHoldALedgerIsRefused(_ parameter: String, _ said: String) async throws {
    let server = try #require(PostgresServer.shared)
    let engine = try PostgresEngine(#require(PostgresAddress("\(server.url())&\(parameter)")))
    defer { try? engine.close() }
    do {
      _ = try await engine.read { _ in 0 }
      Issue.record("\(parameter) is taken")
    } catch let error as LedgerError {
      #expect(error.cause == .unreadable && error.problem.contains(said), "\(error)")
    }
  }

  @Test func aLedgerThatIsNotThereIsNotMade() async throws {
    let folder = TemporaryFolder()
    let address = try await #require(PostgresServer.shared).address(schema: folder.path)
    do {
      _ = try await Ledger(engine: PostgresEngine(address, create: false)) { Instant(nanoseconds: 0) }
      Issue.record("there is a ledger")
    } catch let error as LedgerError {
      #expect(error.cause == .unreadable && error.problem == "there is no ledger here")
    }
    try await open(address).close()
    try await Ledger(engine: PostgresEngine(address, create: false)) { Instant(nanoseconds: 0) }.close()
  }

  /// Answers of several pages, wide rows among narrow ones, with questions while they are read.
  @Test func longAnswersComeInPages() async throws {
    let folder = TemporaryFolder()
    let engine = try await #require(PostgresServer.shared).engine(schema: folder.path)
    defer { try? engine.close() }
    let width = "CASE WHEN n % 1000 = 0 THEN 100000 ELSE 3 END"
    let sql = "SELECT n, repeat('x', \(width)) FROM generate_series(1, ?1) n ORDER BY n"
    let sum = try await engine.read { reader in
      var (next, bytes): (Int64, Int) = (1, 0)
      try reader.query(Statement(sql, [.integer(20_000)], columns: [.integer, .text])) { batch in
        let following = try reader.integer("SELECT ?1 + 1", [.integer(next)])
        #expect(following == next + 1)
        for row in 0..<batch.count {
          #expect(batch.integer(0, row) == next)
          next += 1
          bytes += batch.bytes(1, row)?.count ?? 0
        }
      }
      #expect(next == 20_001)
      return bytes
    }
    #expect(sum == 20 * 100_000 + 19_980 * 3)
    // Whoever stops in the middle leaves a connection that works.
    struct Enough: Error {}
    await #expect(throws: Enough.self) {
      try await engine.read { reader in
        try reader.query(Statement(sql, [.integer(20_000)], columns: [.integer, .text])) { _ in throw Enough() }
      }
    }
    #expect(try await engine.read { try $0.integer("SELECT 7") } == 7)
  }

  @Test func sumsAreExact() async throws {
    let folder = TemporaryFolder()
    let engine = try await #require(PostgresServer.shared).engine(schema: folder.path)
    defer { try? engine.close() }
    func sum(_ numbers: [Int64]) async throws -> Int64? {
      let rows = numbers.map { "(\($0)::bigint)" }.joined(separator: ", ")
      return try await engine.read { try $0.integer("SELECT SUM(n) FROM (VALUES \(rows)) v(n)") }
    }
    let sums: [[Int64]] = [
      [0], [1, -1], [.max, 0], [.max - 5, 5], [-.max, -1], [10_000], [99_990_000, 10_000], [12_345_678_901],
    ]
    for numbers in sums { #expect(try await sum(numbers) == numbers.reduce(0, +)) }
    await #expect(throws: LedgerError.self) { try await sum([.max, 1]) }
    let mean = try await engine.read { reader in
      let asked = Statement("SELECT AVG(n) FROM (VALUES (1), (2), (2)) v(n)", columns: [.real])
      return try reader.first(Query(asked) { $0.real(0, $1) })
    }
    #expect(mean == 5.0 / 3)
  }
}
