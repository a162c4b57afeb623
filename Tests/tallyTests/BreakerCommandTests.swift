import Foundation
import Testing

/// `tally breaker`, as people call it, and the servers that follow.
struct BreakerCommandTests {
  @Test func whatIsSaidIsListedAndTakenBack() throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", "upstreams: {local: {url: \"http://127.0.0.1:9/v1\"}}\n")
    let opened = try shop.tally("breaker", "open", "local/llama", "--reason", "answers nonsense", "--expires", "2h")
    #expect(opened.code == 0 && opened.errors == "")
    #expect(opened.text.hasPrefix("The breaker 'local/llama' is held open: no call goes there until 20"))
    let closed = try shop.tally(
      "breaker", "close", "locl", "--reason", "the proxy lies", "--expires", "1d", "--format", "json")
    #expect(try closed.json()["schema"].string == "tally.breaker/1")
    #expect(try closed.json()["hold", "position"].string == "closed")
    #expect(closed.errors.contains("names no upstream 'locl'") && closed.errors.contains("Did you mean 'local'?"))
    let listed = try shop.tally("breaker", "list")
    #expect(listed.lines[1].hasPrefix("local/llama  open") && listed.lines[1].contains("answers nonsense"))
    #expect(try shop.tally("breaker", "list", "--format", "json").json()["holds"].list.count == 2)
    #expect(try shop.tally("breaker", "release", "locl", "--reason", "a slip of mine").text.contains("held closed"))
    #expect(try shop.tally("breaker", "list", "--format", "json").json()["holds"].list.count == 1)
    #expect(try shop.tally("ledger", "status").text.contains("  3 changes\n"))
    #expect(try shop.tally("ledger", "verify").text.contains("is sound"))
  }

  private static let mistakes: [(arguments: [String], said: String)] = [
    (["open", "a", "--reason", "because", "--expires", "1h"], "say in a few words why"),
    (["open", "a", "--expires", "1h"], "--reason"), (["open", "a", "--reason", "it is broken"], "--expires"),
    (["open", "a", "--reason", "it is broken", "--expires", "soon"], "a duration (30m, 12h), not 'soon'"),
    (["open", "a", "--reason", "it is broken", "--expires", "2020-01-01"], "`tally breaker release` ends"),
    (["open", "a", "--reason", "it is broken", "--expires", "0s"], "is over already"),
    (["open", "a", "--reason", "it is broken", "--expires", "31d"], "30 days at most"),
    (["open", "", "--reason", "it is broken", "--expires", "1h"], "UPSTREAM/MODEL, or UPSTREAM"),
    (["release", "a", "--reason", "it is mended"], "nobody holds the breaker 'a'"),
  ]

  @Test func mistakesAreExplained() throws {
    let shop = try Workshop()
    #expect(try shop.tally("breaker", "list").code == 73)
    #expect(try shop.tally("breaker", "open", "b", "--reason", "it is broken", "--expires", "30d").code == 0)
    for (arguments, said) in BreakerCommandTests.mistakes {
      let run = try shop.tally(["breaker"] + arguments)
      #expect(run.code == 64 && run.text == "", "\(arguments)")
      #expect(run.errors.contains(said), "\(arguments): \(run.errors)")
    }
  }

  /// What breakers that enforce kept back has no span: the replay of the ledger says who counts it.
  @Test func theReplaySaysWhatItLacks() throws {
    let shop = try Workshop()
    try shop.scores("one.csv", [1])
    #expect(try shop.tally("ingest", "one.csv").code == 0)
    for (mode, isSaid) in [("enforce", true), ("observe", false)] {
      try shop.write("tally.yaml", "breakers: {mode: \(mode)}\n")
      let text = try shop.tally("gate", "calls", "--replay", "1h")
      let words = text.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(text.code == 0 && words.contains("tally_breaker_refusals_total of /metrics") == isSaid, "\(words)")
      let json = try shop.tally("gate", "calls", "--replay", "1h", "--format", "json").json()
      #expect((json["note"].string != nil) == isSaid)
      let markdown = try shop.tally("gate", "calls", "--replay", "1h", "--format", "markdown").text
      #expect(markdown.contains("have no span and are not counted here") == isSaid, "\(markdown)")
    }
  }

  /// What is said on the command line holds on a server that runs, whatever the mode; and what it answers is in the document.
  @Test func serversFollow() async throws {
    let bench = try CallBench { _, _ in StubUpstream.json(CallBench.reply) }
    let document = try APIDocument()
    func breakers() async throws -> JSON {
      let reply = try await bench.server.send("GET", "api/v1/breakers")
      #expect(try document.faults("GET", "/api/v1/breakers", reply) == [])
      return try reply.json()
    }
    #expect(try await breakers()["mode"].string == "off")
    #expect(try await bench.post("v1/chat/completions", CallBench.chat).status == 200)
    #expect(
      try bench.shop.tally("breaker", "open", "open", "--reason", "it answers nonsense", "--expires", "1h").code == 0)
    try await bench.server.until("the server follows") {
      try await bench.post("v1/chat/completions", CallBench.chat).status == 503
    }
    let refused = try await bench.post("v1/chat/completions", CallBench.chat)
    #expect(try refused.json()["error", "code"].string == "breaker_open")
    #expect(refused.text.contains("it was opened by hand: it answers nonsense"))
    #expect((refused.headers["Retry-After"] as? String).flatMap { Int($0) }.map { $0 > 3_000 } == true)
    let anthropic = try await bench.post("v1/messages", CallBench.messages)
    #expect(anthropic.status == 200)
    let state = try await breakers()
    #expect(state["holds", 0, "name"].string == "open" && state["holds", 0, "reason"].string == "it answers nonsense")
    #expect(state["breakers", 0, "name"].string == "open/gpt-4o" && state["breakers", 0, "cause"].string == "held")
    #expect(try await bench.metric(#"tally_breaker_state{upstream="open",model="gpt-4o"}"#) == 2)
    let asked = bench.stub.requests.count
    #expect(try bench.shop.tally("breaker", "release", "open", "--reason", "it is mended").code == 0)
    try await bench.server.until("the server follows") {
      try await bench.post("v1/chat/completions", CallBench.chat).status == 200
    }
    #expect(bench.stub.requests.count == asked + 1)
    try await bench.stop()
  }
}
