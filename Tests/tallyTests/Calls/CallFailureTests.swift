import Foundation
import Testing

/// Failure budgets on the path of calls: what fails arrives in the ledger, a budget is spent, and its calls change nothing any more.
struct CallFailureTests {
  private static let project = """
    tools: {look_up: {effect: read}, send_refund: {effect: irreversible}}
    people: {ada: {}, bob: {active: false}}
    failure_budgets:
      support: {feature: support, rate: 0.02, mode: enforce}
      refunds: {agent: refund-bot, rate: 0.01, mode: enforce, when_spent: approval}
      watched: {feature: watched, rate: 0.02}
      hollow: {feature: hollow, rate: 0.02, weights: {error: 0}}
    """

  private static func chat(_ tools: String...) -> String {
    let list = tools.map { #"{"type":"function","function":{"name":"\#($0)"}}"# }.joined(separator: ",")
    return #"{"model":"gpt-4o","messages":[{"role":"user","content":"Where?"}],"tools":[\#(list)]}"#
  }

  /// Calls that say so fail.
  private static let acts: @Sendable (Int, StubUpstream.Request) -> [StubUpstream.Act] = { _, request in
    request.text.contains("BREAK")
      ? StubUpstream.json(#"{"error":{"message":"No","type":"server_error","code":"server_error"}}"#, status: 500)
      : StubUpstream.json(CallBench.reply)
  }

  private static let failing = #"{"model":"gpt-4o","messages":[{"role":"user","content":"BREAK"}]}"#

  private func post(
    _ server: ForwardingServer, _ body: String, _ headers: [String: String], _ path: String = "v1/chat/completions"
  ) async throws -> Served.Reply {
    try await server.send(
      "POST", path, body, headers: ["Content-Type": "application/json"].merging(headers) { $1 })
  }

  private func budget(_ name: String, _ server: ForwardingServer) async throws -> JSON {
    let reply = try await server.send("GET", "api/v1/failure-budgets")
    #expect(try APIDocument().faults("GET", "/api/v1/failure-budgets", reply) == [], "\(reply.text)")
    return try #require(try reply.json()["failure_budgets"].list.first { $0["budget"].string == name })
  }

  private func untilSpent(_ name: String, _ server: ForwardingServer) async throws {
    try await server.until("\(name) is spent") { try await budget(name, server)["state"].string == "spent" }
  }

  @Test func whatFailsStopsWhatChangesSomething() async throws {
    let bench = try CallBench(CallFailureTests.acts, more: CallFailureTests.project)
    let support = ["x-tally-feature": "support"]
    let refund = CallFailureTests.chat("look_up", "send_refund")
    #expect(try await budget("support", bench.server)["state"].string == "fine")
    #expect(try await post(bench.server, refund, support).status == 200)
    for _ in 0..<4 { #expect(try await post(bench.server, CallFailureTests.failing, support).status == 500) }
    try await untilSpent("support", bench.server)
    // Three of them are enough to spend it; the others are on their way into the ledger.
    try await bench.server.until("all are known") { try await budget("support", bench.server)["calls"].integer == 5 }
    let spent = try await budget("support", bench.server)
    #expect(spent["calls"].integer == 5 && spent["failures", "error"].integer == 4 && spent["mean"].number == 0.8)
    #expect(spent["moves_on_at"].string != nil && spent["windows", 0, "calls"].integer == 5)
    let asked = bench.stub.requests.count
    let refused = try await post(bench.server, refund, support)
    let error = try refused.json()["error"]
    #expect(refused.status == 403 && error["code"].string == "failure_budget_spent")
    #expect(
      error["type"].string == "permission_error" && error["failure_budget", "tools"].list == [.string("send_refund")])
    #expect(
      error["message"].string?.contains("'support' of feature:support is spent: 0.02 a call is tolerated in 28d")
        == true)
    let message = try await post(
      bench.server,
      #"{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[],"tools":[{"name":"send_refund","input_schema":{}}]}"#,
      support,
      "v1/messages")
    #expect(message.status == 403)
    #expect(
      try message.json()["type"].string == "error" && message.json()["error", "type"].string == "permission_error")
    #expect(bench.stub.requests.count == asked)
    // Whoever only reads goes on, and so does everybody else.
    #expect(try await post(bench.server, CallFailureTests.chat("look_up"), support).status == 200)
    #expect(try await post(bench.server, CallBench.chat, support).status == 200)
    #expect(try await post(bench.server, refund, ["x-tally-feature": "desk"]).status == 200)
    // A decision for another gateway is the same.
    for (body, decision) in [
      (#""request":\#(refund)"#, "refuse"), (#""request":\#(CallBench.chat)"#, "allow"),
      (#""tools":["look_up"]"#, "allow"),
      (#""tools":["send_refund"]"#, "refuse"), (#""max_output_tokens":9"#, "refuse"),
    ] {
      let reply = try await post(
        bench.server, #"{"model":"gpt-4o","endpoint":"chat","upstream":"open","feature":"support",\#(body)}"#, [:],
        "api/v1/decide")
      #expect(try APIDocument().faults("POST", "/api/v1/decide", reply) == [], "\(reply.text)")
      let json = try reply.json()
      #expect(json["decision"].string == decision, "\(body): \(reply.text)")
      if decision == "refuse" {
        #expect(json["refusal", "code"].string == "failure_budget_spent")
        #expect(json["refusal", "failure_budget", "budget"].string == "support")
      } else {
        #expect(json["failure_budgets_spent"].list == [.string("support")])
      }
    }
    let both = try await post(
      bench.server, #"{"model":"gpt-4o","request":{},"tools":["look_up"]}"#, [:], "api/v1/decide")
    #expect(both.status == 400 && both.text.contains("not both"))
    let label = "{budget=\"support\",mode=\"enforce\"}"
    #expect(try await bench.metric("tally_failure_budget_refusals_total\(label)") == 5)
    #expect(try await bench.metric("tally_failure_budget_state{budget=\"support\",state=\"spent\"}") == 1)
    let spans = try await bench.spans(13)
    let kept = spans.filter { $0["error_type"].string == "failure_budget_spent" }
    #expect(kept.count == 5 && kept.allSatisfy { $0["attributes", "failure_budget"].string == "support" })
    #expect(kept.allSatisfy { $0["attributes", "unasked"] == .bool(true) })
    // Of the calls that failed, the last may have come when it was spent already.
    let passed = spans.filter { $0["attributes", "failure_budgets_spent", 0].string == "support" }
    #expect(passed.filter { $0["status"].string == "ok" }.count == 2)
    // What was refused is no failure of the feature.
    try await bench.server.until("all is read") { try await budget("support", bench.server)["calls"].integer == 7 }
    let replay = try bench.shop.tally("gate", "calls", "--replay", "1h", "--format", "json").json()
    #expect(replay["rules", 0, "rule"].string == "failure budget support" && replay["rules", 0, "refused"].integer == 5)
    // That it is spent is on record once, whoever looks how often.
    try await bench.server.until("it is on record") { try await turns(bench.server).count == 1 }
    try await bench.stop()
    // A server that starts anew knows it, and that it is said.
    let again = try ForwardingServer(in: bench.shop, environment: ["OPEN_KEY": "sk-open", "CLAUDE_KEY": "sk-claude"])
    #expect(try await post(again, refund, support).status == 403)
    let known = try await turns(again)
    #expect(known.count == 1 && known.first?["to"].string == "spent" && known.first?["from"].string == "fine")
    #expect(known.first?["attributes", "failure_budget", "budget"].string == "support")
    #expect(try again.stop() == 0)
  }

  /// Changes of failure budgets, as the ledger has them.
  private func turns(_ server: ForwardingServer) async throws -> [JSON] {
    let reply = try await server.send("GET", "api/v1/records/change")
    #expect(try APIDocument().faults("GET", "/api/v1/records/{kind}", reply) == [], "\(reply.text)")
    return try reply.json()["records"].list.filter { $0["attributes", "failure_budget"] != .null }
  }

  @Test func aPersonApprovesAndOneThatWatchesLetsPass() async throws {
    let bench = try CallBench(CallFailureTests.acts, more: CallFailureTests.project)
    let agent = ["x-tally-feature": "watched", "x-tally-agent": "refund-bot"]
    let refund = CallFailureTests.chat("send_refund")
    for _ in 0..<4 { #expect(try await post(bench.server, CallBench.chat, agent).status == 200) }
    let calls = try await bench.spans(4).compactMap { $0["span_id"].string }
    // Nothing has failed that a machine could see; a judge says so, and a person that it was not meant.
    let words = calls.map {
      #"{"kind":"annotation","annotation_id":"w-\#($0)","subject":"\#($0)","name":"correct","value":"no","annotator_kind":"llm","annotator":"judge","at":"2026-01-01T00:00:00Z"}"#
    }
    let judged = try await bench.server.send(
      "POST", "api/v1/records", words.joined(separator: "\n"), headers: ["Content-Type": "application/x-ndjson"])
    try #require(judged.status == 200, "\(judged.text)")
    try await untilSpent("refunds", bench.server)
    try await untilSpent("watched", bench.server)
    try await bench.server.until("all are known") {
      try await budget("refunds", bench.server)["failures", "judged_bad"].integer == 4
    }
    for approver in [nil, "bob", "eve", "refund-bot"] {
      let reply = try await post(
        bench.server, refund, agent.merging(approver.map { ["x-tally-approver": $0] } ?? [:]) { $1 })
      #expect(try reply.status == 403 && reply.json()["error", "code"].string == "NEEDS_APPROVAL", "\(reply.text)")
    }
    let approved = agent.merging(["x-tally-approver": "ada"]) { $1 }
    #expect(try await post(bench.server, refund, approved).status == 200)
    #expect(try await post(bench.server, refund, ["x-tally-feature": "watched"]).status == 200)
    let spans = try await bench.spans(10)
    let passed = spans.filter { $0["attributes", "approver"].string == "ada" }
    #expect(passed.count == 1 && passed[0]["attributes", "failure_budgets_spent", 0].string == "refunds")
    #expect(passed.allSatisfy { $0["attributes", "failure_budgets_observed", 0].string == "watched" })
    #expect(spans.filter { $0["attributes", "failure_budgets_observed", 0].string == "watched" }.count == 2)
    #expect(bench.stub.requests.allSatisfy { $0.header("x-tally-approver") == nil })
    #expect(try await budget("refunds", bench.server)["approved"].integer == 1)
    let replay = try bench.shop.tally("gate", "calls", "--replay", "1h").text
    #expect(replay.contains("failure budget watched") && replay.contains("failure budget refunds"), "\(replay)")
    try await bench.stop()
  }

  /// A reply that ended properly with nothing in it is known as such in the ledger; what weighs nothing is no failure.
  @Test func emptyRepliesCount() async throws {
    let bench = try CallBench(
      { number, request in
        number < 4
          ? StubUpstream.json(
            #"{"object":"chat.completion","model":"m","choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#)
          : CallFailureTests.acts(number, request)
      }, more: CallFailureTests.project)
    for body in Array(repeating: CallBench.chat, count: 4) + [CallFailureTests.failing, CallBench.chat] {
      _ = try await post(bench.server, body, ["x-tally-feature": "hollow"])
    }
    try await untilSpent("hollow", bench.server)
    try await bench.server.until("all is read") { try await budget("hollow", bench.server)["calls"].integer == 6 }
    let hollow = try await budget("hollow", bench.server)
    #expect(hollow["failures", "empty"].integer == 4 && hollow["failures", "error"].integer == 0)
    #expect(try await bench.spans(6).filter { $0["attributes", "empty"] == .bool(true) }.count == 4)
    try await bench.stop()
  }

  /// What one server's calls did stops those of another one on the same ledger.
  @Test func serversOfOneLedgerAgree() async throws {
    let place = BudgetBench.Place.all.last ?? .sqlite
    let bench = try BudgetBench(place, servers: 2, CallFailureTests.project, CallFailureTests.acts)
    let servers = try (0..<bench.count).map { try bench.serve($0) }
    let support = ["x-tally-feature": "support"]
    for _ in 0..<4 { #expect(try await post(servers[0], CallFailureTests.failing, support).status == 500) }
    for server in servers {
      try await untilSpent("support", server)
      #expect(try await post(server, CallFailureTests.chat("send_refund"), support).status == 403)
    }
    for server in servers { #expect(try server.stop() == 0) }
  }
}
