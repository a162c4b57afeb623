import Foundation
import Records
import Store
import Testing

/// What `tally serve` accepts reaches others, once, whatever becomes of them in between.
struct ForwardingTests {
  private static func shop(_ forward: String) throws -> Workshop {
    let shop = try Workshop()
    try shop.write("tally.yaml", "forward: \(forward)\n")
    return shop
  }

  /// Both targets are away, one of them comes back as another `tally serve`: everything is there, once.
  @Test func aTargetThatWasAwayGetsEverythingOnce() async throws {
    let (port, nowhere) = (try StubTarget.freePort(), try StubTarget.freePort())
    let server = try ForwardingServer(
      in: ForwardingTests.shop(
        "{second: {url: \"http://127.0.0.1:\(port)\"}, never: {url: \"http://127.0.0.1:\(nowhere)\"}}"))
    for number in 0..<40 { try await server.export(number) }
    try await server.until("it says so") { server.said.contains("forward second: does not take deliveries") }
    #expect(server.said.contains("forwards traces and logs to second (http://127.0.0.1:\(port))"))
    try await Task.sleep(for: .seconds(3))
    #expect(try await server.metric("tally_spool_deliveries", "second") == 40)
    #expect(try await server.metric("tally_spool_bytes", "second") ?? 0 > 40)
    #expect(try await server.metric("tally_forward_sent_total", "second") == 0)
    let second = try ForwardingServer(in: Workshop(), port: port)
    try await server.drained("second")
    for number in 40..<80 { try await server.export(number) }
    try await server.drained("second")
    #expect(try await server.metric("tally_forward_sent_total", "second") == 80)
    #expect(try await server.metric("tally_spool_deliveries", "never") == 80)
    try await server.until("it says so") { server.said.contains("forward second: takes deliveries again") }
    #expect(try second.stop() == 0)
    let status = try await second.status()
    #expect(status.records[.span] == 80 && status.superseded == 0)
    #expect(try server.stop() == 0)
    #expect(try await server.status().records[.span] == 80)
  }

  /// Killed with deliveries waiting and some on their way: nothing is lost, and no more come twice than a round is.
  @Test func whatWaitsSurvivesAKill() async throws {
    let port = try StubTarget.freePort()
    let shop = try ForwardingTests.shop("{slow: {url: \"http://127.0.0.1:\(port)\"}}")
    var server = try ForwardingServer(in: shop)
    for number in 0..<60 { try await server.export(number) }
    let target = try StubTarget(port: port) { _, _ in .init(delay: 0.3) }
    try await server.until("some are sent") { target.requests.count > 12 }
    server.kill()
    server = try ForwardingServer(in: shop)
    try await server.drained("slow")
    let bodies = target.requests.map(\.text)
    #expect(Set(bodies) == Set((0..<60).map(ForwardingServer.export)))
    // A round of 16 is settled as a whole: those of the round that was broken off come again.
    #expect(bodies.count <= 60 + 16)
    #expect(try server.stop() == 0)
  }

  /// What is refused is counted and said without what it was; what the target is too busy for comes when it asked for it.
  @Test func aTargetsAnswersAreKeptTo() async throws {
    let target = try StubTarget { number, request in
      if request.text.contains("\"spanId\":\"0000000000000003\"") {
        return .init(status: 400, body: #"{"message":"no such project, key sk-lf-secret"}"#)
      }
      return number == 0 ? .init(status: 429, headers: ["retry-after": "2"], body: "slow down") : .init()
    }
    let shop = try ForwardingTests.shop(
      "{busy: {url: \"http://127.0.0.1:\(target.port)\", headers: {Authorization: {env: BUSY_KEY}, x-team: {file: team}}}}"
    )
    try shop.write("team", "blue\n")
    let server = try ForwardingServer(in: shop, environment: ["BUSY_KEY": "Bearer sk-lf-secret"])
    try await server.export(0)
    try await server.until("it is asked") { !target.requests.isEmpty }
    for number in 1..<4 { try await server.export(number) }
    try await server.drained("busy")
    let requests = target.requests
    #expect(
      requests.allSatisfy { $0.headers["authorization"] == "Bearer sk-lf-secret" && $0.headers["x-team"] == "blue" })
    #expect(requests.allSatisfy { $0.path == "/v1/traces" && $0.headers["content-type"] == "application/json" })
    #expect(requests[1].at.timeIntervalSince(requests[0].at) >= 2)
    #expect(requests.count == 5)
    #expect(try await server.metric("tally_forward_queued_total", "busy") == 4)
    #expect(try await server.metric("tally_forward_sent_total", "busy") == 3)
    #expect(try await server.metric("tally_forward_given_up_total", "busy") == 1)
    #expect(server.said.contains("forward busy: does not take deliveries: 429 slow down"))
    #expect(
      server.said.contains("forward busy: refuses a delivery, which is in the ledger and not forwarded again: 400"))
    #expect(server.said.contains("key [secret]") && !server.said.contains("sk-lf-secret"))
    #expect(try server.stop() == 0)
    #expect(try await server.status().records[.span] == 4)
  }

  /// One that takes longer than its time is asked again, and the delivery is not lost.
  @Test func aSlowTargetIsAskedAgain() async throws {
    let target = try StubTarget { number, _ in .init(delay: number < 2 ? 30 : 0) }
    let server = try ForwardingServer(
      in: ForwardingTests.shop("{slow: {url: \"http://127.0.0.1:\(target.port)\", timeout: 500ms}}"))
    try await server.export(0)
    try await server.drained("slow")
    // On a slow machine others may come too late as well.
    #expect(target.requests.count >= 3 && Set(target.requests.map(\.text)) == [ForwardingServer.export(0)])
    #expect(try await server.metric("tally_forward_sent_total", "slow") == 1)
    #expect(server.said.contains("took longer than 0.5 seconds to answer"))
    #expect(try server.stop() == 0)
  }

  /// A full spool is no reason to refuse what is delivered; what it has no room for is counted and said.
  @Test func aFullSpoolIsSaid() async throws {
    let port = try StubTarget.freePort()
    let server = try ForwardingServer(
      in: ForwardingTests.shop("{full: {url: \"http://127.0.0.1:\(port)\", max_spool: 1 KiB}}"))
    for number in 0..<20 { try await server.export(number) }
    let queued = try #require(try await server.metric("tally_forward_queued_total", "full"))
    let skipped = try #require(try await server.metric("tally_forward_skipped_total", "full"))
    #expect(queued > 0 && queued + skipped == 20 && skipped > 0)
    #expect(try #require(try await server.metric("tally_spool_bytes", "full")) <= 1024)
    try await server.until("it says so") { server.said.contains("forward full: does not get what comes now") }
    #expect(try server.stop() == 0)
    #expect(try await server.status().records[.span] == 20)
  }

  /// Scores go to Langfuse in the order in which they came, traces by its own path; logs do not go there.
  @Test func langfuseGetsTracesAndScores() async throws {
    let target = try StubTarget { number, _ in .init(status: number == 1 ? 503 : 207) }
    let server = try ForwardingServer(
      in: ForwardingTests.shop(
        """
        {cloud: {url: "http://127.0.0.1:\(target.port)", kind: langfuse, public_key: {env: PK}, secret_key: {env: SK}}}
        """), environment: ["PK": "pk-lf-1", "SK": "sk-lf-1"])
    let json = ["Content-Type": "application/json"]
    let scores = (0..<12).map { #"{"id":"s","traceId":"t","name":"tone","value":\#($0)}"# }
    for score in scores {
      #expect(try await server.send("POST", "api/public/scores", score, headers: json).status == 200)
    }
    let refused = #"{"traceId":"t","name":"tone","value":"high","dataType":"NUMERIC"}"#
    #expect(try await server.send("POST", "api/public/scores", refused, headers: json).status == 400)
    let events = #"{"batch":[{"id":"e1","type":"trace-create","body":{"id":"t1"}}]}"#
    #expect(try await server.send("POST", "api/public/ingestion", events, headers: json).status == 207)
    #expect(try await server.send("POST", "v1/logs", "{}", headers: json).status == 200)
    try await server.export(0)
    try await server.drained("cloud")
    let taken = target.requests.enumerated().filter { $0.offset != 1 }.map(\.element)
    #expect(taken.filter { $0.path == "/api/public/scores" }.map(\.text) == scores)
    #expect(taken.filter { $0.path == "/api/public/ingestion" }.map(\.text) == [events])
    #expect(taken.filter { $0.path == "/api/public/otel/v1/traces" }.map(\.text) == [ForwardingServer.export(0)])
    #expect(taken.count == 14)
    #expect(taken.allSatisfy { $0.headers["authorization"] == "Basic cGstbGYtMTpzay1sZi0x" })
    #expect(try server.stop() == 0)
  }

  /// What is taken out before it is stored does not leave either; what is erased does not leave any more.
  @Test func whatIsRedactedOrErasedDoesNotLeave() async throws {
    let port = try StubTarget.freePort()
    let shop = try Workshop()
    try shop.write(
      "tally.yaml", "forward: {cloud: {url: \"http://127.0.0.1:\(port)\"}}\nredaction: {find: [card, email]}\n")
    let server = try ForwardingServer(in: shop)
    for (number, user) in ["ada", "bo"].enumerated() {
      let attributes = """
        "kind":3,"attributes":[{"key":"user.id","value":{"stringValue":"\(user)"}},{"key":"input.value","value":\
        {"stringValue":"\(user) pays with 4111 1111 1111 1111"}},{"key":"n","value":{"intValue":"4111111111111111"}}]
        """
      let body = ForwardingServer.export(number).replacingOccurrences(of: "\"kind\":3", with: attributes)
      let answer = try await server.send("POST", "v1/traces", body, headers: ["Content-Type": "application/json"])
      #expect(answer.status == 200)
    }
    let erased = try shop.tally("ledger", "erase", "--user", "ada", "--reason", "asked")
    #expect(erased.text.contains("1 delivery that waited to be forwarded dropped."), "\(erased.text)\(erased.errors)")
    let target = try StubTarget(port: port)
    try await server.drained("cloud")
    let texts = target.requests.map(\.text)
    #expect(texts.count == 1 && texts[0].contains("bo pays with [card]"), "\(texts)")
    #expect(texts[0].contains(#"{"key":"n","value":{"stringValue":"[card]"}}"#))
    #expect(texts.allSatisfy { !$0.contains("4111") && !$0.contains("ada") })
    #expect(try server.stop() == 0)
    #expect(try await server.status().records == [.span: 2, .change: 1])
  }

  @Test func aSecretThatIsNotThereIsSaid() throws {
    let shop = try ForwardingTests.shop("{a: {url: \"http://a\", headers: {Authorization: {env: NO_SUCH_KEY}}}}")
    let run = try shop.tally("serve", "--port", "0")
    #expect(run.code != 0)
    #expect(run.errors.contains("tally.yaml:1:") && run.errors.contains("the variable NO_SUCH_KEY is not set"))
    try shop.write("tally.yaml", "forward: {a: {url: \"http://a\", headers: {Authorization: {file: key}}}}\n")
    #expect(try shop.tally("serve", "--port", "0").errors.contains("key cannot be read: No such file or directory"))
    try shop.write("key", "\n")
    #expect(try shop.tally("serve", "--port", "0").errors.contains("the file key holds nothing"))
    let config = try shop.tally("config")
    #expect(config.code == 0 && config.text.contains("1 forward target"))
    #expect(try shop.tally("config", "--effective").text.contains("forward.a.headers.Authorization.file = key"))
  }

  /// Deliveries for somebody whom the file does not name any more stay, and are said to.
  @Test func whoIsNoLongerNamedIsMissed() async throws {
    let port = try StubTarget.freePort()
    let shop = try ForwardingTests.shop("{gone: {url: \"http://127.0.0.1:\(port)\"}}")
    let first = try ForwardingServer(in: shop)
    try await first.export(0)
    #expect(try first.stop() == 0)
    try shop.write("tally.yaml", "forward: {}\n")
    let second = try ForwardingServer(in: shop)
    // It is said beside what the server does first.
    try await second.until("it says so") { second.said.contains("wait in the spool for 'gone'") }
    #expect(second.said.contains("1 deliveries"))
    #expect(try second.stop() == 0)
  }
}
