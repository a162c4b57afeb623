internal import Records
internal import Statistics

/// A promise about the assistant: that it hardly ever invents a policy.
struct PromisesScene: Scene {
  static let suite = "promises"
  static let allowed = 0.02

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  /// Share of answers that invent a policy.
  private let failureRate: Double

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    let clean = plan.truth == .comfortable ? Self.allowed / 5 : Self.allowed
    failureRate = plan.planted == .failsTooOften ? 0.06 : clean
  }

  mutating func records(on day: Int) -> [Record] {
    guard day == 70 else { return [] }
    let response = ItemResponse()
    let items = SuiteItems.make(counts: [plan.items(500)], prefix: "question", response: response, &generator)
    let repeats = SuiteRun.unequalRepeats(items.count, &generator)
    let run = SuiteRun(
      suite: Self.suite, variant: "prod", rates: [1 - failureRate], response: response, judge: nil,
      configSHA256: SuiteRun.sha256("assistant/prod"))
    var records: [Record] = []
    for (index, item) in items.enumerated() {
      for repetition in 1...repeats[index] {
        let at = quarter.moment(day, Double(index) / Double(items.count) / 2)
        var trial = run.answer(item, repetition: repetition, at: at, &generator).trial
        var attributes: JSONObject = JSONObject()
        attributes["context_tokens"] = .integer(trial.inputTokens ?? 0)
        if trial.passed == false {
          attributes["failure_type"] = generator.chance(0.7) ? "invented policy" : "wrong deadline"
        }
        trial.attributes = Attributes.text(.object(attributes))
        records.append(.trial(trial))
      }
    }
    return records
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.suites = ["\(Self.suite): {version: 1}"]
    declaration.useCases = [
      "invents-no-policy: {suite: \(Self.suite), variant: prod, failure: \"an answer states a policy that does not exist\", max_failure_rate: \(Self.allowed)}"
    ]
    return declaration
  }
}
