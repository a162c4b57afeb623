import Foundation
import Testing

/// The table of scenarios: each way of failing with what comes of it, on a server with its breakers enforced.
struct CallScenarioTests {
  /// What a stub does for each model, and how often it was asked for it.
  private final class Script: Sendable {
    private let scenarios: [String: CallScenario]
    private let asked = Asked()

    // Safe: behind its lock.
    private final class Asked: @unchecked Sendable {
      private let lock = NSLock()
      private var counts: [String: Int] = [:]
      func next(_ key: String) -> Int {
        lock.withLock {
          counts[key, default: 0] += 1
          return counts[key, default: 0] - 1
        }
      }
      subscript(key: String) -> Int { lock.withLock { counts[key] ?? 0 } }
    }

    init(_ scenarios: [CallScenario]) {
      self.scenarios = Dictionary(uniqueKeysWithValues: scenarios.map { ($0.model, $0) })
    }

    func acts(_ request: StubUpstream.Request) -> [StubUpstream.Act] {
      guard let model = try? JSON(request.body)["model"].string, let scenario = scenarios[model] else {
        return StubUpstream.json("{}", status: 418)
      }
      let isSecond = request.path.hasPrefix("/second")
      let number = asked.next(model + (isSecond ? " second" : ""))
      let acts = isSecond ? scenario.secondActs : scenario.acts
      return acts[min(number, acts.count - 1)]
    }

    func asked(_ scenario: CallScenario) -> (first: Int, second: Int) {
      (asked[scenario.model], asked[scenario.model + " second"])
    }
  }

  private static func project(_ port: Int, dead: Int) -> String {
    """
    upstreams:
      open: {url: "http://127.0.0.1:\(port)/base/v1"}
      second: {url: "http://127.0.0.1:\(port)/second/v1"}
      gone: {url: "http://127.0.0.1:\(dead)/v1"}
      hasty: {url: "http://127.0.0.1:\(port)/v1", first_byte_timeout: 600ms}
      stuck: {url: "http://127.0.0.1:\(port)/v1", idle_timeout: 600ms}
      slow: {url: "http://127.0.0.1:\(port)/v1", slow_first_token: 100ms}
      claude: {url: "http://127.0.0.1:\(port)", dialect: anthropic}
    routes:
      "open-*": {upstream: open}
      "dead-*": {upstream: gone}
      "hasty-*": {upstream: hasty}
      "stuck-*": {upstream: stuck}
      "slow-*": {upstream: slow}
      "claude-*": {upstream: claude}
      "pair-*": {upstream: open, fallbacks: [{upstream: second}]}
      "lost-*": {upstream: gone, fallbacks: [{upstream: second}]}
      "brisk-*": {upstream: hasty, fallbacks: [{upstream: second}]}
    gateway: {max_fallback_share: 1}
    breakers: {mode: enforce, window: 1h, open_time: 1h, max_open_time: 2h}
    """
  }

  private static func upstream(_ route: CallScenario.Route) -> String {
    switch route {
    case .open, .pair: "open"
    case .dead, .deadPair: "gone"
    case .hasty, .hastyPair: "hasty"
    case .stuck: "stuck"
    case .slow: "slow"
    case .claude: "claude"
    }
  }

  private static func state(_ breaker: JSON) -> String {
    switch (breaker["state"].string, breaker["cause"].string) {
    case (nil, _): "none yet"
    case ("closed"?, _): "closed"
    case ("half_open"?, _): "half-open"
    case (_, "consecutive"?): "open: in a row"
    case (_, let cause): "open: \(cause ?? "?")"
    }
  }

  private func breaker(_ server: ForwardingServer, _ scenario: CallScenario) async throws -> JSON {
    let name = "\(CallScenarioTests.upstream(scenario.route))/\(scenario.model)"
    let answer = try await server.send("GET", "api/v1/breakers").json()
    return answer["breakers"].list.first { $0["name"].string == name } ?? .null
  }

  /// Makes the calls of a scenario, and compares what came of the last one.
  private func play(_ scenario: CallScenario, _ server: ForwardingServer, _ stub: StubUpstream) async throws {
    let name: Testing.Comment = "\(scenario.name)"
    let path = scenario.route == .claude ? "v1/messages" : "v1/chat/completions"
    let stream =
      (scenario.isStream ? #""stream":true,"# : "")
      + scenario.asks + (scenario.asksForJSON ? #""response_format":{"type":"json_object"},"# : "")
    let body =
      #"{"model":"\#(scenario.model)",\#(stream)"max_tokens":9,"messages":[{"role":"user","content":"\#(scenario.name)"}]}"#
    var last = RawClient.Answer()
    for number in 0..<scenario.calls {
      if scenario.waits.contains(number) {
        try await server.until("\(scenario.name): half-open") {
          try await breaker(server, scenario)["state"].string == "half_open"
        }
      }
      let before = stub.requests.count
      let client = try RawClient(port: server.port)
      client.post("/\(path)", body, "connection: close\r\n")
      if scenario.leaves {
        try await server.until("the provider is asked") { stub.requests.count > before }
        client.hangUp()
      } else {
        try client.readToEnd()
        last = client.answer
      }
      // What came of it is known before the next one.
      try await server.until("the call has ended") {
        try await server.send("GET", "metrics").text.contains("\ntally_calls_open 0\n")
      }
    }
    if !scenario.leaves {
      #expect(last.status == scenario.status, name)
      #expect(last.header("x-tally-degraded") == (scenario.askedSecond > 0 ? "second/\(scenario.model)" : nil), name)
      if let code = scenario.code {
        let error = try JSON(Data(last.body.utf8))
        #expect(error["error", "code"].string == code, name)
        #expect(last.header("retry-after").flatMap { Int($0) }.map { $0 > 0 && $0 <= 7_200 } == true, name)
      }
    }
    let found = try await breaker(server, scenario)
    #expect(CallScenarioTests.state(found) == scenario.state.rawValue, "\(scenario.name): \(found)")
  }

  @Test(arguments: CallScenario.groups) func scenarios(_ group: CallScenario.Group) async throws {
    let scenarios = group.scenarios
    let script = Script(scenarios)
    let stub = try StubUpstream { _, request in script.acts(request) }
    let shop = try Workshop()
    try shop.write("tally.yaml", CallScenarioTests.project(stub.port, dead: try StubTarget.freePort()))
    let server = try ForwardingServer(in: shop)
    for scenario in scenarios { try await play(scenario, server, stub) }
    // Each attempt is a span of its own, and what was kept back is none.
    let expected = scenarios.reduce(0) { $0 + ($1.asked ?? $1.calls) + $1.askedSecond }
    var spans: [JSON] = []
    try await server.until("all spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=500").json()["records"].list
      return spans.count >= expected
    }
    #expect(spans.count == expected)
    for scenario in scenarios {
      let name: Testing.Comment = "\(scenario.name)"
      let own = spans.filter { $0["model_requested"].string == scenario.model }
      let first = own.filter { $0["attributes", "upstream"].string == CallScenarioTests.upstream(scenario.route) }
      let second = own.filter { $0["attributes", "upstream"].string == "second" }
      #expect(first.count == scenario.asked ?? scenario.calls && second.count == scenario.askedSecond, name)
      #expect(first.first?["error_type"].string == scenario.errorType, name)
      if ![.dead, .deadPair].contains(scenario.route) {
        let asked = script.asked(scenario)
        #expect(asked.first == first.count && asked.second == second.count, name)
      }
      // A fallback is in the trace of the call that it stands in for, and says so.
      #expect(second.allSatisfy { $0["attributes", "degraded"].string == "second/\(scenario.model)" }, name)
      #expect(first.allSatisfy { $0["attributes", "degraded"] == .null }, name)
      if let primary = first.first, let stand = second.last, scenario.calls == 1 {
        #expect(primary["trace_id"] == stand["trace_id"] && primary["span_id"] != stand["span_id"], name)
        #expect(stand["attempt"].integer == 2, name)
      }
    }
    #expect(try server.stop() == 0)
    _ = try await server.status()
  }

  /// The table in the documentation is this one.
  @Test func theDocumentationHasTheTable() throws {
    let text = try String(
      contentsOf: Tally.root.appendingPathComponent("Documentation/Gateway.md"), encoding: .utf8)
    let rows = CallScenario.groups.flatMap(\.scenarios).map(\.row)
    #expect(rows.count >= 50)
    let missing = rows.filter { !text.contains($0 + "\n") }
    #expect(missing.isEmpty, "these rows are not in Documentation/Gateway.md:\n\(missing.joined(separator: "\n"))")
    let written = text.split(separator: "\n").filter {
      $0.hasPrefix("| ") && $0.components(separatedBy: " | ").count == 6
    }
    #expect(written.count == rows.count + 1)
  }
}
