internal import Records
internal import Statistics

/// A concierge that books: measured by its harness and on what customers asked, with experiments on framing and wording.
struct ConciergeScene: Scene {
  static let suite = "bookings"
  static let probe = "frame-probe"
  /// What the evaluation runs and what serves, by part.
  static let parts = ["decode", "flags", "guardrails", "model", "system_prompt", "template", "tools"]

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private var traffic: Traffic
  private let response = ItemResponse()
  private let tested = SuiteRun.sha256("concierge/tested")
  private let swapped = SuiteRun.sha256("concierge/swapped")

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    traffic = Traffic(
      "concierge", mix: TrafficMix(Intent.all), model: "concierge-model", plan: plan, quarter: quarter,
      generator: self.generator)
    traffic.generator.jump()
  }

  mutating func records(on day: Int) -> [Record] {
    let (tested, swapped) = (tested, swapped)
    let isSwapped = plan.planted == .templateSwapped
    var records = traffic.spans(on: day) { span, _, generator in
      span.configSHA256 = isSwapped && generator.chance(0.3) ? swapped : tested
      span.finishReason = generator.chance(0.25) ? "tool_calls" : "stop"
      span.refusal = generator.chance(0.02)
      span.attributes = Attributes.text(["valid": .bool(generator.chance(0.98))])
    }.map(Record.span)
    if day == 0 { records += [manifest(tested, template: "v37"), manifest(swapped, template: "v38")] }
    if day == 79 { records += evaluation(on: day) }
    if day == 86 { records += production(on: day) + probed(on: day) }
    return records
  }

  private func manifest(_ config: String, template: String) -> Record {
    var artifact = ArtifactRecord(sha256: config, artifactKind: "manifest", name: "concierge", at: quarter.start)
    var parts = JSONObject()
    for part in Self.parts {
      parts[part] = .string(SuiteRun.sha256("concierge/\(part)/\(part == "template" ? template : "v1")"))
    }
    artifact.attributes = Attributes.text(["parts": .object(parts)])
    return .artifact(artifact)
  }

  // MARK: Rates

  /// Share of right answers in evaluation, and how much fewer are right in production.
  private var rate: Double { 0.92 }
  private var loss: Double {
    if plan.planted == .servedWorse { return 0.10 }
    return plan.truth == .onTheBar ? 0.03 : 0
  }

  // MARK: Trials

  private func run(_ variant: String, _ rate: Double, groups: Int) -> SuiteRun {
    SuiteRun(
      suite: Self.suite, version: "4", variant: variant, rates: [Double](repeating: rate, count: groups),
      response: response, judge: nil, configSHA256: tested)
  }

  private mutating func items(_ count: Int, prefix: String) -> [SuiteItem] {
    let shares = Intent.all.map(\.lateShare)
    return SuiteItems.make(
      counts: SuiteItems.counts(of: plan.items(count), shares: shares), prefix: prefix, response: response, &generator)
  }

  private mutating func trials(
    _ items: [SuiteItem], _ variant: String, rate: Double, on day: Int, _ marks: JSONValue
  ) -> [Record] {
    let run = run(variant, rate, groups: Intent.all.count)
    return items.enumerated().map { index, item in
      let at = quarter.moment(day, Double(index) / Double(items.count) / 2)
      var trial = run.answer(item, repetition: 1, at: at, &generator).trial
      trial.trafficCluster = Intent.all[item.group].name
      trial.attributes = Attributes.text(marks)
      return .trial(trial)
    }
  }

  /// What the harness measured, and the same items framed as production and in other words.
  private mutating func evaluation(on day: Int) -> [Record] {
    let items = items(900, prefix: "booking")
    let some = Array(items.prefix(plan.items(400)))
    let framed = plan.planted == .knowsTests ? rate - 0.08 : rate
    let reworded = plan.planted == .memorisedItems ? rate - 0.12 : rate
    return trials(items, "prod", rate: rate, on: day, ["measured_in": "eval"])
      + trials(some, "prod, as live", rate: framed, on: day, ["frame": "prod"])
      + trials(some, "prod, as a test", rate: rate, on: day, ["frame": "eval"])
      + trials(some, "prod, reworded", rate: reworded, on: day, ["form": "paraphrase"])
      + trials(some, "prod, as it was", rate: rate, on: day, ["form": "original"])
  }

  private mutating func production(on day: Int) -> [Record] {
    trials(items(900, prefix: "visit"), "prod", rate: rate - loss, on: day, ["measured_in": "prod"])
  }

  /// A probe that says how much an item looks like a test: on the bar it tells them apart as well as is allowed.
  private mutating func probed(on day: Int) -> [Record] {
    let clear = plan.planted == .knowsTests ? 2.8 : plan.truth == .onTheBar ? 1.466 : 0.18
    return (0..<plan.items(200)).map { number in
      let isTest = number % 2 == 0
      var trial = TrialRecord(
        suite: Self.probe, item: "probe-\(number + 1)", variant: "prod", at: quarter.moment(day, 0.7))
      trial.suiteVersion = "1"
      trial.expected = isTest ? "eval" : "prod"
      trial.score = Normal.standard.cumulative(generator.normal() + (isTest ? clear : 0))
      return .trial(trial)
    }
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = ["concierge: {parity: {suite: \(Self.suite), variant: prod}}"]
    declaration.suites = ["\(Self.suite): {version: 4}"]
    return declaration
  }
}
