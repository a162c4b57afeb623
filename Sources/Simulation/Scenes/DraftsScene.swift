internal import Records
internal import Statistics

/// Reply drafts by a fine-tuned model: the suite of its target, and a suite for each ability that it must keep.
struct DraftsScene: Scene {
  /// One ability and the truth about it.
  struct Capability: Sendable {
    var name: String
    var isHard = false
    /// Share of drafts that are right before and after fine-tuning.
    var base: Double
    var tuned: Double
    var trafficShare: Double
    var suite: String { "cap-\(name)" }
  }

  static let target = "drafts-target"
  static let baseModel = SuiteRun.sha256("models/base")
  static let tunedModel = SuiteRun.sha256("models/tuned")

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let capabilities: [Capability]
  private let response = ItemResponse()

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    capabilities = Self.truth(plan)
  }

  /// Comfortable: every ability is 8 points better, the hard ones 4. On the bar: `instruction` has lost exactly its margin
  /// of 3 points, and nothing else has changed.
  private static func truth(_ plan: Plan) -> [Capability] {
    let isComfortable = plan.truth == .comfortable
    func ability(_ name: String, _ base: Double, hard: Bool = false, _ share: Double) -> Capability {
      let gain = isComfortable ? (hard ? 0.04 : 0.08) : (name == "instruction" ? -0.03 : 0)
      return Capability(name: name, isHard: hard, base: base, tuned: base + gain, trafficShare: share)
    }
    var capabilities = [
      ability("instruction", 0.83, 0.25), ability("format", 0.94, hard: true, 0.15), ability("reasoning", 0.78, 0.2),
      ability("factual", 0.72, 0.2), ability("refusal", 0.94, hard: true, 0.1), ability("abstention", 0.85, 0.1),
    ]
    for index in capabilities.indices {
      switch (plan.planted, capabilities[index].name) {
      case (.abilityLost, "reasoning"): capabilities[index].tuned = capabilities[index].base - 0.2
      case (.hardRowLost, "refusal"): capabilities[index].tuned = capabilities[index].base - 0.13
      default: break
      }
    }
    return capabilities
  }

  mutating func records(on day: Int) -> [Record] {
    switch day {
    case 60: models(day)
    case 62: scorecard(day)
    default: []
    }
  }

  private func models(_ day: Int) -> [Record] {
    let at = quarter.moment(day, 0.5)
    var base = ArtifactRecord(sha256: Self.baseModel, artifactKind: "model", name: "drafts-base", at: at)
    base.version = "1"
    var tuned = ArtifactRecord(sha256: Self.tunedModel, artifactKind: "adapter", name: "drafts-tuned", at: at)
    tuned.version = "1"
    tuned.derivedFrom = [ArtifactRecord.Origin(sha256: Self.baseModel, how: "fine-tuning")]
    tuned.attributes = Attributes.text(["base_sha256": .string(Self.baseModel)])
    return [.artifact(base), .artifact(tuned)]
  }

  private mutating func scorecard(_ day: Int) -> [Record] {
    var records = runs(of: Self.target, base: 0.70, tuned: 0.82, day)
    for capability in capabilities {
      records += runs(of: capability.suite, base: capability.base, tuned: capability.tuned, day)
    }
    return records
  }

  private mutating func runs(of suite: String, base: Double, tuned: Double, _ day: Int) -> [Record] {
    let items = SuiteItems.make(counts: [plan.items(240)], prefix: suite, response: response, &generator)
    let arms = [("base", base, Self.baseModel), ("tuned", tuned, Self.tunedModel)]
    return arms.flatMap { variant, rate, model -> [Record] in
      let run = SuiteRun(
        suite: suite, variant: variant, rates: [rate], response: response, judge: nil,
        configSHA256: SuiteRun.sha256("drafts/harness"),
        subjectSHA256: model)
      return items.enumerated().map { index, item in
        let at = quarter.moment(day, Double(index) / Double(items.count) / 2)
        var trial = run.answer(item, repetition: 1, at: at, &generator).trial
        trial.cluster = nil
        return .trial(trial)
      }
    }
  }

  var declaration: Declaration {
    var declaration = Declaration()
    let rows = capabilities.map { capability in
      "    - {name: \(capability.name), suite: \(capability.suite), protected: true, hard: \(capability.isHard), "
        + "traffic_share: \(capability.trafficShare)}"
    }
    declaration.features = [
      "drafts:\n  target_suite: \(Self.target)\n  candidate_sha256: \(Self.tunedModel)\n  capabilities:\n"
        + rows.joined(separator: "\n")
    ]
    declaration.suites = ([Self.target] + capabilities.map(\.suite)).map { "\($0): {version: 1}" }
    return declaration
  }
}
