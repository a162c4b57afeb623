public import Gateway
internal import Logging
public import Records
internal import ServiceLifecycle
internal import Store

/// Who gets what is accepted, too.
public struct Forwarding: Sendable {
  public let plan: ForwardPlan
  public let source: ForwardSource

  public init(_ plan: ForwardPlan, source: ForwardSource) {
    self.plan = plan
    self.source = source
  }
}

/// Where forwarders get what only the command line may ask the system for.
public struct ForwardSource: Sendable {
  /// What no other process calls itself.
  public let holder: String
  public let clock: @Sendable () -> Instant
  /// A number from 0 to 1.
  public let random: @Sendable () -> Double

  public init(
    holder: String, clock: @escaping @Sendable () -> Instant, random: @escaping @Sendable () -> Double
  ) {
    self.holder = holder
    self.clock = clock
    self.random = random
  }
}

/// What the parts of forwarding share in one process.
struct ForwardDesk: Sendable {
  let plan: ForwardPlan
  private let source: ForwardSource?
  private let logger: Logger
  private let statistics = ForwardStatistics()
  private let bells: [SpoolLane: Bell]
  private let complaints: [String: ForwardComplaints]

  init(_ forwarding: Forwarding?, logger: Logger) {
    plan = forwarding?.plan ?? ForwardPlan()
    source = forwarding?.source
    self.logger = logger
    bells = Dictionary(uniqueKeysWithValues: plan.lanes.map { ($0.lane, Bell()) })
    complaints = Dictionary(
      uniqueKeysWithValues: plan.targets.map { ($0.name, ForwardComplaints($0, logger: logger)) })
  }

  /// The target that answers other paths of Langfuse; nil when none does.
  var upstream: ForwardTarget? { plan.targets.first(where: \.proxies) }

  /// Something came into the spool, or found no room there.
  func spooled(_ counts: SpoolCounts) {
    for (lane, bell) in bells where counts.queued[lane.target] != nil { bell.ring() }
    guard let source else { return }
    for (target, count) in counts.skipped {
      complaints[target]?.say { $0.skipped(count, now: source.clock()) }
    }
  }

  /// What empties the spool, a service for each lane.
  func services(_ ledger: Ledger, _ client: ForwardClient) -> [any Service] {
    guard let source else { return [] }
    return plan.lanes.compactMap { target, lane in
      guard let bell = bells[lane], let complaints = complaints[target.name] else { return nil }
      return Forwarder(
        target: target, lane: lane, ledger: ledger, bell: bell, statistics: statistics, complaints: complaints,
        source: source
      ) { delivery, body in
        await client.send(body, contentType: delivery.contentType, path: delivery.path, to: target)
      }
    }
  }

  /// Says for whom something waits whom nobody names any more.
  func sayWhoIsMissing(_ ledger: Ledger) async throws {
    let names = Set(plan.targets.map(\.name))
    for status in try await ledger.spoolStatus() where status.deliveries > 0 {
      guard !names.contains(status.target), !status.target.hasPrefix(NoticeTarget.lanePrefix) else { continue }
      logger.warning(
        """
        \(status.deliveries) deliveries (\(status.bytes) bytes) wait in the spool for '\(status.target)', which tally.yaml does \
        not name in forward: name it again to send them
        """)
    }
  }

  /// Nothing when nothing is forwarded.
  func metrics(_ ledger: Ledger, _ queued: SpoolCounts) async -> String {
    guard !plan.targets.isEmpty else { return "" }
    return ForwardMetricsText.text(
      plan.targets.map(\.name), queued, statistics.counts, withheld: plan.withheld.counts,
      try? await ledger.spoolStatus())
  }
}
