import Foundation
import PostgresServer
import SeededRandom
import Synchronization
import Testing

/// Many calls at once, of which some are given up, some fail, and whose servers die: whatever happens, no budget is exceeded by
/// even one call, and what is spent is what the provider saw, and at most what is listed as orphaned besides.
///
/// `TALLY_STORM` sets how many calls there are.
struct BudgetStormTests {
  private static let calls = ProcessInfo.processInfo.environment["TALLY_STORM"].flatMap { Int($0) } ?? 1_000
  private static let clients = 16

  /// What becomes of a call: the provider's part, and the caller's.
  private enum Scene: String, CaseIterable {
    case answers, streams, fails, resets, breaks, silent
    /// The caller goes after the first word, or before any.
    case leaves, neverWaits
  }

  private static func scene(_ number: Int) -> Scene {
    var random = SplitMix(seed: UInt64(number))
    return random.chance(0.4) ? .answers : random.one(of: Scene.allCases)
  }

  /// What the provider bills for a call that it has answered: at most 2 tokens in for a byte, and 20 out.
  private static func usage(_ number: Int) -> (input: Int, output: Int) {
    var random = SplitMix(seed: UInt64(number) &+ 0x5EED)
    return (random.below(60), random.below(21))
  }

  private static func acts(_ request: StubUpstream.Request) -> [StubUpstream.Act] {
    let number = Int(request.header("x-number") ?? "") ?? 0
    let (input, output) = usage(number)
    let usage = #""usage":{"prompt_tokens":\#(input),"completion_tokens":\#(output),"total_tokens":\#(input + output)}"#
    let answer =
      #"{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}]"#
    let stream = [StubUpstream.Act.send(StubUpstream.streamHead), .send(StubUpstream.chunk(CallBench.chunk("On")))]
    let end: [StubUpstream.Act] = [
      .send(
        StubUpstream.chunk(
          CallBench.chunk(" its way.", finish: "stop") + "data: {\"choices\":[],\(usage)}\n\n" + CallBench.done)),
      .send("0\r\n\r\n"),
    ]
    switch scene(number) {
    case .answers: return StubUpstream.json("\(answer),\(usage)}")
    case .streams: return stream + [.pause(0.005)] + end
    case .fails: return StubUpstream.json(#"{"error":{"message":"no"}}"#, status: number % 2 == 0 ? 500 : 429)
    case .resets: return [.reset]
    case .breaks: return stream + [.reset]
    case .silent: return StubUpstream.json("\(answer)}")
    case .leaves, .neverWaits: return stream + [.pause(0.02)] + end
    }
  }

  private static func body(_ number: Int) -> String {
    let isStream = [.streams, .breaks, .leaves, .neverWaits].contains(scene(number))
    return
      #"{"model":"m","max_tokens":20,"stream":\#(isStream),"messages":[{"role":"user","content":"Call \#(number)"}]}"#
  }

  /// What clients and the test know of the servers, and what callers were told.
  private final class Front: Sendable {
    struct State {
      var servers: [ForwardingServer]
      var next = 0
      var statuses: [Int: Int] = [:]
      /// Calls to which 200 was said, by number.
      var passed: Set<Int> = []
    }

    let state: Mutex<State>

    init(_ servers: [ForwardingServer]) { state = Mutex(State(servers: servers)) }

    /// The next call.
    func call() -> Int? {
      state.withLock { state in
        guard state.next < BudgetStormTests.calls else { return nil }
        defer { state.next += 1 }
        return state.next
      }
    }

    func server(of number: Int) -> ForwardingServer { state.withLock { $0.servers[number % $0.servers.count] } }

    func told(_ number: Int, _ status: Int?) {
      state.withLock { state in
        state.statuses[status ?? 0, default: 0] += 1
        if status == 200 { state.passed.insert(number) }
      }
    }

    var done: Int { state.withLock { $0.next } }
  }

  private static func run(_ front: Front) {
    while let number = front.call() {
      do {
        var open = try? RawClient(port: front.server(of: number).port)
        while open == nil {
          // The server is being started again.
          Thread.sleep(forTimeInterval: 0.02)
          open = try? RawClient(port: front.server(of: number).port)
        }
        guard let client = open else { continue }
        let scene = scene(number)
        client.post(
          "/v1/chat/completions", body(number),
          "connection: close\r\nx-number: \(number)\r\ntraceparent: \(BudgetBench.parent(number))\r\n")
        switch scene {
        case .neverWaits:
          Thread.sleep(forTimeInterval: Double(number % 5) / 1_000)
          client.hangUp()
        case .leaves:
          try? client.read(until: "On")
          client.hangUp()
        default: try client.readToEnd()
        }
        front.told(number, client.status)
      } catch { front.told(number, nil) }
    }
  }

  /// None, and one in 250 calls.
  @Test(arguments: BudgetBench.Place.all, [0, max(4, calls / 250)])
  func nothingIsExceededAndNothingIsLost(_ place: BudgetBench.Place, _ kills: Int) async throws {
    let (calls, limit) = (BudgetStormTests.calls, BudgetStormTests.calls * 7 / 10)
    // A call is promised its bytes, what is put around it, and 20 tokens. Where nobody dies, nobody is so slow that it seems so.
    let project = """
      gateway: {longest_call: \(kills == 0 ? "1h" : "20s")}
      budgets:
        calls: {calls: \(limit), per: month}
        tokens: {tokens: \(calls * 420), per: month}
        hour: {calls: \(calls), per: hour, mode: observe}
      """
    let bench = try BudgetBench(place, servers: 2, project) { BudgetStormTests.acts($1) }
    let front = Front(try (0..<bench.count).map { try bench.serve($0) })
    let began = ContinuousClock.now
    let clients = (0..<BudgetStormTests.clients).map { _ in
      Task.detached { await BudgetStormTests.onThread { BudgetStormTests.run(front) } }
    }
    for kill in 0..<kills {
      // Spread over the storm, and each time one of them.
      while front.done < calls * (kill + 1) / (kills + 1) { try await Task.sleep(for: .milliseconds(2)) }
      let number = kill % bench.count
      front.state.withLock { $0.servers[number] }.kill()
      let again = try bench.serve(number)
      front.state.withLock { $0.servers[number] = again }
    }
    for client in clients { await client.value }
    let took = began.duration(to: .now)
    let servers = front.state.withLock(\.servers)
    let window = try await BudgetBench.settled("calls", servers[0])
    let tokens = try await BudgetBench.settled("tokens", servers[0])
    try expect(window, tokens, bench, limit: limit, kills: kills)
    // Nobody left before the end, and the budget was worth asking for.
    let told = front.state.withLock { $0 }
    #expect((told.statuses[429] ?? 0) > calls / 20 && bench.stub.requests.count > limit / 2)
    for server in servers { #expect(try server.stop() == 0) }
    print(
      """
      \(calls) calls at \(bench.count) of \(place) with \(kills) kills in \(took): \(bench.stub.requests.count) reached the \
      provider, \(window["spent"].string ?? "") of \(limit) spent, \(window["orphaned"].list.count) orphaned; \(told.statuses)
      """)
  }

  /// Whoever is told that nobody can say used nothing, though the database may have kept the promise before it went.
  @Test(.enabled(if: PostgresServer.shared != nil, "no PostgreSQL server can be had"))
  func aDatabaseThatRestartsLosesNothing() async throws {
    let database = try PostgresServer()
    let bench = try BudgetBench(
      .postgres, servers: 2, on: database, "budgets: {calls: {calls: 1000, per: month}, b: {calls: 99999, per: day}}"
    ) { _, _ in StubUpstream.json(CallBench.reply) }
    let servers = try (0..<2).map { try bench.serve($0) }
    // Each client makes so many calls that pass, however often it is told to come again: so the restarts are among them.
    let (clients, each) = (8, 40)
    let statuses = try await withThrowingTaskGroup(of: [Int].self) { group in
      for client in 0..<clients {
        group.addTask {
          var statuses: [Int] = []
          var passed = 0
          while passed < each {
            let headers = ["Content-Type": "application/json"]
            let status = try await servers[client % 2].send(
              "POST", "v1/chat/completions", CallBench.chat, headers: headers
            ).status
            statuses.append(status)
            // Whatever else is said would be said for ever.
            try #require(status == 200 || status == 503)
            guard status == 200 else {
              try await Task.sleep(for: .milliseconds(20))
              continue
            }
            passed += 1
          }
          return statuses
        }
      }
      group.addTask {
        for restart in 1...5 {
          while bench.stub.requests.count < restart * 40 { try await Task.sleep(for: .milliseconds(2)) }
          try database.restart()
        }
        return []
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(statuses).isSubset(of: [200, 503]))
    let window = try await BudgetBench.settled("calls", servers[0])
    let passed = statuses.filter { $0 == 200 }.count
    #expect(bench.stub.requests.count == passed && window["spent"].string == "\(passed)")
    #expect(window["orphaned"] == .array([]) && passed == clients * each)
    for server in servers { #expect(try server.stop() == 0) }
    print("5 restarts of PostgreSQL: \(passed) calls passed, \(statuses.count - passed) were told to come again")
  }

  private func expect(_ window: JSON, _ tokens: JSON, _ bench: BudgetBench, limit: Int, kills: Int) throws {
    func number(_ json: JSON) -> Int { Int(json.string ?? "") ?? -1 }
    let seen = bench.stub.requests.compactMap { Int($0.header("x-number") ?? "") }
    let log = Set(seen)
    #expect(log.count == seen.count && seen.count == bench.stub.requests.count)
    func orphaned(_ window: JSON) -> Int { window["orphaned"].list.map { number($0["amount"]) }.reduce(0, +) }
    // The provider has never seen more than may be, and what is spent is what it saw, and no more than the dead took along.
    let (spent, lost) = (number(window["spent"]), orphaned(window))
    #expect(spent <= limit && log.count <= limit)
    #expect((log.count...log.count + lost).contains(spent), "\(spent), \(log.count) seen, \(lost) orphaned")
    #expect(kills > 0 || window["orphaned"] == .array([]))
    // In tokens, by the provider's own log: what it billed for all that came to their end, and the worst of the others.
    let (unsaid, known) = (orphaned(tokens), number(tokens["spent"]))
    var (billed, most) = (0, unsaid)
    for number in log {
      let (input, output) = BudgetStormTests.usage(number)
      let worst = BudgetStormTests.body(number).utf8.count + 256 + 20
      switch BudgetStormTests.scene(number) {
      case .fails: break
      case .answers, .streams:
        // Its caller may have been gone when its server died, and then it counts as broken off.
        billed += input + output
        most += kills == 0 ? input + output : worst
      case .resets, .breaks, .silent:
        billed += kills == 0 ? worst : input + output
        most += worst
      case .leaves, .neverWaits:
        // Whether its caller was gone before the end is a matter of moments.
        billed += input + output
        most += worst
      }
    }
    #expect((billed...most).contains(known), "\(known) of \(billed) to \(most)")
  }

  private static func onThread(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        work()
        continuation.resume()
      }
    }
  }
}
