import Records
import Simulation
import Testing

/// Each planted failure is in the records.
@Suite struct PlantedTests {
  private func world(_ failure: PlantedFailure, seed: UInt64 = 11) -> World {
    World(seed: seed, plan: Plan(planted: failure, dirt: .none))
  }

  private func share<Element>(_ elements: [Element], _ isCounted: (Element) -> Bool) -> Double {
    Double(elements.count { isCounted($0) }) / Double(max(1, elements.count))
  }

  private func passing(_ world: World, _ suite: String, _ variant: String) -> Double {
    share(world.trials(suite, variant)) { $0.passed == true }
  }

  @Test func everyFailureHasItsPartAndCheck() {
    for failure in PlantedFailure.allCases {
      #expect(Plan(planted: failure).parts == [failure.part])
      #expect(failure.codes.isEmpty == (failure == .luckyLooks))
    }
    #expect(Set(PlantedFailure.allCases.map(\.check)).count == 10)
    #expect(Set(PlantedFailure.allCases.map(\.part)).count == Part.allCases.count)
  }

  @Test func releases() {
    let lucky = world(.luckyLooks)
    #expect(Set(lucky.trials("answers", "candidate").map(\.at.day)).count == 20)
    #expect(lucky.projectText.contains("looks: anytime"))
    let worse = world(.worseRelease)
    #expect(passing(worse, "answers", "candidate") < passing(worse, "answers", "prod") - 0.04)
    let reruns = Set(world(.unstableHarness).records.compactMap(\.trial).map(\.variant)).filter {
      $0.hasPrefix("rerun-")
    }
    #expect(reruns.count == 12)
  }

  @Test func slicesAndMixes() {
    let rare = world(.rareSliceBelowFloor)
    let fraud = rare.trials("answers", "candidate").filter { $0.trafficCluster == "fraud" }
    #expect(share(fraud) { $0.passed == true } < 0.55)
    #expect(passing(rare, "answers", "candidate") > passing(rare, "answers", "prod"))
    let unlisted = world(.unlistedTraffic)
    #expect(share(unlisted.spans("assistant")) { $0.trafficCluster == "gift cards" } > 0.18)
    #expect(!unlisted.projectText.contains("gift cards"))
    let mix = world(.mixOnlyGain)
    #expect(passing(mix, "answers", "candidate") > passing(mix, "answers", "prod") + 0.02)
    func delivery(_ variant: String) -> Double {
      share(mix.trials("answers", variant)) { $0.trafficCluster == "delivery" }
    }
    #expect(delivery("prod") > 0.65)
  }

  @Test func judgesAndLeaks() {
    var lenient = 0
    var wrong = 0
    for label in world(.lenientJudge).verdicts where label.person == "false" {
      wrong += 1
      if label.judge == "true" { lenient += 1 }
    }
    #expect(Double(lenient) > 0.7 * Double(wrong))
    let leaked = world(.leakedItems).records.compactMap(\.artifact)
    let items = Set(leaked.map(\.sha256))
    #expect(leaked.filter { $0.derivedFrom.contains { items.contains($0.sha256) } }.count == 12)
  }

  @Test func classifiers() {
    func candidate(_ failure: PlantedFailure) -> [TrialRecord] {
      world(failure).trials("tickets", "candidate").filter { $0.repetition == 1 }
    }
    let missed = candidate(.costlyClassMissed).filter { $0.expected == "fraud" }
    #expect(share(missed) { $0.predicted == "delivery" && ($0.confidence ?? 0) >= 0.95 } > 0.25)
    #expect(share(candidate(.overconfident)) { ($0.confidence ?? 0) >= 0.96 } == 1)
    let costlier = world(.costlierErrors)
    #expect(passing(costlier, "tickets", "candidate") < passing(costlier, "tickets", "prod") - 0.04)
    let spans = world(.labelDrift).spans("triage")
    let last = spans.filter { $0.startedAt.day >= world(.labelDrift).quarter.date(84).day }
    func refunds(_ spans: [SpanRecord]) -> Double {
      share(spans) { $0.attributes?.contains("\"predicted\":\"refund\"") ?? false }
    }
    #expect(refunds(last) > 0.55)
    #expect(refunds(spans) < 0.5)
    var answers: [String: Set<String?>] = [:]
    for trial in world(.inconsistent).trials("tickets", "candidate") {
      answers[trial.item, default: []].insert(trial.predicted)
    }
    #expect(answers.values.count { $0.count > 1 } > 30)
  }

  @Test func theOthers() {
    let lost = world(.abilityLost)
    #expect(passing(lost, "cap-reasoning", "tuned") < passing(lost, "cap-reasoning", "base") - 0.1)
    #expect(passing(lost, "drafts-target", "tuned") > passing(lost, "drafts-target", "base"))
    let refusal = world(.hardRowLost)
    #expect(passing(refusal, "cap-refusal", "tuned") < passing(refusal, "cap-refusal", "base") - 0.03)
    #expect(passing(world(.failsTooOften), "promises", "prod") < 0.975)
    let votes = world(.unreachableTarget).records.compactMap(\.annotation).filter { $0.name == "error_class" }
    #expect(share(votes) { ["ambiguous_input", "label_error"].contains($0.value.text) } > 0.65)
  }

  @Test func billsAndBatches() {
    func units(_ world: World, _ isCounted: (ChargeRecord) -> Bool) -> Double {
      let month = world.asOf.monthStart.adding(days: -1).monthStart..<world.asOf.monthStart
      return world.records.reduce(0.0) { sum, record in
        guard case .charge(let charge) = record, month.contains(charge.periodFrom), charge.chargeCategory == "Usage",
          isCounted(charge)
        else { return sum }
        return sum + Double(charge.effectiveCost ?? 0)
      }
    }
    func share(_ plan: Plan) -> Double {
      let world = World(seed: 3, plan: plan)
      return units(world) { $0.tags.isEmpty || $0.tags.canonical.contains("bob") } / units(world) { _ in true }
    }
    let bar = share(Plan(truth: .onTheBar, parts: [.cloud], dirt: .none))
    #expect(bar <= 0.05 && bar > 0.04999)
    #expect(share(Plan(planted: .ownersLeft, dirt: .none)) > 0.08)
    func receipts(_ failure: PlantedFailure?) -> Int {
      let plan = Plan(planted: failure, parts: [.statements], dirt: .none)
      return World(seed: 3, plan: plan).records.filter { $0.kind == .receipt }.count
    }
    #expect(receipts(.hiddenFailures) == receipts(nil) - 2 && receipts(.doubledEffect) == receipts(nil) + 1)
  }

  @Test func rot() {
    let uncovered = world(.uncoveredTraffic).spans("helpcenter")
    #expect(share(uncovered) { ["gift cards", "subscriptions"].contains($0.trafficCluster) } > 0.27)
    let rotten = world(.rottenMix)
    #expect(share(rotten.trials("nightly", "prod")) { $0.trafficCluster == "coupons" } > 0.45)
    #expect(share(rotten.spans("helpcenter")) { $0.trafficCluster == "coupons" } < 0.03)
    let diverged = world(.divergedTrend)
    let votes = diverged.records.compactMap(\.annotation).filter { $0.name == "csat" }
    func contentment(_ weeks: Range<Int64>) -> Double {
      let start = diverged.quarter.date(0).day
      let values = votes.filter { weeks.contains(($0.at.day - start) / 7) }.compactMap(\.value.number)
      return values.reduce(0, +) / Double(max(1, values.count))
    }
    #expect(contentment(0..<3) > contentment(10..<13) + 0.3)
    let runs = diverged.trials("nightly", "prod")
    func score(_ week: Int64) -> Double { share(runs.filter { $0.repetition == week }) { $0.passed == true } }
    #expect(score(13) > score(1) + 0.03)
  }
}

extension World {
  /// What the judge and a person said about the same answers.
  var verdicts: [(judge: String, person: String)] {
    var labels: [String: (judge: String?, person: String?)] = [:]
    for label in records.compactMap(\.annotation) where label.name == "correct" {
      if label.annotatorKind == .llm { labels[label.subject, default: (nil, nil)].judge = label.value.text }
      if label.annotator == "ana" { labels[label.subject, default: (nil, nil)].person = label.value.text }
    }
    return labels.values.compactMap { pair in
      guard let judge = pair.judge, let person = pair.person else { return nil }
      return (judge, person)
    }
  }
}
