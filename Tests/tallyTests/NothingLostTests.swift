import Foundation
import FoundationNetworking
import PostgresServer
import Records
import Store
import StorePostgres
import StoreSQLite
import Testing

/// Eight clients deliver 100,000 spans to `tally serve` while what it stands on is taken away again and again: what was
/// acknowledged is there, once.
@Suite(.serialized) struct NothingLostTests {
  /// Where the ledger is, as the binary and the library are told.
  private struct Place: Sendable {
    let shop: Workshop
    let address: String
    let server: PostgresServer?

    static func onSQLite() throws -> Place {
      let shop = try Workshop()
      return Place(shop: shop, address: shop.url("ledger.db").path, server: nil)
    }

    /// A schema of a server of its own, which may be restarted.
    static func onPostgres(_ server: PostgresServer) throws -> Place {
      Place(shop: try Workshop(), address: server.url(), server: server)
    }

    func serve(port: Int, environment: [String: String] = [:]) throws -> Served {
      try Served(in: shop.folder, port: port, ["--ledger", address], environment: environment)
    }

    func open() async throws -> Ledger {
      let clock: @Sendable () -> Instant = { Instant(nanoseconds: 0) }
      guard server != nil else { return try await Ledger(engine: SQLiteEngine(path: address), clock: clock) }
      return try await Ledger(engine: PostgresEngine(#require(PostgresAddress(address))), clock: clock)
    }
  }

  /// Everything that was acknowledged is there once, and the chain holds.
  private func expectAll(of traffic: Traffic, in place: Place) async throws {
    let ledger = try await place.open()
    defer { try? ledger.close() }
    let status = try await ledger.status()
    #expect(status.records[.span] == Int64(Traffic.spans))
    #expect(status.superseded == 0)
    #expect(try await ledger.verify().problems == [])
  }

  // MARK: The process dies

  @Test func whenItIsKilled() async throws {
    try await expectNothingLostWhenKilled(.onSQLite())
  }

  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func whenItIsKilledOnPostgres() async throws {
    try await expectNothingLostWhenKilled(.onPostgres(PostgresServer()))
  }

  private func expectNothingLostWhenKilled(_ place: Place) async throws {
    let port = try StubTarget.freePort()
    let traffic = Traffic(port: port)
    try await traffic.run {
      for _ in 0..<20 {
        let server = try place.serve(port: port)
        // It gets to work before it dies.
        try await traffic.untilDone(20)
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...60)))
        server.kill()
      }
      let last = try place.serve(port: port)
      try await traffic.untilDone(Traffic.deliveries)
      #expect(try last.stop() == 0)
    }
    #expect(traffic.failures > 0)
    try await expectAll(of: traffic, in: place)
  }

  // MARK: The disk is full

  @Test func whenTheDiskIsFull() async throws {
    let place = try Place.onSQLite()
    let shim = place.shop.url("full_disk.so")
    let source = Tally.root.appendingPathComponent("Tests/Support/FullDisk/full_disk.c")
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["clang", "-shared", "-fPIC", "-o", shim.path, source.path, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    try #require(compiler.terminationStatus == 0, "the toolchain's clang compiles it")
    let flag = place.shop.url("full")
    let server = try place.serve(port: 0, environment: ["LD_PRELOAD": shim.path, "FULL_DISK": flag.path])
    let traffic = Traffic(port: server.port)
    try await traffic.run {
      for _ in 0..<20 {
        try await traffic.untilDone(20)
        let refused = traffic.refusals
        try Data().write(to: flag)
        // Somebody is told, unless all is done.
        while traffic.refusals == refused, traffic.done < Traffic.deliveries {
          try await Task.sleep(for: .milliseconds(1))
        }
        try FileManager.default.removeItem(at: flag)
      }
      try await traffic.untilDone(Traffic.deliveries)
    }
    #expect(traffic.refusals >= 20 && traffic.failures == 0)
    #expect(traffic.statuses == [200, 503])
    #expect(traffic.waits == ["30"])
    #expect(try server.stop() == 0)
    try await expectAll(of: traffic, in: place)
  }

  // MARK: The database restarts

  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func whenPostgresRestarts() async throws {
    let database = try PostgresServer()
    let place = try Place.onPostgres(database)
    let server = try place.serve(port: 0)
    let traffic = Traffic(port: server.port)
    try await traffic.run {
      // A restart between two commits strikes nobody: there are ten, and more until one has struck somebody.
      var restarts = 0
      while restarts < 10 || (traffic.refusals == 0 && traffic.done < Traffic.deliveries) {
        try await traffic.untilDone(20)
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...20)))
        try database.restart()
        restarts += 1
      }
      try await traffic.untilDone(Traffic.deliveries)
    }
    #expect(traffic.refusals > 0 && traffic.failures == 0)
    #expect(traffic.statuses.isSubset(of: [200, 429, 503]))
    #expect(try server.stop() == 0)
    try await expectAll(of: traffic, in: place)
  }
}

/// Clients that deliver spans and repeat each delivery until it is acknowledged.
private final class Traffic: @unchecked Sendable {
  static let (clients, each) = (8, 250)
  static let deliveries = clients * each
  static let spans = deliveries * 50

  private let port: Int
  // Safe: the lock.
  private let lock = NSLock()
  private var counts = (done: 0, refusals: 0, failures: 0)
  private var seen: (statuses: Set<Int>, waits: Set<String>) = ([], [])

  init(port: Int) { self.port = port }

  var done: Int { lock.withLock { counts.done } }
  /// Answers that said: not now.
  var refusals: Int { lock.withLock { counts.refusals } }
  /// Deliveries to which nobody answered.
  var failures: Int { lock.withLock { counts.failures } }
  var statuses: Set<Int> { lock.withLock { seen.statuses } }
  var waits: Set<String> { lock.withLock { seen.waits } }

  /// Delivers everything while `disturb` runs.
  func run(_ disturb: @Sendable @escaping () async throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      for client in 0..<Traffic.clients {
        tasks.addTask { [self] in
          let session = Served.client()
          for delivery in 0..<Traffic.each { try await deliver(ServeTests.lines(client, delivery), session) }
        }
      }
      tasks.addTask { try await disturb() }
      try await tasks.waitForAll()
    }
  }

  /// Waits until so many more deliveries are acknowledged, or all are.
  func untilDone(_ more: Int) async throws {
    let wanted = min(done + more, Traffic.deliveries)
    while done < wanted { try await Task.sleep(for: .milliseconds(1)) }
  }

  private func deliver(_ body: Data, _ session: URLSession) async throws {
    while true {
      do {
        let reply = try await Served.post(session, port, "api/v1/records", body)
        let wait = reply.headers.first { "\($0.key)".lowercased() == "retry-after" }
        lock.withLock {
          seen.statuses.insert(reply.status)
          if let wait { seen.waits.insert("\(wait.value)") }
          if reply.status == 200 { counts.done += 1 } else { counts.refusals += 1 }
        }
        if reply.status == 200 { return }
      } catch {
        lock.withLock { counts.failures += 1 }
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}
