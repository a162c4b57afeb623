public import Gateway
public import Store

/// What runs by the clock, who is told of it, and what only the command line may ask the system for.
public struct Scheduling: Sendable {
  /// Runs the checks of an entry on the ledger, and puts what they find on record there.
  public typealias Run = @Sendable (SchedulePlan.Entry, Ledger) async throws -> ScheduledRun

  public let plan: SchedulePlan
  public let source: ForwardSource
  /// The name that the ledger gets in alerts if it has none.
  public let origin: String
  public let run: Run

  public init(_ plan: SchedulePlan, source: ForwardSource, origin: String, run: @escaping Run) {
    (self.plan, self.source, self.origin, self.run) = (plan, source, origin, run)
  }
}
