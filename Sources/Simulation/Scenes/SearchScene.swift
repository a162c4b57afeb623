internal import Records
internal import Statistics

/// The search of the help pages: every question runs through the stages of one pipeline, and somebody tunes it.
struct SearchScene: Scene {
  /// Days of traces before the end of the quarter.
  static let days = 7
  /// What nineteen of twenty questions must not take longer than, in milliseconds.
  static let objective = 2000.0

  private struct Stage {
    let name: String
    let kind: String
    /// Mean milliseconds.
    let mean: Double
  }

  private static let stages = [
    Stage(name: "rewrite", kind: "chat", mean: 90), Stage(name: "embed", kind: "embeddings", mean: 160),
    Stage(name: "retrieve", kind: "retrieval", mean: 260), Stage(name: "rerank", kind: "rerank", mean: 180),
    Stage(name: "answer", kind: "chat", mean: 420),
  ]

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  /// Share of the traces that are over the objective.
  private let slowShare: Double
  private let daily: Int

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    let clean = plan.truth == .comfortable ? 0.01 : 0.05
    slowShare = plan.planted == .overBudget ? 0.11 : clean
    daily = max(1, plan.weeklySpans / 7)
  }

  mutating func records(on day: Int) -> [Record] {
    guard day >= quarter.days - Self.days else { return [] }
    var records = (0..<daily).flatMap { index in
      trace("\(day)-\(index)", at: quarter.moment(day, (Double(index) + generator.nextUnit()) / Double(daily)))
    }
    if day == quarter.days - 1 { records.append(.change(claim(at: quarter.moment(day, 0.9)))) }
    return records
  }

  /// What somebody says that a change of one stage will save.
  private func claim(at: Instant) -> ChangeRecord {
    var change = ChangeRecord(surface: "code", actor: "bo", at: at)
    change.reason = "makes the search faster"
    let (stage, saved): (String, Int64) =
      switch plan.planted {
      case .tunedElsewhere: ("rewrite", 40)
      case .claimTooLarge: ("answer", 700)
      default: ("answer", 150)
      }
    change.attributes = Attributes.text(["claim": ["stage": .string(stage), "saved_ms": .integer(saved)]])
    return change
  }

  /// One question: its stages one after the other, the embedding while the question is rewritten.
  private mutating func trace(_ id: String, at start: Instant) -> [Record] {
    var lengths = Self.stages.map { $0.mean * generator.between(0.6, 1.4) }
    if plan.planted == .tunedElsewhere { lengths[2] *= 3 }
    // Time that nobody records: waiting for a connection before the answer.
    let hidden = plan.planted == .unrecordedTime ? generator.between(300, 700) : generator.between(20, 60)
    if generator.chance(slowShare) {
      lengths[4] += Self.objective
    }
    let isCold = generator.chance(0.05)
    var spans: [SpanRecord] = []
    func at(_ milliseconds: Double) -> Instant {
      Instant(nanoseconds: start.nanoseconds + Int64(milliseconds * 1000) * 1000)
    }
    var cursor = 0.0
    for (place, stage) in Self.stages.enumerated() {
      if place == 4 { cursor += hidden }
      var span = SpanRecord(
        spanID: "search-\(id)/\(stage.name)", traceID: "search-\(id)", name: stage.name, spanKind: stage.kind,
        startedAt: at(place == 1 ? 0 : cursor), feature: "search")
      span.parentID = "search-\(id)"
      span.stage = stage.name
      // Embedding goes on while the question is rewritten; the retrieval waits for both.
      let end = place == 1 ? lengths[1] : cursor + lengths[place]
      span.endedAt = at(end)
      span.trafficCluster = "search"
      if stage.name == "embed" { span.attributes = embedding(isCold: isCold) }
      spans.append(span)
      cursor = max(cursor, end)
    }
    var root = SpanRecord(
      spanID: "search-\(id)", traceID: "search-\(id)", name: "search", spanKind: "workflow", startedAt: start,
      feature: "search")
    root.endedAt = at(cursor + 5)
    root.trafficCluster = "search"
    return ([root] + spans).map(Record.span)
  }

  private mutating func embedding(isCold: Bool) -> String? {
    var fields = ["embedding_model", "text_sha256"]
    if plan.planted != .staleCacheKey { fields.insert("chunker_version", at: 0) }
    return Attributes.text([
      "cold": .bool(isCold), "cache_hit": .bool(!isCold && generator.chance(0.3)),
      "cache_key_fields": .array(fields.map(JSONValue.string)),
    ])
  }

  var declaration: Declaration {
    var declaration = Declaration()
    let stages = Self.stages.map { "    \($0.name): {}" }.joined(separator: "\n")
    declaration.pipelines = [
      "search:\n  feature: search\n  slo_p95: \(Int(Self.objective))ms\n  stages:\n\(stages)"
    ]
    return declaration
  }
}
