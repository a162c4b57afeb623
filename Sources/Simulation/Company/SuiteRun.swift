internal import Records
internal import Statistics

/// One run of a suite: a model answers every item, some of them more than once, and a judge says what passes.
struct SuiteRun: Sendable {
  var suite: String
  var version: String? = "1"
  var variant: String
  /// Share of right answers in each group of items, over all items that there could be.
  var rates: [Double]
  var response: ItemResponse
  /// Nil: code compares with a known answer, without error.
  var judge: Judge?
  /// The run's own luck, added to the ability on every item.
  var shift = 0.0
  /// Harness and decoding.
  var configSHA256: String
  /// The model or adapter.
  var subjectSHA256: String?

  /// What happened to one item once.
  struct Answer {
    var isRight: Bool
    var trial: TrialRecord
  }

  /// Answers an item once.
  func answer(
    _ item: SuiteItem, repetition: Int64, at: Instant, _ generator: inout Xoshiro256StarStar
  ) -> Answer {
    let ability = response.ability(rate: rates[item.group]) + shift
    let isRight = generator.chance(response.probability(ability: ability, difficulty: item.difficulty))
    let passed = judge?.passes(isRight, &generator) ?? isRight
    var trial = TrialRecord(suite: suite, item: item.id, variant: variant, at: at)
    trial.suiteVersion = version
    trial.repetition = repetition
    trial.passed = passed
    trial.score = passed ? 1 : 0
    trial.cluster = item.document
    trial.configSHA256 = configSHA256
    trial.subjectSHA256 = subjectSHA256
    trial.judge = judge?.name
    trial.latencyMilliseconds = generator.between(400, 3000).rounded()
    trial.inputTokens = Int64(generator.between(300, 1500))
    trial.outputTokens = Int64(generator.between(50, 400))
    trial.cost = Money(units: 250_000_000, currency: "USD")
    return Answer(isRight: isRight, trial: trial)
  }

  /// A name for bytes that nobody looks at.
  static func sha256(_ text: String) -> String { SHA256Digest(of: text).description }

  /// How often each item is asked: mostly once, some twice, a few three times.
  static func unequalRepeats(_ count: Int, _ generator: inout Xoshiro256StarStar) -> [Int64] {
    (0..<count).map { _ in 1 + (generator.chance(0.25) ? 1 : 0) + (generator.chance(0.08) ? 1 : 0) }
  }
}
