internal import Records
internal import Statistics

/// A model that reads invoices, release after release, and people who say what kind of error each of the last one's is.
struct InvoicesScene: Scene {
  static let suite = "invoices"
  /// Share of invoices that each release reads wrongly.
  static let errors = [0.24, 0.20, 0.175, 0.16, 0.15]
  /// What was spent on each release, in dollars.
  static let spends: [Int64] = [0, 40_000, 80_000, 120_000, 160_000]
  static let people = ["ana", "bo", "cem"]
  /// Errors that a better model could avoid, and those that none can; each is at worst taken for its neighbour.
  static let avoidable = ["wrong_field", "missed_line"]
  static let unavoidable = ["ambiguous_input", "label_error"]

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let items: [SuiteItem]
  private let response = ItemResponse()

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    items = SuiteItems.make(counts: [plan.items(1000)], prefix: "invoice", response: response, &self.generator)
  }

  /// Share of the last release's errors that no model avoids.
  private var unavoidableShare: Double { plan.planted == .unreachableTarget ? 0.8 : 0.4 }

  /// The ceiling is 1 − 0.15·0.4 = 0.94; comfortable is 2.8 points below it.
  private var target: Double { plan.truth == .onTheBar || plan.planted == .unreachableTarget ? 0.94 : 0.912 }

  mutating func records(on day: Int) -> [Record] {
    guard day % 17 == 10, day / 17 < Self.errors.count else { return [] }
    return release(day / 17, day)
  }

  private mutating func release(_ number: Int, _ day: Int) -> [Record] {
    let isLast = number == Self.errors.count - 1
    let variant = "release-\(number + 1)"
    let run = SuiteRun(
      suite: Self.suite, variant: variant, rates: [1 - Self.errors[number]], response: response, judge: nil,
      configSHA256: SuiteRun.sha256("invoices/\(variant)"))
    var records: [Record] = [.change(change(number, day))]
    // Earlier releases were tried on a third of the suite.
    for (index, item) in items.prefix(isLast ? items.count : items.count / 3).enumerated() {
      let at = quarter.moment(day, Double(index) / Double(items.count) / 2)
      var trial = run.answer(item, repetition: 1, at: at, &generator).trial
      let isRight = trial.passed == true
      let confidence = isRight ? 1 - 0.5 * generator.nextUnit() * generator.nextUnit() : generator.between(0.4, 0.85)
      trial.confidence = (confidence * 1000).rounded() / 1000
      records.append(.trial(trial))
      if isLast, !isRight { records += adjudication(item, variant, day) }
    }
    return records
  }

  /// What kind of error it is, as three people see it who do not see each other.
  private mutating func adjudication(_ item: SuiteItem, _ variant: String, _ day: Int) -> [Record] {
    let classes = generator.chance(unavoidableShare) ? Self.unavoidable : Self.avoidable
    let truth = generator.below(2)
    return Self.people.map { person in
      let seen = generator.chance(0.9) ? truth : 1 - truth
      let subject = "\(Self.suite)/\(item.id)/\(variant)"
      return .annotation(
        AnnotationRecord(
          annotationID: "\(subject)/\(person)", subject: subject, name: "error_class", value: .label(classes[seen]),
          annotatorKind: .human, annotator: person, at: quarter.moment(day, generator.between(0.8, 0.99))))
    }
  }

  private func change(_ number: Int, _ day: Int) -> ChangeRecord {
    var change = ChangeRecord(surface: "model", actor: "noor", at: quarter.moment(day, 0))
    change.from = number == 0 ? nil : SuiteRun.sha256("invoices/release-\(number)")
    change.to = SuiteRun.sha256("invoices/release-\(number + 1)")
    change.reason = "release \(number + 1) of the invoice reader"
    change.attributes = Attributes.text([
      "feature": "invoices", "variant": .string("release-\(number + 1)"),
      "spend": .string("\(Self.spends[number]).00 USD"),
    ])
    return change
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = [
      "invoices: {suite: \(Self.suite), target: {accuracy: \(target), selective_accuracy: 0.97, min_coverage: 0.50}}"
    ]
    declaration.suites = ["\(Self.suite): {version: 1}"]
    return declaration
  }
}
