import Foundation
import Testing

/// A running `tally serve` that calls models at a stub, with its ledger.
struct CallBench {
  let stub: StubUpstream
  let server: ForwardingServer
  let shop: Workshop

  /// - Parameters:
  ///   - upstream: more settings of the two upstreams, `open` and `claude`.
  ///   - more: more of the project file.
  init(
    _ acts: @escaping @Sendable (Int, StubUpstream.Request) -> [StubUpstream.Act], upstream: String = "",
    more: String = "",
    in shop: Workshop? = nil
  ) throws {
    let shop = try shop ?? Workshop()
    let stub = try StubUpstream(acts)
    try shop.write(
      "tally.yaml",
      """
      upstreams:
        open: {url: "http://127.0.0.1:\(stub.port)/base/v1", key: {env: OPEN_KEY}\(upstream)}
        claude: {url: "http://127.0.0.1:\(stub.port)", dialect: anthropic, key: {env: CLAUDE_KEY}\(upstream)}
      \(more)
      """)
    self.stub = stub
    self.shop = shop
    server = try ForwardingServer(in: shop, environment: ["OPEN_KEY": "sk-open", "CLAUDE_KEY": "sk-claude"])
  }

  func post(
    _ path: String, _ body: String, _ headers: [String: String] = [:]
  ) async throws -> Served.Reply {
    try await server.send("POST", path, body, headers: ["Content-Type": "application/json"].merging(headers) { $1 })
  }

  /// The spans in the ledger, the newest first, once there are so many.
  func spans(_ count: Int) async throws -> [JSON] {
    var spans: [JSON] = []
    try await server.until("\(count) spans are there") {
      spans = try await server.send("GET", "api/v1/spans?limit=100").json()["records"].list
      return spans.count >= count
    }
    #expect(spans.count == count)
    return spans
  }

  /// What a span's trace says, with what was said in it.
  func content(_ span: JSON) async throws -> JSON {
    let trace = span["trace_id"].string ?? ""
    let json = try await server.send("GET", "api/v1/traces/\(trace)?content=true").json()
    return json["spans"].list.first { $0["span_id"] == span["span_id"] } ?? .null
  }

  /// A number of `/metrics`.
  func metric(_ line: String) async throws -> Int? {
    let text = try await server.send("GET", "metrics").text
    let found = text.split(separator: "\n").first { $0.hasPrefix(line + " ") }
    return found.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
  }

  /// Ends it; everything must be written and the ledger whole.
  func stop() async throws {
    #expect(try server.stop() == 0)
    _ = try await server.status()
  }

  static let chat = #"{"model":"gpt-4o","messages":[{"role":"user","content":"Where?"}]}"#
  static let streamed = #"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"Where?"}]}"#
  static let reply =
    #"{"id":"c1","object":"chat.completion","model":"gpt-4o-2024-08-06","choices":[{"index":0,"message":{"role":"assistant","content":"On its way."},"finish_reason":"stop"}],"usage":{"prompt_tokens":1200,"completion_tokens":30,"total_tokens":1230,"prompt_tokens_details":{"cached_tokens":1024}}}"#
  static let messages = #"{"model":"claude-sonnet-4-5","max_tokens":9,"messages":[{"role":"user","content":"Where?"}]}"#

  static func chunk(_ text: String, finish: String? = nil) -> String {
    let finish = finish.map { "\"\($0)\"" } ?? "null"
    return
      "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-2024-08-06\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\(text)\"},\"finish_reason\":\(finish)}]}\n\n"
  }
  static let usage =
    "data: {\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"model\":\"gpt-4o-2024-08-06\",\"choices\":[],\"usage\":{\"prompt_tokens\":1200,\"completion_tokens\":30,\"total_tokens\":1230}}\n\n"
  static let done = "data: [DONE]\n\n"
}
