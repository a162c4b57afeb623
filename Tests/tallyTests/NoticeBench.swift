import Foundation
import PostgresServer
import Testing

/// A project whose eval gets worse or better as a test says, and a target that remembers what it was told.
struct NoticeBench {
  let shop: Workshop
  let target: StubTarget

  /// - Parameters:
  ///   - notify: settings of the target `hook` beside its address.
  ///   - more: other sections.
  init(
    target: StubTarget? = nil, port: Int? = nil, notify: String = "secret: {env: HOOK_SECRET}", every: String = "1s",
    ledger: String? = nil, more: String = "",
    answer: @escaping @Sendable (Int, StubTarget.Request) -> StubTarget.Reply = { _, _ in .init() }
  ) throws {
    shop = try Workshop()
    self.target = try target ?? StubTarget(answer: answer)
    let place = "http://127.0.0.1:\(port ?? self.target.port)/hook"
    try shop.write(
      "tally.yaml",
      """
      \(ledger.map { "ledger: \($0)" } ?? "# the usual ledger")
      suites:
        evals: {baseline: prod, candidate: next, metrics: [{name: correct, claim: improvement, min_effect: 0.03}]}
      schedule:
        often: {checks: [eval-power], every: \(every)}
      notify:
        hook: {webhook: "\(place)", \(notify)}
      \(more)
      """)
    try results("prod") { $0 >= 100 }
    try worse()
  }

  func worse() throws { try ingest { $0 >= 160 } }
  func better() throws { try ingest { $0 < 50 || $0 >= 110 } }

  private func ingest(_ passes: (Int) -> Bool) throws {
    try results("next", passes)
    let run = try shop.tally("ingest", "evals")
    #expect(run.code == 0, "\(run.errors)")
  }

  private func results(_ name: String, _ passes: (Int) -> Bool) throws {
    let rows = (0..<400).map { "q\($0),\(passes($0) ? 1 : 0)" }
    try shop.write("evals/\(name).csv", (["id,score"] + rows).joined(separator: "\n") + "\n")
  }

  func server(port: Int = 0) throws -> ForwardingServer {
    try ForwardingServer(in: shop, port: port, environment: NoticeBench.environment)
  }

  static let secret = "whsec-7f3a91c0de"
  static let environment = [
    "HOOK_SECRET": secret, "SLACK_WEBHOOK": "http://127.0.0.1:9/services/\(secret)", "PD_ROUTING_KEY": secret,
  ]

  /// What the target was told, as `event subject`.
  func told() throws -> [String] {
    try target.requests.map { request in
      let notice = try JSON(request.body)
      return "\(notice["event"].string ?? "") \(notice["subject"].string ?? "")"
    }
  }

  static func runs(_ server: ForwardingServer) async throws -> Int {
    let lines = try await server.send("GET", "metrics").text.split(separator: "\n")
    let numbers = lines.filter { $0.hasPrefix("tally_schedule_runs_total{") }.compactMap {
      $0.split(separator: " ").last
    }
    return numbers.compactMap { Int($0) }.reduce(0, +)
  }

  /// Waits until so many more runs have ended.
  static func wait(forRuns count: Int, _ server: ForwardingServer) async throws {
    let before = try await runs(server)
    try await server.until("\(count) runs") { try await runs(server) >= before + count }
  }
}
