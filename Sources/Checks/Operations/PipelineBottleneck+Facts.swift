import Guards
import Project
import Records
import Statistics
import Store

extension PipelineBottleneck {
  /// How long something takes, in milliseconds, and whether that is within its budget.
  struct Latency {
    /// The stage; nil for the whole trace.
    let name: String?
    /// Ascending.
    let sorted: [Double]
    /// Nil where none is declared.
    let limit: Double?
    /// Of a budget; nil without one, or without values.
    let budget: QuantileBudget?

    static let quantile = 0.95

    init(_ name: String?, _ values: [Double], limit: Duration?) {
      self.name = name
      sorted = values.sorted()
      let limit = limit.map { Double($0.components.seconds) * 1000 + Double($0.components.attoseconds) / 1e15 }
      self.limit = limit
      budget = limit.flatMap { limit in
        values.isEmpty
          ? nil
          : QuantileBudget(
            above: values.count { $0.isAbove(limit) }, count: values.count, quantile: Latency.quantile)
      }
    }

    var point: Double? { OrderStatistic.quantile(Latency.quantile, sorted: sorted) }
    var interval: OrderStatistic.OpenInterval { OrderStatistic.interval(quantile: Latency.quantile, sorted: sorted) }
  }

  /// A stage beside the whole.
  struct StageFacts {
    let place: Int
    let name: String
    /// Milliseconds of a mean trace on the critical path: what work on it saves at most.
    let cap: Double
    /// Of all time; with the interval over traces.
    let share: Double
    let interval: Interval?
    /// Of the time of the slowest traces, those at the 95th percentile and above.
    let slowShare: Double?
    let latency: Latency
    let spans: Int

    /// 1/(1 − share): how much faster everything gets when the stage is gone; nil is unbounded.
    var speedUp: Double? { share.isAtLeast(1) ? nil : 1 / (1 - share) }
  }

  /// Everything that was read and computed about one pipeline.
  struct Facts {
    let name: String
    let settings: PipelineSettings
    let fold: PipelineFold
    let reach: SpanReach
    /// By share, the largest first; `other` among them.
    let stages: [StageFacts]
    let trace: Latency
    let cold: Latency
    let warm: Latency
    let ingestion: IngestionCapacity

    init(_ name: String, _ settings: PipelineSettings, _ fold: PipelineFold, _ reach: SpanReach) {
      self.name = name
      self.settings = settings
      self.fold = fold
      self.reach = reach
      trace = Latency(nil, fold.lengths, limit: settings.objective)
      // Where some traces say that they were cold, the others were warm.
      let said = fold.cold.contains { $0 != nil }
      func part(_ isCold: Bool) -> Latency {
        let traces = fold.lengths.indices.filter { said && (fold.cold[$0] == true) == isCold }
        return Latency(nil, traces.map { fold.lengths[$0] }, limit: nil)
      }
      cold = part(true)
      warm = part(false)
      let total = fold.lengths.reduce(0, +)
      let slow = trace.point.map { point in fold.lengths.indices.filter { fold.lengths[$0] >= point } } ?? []
      let slowTotal = slow.reduce(0) { $0 + fold.lengths[$1] }
      let facts = fold.stages.enumerated().map { place, stage in
        let sum = stage.critical.reduce(0, +)
        let padded = fold.lengths.indices.map { stage.critical(of: $0) }
        return StageFacts(
          place: place, name: stage.name, cap: Share.of(sum, Double(fold.traces)) ?? 0,
          share: Share.of(sum, total) ?? 0,
          interval: ClusterRobust.ratio(numerators: padded, denominators: fold.lengths)?.interval(),
          slowShare: Share.of(slow.reduce(0) { $0 + stage.critical(of: $1) }, slowTotal),
          latency: Latency(stage.name, stage.busy, limit: settings.stages[stage.name]?.budget), spans: stage.spans)
      }
      stages = facts.ordered { -$0.share }
      ingestion = IngestionCapacity(PipelineBottleneck.ingestion(settings, fold))
    }

    var meanLength: Double? { Share.of(fold.lengths.reduce(0, +), Double(fold.traces)) }

    var unattributed: Double { stages.first { $0.place == PipelineFold.other }?.share ?? 0 }

    /// Stages with a name of their own, the largest first.
    var named: [StageFacts] { stages.filter { $0.place != PipelineFold.other } }

    /// Everything that has a budget.
    var budgets: [Latency] { ([trace] + named.map(\.latency)).filter { $0.budget != nil } }

    /// Milliseconds of a mean trace that no stage explains, where they lie, the largest first.
    var gaps: [(gap: PipelineFold.Gap, milliseconds: Double)] {
      let all = fold.gaps.map { ($0.key, $0.value.milliseconds / Double(max(1, fold.traces))) }
      return all.orderedByBytes { words($0.0) }.ordered { -$0.1 }
    }

    func words(_ gap: PipelineFold.Gap) -> String {
      switch (gap.after, gap.before) {
      case (let after?, let before?): "after \(after), before \(before)"
      case (let after?, nil): "after \(after), before the end of \(gap.inside)"
      case (nil, let before?): "after the start of \(gap.inside), before \(before)"
      case (nil, nil): "inside \(gap.inside)"
      }
    }
  }

  /// The stages on which somebody works: as declared, or with what a worker took in the spans.
  private static func ingestion(_ settings: PipelineSettings, _ fold: PipelineFold) -> [IngestionCapacity.Stage] {
    settings.stages.compactMap { stage in
      guard let workers = stage.value.workers else { return nil }
      let seen = fold.place(stage.id).map { fold.stages[$0] }
      let declared = stage.value.service.map { duration in
        (
          seconds: Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18,
          batch: Double(stage.value.batch)
        )
      }
      let measured = seen.flatMap { seen in
        Share.of(seen.served / 1000, Double(seen.spans)).map { seconds in
          (seconds: seconds, batch: seen.batches / Double(seen.spans))
        }
      }
      guard let service = declared ?? measured else { return nil }
      return IngestionCapacity.Stage(
        stage.id, workers: Double(workers), batch: service.batch, seconds: service.seconds,
        perItem: stage.value.perItem)
    }
  }
}
