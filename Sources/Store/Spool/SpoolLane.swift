/// A queue of the spool: what waits for one target and leaves in order, or what waits for it and need not.
public struct SpoolLane: Sendable, Hashable {
  /// The target's name.
  public let target: String
  /// Whether a delivery may only leave after those before it: where a later one may correct an earlier one.
  public let inOrder: Bool

  public init(target: String, inOrder: Bool) {
    self.target = target
    self.inOrder = inOrder
  }
}

/// A delivery as it goes on, to be kept until others have it too.
public struct SpoolDelivery: Sendable, Equatable {
  /// One of those who shall have it.
  public struct Stop: Sendable, Equatable {
    public var lane: SpoolLane
    /// Where it goes at the target, such as `/v1/traces`.
    public var path: String
    /// Bytes that may wait for the target, as they are stored.
    public var limit: Int64

    public init(lane: SpoolLane, path: String, limit: Int64) {
      self.lane = lane
      self.path = path
      self.limit = limit
    }
  }

  public var stops: [Stop]
  public var contentType: String
  public var body: [UInt8]
  /// Whose words are in it; those of its records need not be named. What is erased there is not forwarded either.
  public var subjects: Set<ErasureScope> = []
  /// Whether something is in it that is no record here, so that it may be news where its records are none.
  public var holdsMore = false

  public init(stops: [Stop], contentType: String, body: [UInt8]) {
    self.stops = stops
    self.contentType = contentType
    self.body = body
  }
}

/// How many deliveries were put into the spool, by their targets.
public struct SpoolCounts: Sendable, Equatable {
  public var queued: [String: Int] = [:]
  /// Those that found no room.
  public var skipped: [String: Int] = [:]

  public init() {}

  public mutating func add(_ other: SpoolCounts) {
    queued.merge(other.queued, uniquingKeysWith: +)
    skipped.merge(other.skipped, uniquingKeysWith: +)
  }
}
