public import Store

/// Which deliveries go to which targets, and where there.
public struct ForwardPlan: Sendable {
  /// What a delivery is.
  public enum Signal: Sendable {
    /// Exports of OpenTelemetry.
    case traces, logs
    /// What Langfuse's SDKs send beside their traces.
    case scores, events
  }

  public let targets: [ForwardTarget]
  /// Deliveries that could not be written again without what must not go on.
  public let withheld = ForwardWithheld()

  public init(_ targets: [ForwardTarget] = []) {
    self.targets = targets
  }

  /// The queues of the spool that the targets have.
  public var lanes: [(target: ForwardTarget, lane: SpoolLane)] {
    targets.flatMap { target in
      let orders = target.kind == .langfuse ? [false, true] : [false]
      return orders.map { (target, SpoolLane(target: target.name, inOrder: $0)) }
    }
  }

  /// A delivery for those who take such; nil when nobody does.
  /// - Parameter body: decompressed, as it may go on; nil where it may not. Asked for when somebody takes it.
  func delivery(_ signal: Signal, isJSON: Bool, _ body: @autoclosure () throws -> [UInt8]?) rethrows -> SpoolDelivery? {
    let stops = targets.compactMap { target in
      ForwardPlan.path(signal, target.kind).map { path in
        SpoolDelivery.Stop(
          lane: SpoolLane(target: target.name, inOrder: ForwardPlan.isOrdered(signal)), path: path,
          limit: target.spoolLimit)
      }
    }
    guard !stops.isEmpty else { return nil }
    guard let body = try body() else {
      for stop in stops { withheld.count(stop.lane.target) }
      return nil
    }
    return SpoolDelivery(
      stops: stops, contentType: isJSON ? "application/json" : "application/x-protobuf", body: body)
  }

  private static func path(_ signal: Signal, _ kind: ForwardTarget.Kind) -> String? {
    switch (kind, signal) {
    case (.otlp, .traces): "/v1/traces"
    case (.otlp, .logs): "/v1/logs"
    case (.langfuse, .traces): "/api/public/otel/v1/traces"
    case (.langfuse, .scores): "/api/public/scores"
    case (.langfuse, .events): "/api/public/ingestion"
    case (.otlp, .scores), (.otlp, .events), (.langfuse, .logs): nil
    }
  }

  /// A score that comes again under its id replaces the earlier one. Spans are told once.
  private static func isOrdered(_ signal: Signal) -> Bool { signal == .scores || signal == .events }
}
