import Records
import Testing

@testable import Gateway

/// Where calls go, with which headers, and how refusals are said.
struct CallPlanTests {
  private let open = Upstream(
    name: "open", url: "http://open/v1", dialect: .openai, headers: [("authorization", "Bearer secret")])
  private let other = Upstream(name: "other", url: "http://other/v1", dialect: .openai, headers: [])
  private let claude = Upstream(name: "claude", url: "http://claude", dialect: .anthropic, headers: [])

  @Test func theNameItselfThenTheLongestBeginning() throws {
    let plan = CallPlan(
      [open, other, claude],
      routes: [
        CallRoute(name: "*", upstream: "other"), CallRoute(name: "gpt-4*", upstream: "open"),
        CallRoute(name: "gpt-4o", upstream: "other", model: "mine"), CallRoute(name: "gpt*", upstream: "other"),
        CallRoute(name: "claude-*", upstream: "claude"),
      ])
    for (model, upstream, name) in [
      ("gpt-4o", "other", "mine"), ("gpt-4o-mini", "open", nil), ("gpt-4", "open", nil), ("gpt-3", "other", nil),
      ("llama", "other", nil),
    ] as [(String, String, String?)] {
      let way = try plan.way(of: model, .openai)
      #expect(way.upstream.name == upstream && way.model == name, "\(model)")
    }
    #expect(try plan.way(of: "claude-4", .anthropic).upstream.name == "claude")
    #expect(throws: CallRefusal.self) { try plan.way(of: "llama", .anthropic) }
    #expect(plan.models.map(\.name) == ["gpt-4o"])
  }

  @Test func withoutRoutesTheOnlyUpstreamIsIt() throws {
    #expect(try CallPlan([open, claude]).way(of: "any", .openai).upstream.name == "open")
    #expect(try CallPlan([open, claude]).way(of: "any", .anthropic).upstream.name == "claude")
    for (plan, code) in [
      (CallPlan([open, other]), "model_not_found"), (CallPlan([claude]), "no_upstream"), (CallPlan(), "no_upstream"),
      (CallPlan([open, claude], routes: [CallRoute(name: "any", upstream: "claude")]), "model_not_found"),
      (CallPlan([open], routes: [CallRoute(name: "one", upstream: "open")]), "model_not_found"),
    ] {
      let refusal = #expect(throws: CallRefusal.self) { try plan.way(of: "any", .openai) }
      #expect(refusal?.status == 404 && refusal?.code == code)
    }
  }

  @Test func whatIsOfOneConnectionOrOfThisServerStaysHere() {
    let headers = [
      ("Content-Type", "application/json"), ("Host", "tally"), ("Authorization", "Bearer mine"), ("X-Api-Key", "mine"),
      ("Connection", "keep-alive, X-Hop"), ("X-Hop", "1"), ("Transfer-Encoding", "chunked"), ("Content-Length", "3"),
      ("TE", "trailers"), ("Upgrade", "h2c"), ("Accept-Encoding", "gzip"), ("Content-Encoding", "gzip"),
      ("Cookie", "a"),
      ("x-tally-feature", "desk"), ("anthropic-version", "2023-06-01"), ("Idempotency-Key", "k"),
      ("Expect", "100-continue"),
      ("Proxy-Authorization", "Basic x"), ("Keep-Alive", "5"),
    ].map { (name: $0.0, value: $0.1) }
    func names(_ upstream: Upstream, _ passesKey: Bool) -> [String] {
      CallHeaders.outgoing(headers, to: upstream, passesKey: passesKey).map { "\($0.name): \($0.value)" }
    }
    let plain = [
      "Content-Type: application/json", "anthropic-version: 2023-06-01", "Idempotency-Key: k",
      "accept-encoding: identity",
    ]
    #expect(names(open, false) == plain + ["authorization: Bearer secret"])
    // Never the caller's beside our own.
    #expect(names(open, true).filter { $0.lowercased().hasPrefix("authorization") } == ["authorization: Bearer secret"])
    #expect(names(other, false) == plain)
    #expect(Set(names(other, true)) == Set(plain + ["Authorization: Bearer mine", "X-Api-Key: mine"]))
  }

  @Test func headersOfReplies() {
    let headers = [
      ("Content-Type", "text/event-stream"), ("Connection", "close, x-a"), ("X-A", "1"),
      ("Transfer-Encoding", "chunked"),
      ("Content-Length", "9"), ("x-request-id", "r"), ("retry-after", "3"), ("X-Tally-Degraded", "forged"),
    ].map { (name: $0.0, value: $0.1) }
    #expect(
      CallHeaders.incoming(headers, isChanged: false).map(\.name)
        == ["Content-Type", "Content-Length", "x-request-id", "retry-after"])
    #expect(
      CallHeaders.incoming(headers, isChanged: true).map(\.name) == ["Content-Type", "x-request-id", "retry-after"])
  }

  @Test func refusalsAreInTheCallersWords() throws {
    let refusal = CallRefusal(status: 404, code: "model_not_found", message: "No.")
    let openai = try JSONValue(parsing: refusal.answer(.openai).body)
    #expect(openai["error"]?["message"]?.text == "No." && openai["error"]?["type"]?.text == "invalid_request_error")
    #expect(openai["error"]?["code"]?.text == "model_not_found" && openai["error"]?["param"] == .null)
    let anthropic = try JSONValue(parsing: refusal.answer(.anthropic).body)
    #expect(anthropic["type"]?.text == "error" && anthropic["error"]?["type"]?.text == "not_found_error")
    for (status, type) in [
      (401, "authentication_error"), (403, "permission_error"), (413, "request_too_large"), (429, "rate_limit_error"),
      (400, "invalid_request_error"), (502, "api_error"), (503, "api_error"), (504, "timeout_error"),
    ] {
      let body = CallRefusal(status: status, code: "c", message: "m").answer(.anthropic).body
      #expect(try JSONValue(parsing: body)["error"]?["type"]?.text == type)
    }
    #expect(
      String(decoding: refusal.frame(.openai), as: UTF8.self).hasPrefix("data: {\"error\":{"))
    #expect(
      String(decoding: refusal.frame(.anthropic), as: UTF8.self).hasPrefix("event: error\ndata: {\"type\":\"error\""))
  }

  @Test func notesInHeaders() {
    let headers = [
      "x-tally-feature": "desk", "x-tally-agent": "triage", "x-tally-session": "s", "x-tally-user": "u",
      "x-tally-stage": "draft", "x-tally-prompt": "p@3", "x-tally-tenant": "acme", "x-stainless-retry-count": "2",
      "idempotency-key": "k", "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ]
    let notes = CallNotes { headers[$0] }
    #expect(notes.feature == "desk" && notes.agent == "triage" && notes.session == "s" && notes.user == "u")
    #expect(notes.stage == "draft" && notes.prompt == "p@3" && notes.tenant == "acme" && notes.attempt == 3)
    #expect(notes.idempotencyKey == "k")
    #expect(notes.traceID == "4bf92f3577b34da6a3ce929d0e0e4736" && notes.parentID == "00f067aa0ba902b7")
    #expect(CallNotes { ["x-tally-attempt": "5", "x-stainless-retry-count": "0"][$0] }.attempt == 5)
    #expect(CallNotes { ["x-stainless-retry-count": "0"][$0] }.attempt == 1)
    for (header, value) in [
      ("x-tally-attempt", "0"), ("x-tally-attempt", "x"), ("x-tally-attempt", "1001"),
      ("x-tally-attempt", "9223372036854775807"), ("x-stainless-retry-count", "-1"),
      ("x-stainless-retry-count", "1000"), ("x-tally-feature", ""),
      ("x-tally-feature", String(repeating: "x", count: 1_025)),
      ("traceparent", "00-0000000000000000000000000000000000-00f067aa0ba902b7-01"),
      ("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
      ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"),
      ("traceparent", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
      ("traceparent", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
      ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"), ("traceparent", "x"),
    ] {
      #expect(CallNotes { $0 == header ? value : nil } == CallNotes { _ in nil }, "\(header): \(value)")
    }
  }
}
