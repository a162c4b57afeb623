import Foundation
import Testing

/// `tally ingest --langfuse`: what a running Langfuse holds, through whatever its network does.
struct LangfusePullTests {
  private static let keys = ["LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "sk-lf-1"]
  private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

  private static func observation(_ number: Int, _ more: String = "") -> String {
    let id = String(format: "%016x", number + 1)
    return
      #"{"id":"\#(id)","traceId":"\#(trace)","type":"GENERATION","name":"answer","parentObservationId":null,"level":"DEFAULT","startTime":"2026-03-01T10:00:0\#(number % 10).000Z","endTime":"2026-03-01T10:00:09.500Z","model":"gpt-4o-mini","usageDetails":{"input":10,"output":4,"total":14},"input":[{"role":"user","content":"Hello \#(number)"}],"output":{"role":"assistant","content":"Hi"}\#(more)}"#
  }

  private static let head =
    #"{"id":"\#(trace)","timestamp":"2026-03-01T10:00:00Z","name":"chat","userId":"u-1","sessionId":"s-1","public":false,"tags":["risk:high"],"release":"r9","observations":["1"],"scores":["s"]}"#
  private static let score =
    #"{"id":"s","timestamp":"2026-03-01T10:01:00Z","name":"tone","traceId":"\#(trace)","observationId":null,"value":0.5,"dataType":"NUMERIC","source":"EVAL"}"#

  private static func page(_ rows: [String], _ meta: String) -> StubTarget.Reply {
    .init(body: #"{"data":[\#(rows.joined(separator: ","))],"meta":{\#(meta)}}"#)
  }

  private static func number(_ request: StubTarget.Request) -> Int {
    request.path.components(separatedBy: "&page=").last.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
  }

  /// A Langfuse of version 3: pages of traces, observations and scores.
  private static func legacy(_ request: StubTarget.Request) -> StubTarget.Reply {
    let pages = #""page":1,"limit":100,"totalItems":250,"totalPages":3"#
    let path = request.path.prefix { $0 != "?" }
    switch path {
    case "/api/public/traces": return page([head], #""totalPages":1"#)
    case "/api/public/observations":
      let first = (number(request) - 1) * 100
      return page((first..<min(first + 100, 250)).map { observation($0) }, pages)
    case "/api/public/v2/scores": return page([score], #""totalPages":1"#)
    default: return .init(status: 404, body: #"{"message":"not here"}"#)
    }
  }

  private func pull(
    _ shop: Workshop, _ stub: StubTarget, _ options: String..., keys: [String: String] = LangfusePullTests.keys
  ) throws -> Outcome {
    try Tally.run(
      ["ingest", "--langfuse", "http://127.0.0.1:\(stub.port)/"] + options, in: shop.folder, environment: keys)
  }

  private func ask(_ shop: Workshop, _ sql: String) throws -> String {
    try shop.tally("sql", sql, "--format", "csv").text
  }

  @Test func pagesOfVersion3() throws {
    let stub = try StubTarget { _, request in Self.legacy(request) }
    let shop = try Workshop()
    let pulled = try pull(shop, stub, "--since", "2026-03-01", "--until", "2026-03-02T00:00:00Z")
    #expect(pulled.code == 0 && pulled.text.contains("250 new spans"), "\(pulled.text)\(pulled.errors)")
    #expect(pulled.errors.contains("http://127.0.0.1:\(stub.port): langfuse-export, 251 records"), "\(pulled.errors)")
    let spans = try ask(
      shop, "SELECT count(*), count(DISTINCT span_id), min(user_id), max(session_id), sum(input_tokens) FROM spans")
    #expect(spans.contains("250,250,u-1,s-1,2500"), "\(spans)")
    #expect(try ask(shop, "SELECT name, value FROM annotations").contains("tone,0.5"))
    let asked = stub.requests
    #expect(asked.allSatisfy { $0.headers["authorization"] == "Basic cGstbGYtMTpzay1sZi0x" && $0.method == "GET" })
    #expect(asked.allSatisfy { $0.path.contains("2026-03-02T00%3A00%3A00Z") })
    #expect(asked.contains { $0.path.contains("/traces") && $0.path.contains("fromTimestamp=2026-02-28T00") })
    #expect(asked.filter { $0.path.hasPrefix("/api/public/observations") }.map(Self.number) == [1, 2, 3])
    // Once more, nothing is new.
    let again = try pull(shop, stub, "--since", "2026-03-01", "--until", "2026-03-02T00:00:00Z")
    #expect(again.code == 0 && again.text.contains("Nothing new"), "\(again.text)")
    #expect(try shop.tally("ledger", "verify").code == 0)
  }

  @Test func cursorsOfVersion4() throws {
    let context = #","userId":"u-2","sessionId":"s-2","tags":["lang:de"],"release":"r1","providedModelName":"gpt-x""#
    let stub = try StubTarget { _, request in
      if request.path.hasPrefix("/api/public/v2/observations") {
        let isSecond = request.path.contains("cursor=bmV4dA%3D%3D")
        return Self.page(
          [Self.observation(isSecond ? 1 : 0, context)], isSecond ? "" : #""cursor":"bmV4dA==""#)
      }
      guard request.path.hasPrefix("/api/public/v3/scores") else { return .init(status: 404) }
      return Self.page(
        [
          #"{"id":"s","name":"tone","timestamp":"2026-03-01T10:01:00Z","value":true,"dataType":"BOOLEAN","source":"ANNOTATION","environment":"prod","comment":"why","subject":{"kind":"observation","id":"0000000000000001","traceId":"t"}}"#
        ], #""limit":100"#)
    }
    let shop = try Workshop()
    let pulled = try pull(shop, stub)
    #expect(pulled.code == 0, "\(pulled.errors)")
    #expect(try ask(shop, "SELECT count(*), min(user_id), max(session_id) FROM spans").contains("2,u-2,s-2"))
    #expect(
      try ask(shop, "SELECT subject, value, note, annotator_kind FROM annotations").contains(
        "0000000000000001,true,why,human"))
    #expect(stub.requests.count == 3 && !stub.requests[0].path.contains("fromStartTime"))
  }

  /// A server that is busy, fails and breaks off, and at last answers.
  @Test func troubleThatPasses() throws {
    let stub = try StubTarget { number, request in
      switch number {
      case 1: .init(status: 429, headers: ["retry-after": "1"])
      case 3: .init(status: 500, body: "oops")
      case 5: StubTarget.Reply(resets: true)
      default: Self.legacy(request)
      }
    }
    let shop = try Workshop()
    let begun = Date()
    let pulled = try pull(shop, stub)
    #expect(pulled.code == 0 && pulled.text.contains("250 new spans"), "\(pulled.errors)")
    #expect(pulled.errors.contains("answers 429; asking again in 1.0 seconds"), "\(pulled.errors)")
    #expect(pulled.errors.contains("answers 500; asking again") && Date().timeIntervalSince(begun) >= 2)
    let times = stub.requests.map(\.at)
    #expect(times[2].timeIntervalSince(times[1]) >= 1)
    #expect(try ask(shop, "SELECT count(*) FROM spans").contains("250"))
  }

  /// What does not pass stores nothing.
  @Test(arguments: [
    (#"{"data":[{"id":"#, 200, "no JSON: byte"),
    (#"{"message":"Invalid credentials"}"#, 401, "Check LANGFUSE_PUBLIC_KEY"),
    ("{}", 403, "may not read"), ("nothing", 404, "Check that the address is that of a Langfuse"),
    ("{}", 302, "elsewhere"),
  ])
  func troubleThatStays(_ body: String, _ status: Int, _ said: String) throws {
    let stub = try StubTarget { _, request in
      // The second page of what there is; of addresses that are no Langfuse, everything.
      if status == 404 || request.path.contains("/observations?limit=100&page=2") {
        return StubTarget.Reply(status: status, body: body)
      }
      return Self.legacy(request)
    }
    let shop = try Workshop()
    let pulled = try pull(shop, stub)
    #expect(pulled.code == 64 && pulled.errors.contains(said), "\(pulled.errors)")
    #expect(!pulled.errors.contains("sk-lf-1") && !FileManager.default.fileExists(atPath: shop.url(".tally").path))
  }

  @Test func keysComeFromFilesOrTheEnvironmentAndNowhereElse() throws {
    let stub = try StubTarget { _, request in Self.legacy(request) }
    let shop = try Workshop()
    try shop.write("public", "pk-lf-1\n")
    try shop.write("secret", "sk-lf-1\n")
    let none = ["LANGFUSE_PUBLIC_KEY": "", "LANGFUSE_SECRET_KEY": ""]
    let without = try pull(shop, stub, keys: none)
    #expect(without.code == 64 && without.errors.contains("holds no key"), "\(without.errors)")
    #expect(try pull(shop, stub, "--public-key-file", "gone", keys: none).errors.contains("gone cannot be read"))
    let dry = try pull(
      shop, stub, "--public-key-file", "public", "--secret-key-file", "secret", "--dry-run", keys: none)
    #expect(dry.code == 0 && stub.requests.last?.headers["authorization"] == "Basic cGstbGYtMTpzay1sZi0x")
    for wrong in [
      ["--langfuse", "cloud.langfuse.com"], ["--langfuse", "https://pk:sk@host"], ["--langfuse", "https://"],
      ["--since", "7d", "x.csv"], ["--secret-key-file", "secret", "x.csv"], [],
    ] {
      #expect(try shop.tally(["ingest"] + wrong).code == 64, "\(wrong)")
    }
  }

  @Test func anEmptyLangfuseIsNoError() throws {
    let stub = try StubTarget { _, _ in Self.page([], "") }
    let pulled = try pull(try Workshop(), stub)
    #expect(pulled.code == 0 && pulled.errors.contains("langfuse-export, 0 records"), "\(pulled.text)\(pulled.errors)")
  }
}
