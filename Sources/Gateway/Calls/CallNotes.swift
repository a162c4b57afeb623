internal import Records

/// What a caller says of a call beside it, in headers.
///
/// | header | field of the span |
/// |---|---|
/// | `x-tally-feature` | feature |
/// | `x-tally-agent` | attributes.agent |
/// | `x-tally-tenant` | tenant, unless the key has one |
/// | `x-tally-session`, `x-tally-user`, `x-tally-stage` | session_id, user_id, stage |
/// | `x-tally-prompt` | prompt_id |
/// | `x-tally-approver` | attributes.approver, where a failure budget asked for one |
/// | `x-tally-attempt` | attempt; else one more than `x-stainless-retry-count`, which OpenAI's and Anthropic's SDKs send |
/// | `idempotency-key` | idempotency_key |
/// | `traceparent` | trace_id and parent_id (W3C Trace Context) |
public struct CallNotes: Sendable, Equatable {
  /// What these headers begin with. They do not go on.
  public static let prefix = "x-tally-"

  public var feature: String?
  public var agent: String?
  public var tenant: String?
  public var session: String?
  public var user: String?
  public var stage: String?
  public var prompt: String?
  /// The person who approves the call.
  public var approver: String?
  public var attempt: Int64?
  public var idempotencyKey: String?
  /// 32 hexadecimal digits.
  public var traceID: String?
  /// 16 hexadecimal digits.
  public var parentID: String?

  /// - Parameter header: gives the value of a header by its name in lower case; nil when there is none.
  public init(_ header: (String) -> String?) {
    func text(_ name: String) -> String? {
      header(CallNotes.prefix + name).flatMap { $0.isEmpty || $0.utf8.count > CallNotes.longest ? nil : $0 }
    }
    feature = text("feature")
    agent = text("agent")
    tenant = text("tenant")
    session = text("session")
    user = text("user")
    stage = text("stage")
    prompt = text("prompt")
    approver = text("approver")
    func attempt(_ text: String?, after: Int64) -> Int64? {
      text.flatMap { Int64($0) }.flatMap { (1 - after...1_000 - after).contains($0) ? $0 + after : nil }
    }
    self.attempt = attempt(text("attempt"), after: 0) ?? attempt(header("x-stainless-retry-count"), after: 1)
    idempotencyKey = header("idempotency-key").flatMap { $0.isEmpty || $0.utf8.count > CallNotes.longest ? nil : $0 }
    if let (trace, parent) = header("traceparent").flatMap(CallNotes.parent) {
      traceID = trace
      parentID = parent
    }
  }

  private static let longest = 1_024

  /// `00-<32 digits>-<16 digits>-<2 digits>`; later versions may add more behind.
  private static func parent(_ header: String) -> (trace: String, parent: String)? {
    let parts = header.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].utf8.count == 2, parts[0] != "ff", parts[0] != "00" || parts.count == 4,
      isID(parts[1], 32), isID(parts[2], 16), parts[3].utf8.count == 2
    else { return nil }
    return (String(parts[1]), String(parts[2]))
  }

  private static func isID(_ text: Substring, _ count: Int) -> Bool {
    text.utf8.count == count && text.utf8.contains { $0 != UInt8(ascii: "0") }
      && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}
