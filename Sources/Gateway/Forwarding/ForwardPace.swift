/// How fast a lane is emptied: all that is waiting while the target takes it; one delivery at a time, further and further
/// apart, while it does not.
///
/// Exponential back-off with equal jitter: half of each wait is fixed, half is drawn, so that many who wait for one target
/// do not come back together. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
public struct ForwardPace: Sendable {
  private static let firstWait = Duration.milliseconds(500)
  private static let longestWait = Duration.seconds(15)
  /// Requests on their way at once where order does not matter.
  private static let width = 8

  private let inOrder: Bool
  /// Rounds in a row in which something was not taken.
  private(set) public var failures = 0

  public init(inOrder: Bool) {
    self.inOrder = inOrder
  }

  /// Which of the waiting deliveries are sent now. While the target is away it is one; where order does not matter, each
  /// time another, so that one that it chokes on does not hold up all others.
  public func round(of count: Int) -> Range<Int> {
    guard failures > 0, count > 0 else { return 0..<count }
    let place = inOrder ? 0 : (failures - 1) % count
    return place..<place + 1
  }

  /// Requests on their way at once.
  public var width: Int { inOrder ? 1 : ForwardPace.width }

  /// Everything was taken.
  public mutating func succeeded() { failures = 0 }

  /// Something was not.
  /// - Parameters:
  ///   - retryAfter: what the target asks for; it is kept to.
  ///   - random: from 0 to 1.
  /// - Returns: how long to wait.
  public mutating func failed(retryAfter: Duration?, random: Double) -> Duration {
    failures += 1
    let whole = min(ForwardPace.firstWait * (1 << min(failures - 1, 10)), ForwardPace.longestWait)
    let jittered = whole / 2 + whole / 2 * random
    return max(jittered, retryAfter ?? .zero)
  }
}
