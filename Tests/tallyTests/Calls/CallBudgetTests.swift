import Foundation
import Testing

/// Budgets on the way of calls: what passes, what is refused and how, and what is written of it.
struct CallBudgetTests {
  /// As it is asked for, and as it answers.
  private static let price = """
    models:
      gpt-4o: {price: {input_per_mtok: 2.5 USD, cached_input_per_mtok: 1.25 USD, output_per_mtok: 10 USD}}
      gpt-4o-2024-08-06: {price: {input_per_mtok: 2.5 USD, cached_input_per_mtok: 1.25 USD, output_per_mtok: 10 USD}}
    """
  private static let limited =
    #"{"model":"gpt-4o","max_tokens":100,"messages":[{"role":"user","content":"Where?"}]}"#

  private func post(
    _ server: ForwardingServer, _ path: String = "v1/chat/completions", _ body: String = limited,
    _ headers: [String: String] = [:]
  ) async throws -> Served.Reply {
    try await server.send("POST", path, body, headers: ["Content-Type": "application/json"].merging(headers) { $1 })
  }

  private func spans(_ server: ForwardingServer, _ count: Int) async throws -> [JSON] {
    var spans: [JSON] = []
    try await server.until("\(count) spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=200").json()["records"].list
      return spans.count >= count
    }
    #expect(spans.count == count)
    return spans
  }

  // MARK: One call

  /// The acceptance: 64 clients at every server of a ledger, and one call is left.
  @Test(arguments: BudgetBench.Place.all)
  func exactlyOnePasses(_ place: BudgetBench.Place) async throws {
    let bench = try BudgetBench(place, servers: 2, "budgets: {one: {calls: 1, per: month}}") { _, _ in
      [.pause(0.05)] + StubUpstream.json(CallBench.reply)
    }
    let servers = try (0..<bench.count).map { try bench.serve($0) }
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for server in servers {
        for _ in 0..<64 { group.addTask { try await post(server).status } }
      }
      return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
    #expect(statuses == [200: 1, 429: 64 * servers.count - 1])
    #expect(bench.stub.requests.count == 1)
    let window = try await BudgetBench.settled("one", servers[0])
    #expect(window["spent"].string == "1" && window["left"].string == "0" && window["orphaned"] == .array([]))
    // All of them are written, those that were refused too.
    let all = try await spans(servers[0], 64 * servers.count)
    #expect(all.filter { $0["error_type"].string == "budget_exceeded" }.count == 64 * servers.count - 1)
    for server in servers { #expect(try server.stop() == 0) }
  }

  // MARK: Refusals

  @Test func refusalsSpeakTheCallersAPIAndAreWritten() async throws {
    // A month, here and below: of hours and days, one may end while a test runs.
    let bench = try BudgetBench(.sqlite, "budgets: {team: {calls: 1, per: month, each: feature}}") { _, request in
      request.path == "/v1/messages"
        ? StubUpstream.json(#"{"type":"message","content":[],"usage":{"input_tokens":1,"output_tokens":1}}"#)
        : StubUpstream.json(CallBench.reply)
    }
    let server = try bench.serve()
    let headers = ["x-tally-feature": "bot", "x-tally-agent": "planner"]
    #expect(try await post(server, "v1/chat/completions", CallBudgetTests.limited, headers).status == 200)
    var named: [String] = []
    for (path, body) in [("v1/chat/completions", CallBudgetTests.limited), ("v1/messages", CallBench.messages)] {
      let reply = try await post(server, path, body, headers)
      named.append(reply.headers["x-tally-span-id"] as? String ?? "")
      let (whole, error) = (try reply.json(), try reply.json()["error"])
      #expect(reply.status == 429 && error["type"].string == "rate_limit_error")
      #expect(error["code"].string == "budget_exceeded" && (whole["type"].string == "error") == (path == "v1/messages"))
      #expect(
        error["message"].string?.hasPrefix(
          "The budget 'team' of the feature 'bot' is 1 call a month; 0 calls are left, and this call may use 1 call. It begins anew at "
        )
          == true)
      // Trying again at once is of no use.
      #expect(reply.headers["x-should-retry"] as? String == "false")
      #expect(error["budget", "left"].string == "0" && error["budget", "limit"].string == "1")
      #expect(error["budget", "subject"].string == "bot" && error["budget", "each"].string == "feature")
      let wait = (reply.headers["Retry-After"] as? String).flatMap { Int($0) } ?? 0
      #expect((1...31 * 86_400 + 1).contains(wait))
      #expect(error["budget", "resets_at"].string?.hasSuffix("-01T00:00:00Z") == true)
    }
    #expect(try await post(server, "v1/messages", CallBench.messages).status == 200)
    let refused = try await spans(server, 4).filter { $0["feature"].string == "bot" && $0["status"].string == "error" }
    #expect(refused.count == 2)
    // A refusal names its span, as every reply does.
    #expect(refused.compactMap { $0["span_id"].string }.sorted() == named.sorted())
    for span in refused {
      #expect(span["error_type"].string == "budget_exceeded" && span["attributes", "budget"].string == "team")
      #expect(span["input_tokens"].integer == 0 && span["output_tokens"].integer == 0)
      #expect(span["attributes", "http_status"].integer == 429 && span["attributes", "agent"].string == "planner")
      #expect(["open", "claude"].contains(span["attributes", "upstream"].string))
    }
    let metrics = try await server.send("GET", "metrics").text
    #expect(metrics.contains(#"tally_budget_refusals_total{budget="team",mode="enforce"} 2"#))
    #expect(try server.stop() == 0)
  }

  /// What was not asked cost nothing, also where its caller's name of the model has no price.
  @Test func whatIsRefusedCostsNothing() async throws {
    let project = """
      \(CallBudgetTests.price)
      routes: {fast: {upstream: open, model: gpt-4o}}
      budgets: {one: {calls: 1, per: month}}
      """
    let bench = try BudgetBench(.sqlite, project) { _, _ in StubUpstream.json(CallBench.reply) }
    let server = try bench.serve()
    let fast = CallBudgetTests.limited.replacing("gpt-4o", with: "fast")
    #expect(try await post(server, "v1/chat/completions", fast).status == 200)
    #expect(try await post(server, "v1/chat/completions", fast).status == 429)
    let spans = try await spans(server, 2)
    #expect(spans.allSatisfy { $0["attributes", "upstream_model"].string == "gpt-4o" }, "\(spans)")
    let costs = try await server.send("GET", "api/v1/records/cost").json()["records"].list
    #expect(costs.compactMap { $0["amount"].string }.sorted() == ["0.00", "0.00202"], "\(costs)")
    #expect(costs.allSatisfy { $0["reason"] == .null })
    #expect(try server.stop() == 0)
  }

  @Test func moneyNeedsAPriceAndABound() async throws {
    let project = """
      \(CallBudgetTests.price)
      budgets:
        money: {money: 1.00 USD, per: month}
      """
    let bench = try BudgetBench(.sqlite, project) { _, _ in StubUpstream.json(CallBench.reply) }
    let server = try bench.serve()
    let unpriced = try await post(
      server, "v1/chat/completions", CallBudgetTests.limited.replacing("gpt-4o", with: "llama"))
    #expect(try unpriced.status == 402 && unpriced.json()["error", "code"].string == "UNPRICED_MODEL")
    #expect(try unpriced.json()["error", "budget", "unit"].string == "USD" && unpriced.text.contains("llama"))
    let unbounded = try await post(server, "v1/chat/completions", CallBench.chat)
    #expect(try unbounded.status == 402 && unbounded.json()["error", "code"].string == "UNBOUNDED_CALL")
    // 100,000 tokens at 10 USD a million are all of it.
    let large = try await post(server, "v1/chat/completions", CallBudgetTests.limited.replacing("100", with: "100000"))
    #expect(try large.status == 402 && large.json()["error", "code"].string == "budget_exceeded")
    #expect(large.text.contains("is 1.00 USD a month"))
    #expect(bench.stub.requests.isEmpty)
    #expect(try await post(server).status == 200)
    let window = try await BudgetBench.settled("money", server)
    // 1,200 tokens in, of which 1,024 were cached, and 30 out: 0.00044 + 0.00128 + 0.0003.
    #expect(window["spent"].string == "0.00202" && window["left"].string == "0.99798")
    let codes = try await spans(server, 4).compactMap { $0["error_type"].string }
    #expect(Set(codes) == ["UNPRICED_MODEL", "UNBOUNDED_CALL", "budget_exceeded"])
    #expect(try server.stop() == 0)
  }

  @Test func aCeilingStandsForWhatHasNoPriceOrNoBound() async throws {
    let project = """
      \(CallBudgetTests.price)
      budgets:
        money: {money: 1.00 USD, per: month, ceiling: 0.40 USD}
      """
    let gate = StubUpstream.Gate()
    let bench = try BudgetBench(.sqlite, project) { number, _ in
      (number < 2 ? [] : [.wait(gate)]) + StubUpstream.json(CallBench.reply)
    }
    let server = try bench.serve()
    #expect(
      try await post(server, "v1/chat/completions", CallBudgetTests.limited.replacing("gpt-4o", with: "llama")).status
        == 200)
    // Of what the reply says what it was, the cost is known after all.
    let first = try await BudgetBench.settled("money", server)["spent"].string
    #expect(first == "0.00202")
    #expect(try await post(server, "v1/chat/completions", CallBench.chat).status == 200)
    #expect(try await BudgetBench.settled("money", server)["spent"].string == "0.00404")
    // Two such calls fit at once, and no third.
    let clients = try (0..<2).map { _ in try RawClient(port: server.port) }
    for client in clients { client.post("/v1/chat/completions", CallBench.chat) }
    try await server.until("both are under way") { bench.stub.requests.count == 4 }
    #expect(try await BudgetBench.budget("money", server)["windows", 0, "held"].string == "0.80")
    let third = try await post(server, "v1/chat/completions", CallBench.chat)
    #expect(try third.status == 429 && third.json()["error", "budget", "left"].string == "0.19596")
    // Which of them a gate lets go is not said.
    for _ in clients { gate.open() }
    for client in clients { try client.read(until: "On its way.") }
    #expect(try await BudgetBench.settled("money", server)["spent"].string == "0.00808")
    #expect(try server.stop() == 0)
  }

  /// A cap is said to the provider, and written.
  @Test func anAnswerIsCappedWhoseRequestSaysNoLimit() async throws {
    let bench = try BudgetBench(.sqlite, "budgets: {t: {tokens: 100000, per: month, output_cap: 64}}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    let server = try bench.serve()
    #expect(try await post(server, "v1/chat/completions", CallBench.chat).status == 200)
    #expect(bench.stub.requests.map(\.text) == [#"{"max_completion_tokens":64,"# + CallBench.chat.dropFirst()])
    let span = try #require(try await spans(server, 1).first)
    #expect(
      span["attributes", "output_cap", "budget"].string == "t"
        && span["attributes", "output_cap", "tokens"].integer == 64)
    #expect(try await BudgetBench.settled("t", server)["spent"].string == "1230")
    #expect(try server.stop() == 0)
  }

  @Test func observingLetsPassCountsAndWrites() async throws {
    let bench = try BudgetBench(.sqlite, "budgets: {watch: {calls: 1, per: month, mode: observe}}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    let server = try bench.serve()
    for _ in 0..<3 { #expect(try await post(server).status == 200) }
    let all = try await spans(server, 3)
    #expect(all.filter { $0["attributes", "budgets_observed", 0].string == "watch" }.count == 2)
    #expect(all.allSatisfy { $0["status"].string == "ok" })
    let window = try await BudgetBench.settled("watch", server)
    #expect(window["spent"].string == "3" && window["left"].string == "0")
    #expect(try await server.send("GET", "metrics").text.contains(#"{budget="watch",mode="observe"} 2"#))
    #expect(try server.stop() == 0)
  }

  // MARK: What was used

  /// Each way to end, and what it counts: 100 tokens of answer and some of the request are promised.
  @Test func endings() async throws {
    let worst = CallBudgetTests.limited.utf8.count + 256 + 100
    let silent = CallBench.reply.components(separatedBy: #","usage""#)[0] + "}"
    let vocabulary = (0..<256).map { "\(Data([UInt8($0)]).base64EncodedString()) \($0)" }.joined(separator: "\n")
    let project = """
      models: {gpt-4o: {tokenizer: cl100k_base-bytes.tiktoken}}
      budgets: {t: {tokens: 100000, per: month}, c: {calls: 100, per: month}}
      """
    let bench = try BudgetBench(.sqlite, project) { _, request in
      switch request.header("x-scene") {
      case "fails": StubUpstream.json(#"{"error":{"message":"no"}}"#, status: 500)
      case "resets": [.reset]
      case "breaks":
        [.send(StubUpstream.streamHead), .send(StubUpstream.chunk(CallBench.chunk("On") + CallBench.usage)), .reset]
      case "hangs": [.send(StubUpstream.streamHead), .send(StubUpstream.chunk(CallBench.chunk("On"))), .hang]
      case "silent": StubUpstream.json(silent)
      default: StubUpstream.json(CallBench.reply)
      }
    }
    try bench.write("cl100k_base-bytes.tiktoken", vocabulary + "\n")
    let server = try bench.serve()
    var (tokens, calls) = (0, 0)
    func spent() async throws -> (tokens: Int, calls: Int) {
      let both = [try await BudgetBench.settled("t", server), try await BudgetBench.settled("c", server)]
      let numbers = both.map { Int($0["spent"].string ?? "") ?? -1 }
      defer { (tokens, calls) = (numbers[0], numbers[1]) }
      return (numbers[0] - tokens, numbers[1] - calls)
    }
    for (scene, expected) in [("", 1_230), ("fails", 0), ("resets", worst), ("breaks", worst), ("hangs", worst)] {
      let client = try RawClient(port: server.port)
      client.post("/v1/chat/completions", CallBudgetTests.limited, "x-scene: \(scene)\r\nconnection: close\r\n")
      if scene == "hangs" {
        try client.read(until: "On")
        client.hangUp()
      } else {
        try client.readToEnd()
      }
      let used = try await spent()
      #expect(used == (expected, 1), "\(scene): \(used)")
    }
    // Counted byte for byte, as this vocabulary has it: more than was said, less than was promised.
    #expect(try await post(server, "v1/chat/completions", CallBudgetTests.limited, ["x-scene": "silent"]).status == 200)
    let counted = try await spent()
    #expect((18..<worst).contains(counted.tokens) && counted.calls == 1)
    // Without anybody who says how it counts, it is all that was promised.
    let other = CallBudgetTests.limited.replacing("gpt-4o", with: "gpt-4x")
    #expect(try await post(server, "v1/chat/completions", other, ["x-scene": "silent"]).status == 200)
    #expect(try await spent() == (worst, 1))
    #expect(try server.stop() == 0)
  }

  @Test func whatNeverReachedAnybodyIsNoCall() async throws {
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      "upstreams: {gone: {url: \"http://127.0.0.1:\(try StubTarget.freePort())/v1\"}}\nbudgets: {c: {calls: 1, per: month}}\n"
    )
    let server = try ForwardingServer(in: shop)
    for _ in 0..<3 {
      #expect(try await post(server).status == 502)
      #expect(try await BudgetBench.settled("c", server)["left"].string == "1")
    }
    #expect(try server.stop() == 0)
  }

  // MARK: Processes that die

  @Test(arguments: BudgetBench.Place.all)
  func whatADeadProcessPromisedIsSpentInTheEnd(_ place: BudgetBench.Place) async throws {
    // So long may a process say nothing before what it has counts as lost: the second one lives, however slow it is.
    let project = """
      gateway: {longest_call: 15s}
      budgets: {c: {calls: 2, per: month}}
      """
    let bench = try BudgetBench(place, project) { number, _ in
      number == 0 ? [.hang] : StubUpstream.json(CallBench.reply)
    }
    let first = try bench.serve()
    let client = try RawClient(port: first.port)
    client.post("/v1/chat/completions", CallBudgetTests.limited, "traceparent: \(BudgetBench.parent(7))\r\n")
    try await first.until("the call is under way") { bench.stub.requests.count == 1 }
    first.kill()
    let second = try bench.serve()
    var window = try await BudgetBench.budget("c", second)["windows", 0]
    #expect(window["held"].string == "1" || window["orphaned"].list.count == 1)
    #expect(window["left"].string == "1")
    try await second.until("it is nobody's") {
      window = try await BudgetBench.budget("c", second)["windows", 0]
      return window["spent"].string == "1"
    }
    #expect(window["held"].string == "0" && window["left"].string == "1")
    let orphan = window["orphaned", 0]
    #expect(orphan["block"].string?.hasPrefix("block-") == true && orphan["amount"].string == "1")
    #expect(try await post(second).status == 200)
    #expect(try await post(second).status == 429)
    window = try await BudgetBench.settled("c", second)
    #expect(window["spent"].string == "2" && window["orphaned"].list.count == 1)
    #expect(try second.stop() == 0)
  }

  // MARK: How they stand

  /// What the documentation shows can be written.
  @Test func theWorkedProjectFileIsRead() throws {
    let text = try String(contentsOf: Tally.root.appendingPathComponent("Documentation/Gateway.md"), encoding: .utf8)
    let block = text.components(separatedBy: "```yaml\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
      .first { $0.contains("budgets:") }
    let shop = try Workshop()
    try shop.write("tally.yaml", try #require(block))
    let run = try shop.tally("config", "--effective")
    #expect(run.code == 0 && run.text.contains("output_cap"), "\(run.errors)")
    for (wrong, words) in [
      ("b: {}", "the budget has no limit"), ("b: {calls: 1, tokens: 1}", "the budget has several limits"),
      ("b: {money: -1 USD}", "must be an amount"),
      ("b: {calls: 1, ceiling: 1 USD}", "only a budget of money has a ceiling"),
      ("b: {money: 1 USD, ceiling: 1 EUR}", "is no part of"), ("b: {calls: 1, per: week}", "week"),
      ("b: {calls: 1, output_cap: 0}", "output_cap"), ("b: {calls: 1, on_failure: ajar}", "ajar"),
    ] {
      try shop.write("tally.yaml", "budgets: {\(wrong)}\n")
      let run = try shop.tally("config", "--effective")
      #expect(run.code == 64 && run.errors.contains(words), "\(wrong): \(run.errors)")
    }
  }

  @Test func howTheyStand() async throws {
    let project = """
      budgets:
        calm: {tokens: 5, per: hour}
        each: {calls: 5, per: day, each: tenant, mode: observe}
      """
    let bench = try BudgetBench(.sqlite, project) { _, _ in StubUpstream.json(CallBench.reply) }
    let server = try bench.serve()
    let calm = try await BudgetBench.budget("calm", server)
    #expect(calm["unit"].string == "tokens" && calm["limit"].string == "5" && calm["windows", 0, "left"].string == "5")
    #expect(try await BudgetBench.budget("each", server)["windows"] == .array([]))
    let past = try await BudgetBench.budget("calm", server, at: "2026-02-03T04:05:06Z")["windows", 0]
    #expect(past["starts_at"].string == "2026-02-03T04:00:00Z" && past["resets_at"].string == "2026-02-03T05:00:00Z")
    for (query, code) in [
      ("at=yesterday", "TIME"), ("when=now", "UNKNOWN_PARAMETER"), ("limit=0", "LIMIT"), ("cursor=b12", "CURSOR"),
    ] {
      let reply = try await server.send("GET", "api/v1/budgets?\(query)")
      #expect(try reply.status == 400 && reply.json()["code"].string == code)
      #expect(try APIDocument().faults("GET", "/api/v1/budgets", reply) == [])
    }
    #expect(try server.stop() == 0)
  }

  /// Callers choose what their runs are called, and there may be any number of them: they come in pages.
  @Test func runsComeInPages() async throws {
    let bench = try BudgetBench(.sqlite, "budgets: {runs: {calls: 5, per: month, each: run}}") { _, _ in
      StubUpstream.json(CallBench.reply)
    }
    let server = try bench.serve()
    for run in ["c", "a", "b"] {
      let headers = ["Content-Type": "application/json", "x-tally-session": run]
      #expect(try await server.send("POST", "v1/chat/completions", CallBench.chat, headers: headers).status == 200)
    }
    var (subjects, next, pages) = ([] as [String?], "", 0)
    repeat {
      let reply = try await server.send("GET", "api/v1/budgets?limit=2\(next)")
      #expect(try reply.status == 200 && APIDocument().faults("GET", "/api/v1/budgets", reply) == [])
      let page = try reply.json()
      subjects += page["budgets", 0, "windows"].list.map { $0["subject"].string }
      next = page["next"].string.map { "&cursor=\($0)" } ?? ""
      pages += 1
    } while !next.isEmpty && pages < 5
    #expect(subjects == ["a", "b", "c"] && pages == 2)
    #expect(try server.stop() == 0)
  }
}
