import Foundation
import Logging
import Records
import Server
import Store
import StoreSQLite
import Testing

/// The reading half of `/api/v1`. Every answer here is held against the committed document.
struct APITests {
  private let document: APIDocument

  init() throws { document = try APIDocument() }

  /// Asks, and checks the answer against the document.
  private func ask(
    _ server: Served, _ path: String, of route: String? = nil, headers: [String: String] = [:],
    status: Int = 200, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> JSON {
    let reply = try await server.get(path, headers: headers)
    let plain = route ?? "/" + path.prefix { $0 != "?" }
    #expect(reply.status == status, "\(path): \(reply.text)", sourceLocation: sourceLocation)
    #expect(try document.faults("GET", plain, reply) == [], "\(path)", sourceLocation: sourceLocation)
    return try reply.json()
  }

  private static func span(
    _ id: String, trace: String = "t", parent: String? = nil, tenant: String? = nil, second: Int = 0,
    more: String = ""
  ) -> String {
    let parent = parent.map { ",\"parent_id\":\"\($0)\"" } ?? ""
    let tenant = tenant.map { ",\"tenant\":\"\($0)\"" } ?? ""
    return """
      {"kind":"span","span_id":"\(id)","trace_id":"\(trace)","name":"chat","span_kind":"chat",\
      "started_at":"2026-05-01T00:\(String(format: "%02d:%02d", second / 60, second % 60))Z","feature":"desk"\
      \(parent)\(tenant)\(more)}
      """
  }

  private func post(_ server: Served, _ lines: [String], headers: [String: String] = [:]) async throws {
    let reply = try await server.post("api/v1/records", Data(lines.joined(separator: "\n").utf8), headers: headers)
    #expect(reply.status == 200, "\(reply.text)")
    #expect(try document.faults("POST", "/api/v1/records", reply) == [])
    #expect(try reply.json()["refused"] == .array([]), "\(reply.text)")
  }

  @Test func theDocumentHasEveryRouteAndNoOther() async throws {
    let shop = try Workshop()
    let ledger = try await Ledger(engine: SQLiteEngine(path: shop.url("ledger.db").path)) { Instant(nanoseconds: 0) }
    let server = LedgerServer(ledger, options: .init(), logger: Logger(label: "test")) { Instant(nanoseconds: 0) }
    let routes = server.routes
    #expect(routes.sorted() == document.routes.sorted())
    #expect(routes.count > 15)
    try ledger.close()
    // What is served is what is committed.
    let running = try Served(in: shop.folder)
    _ = try await ask(running, "api/v1/openapi.json")
    let served = try await running.get("api/v1/openapi.json").body
    let committed = try Data(contentsOf: Tally.root.appendingPathComponent("Documentation/openapi.json"))
    #expect(served == committed)
    #expect(try running.stop() == 0)
  }

  /// Each record exactly once, whatever is appended and replaced between the pages.
  @Test func pagesAreOfOneState() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    try await post(server, (0..<250).map { APITests.span("s\($0)", second: $0) })
    var (seen, cursor, pages): ([String], String?, Int) = ([], nil, 0)
    repeat {
      let page = try await ask(server, "api/v1/spans?limit=100" + (cursor.map { "&cursor=\($0)" } ?? ""))
      seen += page["records"].list.compactMap { $0["span_id"].string }
      cursor = page["next"].string
      pages += 1
      #expect(page["as_of", "commit"].integer == 1)
      // New ones, and another word on one that is still to come.
      try await post(
        server,
        (0..<60).map { APITests.span("new\(pages)-\($0)", second: 900) }
          + [APITests.span("s\(pages)", second: pages, more: ",\"status\":\"error\"")])
    } while cursor != nil && pages < 10
    #expect(pages == 3)
    #expect(seen == (0..<250).reversed().map { "s\($0)" })
    let now = try await ask(server, "api/v1/spans?limit=1000")
    #expect(now["records"].list.count == 250 + 180 && now["next"] == .null)
    #expect(try await ask(server, "api/v1/spans?status=error")["records"].list.count == 3)
    #expect(try server.stop() == 0)
  }

  @Test func spansAreFoundByWhatTheySay() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    try await post(
      server,
      [
        APITests.span("a", second: 1, more: #","model_requested":"gpt-4o","model_served":"gpt-4o-2024-08-06""#),
        APITests.span("b", second: 2, more: #","model_served":"o3","status":"timeout","session_id":"x y&z=ü""#),
        APITests.span("c", second: 3, more: #","user_id":"ana","tool":"lookup","cost_usd":"0.001","tags":{"a":"b"}"#),
      ])
    for (query, expected) in [
      ("", ["c", "b", "a"]), ("model=gpt-4o", ["a"]), ("model=gpt-4o-2024-08-06", ["a"]), ("model=o3", ["b"]),
      ("status=timeout", ["b"]), ("session=x%20y%26z%3D%C3%BC", ["b"]), ("user=ana", ["c"]), ("tool=lookup", ["c"]),
      ("feature=desk&kind=chat", ["c", "b", "a"]), ("feature=other", []), ("tenant=acme", []), ("limit=2", ["c", "b"]),
      ("since=2026-05-01T00:00:02Z", ["c", "b"]), ("until=2026-05-01T00:00:02Z", ["a"]),
      ("since=2026-05-01T02:00:02%2B02:00&until=2026-05-01T02:00:03+02:00", ["b"]), ("since=2026-05-02", []),
    ] {
      let page = try await ask(server, "api/v1/spans" + (query.isEmpty ? "" : "?" + query))
      #expect(page["records"].list.compactMap { $0["span_id"].string } == expected, "\(query)")
    }
    #expect(try server.stop() == 0)
  }

  @Test func mistakesAreSaidAsProblems() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    try await post(server, (0..<3).map { APITests.span("s\($0)") })
    let cursor = try #require(try await ask(server, "api/v1/spans?limit=2")["next"].string)
    let spans = "/api/v1/spans"
    let records = "/api/v1/records/{kind}"
    for (path, route, status, code, words) in [
      ("api/v1/spans?limt=2", spans, 400, "UNKNOWN_PARAMETER", "Write 'limit' if that is meant"),
      ("api/v1/spans?suite=x", spans, 400, "UNKNOWN_PARAMETER", "feature, model"),
      ("api/v1/spans?limit=0", spans, 400, "LIMIT", "from 1 to 1000"),
      ("api/v1/spans?limit=1001", spans, 400, "LIMIT", "from 1 to 1000"),
      ("api/v1/spans?limit=ten", spans, 400, "LIMIT", "from 1 to 1000"),
      ("api/v1/spans?since=yesterday", spans, 400, "TIME", "2026-03-01T12:00:00Z"),
      ("api/v1/spans?since=2026-05-02&until=2026-05-02", spans, 400, "EMPTY_WINDOW", "not after"),
      ("api/v1/spans?status=bad", spans, 400, "VALUE", "ok, error, timeout"),
      ("api/v1/spans?feature=", spans, 400, "EMPTY_PARAMETER", "feature"),
      ("api/v1/spans?feature=a&feature=b", spans, 400, "REPEATED_PARAMETER", "twice"),
      ("api/v1/spans?cursor=abc", spans, 400, "CURSOR", "no cursor of this server"),
      ("api/v1/spans?cursor=1\(String(repeating: "f", count: 48))", spans, 400, "CURSOR", "no cursor"),
      ("api/v1/spans?feature=desk&cursor=\(cursor)", spans, 400, "CURSOR", "of another question"),
      ("api/v1/records/trial?cursor=\(cursor)", records, 400, "CURSOR", "of another question"),
      ("api/v1/records/spam", records, 404, "UNKNOWN_KIND", "Write 'span' if that is meant"),
      ("api/v1/findings?verdict=good", "/api/v1/findings", 400, "VALUE", "pass, warn, unknown, fail"),
      ("api/v1/traces/none", "/api/v1/traces/{trace_id}", 404, "NO_TRACE", "no trace 'none'"),
      ("api/v1/traces/t?content=yes", "/api/v1/traces/{trace_id}", 400, "VALUE", "true or false"),
    ] {
      let problem = try await ask(server, path, of: route, status: status)
      #expect(problem["code"].string == code && problem["status"].integer == status, "\(path): \(problem)")
      #expect(problem["detail"].string?.contains(words) == true, "\(path): \(problem)")
    }
    #expect(try await ask(server, "api/v1/spans?limit=9&cursor=\(cursor)")["records"].list.count == 1)
    #expect(try server.stop() == 0)
  }

  @Test func aTraceIsReadAsATree() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    var lines = [
      APITests.span(
        "root", second: 1, more: #","input":[{"role":"user","parts":[{"type":"text","content":"Where?"}]}]"#),
      APITests.span("late", parent: "root", second: 3), APITests.span("early", parent: "root", second: 2),
      APITests.span("leaf", parent: "early", second: 4), APITests.span("orphan", parent: "gone", second: 0),
      // Two that call each other.
      APITests.span("x", parent: "y", second: 5), APITests.span("y", parent: "x", second: 6),
      #"{"kind":"annotation","annotation_id":"a","subject":"leaf","name":"correct","value":true,"annotator_kind":"human","annotator":"ada","at":"2026-05-02T00:00:00Z"}"#,
      #"{"kind":"annotation","annotation_id":"b","subject":"t","name":"csat","value":5,"annotator_kind":"human","annotator":"bob","at":"2026-05-02T00:00:00Z"}"#,
    ]
    // And one as deep as nobody nests objects.
    lines += (0..<3_000).map { APITests.span("d\($0)", trace: "deep/ü", parent: $0 == 0 ? nil : "d\($0 - 1)") }
    try await post(server, lines)
    let route = "/api/v1/traces/{trace_id}"
    let trace = try await ask(server, "api/v1/traces/t", of: route)
    #expect(
      trace["spans"].list.map { "\($0["depth"].integer ?? -1) \($0["span_id"].string ?? "")" }
        == ["0 orphan", "0 root", "1 early", "2 leaf", "1 late", "0 x", "1 y"])
    #expect(trace["annotations"].list.compactMap { $0["name"].string }.sorted() == ["correct", "csat"])
    #expect(trace["spans", 1, "input"] == .null && trace["spans", 1, "input_sha256"].string?.count == 64)
    let said = try await ask(server, "api/v1/traces/t?content=true", of: route)
    #expect(said["spans", 1, "input", 0, "parts", 0, "content"].string == "Where?")
    let deep = try await ask(server, "api/v1/traces/deep%2F%C3%BC", of: route)
    #expect(deep["spans"].list.map { $0["depth"].integer } == Array(0..<3_000))
    #expect(try server.stop() == 0)
  }

  @Test func findingsChecksAndTheLedgerAreThere() async throws {
    let shop = try Workshop()
    try shop.write("tally.yaml", "suites:\n  triage: {baseline: prod, candidate: next, metrics: [{name: correct}]}\n")
    try shop.write(
      "trial.jsonl",
      #"{"kind":"trial","suite":"triage","item_id":"i","variant":"prod","score":1,"at":"2026-05-01T00:00:00Z"}"# + "\n")
    #expect(try shop.tally("ingest", "trial.jsonl").code == 0)
    #expect(try shop.tally("check", "eval-power").code == 2)
    let server = try Served(in: shop.folder)
    let findings = try await ask(server, "api/v1/findings?check=eval-power&subject=triage&verdict=unknown")
    #expect(findings["records"].list.count == 1)
    #expect(findings["records", 0, "reasons", 0, "code"].string == "NO_TRIALS")
    #expect(try await ask(server, "api/v1/findings?verdict=pass")["records"].list.isEmpty)
    for name in ["trial", "trials"] {
      let trials = try await ask(server, "api/v1/records/\(name)?suite=triage", of: "/api/v1/records/{kind}")
      #expect(trials["records", 0, "item_id"].string == "i" && trials["records", 0, "record_id"].string != nil)
    }
    let checks = try await ask(server, "api/v1/checks")["checks"].list
    #expect(checks.contains { $0["id"].string == "eval-power" && $0["manual"].string?.contains("Verdicts") == true })
    let status = try await ask(server, "api/v1/ledger")
    #expect(status["commits"].integer == 2 && status["records", "trial"].integer == 1)
    for path in ["healthz", "readyz", "metrics", "api/public/projects"] {
      #expect(try await document.faults("GET", "/" + path, server.get(path)) == [])
    }
    let json = ["Content-Type": "application/json"]
    for (path, body, status) in [
      ("v1/traces", "{}", 200), ("v1/logs", "{}", 200), ("api/public/otel/v1/traces", "{}", 200),
      ("v1/traces", "[", 400),
      ("v1/logs", "{\"resourceLogs\":1}", 400), ("api/v1/records", "{\"kind\":\"spam\"}", 400),
      ("api/public/scores", "{}", 400), ("api/public/scores", "[{}]", 207), ("api/public/scores", "no", 400),
      ("api/public/scores", #"{"name":"n","value":1,"traceId":"t"}"#, 200),
      ("api/public/scores", #"[{"name":"n","value":1,"traceId":"t"}]"#, 202),
      ("api/public/ingestion", #"{"batch":[{"id":"e","type":"trace-create"},{"id":"f","type":"sdk-log"}]}"#, 207),
    ] {
      let reply = try await server.post(path, Data(body.utf8), headers: json)
      #expect(reply.status == status, "\(path) \(body): \(reply.text)")
      #expect(try document.faults("POST", "/" + path, reply) == [], "\(body)")
    }
    #expect(try server.stop() == 0)
  }

  @Test func aTenantsKeySeesItsOwn() async throws {
    let shop = try Workshop()
    func key(_ name: String, _ options: String...) throws -> [String: String] {
      let made = try shop.tally(["key", "create", name] + options)
      try #require(made.code == 0, "\(made.errors)")
      return ["x-api-key": made.text.trimmingCharacters(in: .newlines)]
    }
    let all = try key("all", "--scope", "ingest,read")
    let acme = try key("acme", "--scope", "read", "--tenant", "acme")
    let writer = try key("writer", "--scope", "ingest")
    let server = try Served(in: shop.folder)
    let note = { (id: String, subject: String) in
      #"{"kind":"annotation","annotation_id":"\#(id)","subject":"\#(subject)","name":"csat","value":5,"annotator_kind":"human","annotator":"ada","at":"2026-05-02T00:00:00Z"}"#
    }
    try await post(
      server,
      [
        APITests.span("ours", tenant: "acme"), APITests.span("theirs", parent: "ours", tenant: "beta"),
        APITests.span("nobodys"), APITests.span("other", trace: "u", tenant: "beta"), note("a", "ours"),
        note("b", "theirs"), note("c", "t"),
      ], headers: all)
    #expect(try await ask(server, "api/v1/spans", headers: all)["records"].list.count == 4)
    for path in ["api/v1/spans", "api/v1/spans?tenant=acme", "api/v1/records/span"] {
      let route = path.contains("records") ? "/api/v1/records/{kind}" : "/api/v1/spans"
      let seen = try await ask(server, path, of: route, headers: acme)
      #expect(seen["records"].list.compactMap { $0["span_id"].string } == ["ours"], "\(path)")
    }
    let route = "/api/v1/traces/{trace_id}"
    let trace = try await ask(server, "api/v1/traces/t", of: route, headers: acme)
    #expect(trace["spans"].list.compactMap { $0["span_id"].string } == ["ours"])
    #expect(trace["annotations"].list == [])
    #expect(
      try await ask(server, "api/v1/traces/t", of: route, headers: all)["annotations"].list
        .compactMap { $0["annotation_id"].string }.sorted() == ["a", "b", "c"])
    _ = try await ask(server, "api/v1/traces/u", of: route, headers: acme, status: 404)
    let more = try #require(try await ask(server, "api/v1/spans?limit=1", headers: all)["next"].string)
    _ = try await ask(server, "api/v1/spans?cursor=\(more)", headers: acme, status: 400)
    for (path, route) in [
      ("api/v1/spans?tenant=beta", "/api/v1/spans"), ("api/v1/findings", "/api/v1/findings"),
      ("api/v1/ledger", "/api/v1/ledger"), ("api/v1/breakers", "/api/v1/breakers"),
      ("api/v1/records/trial", "/api/v1/records/{kind}"),
      ("api/v1/records/annotation", "/api/v1/records/{kind}"), ("api/v1/records/cost", "/api/v1/records/{kind}"),
    ] {
      let problem = try await ask(server, path, of: route, headers: acme, status: 403)
      #expect(problem["code"].string == "FORBIDDEN", "\(path)")
    }
    #expect(try await ask(server, "api/v1/checks", headers: acme)["checks"].list.count > 10)
    let denied = try await ask(server, "api/v1/spans", headers: writer, status: 403)
    #expect(denied["detail"].string?.contains("'read'") == true)
    #expect(try server.stop() == 0)
  }
}
