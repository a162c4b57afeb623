public import Guards
internal import Synchronization

/// The places of an upstream at which only so many calls may be under way, and those who wait for one, each tenant for its part.
public final class CallQueue: Sendable {
  public struct Statistics: Sendable, Equatable {
    public var underWay = 0
    public var waiting = 0
    /// Calls that had to wait, and those that were refused: there were too many, or it took too long.
    public var waited = 0
    public var refused = 0
  }

  private enum Waking {
    case begins, tooMany, tooLong, gone
  }

  private struct State {
    var queue: FairQueue
    var waiting: [FairQueue.Ticket: CheckedContinuation<Waking, Never>] = [:]
    var next = 0
    var statistics = Statistics()
  }

  public let upstream: String
  let places: Int
  private let longestWait: Duration
  private let state: Mutex<State>

  public init(_ upstream: String, places: Int, mostWaiting: Int, longestWait: Duration) {
    self.upstream = upstream
    self.places = places
    self.longestWait = longestWait
    state = Mutex(State(queue: FairQueue(places: places, mostWaiting: mostWaiting)))
  }

  public var statistics: Statistics {
    state.withLock { state in
      var statistics = state.statistics
      (statistics.underWay, statistics.waiting) = (state.queue.underWay, state.queue.waiting)
      return statistics
    }
  }

  /// For a call that comes.
  public func ticket() -> FairQueue.Ticket {
    state.withLock { state in
      state.next += 1
      return state.next
    }
  }

  /// Takes a place that is free.
  /// - Returns: whether there was one.
  func take(_ ticket: FairQueue.Ticket, of tenant: String?, weight: Double, cost: Int64) -> Bool {
    state.withLock { state in
      guard state.queue.waiting == 0, state.queue.underWay < state.queue.places else { return false }
      return state.queue.enter(ticket, of: tenant ?? "", weight: weight, cost: cost) == .started
    }
  }

  /// Waits for a place.
  /// - Parameters:
  ///   - tenant: whose part it is; nil is a part of its own, of all who are nobody's.
  ///   - cost: by the fair weights, as far as one can tell.
  /// - Returns: whether it has one; not, where `leave` was called.
  /// - Throws: `CallRefusal`, 503 `too_busy`.
  public func enter(
    _ ticket: FairQueue.Ticket, of tenant: String?, weight: Double, cost: Int64
  ) async throws(CallRefusal) -> Bool {
    func enter(_ state: inout State) -> FairQueue.Entry {
      state.queue.enter(ticket, of: tenant ?? "", weight: weight, cost: cost)
    }
    // Where one is free nobody waits.
    if take(ticket, of: tenant, weight: weight, cost: cost) { return true }
    let waking = await withCheckedContinuation { continuation in
      var evicted: CheckedContinuation<Waking, Never>?
      let waking: Waking? = state.withLock { state in
        switch enter(&state) {
        case .started: return .begins
        case .refused: return .tooMany
        case .waits(let other):
          state.statistics.waited += 1
          state.waiting[ticket] = continuation
          evicted = other.flatMap { state.waiting.removeValue(forKey: $0) }
          return nil
        }
      }
      evicted?.resume(returning: .tooMany)
      if let waking { continuation.resume(returning: waking) } else { giveUp(ticket) }
    }
    switch waking {
    case .begins: return true
    case .gone: return false
    case .tooMany: throw refusal("Too many calls wait for the upstream '\(upstream)'.")
    case .tooLong:
      throw refusal("The upstream '\(upstream)' had no place for the call within \(longestWait).")
    }
  }

  private func refusal(_ why: String) -> CallRefusal {
    state.withLock { $0.statistics.refused += 1 }
    return CallRefusal(status: 503, code: "too_busy", message: why + " Try again in a moment.", retryAfter: 1)
  }

  /// Nobody waits for longer than may be.
  private func giveUp(_ ticket: FairQueue.Ticket) {
    Task { [weak self, longestWait] in
      try? await Task.sleep(for: longestWait)
      self?.leave(ticket, .tooLong)
    }
  }

  /// A call that waits does not want to any more: its caller has gone.
  public func leave(_ ticket: FairQueue.Ticket) { leave(ticket, .gone) }

  private func leave(_ ticket: FairQueue.Ticket, _ why: Waking) {
    let waiting = state.withLock { state in
      let waiting = state.waiting.removeValue(forKey: ticket)
      if waiting != nil { state.queue.leave(ticket) }
      return waiting
    }
    waiting?.resume(returning: why)
  }

  /// A call that had a place has ended.
  /// - Parameter cost: what it truly was; nil where nobody knows.
  public func end(_ ticket: FairQueue.Ticket, cost: Int64?) { pass { $0.end(ticket, cost: cost) } }

  /// A call that had a place is not made.
  func abandon(_ ticket: FairQueue.Ticket) { pass { $0.abandon(ticket) } }

  /// Gives a place on.
  private func pass(_ end: (inout FairQueue) -> FairQueue.Ticket?) {
    let next = state.withLock { state in end(&state.queue).flatMap { state.waiting.removeValue(forKey: $0) } }
    next?.resume(returning: .begins)
  }
}

/// The queues of all upstreams that have only so many places.
public struct CallQueues: Sendable {
  /// How much room there is.
  public struct Room: Sendable {
    public var mostWaiting = 1_024
    public var longestWait = Duration.seconds(30)

    public init() {}
  }

  public let all: [CallQueue]
  private let byName: [String: CallQueue]
  private let tenants: CallTenants?

  /// - Parameter tenants: who has which weight; nil where all are alike.
  public init(_ upstreams: [Upstream], _ room: Room, _ tenants: CallTenants?) {
    all = upstreams.compactMap { upstream in
      upstream.concurrency.map {
        CallQueue(upstream.name, places: $0, mostWaiting: room.mostWaiting, longestWait: room.longestWait)
      }
    }
    byName = Dictionary(all.map { ($0.upstream, $0) }) { first, _ in first }
    self.tenants = tenants
  }

  /// A call's place at its upstream; nil where there is no limit.
  public func place(for call: CallSpan) -> CallPlace? {
    guard !byName.isEmpty, let queue = byName[call.upstream.name] else { return nil }
    let tenant = call.principal.tenant ?? call.notes.tenant
    let (input, output) = call.request.estimate
    // Whoever is nobody's shares one part with all the others.
    let rule = tenants?.rule(of: tenant)
    return CallPlace(
      queue, tenant: rule == nil ? call.principal.tenant : tenant, weight: rule?.weight ?? 1,
      cost: TenantRule.FairWeights().cost(input: input, output: output))
  }
}

/// A call's place in the queue of its upstream, until it has ended. However it ends, it ends once.
public final class CallPlace: Sendable {
  private let queue: CallQueue
  private let ticket: FairQueue.Ticket
  private let tenant: String?
  private let weight: Double
  private let cost: Int64
  private let hasEnded = Mutex(false)

  init(_ queue: CallQueue, tenant: String?, weight: Double, cost: Int64) {
    self.queue = queue
    self.tenant = tenant
    self.weight = weight
    self.cost = cost
    ticket = queue.ticket()
  }

  deinit { end(cost: nil) }

  /// Takes it, where one is free.
  public func takesNow() -> Bool { queue.take(ticket, of: tenant, weight: weight, cost: cost) }

  /// Waits for it.
  /// - Returns: whether it is there; not, where the caller has gone.
  public func wait() async throws(CallRefusal) -> Bool {
    try await queue.enter(ticket, of: tenant, weight: weight, cost: cost)
  }

  /// The caller has gone.
  public func leave() { queue.leave(ticket) }

  /// The call is not made.
  public func abandon() { once { queue.abandon(ticket) } }

  /// The call has ended.
  public func end(_ call: CallSpan) {
    end(cost: (call.used ?? call.seen).map { TenantRule.FairWeights().cost(input: $0.input, output: $0.output) })
  }

  private func end(cost: Int64?) { once { queue.end(ticket, cost: cost) } }

  private func once(_ work: () -> Void) {
    let isFirst = hasEnded.withLock { hasEnded in
      defer { hasEnded = true }
      return !hasEnded
    }
    if isFirst { work() }
  }
}
