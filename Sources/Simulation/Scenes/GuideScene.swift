internal import Records
internal import Statistics

/// The guide to the product, which answers from its handbook: what is put into its prompts, and what that costs.
struct GuideScene: Scene {
  /// Days of prompts before the end of the quarter.
  static let days = 21
  static let model = "guide-1"
  /// What nineteen of twenty prompts must not be longer than, in tokens.
  static let budget = 6000
  /// Chunks of the handbook that answer the question, and most of those that do not.
  private static let chunks = 3
  private static let mostFillers = 4

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int
  /// Share of the prompts that are three times as long.
  private let longShare: Double
  /// How likely each filler is, in the mean of the sessions. On the bar two of 400 tokens stand beside 2,400 that are needed: a
  /// quarter of the prompt.
  private let filling: Double

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
    // One of the two bars is met exactly: at both the two tests would spend more than the error of either.
    longShare = plan.planted == .longPrompts ? 0.11 : plan.truth == .onTheBar ? 0.03 : 0.01
    filling = plan.planted == .stuffedPrompts ? 0.95 : plan.truth == .onTheBar ? 0.5 : 0.1
  }

  mutating func records(on day: Int) -> [Record] {
    guard day >= quarter.days - Self.days else { return [] }
    var records: [Record] = []
    var session = 0
    while records.count < daily {
      session += 1
      // What one customer asks fills prompts more than what another does.
      let chance = generator.chance(0.5) ? filling * 0.95 : filling * 1.05
      for turn in 0..<(1 + generator.below(4)) where records.count < daily {
        records.append(.span(prompt("\(day)-\(session)", turn, day, Double(records.count), filling: chance)))
      }
    }
    return records
  }

  private mutating func prompt(
    _ session: String, _ turn: Int, _ day: Int, _ place: Double, filling: Double
  ) -> SpanRecord {
    var span = SpanRecord(
      spanID: "guide-\(session)/\(turn)", traceID: "guide-\(session)", name: "chat \(Self.model)", spanKind: "chat",
      startedAt: quarter.moment(day, place / Double(daily)), feature: "guide")
    span.sessionID = "guide-\(session)"
    span.modelServed = Self.model
    let size: Int64 = generator.chance(longShare) ? 3 : 1
    var segments: [JSONValue] = []
    var input: Int64 = 0
    func add(_ type: String, _ tokens: Int64, of text: String, score: Double? = nil) {
      input += tokens * size
      var segment = JSONObject()
      if score != nil { segment["doc_id"] = .string(text) }
      segment["score"] = score.map(JSONValue.number)
      segment["sha256"] = .string(SuiteRun.sha256(text))
      segment["tokens"] = .integer(tokens * size)
      segment["type"] = .string(type)
      segments.append(.object(segment))
    }
    add("system", 840, of: "guide/system")
    for chunk in 0..<Self.chunks { add("chunk", 500, of: "handbook/\(chunk)-\(generator.below(40))", score: 0.8) }
    for filler in 0..<Self.mostFillers where generator.chance(filling) {
      add("chunk", 400, of: "appendix/\(filler)-\(generator.below(40))", score: 0.3)
    }
    add("user", 60, of: span.spanID)
    span.inputTokens = input
    span.outputTokens = Int64(generator.between(50, 300))
    span.attributes = Attributes.text(["context_segments": .array(segments)])
    span.trafficCluster = "guide"
    return span
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = [
      "guide: {policies: {context-waste: {score_floor: 0.5, input_p95_budget: \(Self.budget)}}}"
    ]
    declaration.models = ["\(Self.model): {price: {input_per_mtok: 3.00 USD, output_per_mtok: 15.00 USD}}"]
    return declaration
  }
}
