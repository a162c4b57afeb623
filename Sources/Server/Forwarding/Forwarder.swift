internal import Gateway
internal import Logging
internal import Records
internal import ServiceLifecycle
internal import Store
internal import Synchronization

/// Empties one lane of the spool: sends what waits to its target until the server ends. What is not sent by then stays.
///
/// A delivery leaves the spool after the target has it, so that one that is on its way when the process dies is sent again:
/// at least once, and at most a round of them twice.
struct Forwarder: Service {
  /// Sends a delivery and says what came back.
  typealias Deliver = @Sendable (_ delivery: SpooledDelivery, _ body: [UInt8]) async -> ForwardClient.Reply

  let target: ForwardTarget
  let lane: SpoolLane
  let ledger: Ledger
  let deliver: Deliver
  /// Rung when something comes into the lane.
  let bell: Bell
  let statistics: ForwardStatistics
  let complaints: ForwardComplaints
  let source: ForwardSource

  private let ending = Ending()

  init(
    target: ForwardTarget, lane: SpoolLane, ledger: Ledger, bell: Bell, statistics: ForwardStatistics,
    complaints: ForwardComplaints, source: ForwardSource, deliver: @escaping Deliver
  ) {
    self.target = target
    self.lane = lane
    self.ledger = ledger
    self.deliver = deliver
    self.bell = bell
    self.statistics = statistics
    self.complaints = complaints
    self.source = source
  }

  /// How long a lane belongs to a process that says nothing more, and how often it says something.
  private static let lease = (whole: Duration.seconds(10), renewal: Duration.seconds(3))
  /// How often it looks for what others left.
  private static let lookInterval = Duration.seconds(5)
  private static let roundCount = 16
  private static let roundBytes: Int64 = 32 << 20
  /// What is on its way at the end may take so long to arrive.
  private static let farewell = Duration.seconds(5)

  func run() async throws {
    await ending.during(grace: Forwarder.farewell, waking: bell) {
      while !ending.hasBegun {
        do {
          if try await ledger.holdLane(lane, holder: source.holder, for: Forwarder.lease.whole) { try await empty() }
        } catch {
          guard !Task.isCancelled else { return }
          complaints.say { $0.away("the ledger cannot be read or written: \(error)", now: source.clock()) }
        }
        if !ending.hasBegun { await bell.wait(atMost: Forwarder.lookInterval) }
      }
    }
  }

  /// Sends until nothing has come for a while, the lane is somebody else's, or the server ends.
  private func empty() async throws {
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        while true {
          try await Task.sleep(for: Forwarder.lease.renewal)
          _ = try? await ledger.keepLane(lane, holder: source.holder, for: Forwarder.lease.whole)
        }
      }
      defer { tasks.cancelAll() }
      try await sendAll()
    }
    try await ledger.releaseLane(lane, holder: source.holder)
  }

  private func sendAll() async throws {
    var pace = ForwardPace(inOrder: lane.inOrder)
    var failures: [Int64: Int] = [:]
    var wasEmpty = false
    while !ending.hasBegun {
      let waiting = try await ledger.spooled(
        in: lane, atMost: Forwarder.roundCount, bytes: Forwarder.roundBytes)
      guard !waiting.isEmpty else {
        if wasEmpty { return }
        wasEmpty = true
        await bell.wait(atMost: Forwarder.lookInterval)
        continue
      }
      wasEmpty = false
      let results = await send(Array(waiting[pace.round(of: waiting.count)]), width: pace.width)
      let round = settled(results, &failures)
      statistics.count(target.name, sent: round.sent, givenUp: round.done.count - round.sent)
      let isHeld = try await ledger.settle(
        round.done, in: lane, holder: source.holder, for: Forwarder.lease.whole)
      guard isHeld else { return }
      if round.hasFailed {
        await ending.wait(atMost: pace.failed(retryAfter: round.retryAfter, random: source.random()))
      } else {
        pace.succeeded()
        complaints.say { $0.well() }
      }
    }
  }

  private struct Round {
    /// Numbers of those that need not wait any longer.
    var done: [Int64] = []
    var sent = 0
    var hasFailed = false
    var retryAfter: Duration?
  }

  private typealias Result = (row: Int64, reply: ForwardClient.Reply)

  private func settled(_ results: [Result], _ failures: inout [Int64: Int]) -> Round {
    var round = Round()
    let now = source.clock()
    for (row, reply) in results {
      var verdict = reply.verdict
      if verdict == .failed {
        failures[row, default: 0] += 1
        if failures[row] == ForwardVerdict.mostFailures { verdict = .refused }
      }
      switch verdict {
      case .sent:
        round.sent += 1
        round.done.append(row)
      case .refused:
        round.done.append(row)
        complaints.say { $0.refused(reply.message, now: now) }
      case .away(let retryAfter):
        round.hasFailed = true
        round.retryAfter = max(round.retryAfter ?? .zero, retryAfter ?? .zero)
        complaints.say { $0.away(reply.message, now: now) }
      case .failed:
        round.hasFailed = true
        complaints.say { $0.away(reply.message, now: now) }
      }
    }
    for row in round.done { failures[row] = nil }
    return round
  }

  /// Sends deliveries, so many at once; after the first that is not taken no other begins.
  private func send(_ deliveries: [SpooledDelivery], width: Int) async -> [Result] {
    await withTaskGroup(of: Result.self) { tasks in
      var rest = deliveries[...]
      for delivery in rest.prefix(width) { tasks.addTask { (delivery.row, await send(delivery)) } }
      rest = rest.dropFirst(width)
      var results: [Result] = []
      var goesOn = true
      for await result in tasks {
        results.append(result)
        goesOn = goesOn && (result.reply.verdict == .sent || result.reply.verdict == .refused) && !ending.hasBegun
        if goesOn, let delivery = rest.popFirst() { tasks.addTask { (delivery.row, await send(delivery)) } }
      }
      return results
    }
  }

  private func send(_ delivery: SpooledDelivery) async -> ForwardClient.Reply {
    guard let body = delivery.body else {
      return ForwardClient.Reply(verdict: .refused, message: "what the spool holds of it is damaged")
    }
    return await ending.work { await deliver(delivery, body) }
  }
}
