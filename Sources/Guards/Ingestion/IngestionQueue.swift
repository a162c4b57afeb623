public import Records

/// Lets items into a pipeline no faster than its narrowest stage takes them, and holds back no more than it can hold.
///
/// What it cannot hold is refused at once: whoever delivers must slow down, instead of waiting in memory that grows.
///
/// Source: the `pipeline-bottleneck` specification, "Guard".
public struct IngestionQueue: Sendable, Equatable {
  public enum Offer: Sendable, Equatable {
    case queued
    case refused(code: String)
  }

  /// Why an item is refused.
  public static let refusal = "INGEST_BACKPRESSURE"

  /// Items a second.
  public let capacity: Double
  /// Items that may wait.
  public let most: Int
  public private(set) var waiting = 0
  /// Nanoseconds between two items; nil where nothing is let in.
  private let step: Int64?
  private var next: Instant?

  /// - Parameter capacity: items a second; from 0 up nothing is let in.
  public init(capacity: Double, most: Int) {
    self.capacity = capacity
    self.most = max(0, most)
    let nanoseconds = (1e9 / capacity).rounded(.up)
    step = capacity > 0 && nanoseconds < 9e18 ? Int64(nanoseconds) : nil
  }

  /// An item comes.
  public mutating func offer() -> Offer {
    guard waiting < most else { return .refused(code: IngestionQueue.refusal) }
    waiting += 1
    return .queued
  }

  /// Whether an item may go on now; it has left the queue if so. Time that nothing used is not saved up.
  public mutating func admit(at now: Instant) -> Bool {
    guard waiting > 0, let step, next.map({ $0 <= now }) ?? true else { return false }
    waiting -= 1
    next = now.advanced(by: .nanoseconds(step))
    return true
  }
}
