import Guards
import Project
import Records
import Statistics
import Store

extension Judgement {
  /// Rows of a figure, so that a pipeline with hundreds of stages stays readable.
  private static let rows = 30

  mutating func report(
    _ facts: PipelineBottleneck.Facts, _ claims: [PipelineBottleneck.JudgedClaim], _ policy: PipelineBottleneck.Policy
  ) {
    let fold = facts.fold
    measure("traces", fold.traces, limit: Double(policy.minTraces), unit: "traces")
    measure("trace_mean", facts.meanLength, unit: "ms")
    measure(facts.trace, "trace_p95")
    if !facts.cold.sorted.isEmpty || !facts.warm.sorted.isEmpty {
      measure("cold_traces", facts.cold.sorted.count, unit: "traces")
      measure(facts.cold, "cold_p95")
      measure(facts.warm, "warm_p95")
    }
    if fold.traces > 0 { measure("unattributed", facts.unattributed, limit: policy.unattributed, unit: "share") }
    for stage in facts.named.prefix(Judgement.rows) {
      measure(
        "share \(stage.name)", stage.share, low: stage.interval?.low, high: stage.interval?.high, unit: "share")
      measure("slow_share \(stage.name)", stage.slowShare, unit: "share")
      measure("cap \(stage.name)", stage.cap, unit: "ms")
      measure("speed_up \(stage.name)", stage.speedUp, unit: "ratio")
      measure(stage.latency, "p95 \(stage.name)")
    }
    for (name, count) in [("traces_skipped", fold.skipped), ("spans_dropped", fold.dropped)] where count > 0 {
      measure(name, count, unit: name.hasPrefix("traces") ? "traces" : "spans")
    }
    measureIngestion(facts)
    measureClaims(claims)
    method =
      "strict last-finisher critical path; shares as ratios over traces, cluster-robust; 95th percentiles with order-statistic "
      + "intervals; exact binomial tests of the budgets, Holm"
    draw(facts, claims)
    headline = sentence(facts, policy)
    next = nextAction(facts, claims)
  }

  private mutating func measure(_ latency: PipelineBottleneck.Latency, _ name: String) {
    guard !latency.sorted.isEmpty else { return }
    let interval = latency.interval
    measure(name, latency.point, low: interval.low, high: interval.high, limit: latency.limit, unit: "ms")
  }

  private mutating func measureIngestion(_ facts: PipelineBottleneck.Facts) {
    for stage in facts.ingestion.stages { measure("capacity \(stage.name)", stage.capacity, unit: "items/s") }
    guard let capacity = facts.ingestion.capacity else { return }
    measure("capacity", capacity, unit: "items/s")
    if let items = facts.settings.items { measure("ingestion", facts.ingestion.hours(items), unit: "hours") }
  }

  private mutating func measureClaims(_ claims: [PipelineBottleneck.JudgedClaim]) {
    for one in claims {
      measure("claimed \(one.name)", one.claim.saved, limit: one.cap, unit: "ms")
      measure("claimed_cut \(one.name)", one.cut, unit: "share")
      guard let measured = one.measured else { continue }
      let interval = measured.interval()
      measure("saved \(one.name)", measured.estimate, low: interval.low, high: interval.high, unit: "ms")
    }
  }

  private mutating func draw(
    _ facts: PipelineBottleneck.Facts, _ claims: [PipelineBottleneck.JudgedClaim]
  ) {
    guard facts.fold.traces > 0 else { return drawIngestion(facts) }
    let shown = facts.stages.filter { $0.spans > 0 || $0.share > 0 }.prefix(Judgement.rows)
    figures.append(
      .intervals(
        title: "Share of the time that everything waits for", unit: .share,
        rows: shown.map { stage in
          // What nothing waits for is drawn hollow.
          guard stage.share > 0 else {
            return Figure.IntervalRow(stage.name, nil, low: nil, high: nil, note: "off the critical path")
          }
          return Figure.IntervalRow(
            stage.name, stage.share, low: stage.interval?.low, high: stage.interval?.high,
            note: "at most −\(PipelineBottleneck.milliseconds(stage.cap))")
        }))
    figures.append(
      .table(
        title: "Stages", columns: ["stage", "ms", "of all", "of the slowest", "times as fast", "p95 ms", "budget ms"],
        rows: shown.map { stage in
          [
            stage.name, NumberWords.fixed(stage.cap, 1), NumberWords.percent(stage.share),
            stage.slowShare.map(NumberWords.percent) ?? "",
            stage.speedUp.map { NumberWords.fixed($0, 4) } ?? "unbounded",
            stage.latency.point.map { NumberWords.fixed($0, 1) } ?? "",
            stage.latency.limit.map { NumberWords.fixed($0, 0) } ?? "",
          ]
        }))
    if !claims.isEmpty {
      figures.append(
        .table(
          title: "What was claimed", columns: ["stage", "claimed ms", "at most ms", "cut", "measured ms"],
          rows: claims.prefix(Judgement.rows).map { one in
            [
              one.name, NumberWords.fixed(one.claim.saved, 1), NumberWords.fixed(one.cap, 1),
              one.cut.map { NumberWords.fixed($0, 4) } ?? "unbounded",
              one.measured.map { NumberWords.fixed($0.estimate, 1) } ?? "",
            ]
          }))
    }
    drawIngestion(facts)
  }

  private mutating func drawIngestion(_ facts: PipelineBottleneck.Facts) {
    guard !facts.ingestion.stages.isEmpty else { return }
    let narrow = facts.ingestion.bottlenecks.map(\.name)
    figures.append(
      .table(
        title: "Ingestion", columns: ["stage", "items/s", ""],
        rows: facts.ingestion.stages.map { stage in
          [
            stage.name, stage.capacity.map { NumberWords.fixed($0, 4) } ?? "unbounded",
            narrow.contains(stage.name) ? "bottleneck" : "",
          ]
        }))
  }

  private func sentence(_ facts: PipelineBottleneck.Facts, _ policy: PipelineBottleneck.Policy) -> String {
    guard let mean = facts.meanLength, let first = facts.named.first, first.share > 0 else {
      return "Nobody knows what \(facts.name) waits for: \(NumberWords.counted(facts.fold.traces, "whole trace")) in "
        + "\(policy.windowDays) days\(facts.fold.traces > 0 ? ", none of whose time belongs to a stage" : "")."
    }
    let speedUp = first.speedUp.map { "\(NumberWords.fixed($0, 2)) times as fast" } ?? "all there is"
    let since = facts.reach.isWhole ? "" : " since \(facts.reach.since)"
    return
      "\(first.name) holds \(NumberWords.percent(first.share)) of the time of \(NumberWords.counted(facts.fold.traces, "trace")) of "
      + "\(facts.name)\(since): at most −\(NumberWords.trimmed(NumberWords.fixed(first.cap, 1))) of "
      + "\(PipelineBottleneck.milliseconds(mean)) in the mean, \(speedUp)."
  }

  private func nextAction(
    _ facts: PipelineBottleneck.Facts, _ claims: [PipelineBottleneck.JudgedClaim]
  ) -> String {
    if codes(.fail).contains("CACHE_KEY_UNVERSIONED") {
      return "Key the cache by what it depends on, and empty it once."
    }
    if let claim = claims.first(where: { $0.claim.saved.isAbove($0.cap) }) {
      return
        "Correct the claim about \(claim.name): \(PipelineBottleneck.milliseconds(claim.cap)) is all that it holds."
    }
    if codes(.fail).isEmpty, let first = missing.first {
      return "Get \(first.howMuch.map { "\(NumberWords.grouped($0)) more " } ?? "")\(first.what)."
    }
    guard let first = facts.named.first, first.share > 0 else { return "Record spans with a stage." }
    return "Work on \(first.name) first: at most −\(PipelineBottleneck.milliseconds(first.cap)) of a mean trace."
  }
}
