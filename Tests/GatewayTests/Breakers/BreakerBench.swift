import Guards
import Records
import Synchronization

@testable import Gateway

/// Breakers of a server, with a clock and without one.
final class BreakerBench: Sendable {
  let clock = TestClock()
  let breakers: CallBreakers
  private let seen = Seen()

  private final class Seen: Sendable { let list = Mutex<[CallBreakers.Transition]>([]) }

  /// Changes that were told of, such as `closed open`.
  var transitions: [String] { seen.list.withLock { $0.map { "\($0.from.rawValue) \($0.to.rawValue)" } } }

  struct Kept: Error {}

  static let key = CallBreakers.Key("open", "m")

  init(_ mode: BreakerRule.Mode = .enforce, most: Int = 1_024, _ change: (inout BreakerRule) -> Void = { _ in }) {
    var rule = BreakerRule()
    change(&rule)
    let (clock, seen) = (clock, seen)
    breakers = CallBreakers(mode, rule, most: most, clock: { clock.now }) { transition in
      seen.list.withLock { $0.append(transition) }
    }
  }

  /// A call that ends at once.
  @discardableResult func call(
    _ status: Int, _ key: CallBreakers.Key = key, _ body: String = BreakerBench.answer, isCallersKey: Bool = false
  ) throws -> CallRefusal? {
    switch breakers.admit(key, isCallersKey: isCallersKey) {
    case .refused(let refusal): return refusal
    case .passed(let passage):
      passage?.end(try BreakerBench.span(status, body))
      return nil
    }
  }

  var reading: CallBreakers.Reading? { breakers.readings().first { $0.key == BreakerBench.key } }

  static let answer =
    #"{"choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}]}"#

  /// A call that has ended.
  static func span(
    _ status: Int?, _ reply: String? = nil, _ endpoint: CallEndpoint = .chat, request: String? = nil,
    slow: Duration? = nil, fault: CallFault? = nil
  ) throws -> CallSpan {
    let request = request ?? #"{"model":"m","stream":true}"#
    var span = CallSpan(
      request: try CallRequest(endpoint, Array(request.utf8)), notes: CallNotes { _ in nil }, principal: .anybody,
      upstream: Upstream(
        name: "open", url: "http://u", dialect: endpoint.dialect, headers: [], slowFirstToken: slow),
      traceID: "t", spanID: "s", startedAt: Instant(nanoseconds: 0))
    span.status = status
    if let status, let reply {
      var observer = ReplyObserver(
        endpoint, status: status, contentType: "application/json", encoding: nil, strips: false)
      _ = observer.receive(Array(reply.utf8))
      span.observation = observer.observation(broke: fault)
    } else {
      span.observation.fault = fault
    }
    return span
  }
}
