import Records
import Store

/// Whether the stages of a trace came in their order.
///
/// Of each stage the first span counts: models are asked several times, and each answer may be cached. A stage must not start before
/// the stages that stand before it in the list have ended.
struct StageOrder {
  enum Flaw: Equatable {
    /// The second started before the first had ended.
    case early(stage: String, before: String)
    /// An answer was made, and nobody had asked who it is for.
    case missing(String)
  }

  private let stages: [String]

  /// Without these no model may be asked.
  static let guards = ["authenticate", "resolve_tenant"]
  static let inference = "inference"

  init(_ stages: [String]) { self.stages = stages }

  /// Whether any of the stages is there.
  func isStaged(_ trace: WindowTrace) -> Bool { trace.spans.contains { $0.stage.map(stages.contains) ?? false } }

  /// - Parameter trace: one that is not whole lacks nothing: what is missing may lie before what was read.
  func flaws(_ trace: WindowTrace) -> [Flaw] {
    var first: [String: WindowSpan] = [:]
    for span in trace.ordered {
      guard let stage = span.stage, stages.contains(stage), first[stage] == nil else { continue }
      first[stage] = span
    }
    var flaws: [Flaw] = []
    if first[StageOrder.inference] != nil, !trace.isCut {
      flaws += StageOrder.guards.filter { stages.contains($0) && first[$0] == nil }.map(Flaw.missing)
    }
    let present = stages.compactMap { stage in first[stage].map { (stage, $0) } }
    for (place, later) in present.enumerated() {
      // The stage that ended last of those before it.
      let before = present[..<place].greatest { end($0.1) }
      if let before, later.1.startedAt < end(before.1) {
        flaws.append(.early(stage: later.0, before: before.0))
      }
    }
    return flaws
  }

  /// One that is still open has at least begun.
  private func end(_ span: WindowSpan) -> Instant { span.endedAt ?? span.startedAt }
}
