internal import Records
internal import Statistics

/// The help centre: customers' traffic and their contentment, and a suite that runs every week.
struct HelpCenterScene: Scene {
  static let suite = "nightly"
  /// Customers who say in a week how content they are.
  static let weeklyVotes = 42

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private var traffic: Traffic
  private let mix: TrafficMix
  private let cases: [SuiteItem]
  private let response = ItemResponse()

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    var mix = TrafficMix(Intent.all)
    // One rare topic has no cases: a company is never complete.
    var caseShares = mix.last.dropLast() + [0]
    switch plan.planted {
    case .uncoveredTraffic:
      mix.names += ["gift cards", "subscriptions"]
      mix.first = mix.first.map { $0 * 0.7 } + [0.15, 0.15]
      mix.last = mix.last.map { $0 * 0.65 } + [0.2, 0.15]
      caseShares += [0, 0]
    case .rottenMix:
      mix.names.append("coupons")
      mix.first = mix.first.map { $0 * 0.98 } + [0.02]
      mix.last = mix.last.map { $0 * 0.995 } + [0.005]
      caseShares = caseShares.map { $0 / 2 } + [0.5]
    default: break
    }
    self.mix = mix
    cases = SuiteItems.make(
      counts: SuiteItems.counts(of: plan.items(200), shares: Array(caseShares)), prefix: "case", response: response,
      &self.generator)
    traffic = Traffic(
      "helpcenter", mix: mix, model: "help-model", plan: plan, quarter: quarter, generator: self.generator)
    traffic.generator.jump()
  }

  /// How far the quarter has come, 0…1, in a world whose trends diverge.
  private func drift(_ day: Int) -> Double {
    plan.planted == .divergedTrend ? Double(day) / Double(quarter.days - 1) : 0
  }

  mutating func records(on day: Int) -> [Record] {
    var records = traffic.spans(on: day) { _, _, _ in }.map(Record.span)
    if day == 0 { records += cases.map { .artifact(card($0)) } }
    records += (0..<Self.weeklyVotes / 7).map { .annotation(vote(day, $0)) }
    if day % 7 == 6 { records += weeklyRun(day) }
    return records
  }

  private mutating func card(_ item: SuiteItem) -> ArtifactRecord {
    let age = Int64(generator.below(75))
    return ItemCard(
      suite: Self.suite, trafficCluster: mix.names[item.group], addedAt: quarter.start.adding(days: -age),
      expiresAt: quarter.end.adding(days: 60 + age)
    ).artifact(item, at: quarter.start)
  }

  private mutating func weeklyRun(_ day: Int) -> [Record] {
    let rate = 0.82 + 0.12 * drift(day)
    let run = SuiteRun(
      suite: Self.suite, version: "3", variant: "prod", rates: mix.names.map { _ in rate }, response: response,
      judge: nil, configSHA256: SuiteRun.sha256("helpcenter/prod"))
    return cases.enumerated().map { index, item in
      let at = quarter.moment(day, Double(index) / Double(cases.count) / 4)
      var trial = run.answer(item, repetition: Int64(day / 7 + 1), at: at, &generator).trial
      trial.trafficCluster = mix.names[item.group]
      return .trial(trial)
    }
  }

  /// One customer's contentment, from 1 to 5.
  private mutating func vote(_ day: Int, _ number: Int) -> AnnotationRecord {
    let contentment = 4.1 - 0.8 * drift(day) + 0.8 * generator.normal()
    return AnnotationRecord(
      annotationID: "csat-\(day)-\(number)", subject: "helpcenter-visit-\(day)-\(number)", name: "csat",
      value: .number(min(5, max(1, contentment.rounded()))), annotatorKind: .human, annotator: "customer",
      at: quarter.moment(day, generator.nextUnit()))
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = [
      "helpcenter: {rot: {suite: \(Self.suite), user_metric: csat, label_budget: 200}}"
    ]
    declaration.suites = ["\(Self.suite): {version: 3, feature: helpcenter}"]
    return declaration
  }
}
