import Foundation
import Testing

/// Freezes and drills, as people order them and as callers meet them.
struct CallOrderTests {
  private static func chat(_ system: String, model: String = "gpt-4o", stream: Bool = false) -> String {
    #"{"model":"\#(model)","stream":\#(stream),"messages":[{"role":"system","content":"\#(system)"},{"role":"user","content":"Where?"}]}"#
  }

  private func post(
    _ bench: CallBench, _ system: String, _ headers: [String: String] = ["x-tally-feature": "bot"]
  ) async throws -> Served.Reply {
    try await bench.post("v1/chat/completions", CallOrderTests.chat(system), headers)
  }

  @Test func aFreezeKeepsAFeatureAsItWas() async throws {
    let bench = try CallBench({ _, _ in StubUpstream.json(CallBench.reply) })
    for system in ["Be kind.", "Be kind.", "Be brief."] { #expect(try await post(bench, system).status == 200) }
    _ = try await bench.spans(3)
    let frozen = try bench.shop.tally("freeze", "bot", "--reason", "wrong prices since noon", "--expires", "4h")
    #expect(frozen.code == 0, "\(frozen.errors)")
    #expect(
      frozen.text.hasPrefix("The feature 'bot' is frozen until 20")
        && frozen.text.contains("to the 2 configurations of 3 calls"))
    var refused: Served.Reply?
    try await bench.server.until("the server knows it") {
      refused = try await post(bench, "Be rude.")
      return refused?.status == 403
    }
    // Who sets it again keeps what it kept, although others have asked since.
    let again = try bench.shop.tally("freeze", "bot", "--reason", "it is not mended yet", "--expires", "8h")
    #expect(again.text.contains("to the 2 configurations of 3 calls"), "\(again.text)\(again.errors)")
    let error = try #require(refused).json()["error"]
    #expect(error["code"].string == "FROZEN" && error["type"].string == "permission_error")
    #expect(error["message"].string?.contains("The feature 'bot' is frozen until") == true)
    #expect(error["message"].string?.contains("wrong prices") == false)
    // What ran before runs on, and other features are as free as ever.
    #expect(try await post(bench, "Be kind.").status == 200)
    #expect(try await post(bench, "Be rude.", ["x-tally-feature": "desk"]).status == 200)
    let orders = try await bench.server.send("GET", "api/v1/orders")
    #expect(try APIDocument().faults("GET", "/api/v1/orders", orders) == [])
    #expect(try orders.json()["freezes", 0, "allowed"].list.count == 2)
    #expect(try await bench.metric("tally_freeze_refusals_total{subject=\"feature:bot\",mode=\"enforce\"}") ?? 0 >= 1)
    try await bench.server.until("it is written") {
      let spans = try await bench.server.send("GET", "api/v1/spans?limit=500").json()["records"].list
      return spans.contains { $0["error_type"].string == "FROZEN" && $0["feature"].string == "bot" }
    }
    // A decision for another gateway is refused by the same word.
    let decide = try await bench.server.send(
      "POST", "api/v1/decide",
      #"{"endpoint":"chat","upstream":"open","feature":"bot","request":\#(CallOrderTests.chat("Be rude."))}"#,
      headers: ["Content-Type": "application/json"])
    #expect(try decide.json()["refusal", "code"].string == "FROZEN", "\(decide.text)")
    #expect(try bench.shop.tally("freeze", "list").text.contains("feature:bot  2 of config  enforce"))
    let released = try bench.shop.tally("freeze", "release", "bot", "--reason", "mended in 3f2c")
    #expect(released.text.hasPrefix("The feature 'bot' is frozen no longer."))
    try await bench.server.until("it is free again") { try await post(bench, "Be rude.").status == 200 }
    #expect(try bench.shop.tally("spans", "--limit", "1").code == 0)
    try await bench.stop()
    // Who froze it, and who let it go, is on record.
    #expect(try bench.shop.tally("ledger", "status").text.contains("  3 changes\n"))
    #expect(try bench.shop.tally("ledger", "verify").text.contains("is sound"))
  }

  @Test func aFreezeThatWatchesAndOneThatStops() async throws {
    let bench = try CallBench({ _, _ in StubUpstream.json(CallBench.reply) })
    #expect(try await post(bench, "Be kind.").status == 200)
    _ = try await bench.spans(1)
    let observed = try bench.shop.tally(
      "freeze", "gpt-4o", "--pin", "config", "--observe", "--reason", "to see only", "--expires", "1h")
    #expect(observed.code == 0 && observed.text.contains("The model 'gpt-4o' is frozen"), "\(observed.errors)")
    try await bench.server.until("a span says so") {
      let status = try await post(bench, "Be rude.").status
      try #require(status == 200)
      let spans = try await bench.server.send("GET", "api/v1/spans?limit=100").json()["records"].list
      return spans.contains { $0["attributes", "freezes_observed", 0].string == "model:gpt-4o" }
    }
    // Before somebody enforces it, the replay says what it would have refused.
    let replay = try bench.shop.tally("gate", "calls", "--replay", "1h")
    let words = replay.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(replay.code == 0 && words.contains("guards that only watch would have refused"), "\(words)")
    let json = try bench.shop.tally("gate", "calls", "--replay", "1h", "--format", "json").json()
    #expect(json["schema"].string == "tally.call-replay/1" && (json["would_refuse"].integer ?? 0) > 0)
    #expect(
      json["rules", 0, "rule"].string == "freeze model:gpt-4o" && json["rules", 0, "features", "bot"].integer != nil)
    #expect(try bench.shop.tally("gate", "calls").errors.contains("decide by themselves"))
    let stopped = try bench.shop.tally("freeze", "bot", "--stop", "--reason", "it tells secrets", "--expires", "1h")
    #expect(stopped.text.contains("The feature 'bot' is stopped until"))
    try await bench.server.until("nothing passes") { try await post(bench, "Be kind.").status == 403 }
    try await bench.stop()
  }

  @Test func whatCannotBeFrozenIsExplained() async throws {
    let bench = try CallBench({ _, _ in StubUpstream.json(CallBench.reply) })
    for number in 0..<24 { _ = try await post(bench, "It is \(number) o'clock.") }
    _ = try await bench.spans(24)
    for (arguments, words) in [
      (["bit"], "There is no call of the feature 'bit'"), (["bot"], "it changes from call to call"),
      (["bot", "--pin", "prompt"], "None of the 24 calls"), (["bot", "--since", "soon"], "--since takes a duration"),
      (["bot", "--as-of", "noon"], "--as-of takes a time"), (["bot", "--feature", "--model"], "either"),
    ] {
      let run = try bench.shop.tally(["freeze"] + arguments + ["--reason", "a test of words", "--expires", "1h"])
      #expect(run.code == 64 && run.errors.contains(words), "\(arguments): \(run.errors)")
    }
    #expect(
      try bench.shop.tally("freeze", "bot", "--reason", "because", "--expires", "1h").errors.contains("in a few words"))
    #expect(
      try bench.shop.tally("freeze", "release", "bot", "--reason", "there is none").errors.contains(
        "there is no freeze"))
    #expect(try bench.shop.tally("freeze", "list").text.contains("Nothing is frozen"))
    #expect(
      try bench.shop.tally("freeze", "bot", "--pin", "model", "--reason", "this one works", "--expires", "1h").code == 0
    )
    try await bench.stop()
  }

  /// What each drill does to a chosen key, and that another's calls do not meet it.
  @Test func drillsAreForChosenKeysOnly() async throws {
    let bench = try CallBench({ _, request in
      request.text.contains("\"stream\":true")
        ? [.send(StubUpstream.streamHead), .send(StubUpstream.chunk(CallBench.chunk("On")))]
        : StubUpstream.json(CallBench.reply)
    })
    let tokens = try ["staging", "live"].map {
      try #require(try bench.shop.tally("key", "create", $0, "--scope", "call", "--scope", "read").lines.first)
    }
    func call(_ token: String, _ body: String = CallBench.chat, _ path: String = "v1/chat/completions") async throws
      -> Served.Reply
    {
      try await bench.post(path, body, ["x-api-key": token])
    }
    func drill(_ arguments: String...) throws {
      let run = try bench.shop.tally(
        ["drill"] + arguments + ["--key", "staging", "--reason", "a test of ours", "--expires", "15m"])
      #expect(run.code == 0, "\(run.errors)")
    }
    try drill("errors", "--status", "529")
    try await bench.server.until("the drill is known") { try await call(tokens[0]).status == 529 }
    let before = bench.stub.requests.count
    let refused = try await call(tokens[0], CallBench.messages, "v1/messages")
    #expect(try refused.status == 529 && refused.json()["error", "type"].string == "overloaded_error")
    #expect(try refused.json()["error", "message"].string?.contains("the drill 'errors'") == true)
    #expect(refused.headers["x-tally-span-id"] is String)
    #expect(bench.stub.requests.count == before)
    #expect(try await call(tokens[1]).status == 200 && bench.stub.requests.count == before + 1)
    #expect(try bench.shop.tally("drill", "end", "errors", "--reason", "seen enough").text.contains("has ended"))
    try drill("empty")
    try await bench.server.until("answers are empty") {
      try await call(tokens[0]).json()["choices", 0, "message", "content"].string == ""
    }
    let stream = try await call(tokens[0], CallBench.streamed)
    #expect(stream.headers["x-tally-drill"] as? String == "empty" && stream.text.hasSuffix("data: [DONE]\n\n"))
    let message = try await call(tokens[0], CallBench.messages, "v1/messages")
    #expect(try message.json()["stop_reason"].string == "end_turn" && message.json()["content"] == .array([]))
    #expect(try bench.shop.tally("drill", "end", "empty", "--reason", "seen enough").code == 0)
    try drill("latency", "--delay", "400ms", "--name", "slow")
    try await bench.server.until("calls are slow") {
      let began = ContinuousClock.now
      let reply = try await call(tokens[0])
      // A machine may be as slow as that without a drill: the reply says whether it is one.
      guard reply.status == 200, reply.headers["x-tally-drill"] as? String == "slow" else { return false }
      return began.duration(to: .now) > .milliseconds(400)
    }
    #expect(try bench.shop.tally("drill", "list").text.contains("slow"))
    // The spans say which of them were drills, and how long the slow ones took.
    var spans: [JSON] = []
    try await bench.server.until("they are written") {
      spans = try await bench.server.send("GET", "api/v1/spans?limit=500", headers: ["x-api-key": tokens[1]])
        .json()["records"].list
      return Set(spans.compactMap { $0["attributes", "drill"].string }).isSuperset(of: ["errors", "empty", "slow"])
    }
    #expect(spans.allSatisfy { $0["attributes", "upstream"].string != nil })
    // Who was not asked served nothing; who was only late, did.
    for span in spans {
      guard let drill = span["attributes", "drill"].string else { continue }
      #expect((span["attributes", "unasked"] == .bool(true)) == (drill != "slow"), "\(span)")
      #expect((span["model_served"] == .null) == (drill != "slow"), "\(span)")
    }
    #expect(try bench.server.stop() == 0)
  }

  /// A mistake is answered with how this command is used, and not with how `tally` is.
  @Test func aDelayThatIsNoneIsExplained() throws {
    let shop = try Workshop()
    for delay in ["x", "0s", "601s"] {
      let run = try shop.tally(
        "drill", "latency", "--delay", delay, "--key", "staging", "--reason", "a test of ours", "--expires", "15m")
      #expect(run.code == 64 && run.errors.contains("such as 500ms or 8s, of ten minutes at most, not '\(delay)'"))
      #expect(run.errors.contains("Usage: tally drill latency --delay <time>"), "\(run.errors)")
    }
  }

  /// A drill that fails a call is met by its fallback, as in earnest.
  @Test func aDrillTriesTheFallback() async throws {
    let stub = try StubUpstream { _, _ in StubUpstream.json(CallBench.reply) }
    let shop = try Workshop()
    try shop.write(
      "tally.yaml",
      """
      upstreams:
        open: {url: "http://127.0.0.1:\(stub.port)/base/v1", key: {env: OPEN_KEY}}
        second: {url: "http://127.0.0.1:\(stub.port)/second/v1", key: {env: OPEN_KEY}}
      routes: {gpt-4o: {upstream: open, fallbacks: [{upstream: second, model: stand-in}]}}
      breakers: {mode: enforce}
      """)
    let token = try #require(
      try shop.tally("key", "create", "staging", "--scope", "call", "--scope", "read").lines.first)
    #expect(
      try shop.tally(
        "drill", "errors", "--key", "staging", "--reason", "does it fall back", "--expires", "5m", "--model", "gpt-4o"
      )
      .code == 0)
    let server = try ForwardingServer(in: shop, environment: ["OPEN_KEY": "sk-open"])
    for _ in 0..<8 {
      let reply = try await server.send(
        "POST", "v1/chat/completions", CallBench.chat,
        headers: ["x-api-key": token, "Content-Type": "application/json"])
      #expect(reply.status == 200 && reply.headers["x-tally-degraded"] as? String == "second/stand-in")
    }
    // No breaker has opened: nobody's upstream has failed.
    let breakers = try await server.send("GET", "api/v1/breakers", headers: ["x-api-key": token]).json()
    #expect(breakers["breakers"].list.allSatisfy { $0["state"].string == "closed" })
    #expect(stub.requests.count == 8 && stub.requests.allSatisfy { $0.path.hasPrefix("/second") })
    #expect(try server.stop() == 0)
  }
}
