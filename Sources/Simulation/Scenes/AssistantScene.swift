internal import Records
internal import Statistics

/// The support assistant: customers' traffic, and a new release that is compared with the one in production.
///
/// All rates are pass rates as the judge shows them; the truth behind them is what makes the judge show them.
struct AssistantScene: Scene {
  /// The smallest gain that would be worth a release.
  static let minimumEffect = 0.05
  /// How much worse a release may be.
  static let margin = 0.03
  static let criticalSlices = ["damaged", "fraud"]
  static let suite = "answers"

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private var traffic: Traffic
  private let items: [SuiteItem]
  private let repeats: [Int64]
  private let release: Release

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    release = Release(plan)
    let counts = SuiteItems.counts(of: plan.items(900), shares: release.suiteShares)
    items = SuiteItems.make(counts: counts, prefix: "answer", response: ItemResponse(), &self.generator)
    repeats = SuiteRun.unequalRepeats(items.count, &self.generator)
    traffic = Traffic(
      "assistant", mix: release.traffic, model: "prod-model", plan: plan, quarter: quarter, generator: self.generator)
    traffic.generator.jump()
  }

  mutating func records(on day: Int) -> [Record] {
    var records = traffic.spans(on: day) { _, _, _ in }.map(Record.span)
    if day == 0 { records += cards() }
    if plan.planted == .leakedItems, day == 1 { records += leak() }
    if plan.planted == .unstableHarness, (70..<76).contains(day) { records += reruns(day) }
    if plan.planted == .luckyLooks {
      // A twentieth of the items a day, both arms.
      if (63..<83).contains(day) { records += comparison(on: day, items: slice(day - 63, of: 20)) }
    } else if day == 84 {
      records += [.change(releaseChange(day))] + comparison(on: day, items: items.indices)
    }
    return records
  }

  private func slice(_ part: Int, of parts: Int) -> Range<Int> {
    items.count * part / parts..<items.count * (part + 1) / parts
  }

  private func run(_ variant: String, rates: [Double], shift: Double = 0) -> SuiteRun {
    SuiteRun(
      suite: Self.suite, version: "7", variant: variant, rates: rates.map(release.judge.truth(behind:)),
      response: ItemResponse(), judge: release.judge, shift: shift,
      configSHA256: SuiteRun.sha256("assistant/\(variant)"))
  }

  /// Both arms on some items, and people's labels on a few of the answers.
  private mutating func comparison(on day: Int, items range: Range<Int>) -> [Record] {
    let arms = [run("prod", rates: release.production), run("candidate", rates: release.candidate)]
    var records: [Record] = []
    for (place, arm) in arms.enumerated() {
      for index in range {
        for repetition in 1...repeats[index] {
          let at = quarter.moment(day, (Double(place) + Double(index) / Double(items.count)) / 3)
          let answer = answered(arm.answer(items[index], repetition: repetition, at: at, &generator), items[index])
          records.append(.trial(answer.trial))
          if repetition == 1, generator.chance(release.labelledShare) {
            records += labels(answer, items[index], day)
          }
        }
      }
    }
    return records
  }

  private func answered(_ answer: SuiteRun.Answer, _ item: SuiteItem) -> SuiteRun.Answer {
    var answer = answer
    answer.trial.trafficCluster = release.intents[item.group].name
    answer.trial.tags = Tags([("intent", release.intents[item.group].name)])
    return answer
  }

  /// What the judge and one or two people said about one answer.
  private mutating func labels(_ answer: SuiteRun.Answer, _ item: SuiteItem, _ day: Int) -> [Record] {
    let subject = "\(Self.suite)/\(item.id)/\(answer.trial.variant)"
    let at = quarter.moment(day, generator.between(0.8, 0.99))
    func label(_ name: String, _ kind: AnnotationRecord.AnnotatorKind, _ passes: Bool) -> Record {
      .annotation(
        AnnotationRecord(
          annotationID: "\(subject)/\(name)", subject: subject, name: "correct",
          value: .label(passes ? "true" : "false"),
          annotatorKind: kind, annotator: name, at: at))
    }
    var records = [label(release.judge.name, .llm, answer.trial.passed ?? false)]
    for person in Release.people.prefix(generator.chance(0.3) ? 2 : 1) {
      records.append(label(person.name, .human, person.passes(answer.isRight, &generator)))
    }
    return records
  }

  /// The release in production, run again and again: nothing differs but each run's luck.
  private mutating func reruns(_ day: Int) -> [Record] {
    (0..<2).flatMap { half -> [Record] in
      var arm = run("prod", rates: release.production, shift: 0.8 * generator.normal())
      arm.variant = half == 0 ? "rerun-\(day - 69)-a" : "rerun-\(day - 69)-b"
      return (0..<items.count / 3).map { index in
        let at = quarter.moment(day, (Double(half) + Double(index) / Double(items.count)) / 3)
        return .trial(answered(arm.answer(items[index], repetition: 1, at: at, &generator), items[index]).trial)
      }
    }
  }

  private mutating func cards() -> [Record] {
    items.map { item in
      let age = Int64(generator.below(120))
      let card = ItemCard(
        suite: Self.suite, trafficCluster: release.intents[item.group].name,
        source: generator.chance(0.8) ? "prod" : "synthetic", addedAt: quarter.start.adding(days: -age / 2),
        expiresAt: quarter.end.adding(days: 90 + age))
      return .artifact(card.artifact(item, at: quarter.start))
    }
  }

  /// Some items of the suite went into the data of the next fine-tuning.
  private func leak() -> [Record] {
    items.prefix(12).map { item in
      var artifact = ArtifactRecord(
        sha256: SuiteRun.sha256("training/\(item.id)"), artifactKind: "dataset_item", name: "training-\(item.id)",
        at: quarter.moment(1, 0.5))
      artifact.derivedFrom = [ArtifactRecord.Origin(sha256: item.sha256(suite: Self.suite), how: "copied")]
      artifact.attributes = Attributes.text(["dataset_id": "fine-tuning", "source": "other", "origin": "human"])
      return .artifact(artifact)
    }
  }

  private func releaseChange(_ day: Int) -> ChangeRecord {
    var change = ChangeRecord(surface: "model", actor: "noor", at: quarter.moment(day, 0))
    change.from = SuiteRun.sha256("assistant/prod")
    change.to = SuiteRun.sha256("assistant/candidate")
    change.reason = "a new release of the assistant"
    return change
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = ["assistant: {suite: \(Self.suite)}"]
    let looks = plan.planted == .luckyLooks ? "anytime" : "fixed"
    // What is planned leaves room for missing scores: items without a score in both arms do not count.
    declaration.suites = [
      """
      \(Self.suite):
        version: 7
        feature: assistant
        baseline: prod
        candidate: candidate
        slice_tag: intent
        looks: \(looks)
        planned_n: \(items.count * 19 / 20)
        metrics: [{name: correct, type: binary, direction: up, claim: improvement, primary: true, min_effect: \(Self.minimumEffect), margin: \(Self.margin)}]
      """
    ]
    declaration.slices = zip(release.intents, release.floors).map { intent, floor in
      "\(intent.name): {suite: \(Self.suite), where: {intent: \(intent.name)}, floor: \(floor), critical: \(Self.criticalSlices.contains(intent.name))}"
    }
    return declaration
  }
}
