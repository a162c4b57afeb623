internal import Records
internal import Statistics

/// What customers ask of one feature, and what it costs.
struct Traffic: Sendable {
  var feature: String
  var mix: TrafficMix
  var model: String
  /// Spans a day.
  var daily: Int
  /// First day that was recorded.
  var firstDay: Int
  var quarter: Quarter
  var generator: Xoshiro256StarStar
  private var number = 0

  init(_ feature: String, mix: TrafficMix, model: String, plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.feature = feature
    self.mix = mix
    self.model = model
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
    firstDay = quarter.days - plan.trafficDays
  }

  /// The spans of a day, in the order in which they began.
  /// - Parameter fill: sets what is the feature's own, knowing the intent's index.
  mutating func spans(
    on day: Int, _ fill: (inout SpanRecord, Int, inout Xoshiro256StarStar) -> Void
  ) -> [SpanRecord] {
    guard day >= firstDay else { return [] }
    let shares = mix.shares(day: day, of: quarter.days)
    return (0..<daily).map { index in
      number += 1
      let intent = generator.index(of: shares)
      let started = quarter.moment(day, (Double(index) + generator.nextUnit()) / Double(daily))
      var span = SpanRecord(
        spanID: "\(feature)-\(number)", traceID: "\(feature)-trace-\(number)", name: "chat \(model)", spanKind: "chat",
        startedAt: started, feature: feature)
      let seconds = generator.between(0.4, 3)
      span.endedAt = Instant(nanoseconds: started.nanoseconds + Int64(seconds * 1000) * 1_000_000)
      if generator.chance(0.01) {
        span.status = .error
        span.errorType = "rate_limit"
      }
      span.trafficCluster = mix.names[intent]
      span.tags = Tags([("intent", mix.names[intent])])
      span.modelRequested = model
      span.modelServed = model
      let tokens = (input: Int64(generator.between(300, 1500)), output: Int64(generator.between(50, 400)))
      span.inputTokens = tokens.input
      span.outputTokens = tokens.output
      // 0.15 and 0.60 dollars a million tokens.
      span.cost = Money(units: Int128(tokens.input * 150_000 + tokens.output * 600_000), currency: "USD")
      fill(&span, intent, &generator)
      return span
    }
  }
}
