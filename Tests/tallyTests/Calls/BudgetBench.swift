import Foundation
import PostgresServer
import Testing

/// Some `tally serve` of one ledger, whose calls go to one stub, with the budgets that a test says.
struct BudgetBench {
  /// Where the servers' ledger lies.
  enum Place: String, CustomTestStringConvertible {
    case sqlite, postgres
    var testDescription: String { rawValue }

    static let all: [Place] = PostgresServer.shared == nil ? [.sqlite] : [.sqlite, .postgres]
  }

  let stub: StubUpstream
  private let project: String
  /// Of PostgreSQL, the schema's address.
  private let address: String?
  private let shops: [Workshop]

  /// - Parameters:
  ///   - count: how many servers; on SQLite one.
  ///   - database: another server than the one that all tests share.
  init(
    _ place: Place, servers count: Int = 1, on database: PostgresServer? = nil, _ project: String,
    _ acts: @escaping @Sendable (Int, StubUpstream.Request) -> [StubUpstream.Act]
  ) throws {
    stub = try StubUpstream(acts)
    self.project = """
      upstreams:
        open: {url: "http://127.0.0.1:\(stub.port)/base/v1", key: {env: OPEN_KEY}}
        claude: {url: "http://127.0.0.1:\(stub.port)", dialect: anthropic, key: {env: CLAUDE_KEY}}
      \(project)
      """
    address = try place == .postgres ? BudgetBench.schema(on: database ?? #require(PostgresServer.shared)) : nil
    shops = try (0..<(place == .postgres ? count : 1)).map { _ in try Workshop() }
    for shop in shops { try shop.write("tally.yaml", self.project) }
  }

  private static func schema(on server: PostgresServer) throws -> String {
    let name = "budget" + UUID().uuidString.filter { $0 != "-" }.lowercased()
    let made = Process()
    made.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    made.arguments = ["psql", "--quiet", "--dbname", server.url(), "--command", "CREATE SCHEMA \(name)"]
    try made.run()
    made.waitUntilExit()
    try #require(made.terminationStatus == 0)
    return server.url(schema: name)
  }

  var count: Int { shops.count }

  func write(_ name: String, _ text: String) throws { for shop in shops { try shop.write(name, text) } }

  /// Starts one of the servers.
  func serve(_ number: Int = 0) throws -> ForwardingServer {
    var environment = ["OPEN_KEY": "sk-open", "CLAUDE_KEY": "sk-claude"]
    environment["TALLY_LEDGER"] = address
    return try ForwardingServer(in: shops[number], environment: environment)
  }

  /// Runs `tally` on the servers' ledger.
  func tally(_ arguments: String...) throws -> Outcome {
    try shops[0].tally(arguments + (address.map { ["--ledger", $0] } ?? []))
  }

  /// Makes a key.
  /// - Returns: the header that shows it.
  func key(_ name: String, _ options: String...) throws -> [String: String] {
    let ledger = address.map { ["--ledger", $0] } ?? []
    let made = try shops[0].tally(["key", "create", name] + options + ledger)
    try #require(made.code == 0, "\(made.errors)")
    return ["Authorization": "Bearer \(made.text.trimmingCharacters(in: .newlines))"]
  }

  /// How a budget stands, as the API says it.
  static func budget(
    _ name: String, _ server: ForwardingServer, at instant: String? = nil, headers: [String: String] = [:]
  ) async throws -> JSON {
    let reply = try await server.send("GET", "api/v1/budgets" + (instant.map { "?at=\($0)" } ?? ""), headers: headers)
    try #require(reply.status == 200, "\(reply.text)")
    #expect(try APIDocument().faults("GET", "/api/v1/budgets", reply) == [])
    return try #require(try reply.json()["budgets"].list.first { $0["budget"].string == name })
  }

  /// Waits until nothing is held of a budget any more, and gives its first window.
  static func settled(
    _ name: String, _ server: ForwardingServer, headers: [String: String] = [:]
  ) async throws -> JSON {
    var window = JSON.null
    try await server.until("nothing is held of \(name)") {
      window = try await budget(name, server, headers: headers)["windows", 0]
      return window["held"].string.map { !$0.contains { $0 != "0" && $0 != "." } } ?? true
    }
    return window
  }

  /// - Parameter trace: hexadecimal digits that name the call for the stub and for the ledger.
  static func trace(_ number: Int) -> String { String(format: "%032x", number + 1) }

  static func parent(_ number: Int) -> String { "00-\(trace(number))-00f067aa0ba902b7-01" }
}
