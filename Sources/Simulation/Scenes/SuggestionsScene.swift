internal import Records
internal import Statistics

/// Suggested replies: users who have them, a few from whom they are held back, and a suite made for the launch.
struct SuggestionsScene: Scene {
  static let suite = "replies"
  static let profile = SuiteRun.sha256("suggestions/launch")
  /// Spans at launch, and spans a day since.
  static let launch = 2000
  static let daily = 60
  static let holdoutShare = 0.15
  /// What the mix becomes, in the order of `Intent.all`, where it moves.
  static let moved = [0.10, 0.08, 0.08, 0.06, 0.06, 0.30, 0.26, 0.06]

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let topics: [String]
  private let atLaunch: [Double]
  /// With the feature, and without it.
  private let treated: [Double]
  private let holdout: [Double]

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    let launch = Intent.all.map(\.share)
    var topics = Intent.all.map(\.name)
    var (with, without) = (launch, launch)
    switch plan.planted {
    case .adaptedUsers: with = Self.moved
    case .blindSuite: (with, without) = (Self.moved, Self.moved)
    case .newTopic:
      topics.append("gift cards")
      with = launch.map { $0 * 0.85 } + [0.15]
      without = with
    default:
      // On the bar: as far from the launch without the feature as with it.
      if plan.truth == .onTheBar { (with, without) = (Self.moved, Self.moved) }
    }
    self.topics = topics
    atLaunch = launch
    treated = with
    holdout = without
  }

  mutating func records(on day: Int) -> [Record] {
    var records: [Record] = []
    if day == 0 { records.append(launchProfile()) }
    if day == 75 { records += evaluation(on: day) }
    if day >= quarter.days - 28 { records += spans(on: day) }
    return records
  }

  private func launchProfile() -> Record {
    var artifact = ArtifactRecord(sha256: Self.profile, artifactKind: "profile", name: "launch", at: quarter.start)
    var clusters = JSONObject()
    for (topic, count) in zip(topics, SuiteItems.counts(of: Self.launch, shares: atLaunch)) {
      clusters[topic] = .integer(Int64(count))
    }
    artifact.attributes = Attributes.text(["clusters": .object(clusters)])
    return .artifact(artifact)
  }

  private mutating func spans(on day: Int) -> [Record] {
    (0..<Self.daily).map { index in
      let isHeldBack = generator.chance(Self.holdoutShare)
      let topic = topics[generator.index(of: isHeldBack ? holdout : treated)]
      let started = quarter.moment(day, (Double(index) + generator.nextUnit()) / Double(Self.daily))
      var span = SpanRecord(
        spanID: "suggestions-\(day)-\(index)", traceID: "suggestions-\(day)-\(index)", name: "chat", spanKind: "chat",
        startedAt: started, feature: "suggestions")
      span.trafficCluster = topic
      span.tags = Tags([
        ("arm", isHeldBack ? "holdout" : "treated"), ("tenure_days", "\(generator.below(120))"),
      ])
      return .span(span)
    }
  }

  /// Sixty items of each topic of the launch; a suite that is blind passes what users no longer ask.
  private mutating func evaluation(on day: Int) -> [Record] {
    let response = ItemResponse()
    let items = SuiteItems.make(
      counts: atLaunch.map { _ in plan.items(60) }, prefix: "reply", response: response, &generator)
    let rates = atLaunch.indices.map { place in
      plan.planted == .blindSuite && Self.moved[place] > atLaunch[place] ? 0.58 : 0.90
    }
    let run = SuiteRun(
      suite: Self.suite, version: "1", variant: "prod", rates: rates, response: response, judge: nil,
      configSHA256: SuiteRun.sha256("suggestions/prod"))
    return items.enumerated().map { index, item in
      let at = quarter.moment(day, Double(index) / Double(items.count) / 2)
      var trial = run.answer(item, repetition: 1, at: at, &generator).trial
      trial.trafficCluster = topics[item.group]
      return .trial(trial)
    }
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = [
      "suggestions: {coevolution: {launch_profile: \"\(Self.profile)\", suite: \(Self.suite), window_days: 28}}"
    ]
    declaration.suites = ["\(Self.suite): {version: 1}"]
    return declaration
  }
}
