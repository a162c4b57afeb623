internal import Synchronization

/// How many deliveries did not go on, by target, because nobody could take out of them what must not go on.
public final class ForwardWithheld: Sendable {
  private let stored = Mutex([String: Int]())

  public var counts: [String: Int] { stored.withLock { $0 } }

  func count(_ target: String) { stored.withLock { $0[target, default: 0] += 1 } }
}
