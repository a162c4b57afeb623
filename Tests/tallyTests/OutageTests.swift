import Foundation
import Records
import Store
import Synchronization
import Testing

/// The target is away while much is delivered, and `tally serve` dies more than once meanwhile: the target gets everything when
/// it is back, and has each span once.
///
/// `TALLY_OUTAGE` sets how many seconds it is away.
struct OutageTests {
  private static let seconds = ProcessInfo.processInfo.environment["TALLY_OUTAGE"].flatMap { Double($0) } ?? 6
  private static let clients = 4
  private static let spansOfBatch = 20
  /// How often the server that forwards is killed while the target is away.
  private static let kills = 3

  /// What many clients and the test know of the server that forwards.
  private final class Front: Sendable {
    private struct State {
      var server: ForwardingServer
      var batches = 0
      var isOver = false
    }

    private let state: Mutex<State>

    init(_ server: ForwardingServer) { state = Mutex(State(server: server)) }

    var server: ForwardingServer { state.withLock { $0.server } }
    var batches: Int { state.withLock(\.batches) }
    var isOver: Bool { state.withLock(\.isOver) }

    func replace(_ server: ForwardingServer) { state.withLock { $0.server = server } }
    func end() { state.withLock { $0.isOver = true } }

    /// The number of the next batch; nil when it is over.
    func next() -> Int? {
      state.withLock { state in
        guard !state.isOver else { return nil }
        state.batches += 1
        return state.batches - 1
      }
    }
  }

  private static func export(_ batch: Int) -> String {
    let spans = (0..<spansOfBatch).map { number in
      """
      {"traceId":"\(String(format: "%032x", batch + 1))","spanId":"\(String(format: "%016x", number + 1))","name":"chat",\
      "kind":3,"startTimeUnixNano":"\(1_764_064_800_000_000_000 + batch * 1_000_000 + number)",\
      "endTimeUnixNano":"1764068400000000000"}
      """
    }
    return #"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#
  }

  /// Delivers batches until it is over, each again until it is acknowledged.
  private static func deliver(to front: Front) async throws {
    while let batch = front.next() {
      let body = export(batch)
      while true {
        let answer = try? await front.server.send(
          "POST", "v1/traces", body, headers: ["Content-Type": "application/json"])
        if answer?.status == 200 { break }
        try await Task.sleep(for: .milliseconds(20))
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  @Test func theSpoolDrainsAndNothingIsDoubled() async throws {
    let (frontPort, port) = (try StubTarget.freePort(), try StubTarget.freePort())
    let shop = try Workshop()
    try shop.write("tally.yaml", "forward: {second: {url: \"http://127.0.0.1:\(port)\"}}\n")
    let (there, front) = (try Workshop(), Front(try ForwardingServer(in: shop, port: frontPort)))
    let second = try ForwardingServer(in: there, port: port)
    let clients = Task {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<OutageTests.clients { group.addTask { try await OutageTests.deliver(to: front) } }
        try await group.waitForAll()
      }
    }
    // The target dies in the middle of what it is sent.
    try await Task.sleep(for: .seconds(1))
    second.kill()
    let before = front.batches
    for _ in 0..<OutageTests.kills {
      try await Task.sleep(for: .seconds(OutageTests.seconds / Double(OutageTests.kills + 1)))
      front.server.kill()
      front.replace(try ForwardingServer(in: shop, port: frontPort))
    }
    try await Task.sleep(for: .seconds(OutageTests.seconds / Double(OutageTests.kills + 1)))
    try await front.server.until("something waits") {
      try await front.server.metric("tally_spool_deliveries", "second") ?? 0 > 0
    }
    // What is delivered while this is asked, and while the target starts, is no part of it.
    let away = front.batches - before
    let waiting = try #require(try await front.server.metric("tally_spool_deliveries", "second"))
    let back = ContinuousClock.now
    let third = try ForwardingServer(in: there, port: port)
    // Deliveries go on for a while beside what waited.
    try await Task.sleep(for: .seconds(1))
    front.end()
    try await clients.value
    try await front.server.drained("second", within: 300)
    let duration = back.duration(to: .now)
    let spans = Int64(front.batches * OutageTests.spansOfBatch)
    #expect(try front.server.stop() == 0 && third.stop() == 0)
    let (here, target) = (try await front.server.status(), try await third.status())
    #expect(here.records == [.span: spans] && here.superseded == 0)
    #expect(target.records == [.span: spans] && target.superseded == 0)
    #expect(waiting > 0 && waiting >= away / 4)
    print(
      """
      away for \(OutageTests.seconds) s, \(OutageTests.kills) kills: \(front.batches) batches, \(spans) spans; \(waiting) waited; \
      empty \(duration) after it was back; \(target.records[.span] ?? 0) there, \(target.superseded) twice
      """)
  }
}
