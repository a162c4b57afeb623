import Foundation
import FoundationNetworking
import Records
import Store
import StoreSQLite
import Testing

/// `tally serve` as its clients see it.
struct ServeTests {
  /// A delivery of spans, which no other client and no other delivery has.
  static func lines(_ client: Int, _ delivery: Int, _ count: Int = 50) -> Data {
    let lines = (0..<count).map { number in
      """
      {"kind":"span","span_id":"\(delivery)-\(number)","trace_id":"client-\(client)","name":"chat","span_kind":"chat",\
      "started_at":"2026-05-01T00:00:\(String(format: "%02d", delivery % 60))Z","status":"ok","feature":"desk",\
      "input_tokens":\(100 + number),"output_tokens":20}
      """
    }
    return Data((lines.joined(separator: "\n") + "\n").utf8)
  }

  private func status(of shop: Workshop) async throws -> (LedgerStatus, [String]) {
    let ledger = try await Ledger(engine: SQLiteEngine(path: shop.url(".tally/ledger.db").path)) {
      Instant(nanoseconds: 0)
    }
    defer { try? ledger.close() }
    return (try await ledger.status(), try await ledger.verify().problems)
  }

  @Test func takesRecordsAndEndsOnSIGTERM() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let kept = try await server.post("api/v1/records", ServeTests.lines(1, 1))
    #expect(kept.status == 200)
    #expect(try kept.json()["kept"].integer == 50)
    let again = try await server.post("api/v1/records", ServeTests.lines(1, 1))
    #expect(try again.json()["kept"].integer == 50)
    let wrong = try await server.post("api/v1/records", Data("{\"kind\":\"spam\"}".utf8))
    #expect(wrong.status == 400)
    #expect(wrong.text.contains("body:1:10: there is no kind of record 'spam'. Write 'span' if that is meant."))
    #expect(try await server.get("healthz").text == "ok\n")
    #expect(try await server.get("readyz").text == "ready at commit 1\n")
    let metrics = try await server.get("metrics").text
    #expect(metrics.contains("tally_requests_total{path=\"/api/v1/records\",status=\"200\"} 2\n"))
    #expect(metrics.contains("\ntally_records_kept_total 100\n"))
    #expect(try await server.get("nothing").status == 404)
    #expect(try server.stop() == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: shop.url(".tally").path) == ["ledger.db"])
    let (status, problems) = try await status(of: shop)
    #expect(status.records[.span] == 50 && problems == [])
  }

  @Test func aBodyThatIsTooLargeIsToldHowLargeOneMayBe() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let answer = try await server.post("api/v1/records", Data(repeating: 0x20, count: (32 << 20) + 1))
    #expect(answer.status == 413)
    #expect(answer.text.contains("33554432 bytes"))
    #expect(try await server.get("healthz").status == 200)
    #expect(try server.stop() == 0)
  }

  /// A hundred kilobytes that are a hundred megabytes inside are refused; the same in gzip as plain is taken.
  @Test func compressedBodiesAreCountedAsTheyAreInside() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    try ServeTests.lines(1, 1).write(to: shop.url("records"))
    try Data(repeating: 0x20, count: 100 << 20).write(to: shop.url("bomb"))
    let gzip = Process()
    gzip.executableURL = URL(fileURLWithPath: "/bin/gzip")
    gzip.arguments = ["records", "bomb"]
    gzip.currentDirectoryURL = shop.folder
    try gzip.run()
    gzip.waitUntilExit()
    let encoding = ["Content-Encoding": "gzip"]
    let kept = try await server.post(
      "api/v1/records", Data(contentsOf: shop.url("records.gz")), headers: encoding)
    #expect(try kept.json()["kept"].integer == 50)
    let bomb = try await server.post("api/v1/records", Data(contentsOf: shop.url("bomb.gz")), headers: encoding)
    #expect(bomb.status == 413)
    let cut = try await server.post(
      "api/v1/records", Data(contentsOf: shop.url("records.gz")).dropLast(9), headers: encoding)
    #expect(cut.status == 400)
    #expect(cut.text.contains("damaged gzip data: it ends early"))
    #expect(try await server.get("readyz").text == "ready at commit 1\n")
    #expect(try await server.get("nothing").status == 404)
    #expect(try await server.get("metrics").text.contains("tally_requests_total{path=\"NotFound\",status=\"404\"} 1\n"))
    #expect(try server.stop() == 0)
  }

  @Test func aPortThatIsTakenIsNamed() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let second = try shop.tally("serve", "--port", "\(server.port)", "--ledger", "other.db")
    #expect(second.code != 0)
    #expect(second.errors.contains("cannot listen on 127.0.0.1:\(server.port): another process listens there"))
    #expect(try server.stop() == 0)
  }

  /// What else a server does, beside listening, ends with it.
  @Test func aPortThatIsTakenEndsAllServices() async throws {
    let shop = try Workshop()
    let server = try Served(in: shop.folder)
    let other = try Workshop()
    try other.write(
      "tally.yaml",
      """
      upstreams: {a: {url: "http://127.0.0.1:9/v1"}}
      schedule: {often: {checks: [silent-failure], every: 1m, notify: hook}}
      notify: {hook: {webhook: "http://127.0.0.1:9/", secret: {file: secret}}}
      forward: {there: {url: "http://127.0.0.1:9"}}
      """)
    try other.write("secret", "0123456789abcdef0123456789abcdef\n")
    for ports in [["--port", "\(server.port)"], ["--port", "0", "--grpc-port", "\(server.port)"]] {
      let second = try other.tally(["serve"] + ports)
      #expect(second.code != 0)
      #expect(second.errors.contains(":\(server.port): another process listens there"), "\(second.errors)")
      // What was broken off is nothing to complain of.
      for complaint in ["could not run", "cannot be read or written"] {
        #expect(!second.errors.contains(complaint), "\(second.errors)")
      }
    }
    #expect(try server.stop() == 0)
  }
}

/// A running `tally serve`; ends with its test.
final class Served {
  struct Reply {
    let status: Int
    let body: Data
    let headers: [AnyHashable: Any]

    var text: String { String(decoding: body, as: UTF8.self) }
    func json() throws -> JSON { try JSON(body) }
  }

  struct DidNotStart: Error { let said: String }

  let port: Int
  /// What it said first: where it listens.
  let greeting: String
  private let process: Process
  /// What it writes to its streams: a file, which no other process can hold open and block.
  private let said = FileManager.default.temporaryDirectory.appendingPathComponent("tally-said-\(UUID().uuidString)")
  private let session = Served.client()

  /// A client that waits as long as tests do: Foundation's own limit is a minute.
  static func client() -> URLSession {
    let settings = URLSessionConfiguration.ephemeral
    settings.timeoutIntervalForRequest = Tally.patience
    return URLSession(configuration: settings)
  }

  /// What it wrote to its streams so far.
  var saidSoFar: String { (try? Data(contentsOf: said)).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  /// - Parameter port: 0 takes any free one.
  init(in folder: URL, port: Int = 0, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
    process = try Tally.prepared(["serve", "--port", "\(port)"] + arguments, in: folder, environment: environment)
    try Data().write(to: said)
    let stream = try FileHandle(forWritingTo: said)
    defer { try? stream.close() }
    process.standardError = stream
    process.standardOutput = stream
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var text = ""
    let deadline = Date(timeIntervalSinceNow: Tally.patience)
    while !text.contains("\n"), Date() < deadline {
      // What ended has said all that it says.
      let isRunning = process.isRunning
      text = String(decoding: try Data(contentsOf: said), as: UTF8.self)
      if !isRunning { break }
      Thread.sleep(forTimeInterval: 0.002)
    }
    let digits = text.split(separator: ", ledger").first?.split(separator: ":").last ?? ""
    guard text.contains("listening"), let port = Int(digits) else {
      process.terminate()
      throw DidNotStart(said: text)
    }
    self.port = port
    greeting = text
  }

  /// Ends it, and gives all that it wrote to its streams.
  func everythingSaid() throws -> String {
    #expect(try stop() == 0)
    return String(decoding: try Data(contentsOf: said), as: UTF8.self)
  }

  /// Sends it a signal.
  func signal(_ number: Int32) { Foundation.kill(process.processIdentifier, number) }

  deinit {
    if process.isRunning { kill() }
    try? FileManager.default.removeItem(at: said)
  }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Asks it to end, and gives its exit code.
  func stop() throws -> Int32 {
    Foundation.kill(process.processIdentifier, SIGTERM)
    try Tally.wait(for: process, arguments: ["serve"])
    return process.terminationStatus
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Reply {
    var request = URLRequest(url: Served.url(port, path))
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    return try await Served.send(session, request)
  }

  func post(_ path: String, _ body: Data, headers: [String: String] = [:]) async throws -> Reply {
    try await Served.post(session, port, path, body, headers: headers)
  }

  static func post(
    _ session: URLSession, _ port: Int, _ path: String, _ body: Data, headers: [String: String] = [:]
  ) async throws -> Reply {
    var request = URLRequest(url: url(port, path))
    request.httpMethod = "POST"
    request.httpBody = body
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    return try await send(session, request)
  }

  private static func url(_ port: Int, _ path: String) -> URL {
    URL(string: "http://127.0.0.1:\(port)/\(path)") ?? URL(fileURLWithPath: "/")
  }

  private static func send(_ session: URLSession, _ request: URLRequest) async throws -> Reply {
    let (body, response) = try await session.data(for: request)
    let http = response as? HTTPURLResponse
    return Reply(status: http?.statusCode ?? 0, body: body, headers: http?.allHeaderFields ?? [:])
  }
}
