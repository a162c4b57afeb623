import Foundation
import FoundationNetworking
import Records
import Store
import StoreSQLite
import Testing

/// A running `tally serve` that forwards as its `tally.yaml` says; ends with its test.
// Safe: nothing of it changes after it is made, and processes and sessions of Foundation may be asked by any thread.
final class ForwardingServer: @unchecked Sendable {
  let port: Int
  let shop: Workshop
  private let process: Process
  private let session = Served.client()

  struct DidNotStart: Error { let said: String }
  struct Late: Error { let what: String }

  /// - Parameter port: 0 takes any free one.
  init(in shop: Workshop, port: Int = 0, environment: [String: String] = [:]) throws {
    self.shop = shop
    process = try Tally.prepared(["serve", "--port", "\(port)"], in: shop.folder, environment: environment)
    try Data().write(to: shop.url("said"))
    let said = try FileHandle(forWritingTo: shop.url("said"))
    process.standardError = said
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let deadline = Date(timeIntervalSinceNow: Tally.patience)
    var text = ""
    while !text.contains("listening on"), process.isRunning, Date() < deadline {
      Thread.sleep(forTimeInterval: 0.01)
      text = String(decoding: try Data(contentsOf: shop.url("said")), as: UTF8.self)
    }
    let digits = text.components(separatedBy: "listening on http://127.0.0.1:").last?.prefix { $0.isNumber } ?? ""
    guard text.contains("listening"), let port = Int(digits) else {
      process.terminate()
      throw DidNotStart(said: text)
    }
    self.port = port
  }

  deinit { if process.isRunning { kill() } }

  /// What it wrote to standard error.
  var said: String { (try? Data(contentsOf: shop.url("said"))).map { String(decoding: $0, as: UTF8.self) } ?? "" }

  func kill() {
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func stop() throws -> Int32 {
    Foundation.kill(process.processIdentifier, SIGTERM)
    try Tally.wait(for: process, arguments: ["serve"])
    return process.terminationStatus
  }

  func send(
    _ method: String, _ path: String, _ body: String? = nil, headers: [String: String] = [:]
  ) async throws -> Served.Reply {
    var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)/\(path)")))
    request.httpMethod = method
    request.httpBody = body.map { Data($0.utf8) }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await session.data(for: request)
    let http = response as? HTTPURLResponse
    return Served.Reply(status: http?.statusCode ?? 0, body: data, headers: http?.allHeaderFields ?? [:])
  }

  /// Delivers an export of one span; it must be acknowledged.
  func export(_ number: Int) async throws {
    let answer = try await send(
      "POST", "v1/traces", ForwardingServer.export(number), headers: ["Content-Type": "application/json"])
    #expect(answer.status == 200)
  }

  static func export(_ number: Int) -> String {
    let id = String(format: "%016x", number + 1)
    return """
      {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bot"}}]},"scopeSpans":\
      [{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\(id)","name":"chat","kind":3,\
      "startTimeUnixNano":"1764064800000000000","endTimeUnixNano":"1764064801500000000"}]}]}]}
      """
  }

  /// A number of `/metrics`; nil when it is not there.
  func metric(_ name: String, _ target: String) async throws -> Int? {
    let text = try await send("GET", "metrics").text
    let line = text.split(separator: "\n").first { $0.hasPrefix("\(name){target=\"\(target)\"} ") }
    return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
  }

  /// Waits until nothing waits for a target.
  func drained(_ target: String, within patience: TimeInterval = Tally.patience) async throws {
    try await until("the spool of \(target) is empty", within: patience) {
      try await metric("tally_spool_deliveries", target) == 0
    }
  }

  func until(
    _ what: String, within patience: TimeInterval = Tally.patience, _ holds: () async throws -> Bool
  ) async throws {
    let deadline = Date(timeIntervalSinceNow: patience)
    while try await !holds() {
      guard Date() < deadline else { throw Late(what: "\(what); it said: \(said)") }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Records of its ledger, once it has ended.
  func status() async throws -> LedgerStatus {
    let ledger = try await Ledger(engine: SQLiteEngine(path: shop.url(".tally/ledger.db").path)) {
      Instant(nanoseconds: 0)
    }
    defer { try? ledger.close() }
    #expect(try await ledger.verify().problems == [])
    return try await ledger.status()
  }
}
