internal import Synchronization

/// How calls went, for those who watch.
public final class CallCounts: Sendable {
  public struct Key: Hashable, Comparable, Sendable {
    public let endpoint: String
    public let upstream: String
    /// `ok`, `http_429`, or why it went wrong.
    public let outcome: String

    public static func < (left: Key, right: Key) -> Bool {
      (left.endpoint, left.upstream, left.outcome) < (right.endpoint, right.upstream, right.outcome)
    }
  }

  private struct State {
    var ended: [Key: Int] = [:]
    var open = 0
  }

  private let state = Mutex(State())

  public init() {}

  public var ended: [Key: Int] { state.withLock(\.ended) }
  /// Calls under way.
  public var open: Int { state.withLock(\.open) }

  public func begin() { state.withLock { $0.open += 1 } }

  /// Statuses and faults are few: nobody can fill the memory with them.
  public func end(_ endpoint: CallEndpoint, _ upstream: Upstream, status: Int?, fault: CallFault?) {
    let outcome = fault?.rawValue ?? status.map { (200..<300).contains($0) ? "ok" : "http_\($0)" } ?? "none"
    state.withLock { state in
      state.open -= 1
      state.ended[Key(endpoint: endpoint.word, upstream: upstream.name, outcome: outcome), default: 0] += 1
    }
  }
}
